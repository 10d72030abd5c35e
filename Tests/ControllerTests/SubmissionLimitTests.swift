import Clusters
import Dispatching
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// What follows when the cluster rejects an array, or never starts one.
@Suite struct SubmissionLimitTests: WorkerWords {
    @Test func `an idle worker takes the work of an array that cannot be submitted`() async throws {
        var scene = try await Scene(trials: 2, mode: .reuse, mostTasks: 1)
        for _ in 0..<4 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.arrays.map(\.indices) == [[1]])
        #expect(scene.controller.window.limit.most == 1)
        #expect(try scene.controller.notice("waiting")?.contains("at most 1 tasks") == true)
        let attempt = scene.attempt(1)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, attempt), let entry = work.first else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt)))")
            return
        }
        #expect(entry.trial == TrialID(0))
        #expect(scene.cluster.submissions.count == 1)
        // If the array was submitted after all, its task finds that its work was given away.
        let open = try scene.read { try $0.openTasks() }
        #expect(open.map { [$0.trial.number, $0.turn] } == [[0, 1]])
    }

    @Test func `a task that ends makes room at once, whatever the wait`() async throws {
        var scene = try await Scene(
            trials: 3, mode: .rung, parallel: 3, scheduler: .none(maxResource: Resource(1)), mostTasks: 2)
        for _ in 0..<4 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.arrays.map(\.indices) == [[1, 2]])
        // As after many failures, when the next try by the clock is far away.
        let now = scene.controller.time.now
        for _ in 0..<10 { _ = scene.controller.window.failed(at: now, tasks: 2) }
        #expect((scene.controller.window.backOff?.wait ?? .zero) >= .seconds(32))
        scene.cluster.change(TaskID(array: ArrayID(1), index: 1), to: .completed)
        try await scene.say(scene.attempt(1), started, report(0.9), finished)
        #expect(scene.cluster.arrays.map(\.indices) == [[1, 2], [0]])
        #expect((scene.controller.window.backOff?.wait ?? .zero) <= .seconds(1))
    }

    @Test func `an array is cut to the room that is known, without a refusal`() async throws {
        var scene = try await Scene(
            trials: 8, mode: .rung, parallel: 4, scheduler: .none(maxResource: Resource(1)), mostTasks: 3)
        for _ in 0..<4 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.arrays.map(\.indices) == [[2, 3], [1]])
        #expect(scene.controller.window.limit.most == 3)
        for index in 2..<4 {
            scene.cluster.change(TaskID(array: ArrayID(1), index: index), to: .completed)
        }
        let refusals = scene.cluster.refusals
        // Two trials that ended are replaced by two that begin together, and one has waited before: there is room for
        // two.
        try Inbox(scene.fixture.directory).put(
            [started, report(0.9), finished].enumerated().map {
                Message(attempt: scene.attempt(2), sequence: $0.offset, time: 0, body: $0.element)
            })
        try await scene.say(scene.attempt(3), started, report(0.8), finished)
        #expect(scene.cluster.arrays.dropFirst(2).map(\.indices) == [[0], [4]])
        #expect(scene.cluster.refusals == refusals)
    }

    @Test func `a refusal while a task runs ends nothing, and ends the study when none does`() async throws
    {
        var scene = try await Scene(
            trials: 3, mode: .rung, scheduler: .none(maxResource: Resource(1)))
        let refusal = ClusterError.refused(reason: "Invalid account")
        scene.cluster.fail(refusal)
        try await scene.say(scene.attempt(0), started, report(0.9), finished)
        #expect(try scene.read { try $0.outcome() } == nil)
        #expect(try scene.controller.notice("waiting")?.contains("Invalid account") == true)
        #expect(scene.cluster.cancelled == [])
        scene.cluster.fail(refusal)
        try await scene.say(scene.attempt(1), started, report(0.8), finished)
        #expect(try scene.read { try $0.outcome() } == .refused(reason: "Invalid account"))
        #expect(try scene.read { try $0.trialCounts() }["completed"] == 2)
        #expect(scene.cluster.cancelled == [])
    }

    @Test func `a study whose tasks wait for what no time brings ends with that, unless one of them runs`()
        async throws
    {
        let fixture = try StudyFixture(trials: 2, parallel: 2, scheduler: .none(maxResource: Resource(1)))
        var setup = fixture.setup
        setup.pace.hopeless = .milliseconds(30)
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        var controller = try await fixture.controller(cluster, setup)
        _ = try await controller.pass()
        cluster.change(TaskID(array: ArrayID(1), index: 0), to: .running)
        cluster.wait(for: "PartitionTimeLimit")
        for _ in 0..<3 {
            _ = try await controller.pass()
            try await Task.sleep(for: .milliseconds(30))
        }
        #expect(try controller.store.read { try $0.outcome() } == nil)
        #expect(try controller.notice("held")?.contains("1_1 (PartitionTimeLimit)") == true)
        cluster.change(TaskID(array: ArrayID(1), index: 0), to: .pending)
        let end = try await controller.run(shouldStop: { false }, observe: { _ in })
        guard case .over(.refused(let reason)) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(reason == "no task can start: 1_0 and 1 more (PartitionTimeLimit)")
        #expect(Set(cluster.cancelled) == Set([0, 1].map { TaskID(array: ArrayID(1), index: $0) }))
    }
}
