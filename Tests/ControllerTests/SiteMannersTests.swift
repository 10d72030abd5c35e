import Clusters
import Dispatching
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// What a controller sends to a site that has limits.
@Suite struct SiteMannersTests: WorkerWords {
    /// A scene of trials with a task each, in a site with limits.
    private func scene(
        _ limits: RequestLimits, trials: Int, parallel: Int, mode: Execution.Mode = .rung
    ) async throws -> Scene {
        try await Scene(
            trials: trials, mode: mode, parallel: parallel, scheduler: .none(maxResource: Resource(1)),
            limits: limits)
    }

    @Test func `what may not go out yet waits, says so, and goes out as one array`() async throws {
        // One at once, and one each half hour.
        var scene = try await scene(
            RequestLimits(submissionsPerHour: 2, requestsPerMinute: 600), trials: 8, parallel: 4)
        #expect(scene.cluster.arrays.map(\.indices) == [[0, 1, 2, 3]])
        #expect(try scene.read { try $0.submissionWait() } == nil)
        for index in 0..<3 { try await scene.say(scene.attempt(index), started, report(0.5), finished) }
        #expect(scene.cluster.submissions.count == 1)
        let wait = try #require(try scene.read { try $0.submissionWait() })
        let ahead = wait.next - scene.controller.time.wallTime
        #expect(wait.lastHour == 1 && wait.perHour == 2 && (1_700...1_801).contains(ahead), "\(wait)")
        // Half an hour later.
        scene.controller.window.obey(
            SiteBudget(
                try #require(scene.controller.window.budget).limits, at: scene.controller.time.now))
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.arrays.map(\.indices) == [[0, 1, 2, 3], [4, 5, 6]])
        #expect(try scene.read { try $0.submissionWait() } == nil)
        #expect(try scene.read { try Replay($0).difference == nil })
        // What was planned for other arrays is found where it runs.
        let second = Turn(token: scene.cluster.submissions[1], index: 5, epoch: 0)
        try await scene.say(second, started, report(0.1), finished)
        #expect(try scene.read { try $0.trial(TrialID(5)) }?.value == 0.1)
    }

    @Test func `the next controller knows what was submitted within the hour`() async throws {
        let limits = RequestLimits(submissionsPerHour: 3, requestsPerMinute: 600)
        var scene = try await scene(limits, trials: 3, parallel: 1)
        for _ in 0..<2 { _ = try await scene.controller.pass() }
        try scene.controller.finish()
        let second = try await scene.fixture.controller(scene.cluster, scene.controller.setup)
        let budget = try #require(second.window.budget)
        #expect(budget.lastHour(at: second.time.now) == 1)
        #expect(budget.submissionsLeft(at: second.time.now) == 0)
    }

    @Test func `no more tasks are in the queue than allowed`() async throws {
        var scene = try await scene(
            RequestLimits(queuedTasks: 2, requestsPerMinute: 600), trials: 5, parallel: 4)
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.arrays.map(\.indices) == [[0, 1]])
        scene.cluster.change(TaskID(array: ArrayID(1), index: 0), to: .completed)
        try await scene.say(scene.attempt(0), started, report(0.5), finished)
        #expect(scene.cluster.arrays.map(\.indices.count) == [2, 1])
        #expect(scene.cluster.refusals == 0)
    }

    @Test func `a worker that waits takes what may not be submitted yet`() async throws {
        var scene = try await scene(
            RequestLimits(submissionsPerHour: 1, requestsPerMinute: 600), trials: 3, parallel: 2,
            mode: .reuse)
        #expect(scene.cluster.arrays.map(\.indices) == [[0, 1]])
        try await scene.say(
            scene.attempt(0), started, report(0.5), .ended(.notStarted(reason: "no"), stderrTail: ""))
        try await scene.say(scene.attempt(1), started, report(0.5), finished, .idle(secondsLeft: nil))
        #expect(scene.cluster.submissions.count == 1)
        guard case .next(let work) = try scene.answer(.work, scene.attempt(1)) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, scene.attempt(1))))")
            return
        }
        #expect(work.map(\.trial) == [TrialID(2)])
    }

    @Test func `what nobody wants any more ends a study whatever the limits say`() async throws {
        var scene = try await scene(
            RequestLimits(submissionsPerHour: 1, requestsPerMinute: 600), trials: 4, parallel: 2)
        for index in 0..<2 { try await scene.say(scene.attempt(index), started, report(0.5), finished) }
        #expect(try scene.read { try $0.openIntents() }.count == 2)
        try scene.controller.commit { _ in [.cancelled] }
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(try scene.read { try $0.openIntents() } == [])
        #expect(scene.cluster.submissions.count == 1)
    }

    @Test func `tasks are cancelled array by array, as many as there may be requests`() async throws {
        var scene = try await scene(
            RequestLimits(submissionsPerHour: 1_000, requestsPerMinute: 16), trials: 6, parallel: 1)
        // Four at once: of these the first array took one.
        #expect(scene.controller.window.requestsLeft(at: scene.controller.time.now) <= 3)
        try scene.controller.commit { _ in [.cancelled] }
        scene.controller.window.asks(10, at: scene.controller.time.now)
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.cancelled == [])
        #expect(try scene.read { try $0.openIntents() }.count == 1)
        scene.controller.window.obey(
            SiteBudget(
                try #require(scene.controller.window.budget).limits, at: scene.controller.time.now))
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.cancelled == [TaskID(array: ArrayID(1), index: 0)])
        #expect(try scene.read { try $0.openIntents() } == [])
    }

    @Test func `a tick ends where only the limits are in the way`() async throws {
        let fixture = try StudyFixture(trials: 4, parallel: 2, scheduler: .none(maxResource: Resource(1)))
        fixture.stays = false
        var setup = fixture.setup
        setup.limits = RequestLimits(submissionsPerHour: 1, requestsPerMinute: 600)
        let cluster = InstantCluster(fixture.directory)
        var controller = try await fixture.controller(cluster, setup)
        guard case .stopped = try await controller.tick(shouldStop: { false }) else {
            Issue.record("the study ended with one submission")
            return
        }
        #expect(cluster.arrays.map(\.indices) == [[0, 1]])
    }
}
