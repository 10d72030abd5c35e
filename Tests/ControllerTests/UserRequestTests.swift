import Dispatching
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// What users ask of a controller by letters.
@Suite struct UserRequestTests: WorkerWords {
    /// A letter with settings of a study.
    private func change(_ scene: Scene, _ body: (inout StudySpec) -> Void) throws -> Request {
        var wanted = scene.controller.setup.spec
        body(&wanted)
        let paths = StudyDifference(from: scene.controller.setup.spec, to: wanted).paths
        return Request(.change(Request.FileChange(paths: paths, spec: try StoreJSON.text(wanted))))
    }

    /// The answer to a request.
    private func ask(_ request: Request, _ scene: inout Scene) async throws -> Request.Answer {
        try Inbox(scene.fixture.directory).put(request)
        _ = try await scene.controller.pass()
        #expect(try Inbox(scene.fixture.directory).letters(limit: 10).isEmpty)
        let answer = try scene.fixture.directory.takeAnswer(to: request.id)
        return try #require(answer)
    }

    @Test func `a change is in force, recorded and answered after one pass`() async throws {
        var scene = try await Scene(trials: 20, mode: .rung)
        let before = scene.cluster.submissions.count
        let request = try change(scene) {
            $0.plan.parallel = 5
            $0.batch.timeMinutes = 90
        }
        let answer = try await ask(request, &scene)
        #expect(answer.granted && answer.lines == ["parallel: 2 → 5", "slurm.time: none → 90 minutes"])
        #expect(scene.controller.study.inFlight.count == 5)
        #expect(scene.cluster.submissions.count == before + 1)
        #expect(scene.controller.setup.spec.batch.timeMinutes == 90)
        let recorded = try scene.read { try $0.study()?.spec }
        let spec: StudySpec = try StoreJSON.value(from: recorded ?? "")
        #expect(spec == scene.controller.setup.spec)
        #expect(try scene.read { try Replay($0).difference } == nil)
        // The same letter once more is answered, and changes nothing.
        let events = try scene.events().count
        let granted = try await ask(request, &scene).granted
        #expect(granted)
        #expect(try scene.events().count == events)
    }

    @Test func `a refused change changes nothing`() async throws {
        var scene = try await Scene(trials: 20, mode: .rung)
        let (events, spec) = (try scene.events().count, scene.controller.setup.spec)
        let refused = try change(scene) {
            $0.plan.parallel = 5
            $0.plan.objective.metric = "other"
        }
        let answer = try await ask(refused, &scene)
        #expect(!answer.granted && answer.lines.count == 1)
        #expect(answer.lines[0].hasPrefix("metric cannot change"), "\(answer.lines)")
        let fewer = try await ask(try change(scene) { $0.plan.trials = 1 }, &scene)
        #expect(!fewer.granted && fewer.lines[0].contains("2 trials have begun"), "\(fewer.lines)")
        #expect(try scene.events().count == events)
        #expect(scene.controller.setup.spec == spec)
    }

    @Test func `two changes of different fields both hold`() async throws {
        var scene = try await Scene(trials: 20, mode: .rung)
        let (first, second) = (
            try change(scene) { $0.plan.trials = 40 }, try change(scene) { $0.plan.maxRetries = 3 }
        )
        try Inbox(scene.fixture.directory).put(first)
        try Inbox(scene.fixture.directory).put(second)
        _ = try await scene.controller.pass()
        #expect(scene.controller.study.plan?.trials == 40)
        #expect(scene.controller.study.plan?.maxRetries == 3)
        #expect(scene.controller.setup.spec.plan == scene.controller.study.plan)
    }

    @Test func `a trial that is cancelled frees its task, and the study goes on`() async throws {
        var scene = try await Scene(trials: 20, mode: .rung)
        let answer = try await ask(Request(.wish(.dropped([TrialID(1)]))), &scene)
        #expect(answer.lines == ["trial 1: cancelled"])
        #expect(scene.cluster.cancelled.map(\.index) == [1])
        #expect(scene.controller.study.inFlight.count == 2)
        let again = try await ask(Request(.wish(.dropped([TrialID(1)]))), &scene)
        #expect(!again.granted, "\(again.lines)")
        #expect(try scene.read { try Replay($0).difference } == nil)
    }

    @Test func `a pause is told to readers until the study goes on`() async throws {
        var scene = try await Scene(trials: 20, mode: .rung)
        var granted = try await ask(Request(.wish(.paused)), &scene).granted
        #expect(granted)
        #expect(try scene.controller.notice("paused")?.contains("stune resume") == true)
        try await scene.say(scene.attempt(0), started, report(1), finished)
        #expect(scene.controller.study.inFlight.count == 1)
        granted = try await ask(Request(.wish(.resumed)), &scene).granted
        #expect(granted)
        #expect(try scene.controller.notice("paused") == nil)
        #expect(scene.controller.study.inFlight.count == 2)
    }

    @Test func `a study that ended goes on when it is opened for that, and replays`() async throws {
        let fixture = try StudyFixture(trials: 4, parallel: 4, scheduler: .none(maxResource: Resource(2)))
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        // As before where nothing has changed.
        var setup = fixture.setup
        setup.reopening = .ifUnfinished
        var controller = try await fixture.controller(InstantCluster(fixture.directory), setup)
        #expect(controller.outcome == .completed)
        try controller.finish()
        setup.spec.plan.trials = 9
        controller = try await fixture.controller(InstantCluster(fixture.directory), setup)
        #expect(controller.outcome == nil)
        _ = try await controller.run(shouldStop: { false }, observe: { _ in })
        #expect(controller.outcome == .completed && controller.study.trialCount == 9)
        let replay = try fixture.read { try Replay($0) }
        #expect(replay.difference == nil && replay.trials == 9)
    }

    @Test func `another file that cannot be is refused by field, with what may change beside it`()
        async throws
    {
        let fixture = try StudyFixture(trials: 4)
        _ = try await fixture.run(InstantCluster(fixture.directory))
        var setup = fixture.setup
        setup.spec.plan.trials = 9
        setup.spec.plan.objective.metric = "other"
        let error = await #expect(throws: ControllerError.self) {
            _ = try await fixture.controller(InstantCluster(fixture.directory), setup)
        }
        let words = error?.description ?? ""
        #expect(words.contains("metric cannot change") && words.contains("trials: 4 → 9"), "\(words)")
        #expect(words.contains("another study file"), "\(words)")
    }
}
