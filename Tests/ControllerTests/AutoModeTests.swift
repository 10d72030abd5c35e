import Dispatching
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// Studies that leave the use of tasks to stune.
@Suite struct AutoModeTests: WorkerWords {
    private let halving = SchedulerPlan.successiveHalving(
        SuccessiveHalvingPlan(
            ladder: ASHAPlan(minResource: Resource(1), maxResource: Resource(2), reductionFactor: 2)))

    // MARK: Workers with nothing to do

    @Test func `a worker leaves at once when nothing is likely to come, while others still work`()
        async throws
    {
        var scene = try await Scene(trials: 2, mode: .auto, eta: 3)
        try scene.learnsThatTasksWait(seconds: 100)
        #expect(try scene.controller.notice("execution")?.contains("until the queue wait") == true)
        try await scene.say(scene.attempt(1), started)
        try await scene.say(scene.attempt(0), started, report(0.9), finished, .idle(secondsLeft: nil))
        #expect(try scene.answer(.work, scene.attempt(0)) == .leave)
        #expect(try scene.read { try $0.openTasks() }.map(\.index) == [1])
        #expect(
            try scene.controller.notice("execution")?.contains("queue wait ≈ 80 s, work ≈") == true)
        #expect(try scene.read { try Replay($0) }.difference == nil)
    }

    @Test func `where one result sends many on, a worker stays for as long as a task would wait`()
        async throws
    {
        for (seconds, answer) in [(100.0, nil), (0, Directive.leave)] {
            var scene = try await Scene(trials: 2, mode: .auto, scheduler: halving)
            try scene.learnsThatTasksWait(seconds: seconds)
            try await scene.say(scene.attempt(1), started)
            try await scene.say(scene.attempt(0), started, report(0.9), finished, .idle(secondsLeft: nil))
            #expect(try scene.answer(.work, scene.attempt(0)) == answer)
        }
    }

    @Test func `a lane with nothing to do stays as long as another one of its task works`() async throws {
        var scene = try await Scene(trials: 3, mode: .auto, eta: 9, slotsPerTask: 2)
        // No task waits long, so the third trial has its own.
        try scene.learnsThatTasksWait(seconds: 0)
        try scene.learn([.measured(units: 1, seconds: 100)])
        let (first, second) = (scene.attempt(0), scene.attempt(1))
        try await scene.say(second, started)
        try await scene.say(first, started, report(0.9), finished, .idle(secondsLeft: nil))
        #expect(try scene.answer(.work, first) == nil)
        try await scene.say(second, report(0.8), finished, .idle(secondsLeft: nil))
        #expect(try scene.answer(.work, first) == .leave)
        #expect(try scene.answer(.work, second) == .leave)
        #expect(try scene.read { try $0.openTasks() }.map { [$0.trial.number, $0.turn] } == [[2, 0]])
    }

    // MARK: Time limits

    @Test func `a trial goes on in place only where its task has the time, else in one of its own`()
        async throws
    {
        for (left, answer) in [
            (1_000.0, Directive.goOn(rung: 1, to: Resource(2))), (100, .release(save: true)),
        ] {
            var scene = try await Scene(trials: 2, mode: .auto)
            try scene.learn([.measured(units: 1, seconds: 100)])
            try await scene.say(scene.attempt(0), started, report(0.9), finished)
            let attempt = scene.attempt(1)
            try await scene.say(attempt, started, report(0.5), .waiting(secondsLeft: left))
            #expect(try scene.answer(.rung, attempt) == answer)
            #expect(scene.cluster.submissions.count == 1)
            guard case .release = answer else { continue }
            try await scene.say(attempt, .checkpoint(resource: Resource(1)), finished)
            let tasks = try scene.read { try $0.openTasks() }
            #expect(tasks.map { [$0.trial.number, $0.rung, $0.from.units, $0.turn] } == [[1, 1, 1, 0]])
            #expect(scene.cluster.submissions.count == 2)
            #expect(try scene.read { try Replay($0) }.difference == nil)
        }
    }

    @Test func `what failed is tried again in a task of its own, with all its time`() async throws {
        for (mode, submissions) in [(Execution.Mode.auto, 2), (.reuse, 1)] {
            var scene = try await Scene(trials: 2, mode: mode, scheduler: halving)
            try scene.learnsThatTasksWait(seconds: 100)
            let crash = Message.Body.ended(.exited(code: 1), stderrTail: "")
            try await scene.say(scene.attempt(1), started)
            try await scene.say(
                scene.attempt(0), started, report(0.9), finished, .idle(secondsLeft: 3_600))
            #expect(try scene.answer(.work, scene.attempt(0)) == nil)
            try await scene.say(scene.attempt(1), crash)
            let tasks = try scene.read { try $0.openTasks() }
            #expect(tasks.map(\.trial) == [TrialID(1)])
            #expect(scene.cluster.submissions.count == submissions, "\(mode)")
        }
    }

    // MARK: Ticks

    @Test(arguments: Execution.Mode.allCases)
    func `a tick has workers wait for nobody, unless the study says that they are to`(
        mode: Execution.Mode
    ) async throws {
        for stays in [true, false] {
            let fixture = try StudyFixture(trials: 2, parallel: 2)
            fixture.spec.execution.mode = mode
            fixture.stays = stays
            let cluster = InstantCluster(fixture.directory) { _ in .waits }
            var controller = try await fixture.controller(cluster)
            let told = try controller.notice("execution")
            _ = try await controller.tick(shouldStop: { false })
            let token = try #require(cluster.submissions.first)
            let stay = try Manifest.read(token, in: fixture.directory).stay
            let expected: Bool? =
                switch mode {
                case .rung: nil
                case .continue: false
                case .reuse: true
                case .auto: stays ? true : nil
                }
            #expect(stay?.reuse == expected, "\(mode), \(stays)")
            #expect((told?.contains("between two ticks") == true) == (mode == .auto && !stays))
        }
    }

    @Test func `a study that was begun by ticks is told of anew when a controller stays`() async throws {
        let fixture = try StudyFixture(trials: 2, parallel: 2)
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        fixture.stays = false
        var controller = try await fixture.controller(cluster)
        _ = try await controller.tick(shouldStop: { false })
        fixture.stays = true
        controller = try await fixture.controller(cluster)
        #expect(try controller.notice("execution")?.contains("until the queue wait") == true)
        try controller.finish()
    }

    // MARK: Resuming

    /// A study that began in one mode and is opened with a file that says another.
    private func reopened(
        _ before: Execution.Mode, as after: Execution.Mode, isNamed: Bool
    ) async throws -> Execution.Mode {
        let fixture = try StudyFixture(trials: 2, parallel: 2)
        fixture.spec.execution.mode = before
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        var controller = try await fixture.controller(cluster)
        try controller.finish()
        fixture.spec.execution.mode = after
        fixture.namesMode = isNamed
        controller = try await fixture.controller(cluster)
        _ = try await controller.pass()
        let stay = try Manifest.read(try #require(cluster.submissions.first), in: fixture.directory).stay
        #expect(stay == controller.setup.spec.execution.stay)
        #expect(
            controller.times.use == DispatchPlan.TaskUse(controller.setup.spec.execution.mode))
        try controller.finish()
        return controller.setup.spec.execution.mode
    }

    @Test(arguments: Execution.Mode.allCases)
    func `a file that names no mode resumes a study as it was begun`(mode: Execution.Mode) async throws {
        #expect(try await reopened(mode, as: Defaults.mode, isNamed: false) == mode)
        #expect(try await reopened(mode, as: mode, isNamed: true) == mode)
    }

    @Test func `a file that names another mode changes the study to it`() async throws {
        for (before, after) in [(Execution.Mode.rung, Execution.Mode.auto), (.auto, .rung)] {
            #expect(try await reopened(before, as: after, isNamed: true) == after)
        }
    }
}

extension Scene {
    /// A task has waited this long to start; the study's own first task has not.
    fileprivate mutating func learnsThatTasksWait(seconds: Double) throws {
        let token = ArrayToken(bits: 1)
        let sent = controller.time.wallTime - seconds
        try learn([.taken(token, sent: sent), .begun(token)])
    }
}
