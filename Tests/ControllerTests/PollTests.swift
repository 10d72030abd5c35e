import Clusters
import Dispatching
import Logging
import Spool
import StudyFile
import Synchronization
import Testing
import Tuning

@testable import Controller

/// How often the cluster is asked about tasks.
@Suite struct PollTests {
    /// A clock that advances only on request.
    private final class Clock: TimeSource {
        private let seconds = Mutex(0.0)
        var now: Duration { .seconds(wallTime) }
        var wallTime: Double { seconds.withLock { $0 } }
        func sleep(for duration: Duration) async { pass(duration / .seconds(1)) }
        func pass(_ more: Double) { seconds.withLock { $0 += more } }
    }

    /// A cluster with one running task, until it is told otherwise.
    private final class OneTask: Cluster {
        private struct State {
            var array: ArrayID?
            var state = TaskState.running
            var asked: [Double] = []
        }

        private let state = Mutex(State())
        private let clock: Clock

        init(_ clock: Clock) { self.clock = clock }

        /// When it was asked.
        var asked: [Double] { state.withLock { $0.asked } }
        func change(to new: TaskState) { state.withLock { $0.state = new } }

        func maxArraySize() async throws(ClusterError) -> Int { 1_001 }
        func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID] { [] }
        func cancel(_ tasks: [TaskID]) async throws(ClusterError) {}
        func isRunning(job: UInt32) async throws(ClusterError) -> Bool? { nil }

        func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID {
            state.withLock { $0.array = ArrayID(1) }
            return ArrayID(1)
        }

        func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting] {
            state.withLock { state in
                state.asked.append(clock.wallTime)
                return state.array.map {
                    [
                        TaskSighting(
                            task: TaskID(array: $0, index: 0), state: state.state,
                            stateName: "\(state.state)", elapsedSeconds: Int(clock.wallTime))
                    ]
                } ?? []
            }
        }
    }

    private func pauses(_ cluster: OneTask) -> [Double] {
        zip(cluster.asked, cluster.asked.dropFirst()).map { $1 - $0 }
    }

    /// A controller of a study with one task.
    private func begin(
        _ cluster: OneTask, _ clock: Clock, _ pace: Pace, _ limits: RequestLimits? = nil
    ) async throws -> (Controller, StudyFixture) {
        let fixture = try StudyFixture(trials: 1, parallel: 1, scheduler: .none(maxResource: Resource(2)))
        var setup = fixture.setup
        (setup.time, setup.pace, setup.limits) = (clock, pace, limits)
        var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        let lease = try await Lease.take(
            of: fixture.directory, by: .current(job: nil), takeOver: false, asking: cluster)
        return (try await Controller(setup, cluster: cluster, lease: lease, log: log), fixture)
    }

    private func pass(_ controller: inout Controller, _ clock: Clock, seconds: Int) async throws {
        for _ in 0..<seconds {
            _ = try await controller.pass()
            clock.pass(1)
        }
    }

    @Test func `a task that runs and runs is asked about less and less, and after a change soon again`()
        async throws
    {
        let clock = Clock()
        let cluster = OneTask(clock)
        let pace = Pace(poll: .seconds(5), settle: .seconds(60))
        let (made, fixture) = try await begin(cluster, clock, pace)
        var controller = made
        try await pass(&controller, clock, seconds: 600)
        #expect(pauses(cluster).prefix(4) == [5, 10, 20, 30])
        #expect(pauses(cluster).dropFirst(4).allSatisfy { $0 == 30 })

        cluster.change(to: .pending)
        let before = cluster.asked.count
        try await pass(&controller, clock, seconds: 60)
        #expect(pauses(cluster).dropFirst(before).prefix(3) == [5, 10, 20])
        try controller.finish()
        withExtendedLifetime(fixture) {}
    }

    @Test
    func `Slurm is looked at once a minute while nothing is due, and four times while tasks start and end`()
        async throws
    {
        let clock = Clock()
        let cluster = OneTask(clock)
        let pace = Pace.slurm(settle: .seconds(60))
        let (made, fixture) = try await begin(cluster, clock, pace, RequestLimits())
        var controller = made
        try await pass(&controller, clock, seconds: 900)
        #expect(pauses(cluster).dropFirst(3).allSatisfy { $0 == 60 }, "\(pauses(cluster))")
        let before = cluster.asked.count
        for state in [TaskState.pending, .running, .pending, .running, .pending, .running] {
            cluster.change(to: state)
            try await pass(&controller, clock, seconds: 15)
        }
        #expect(pauses(cluster).dropFirst(before).allSatisfy { $0 == 15 }, "\(pauses(cluster))")
        #expect(cluster.asked.count > before)
        // Once it is over without a word, its last one is waited for.
        cluster.change(to: .completed)
        try await pass(&controller, clock, seconds: 60)
        #expect(pauses(cluster).suffix(5).allSatisfy { $0 == 5 }, "\(pauses(cluster))")
        try controller.finish()
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: [1, 2, 4]) func `no minute has more requests than the site allows`(most: Int)
        async throws
    {
        let clock = Clock()
        let cluster = OneTask(clock)
        let limits = RequestLimits(requestsPerMinute: most)
        let pace = Pace.slurm(settle: .seconds(60), limits)
        let (made, fixture) = try await begin(cluster, clock, pace, limits)
        var controller = made
        for state in [TaskState.running, .pending, .running, .pending, .running, .completed] {
            cluster.change(to: state)
            try await pass(&controller, clock, seconds: 100)
        }
        // Looks take half of them: what is submitted and cancelled has its share.
        #expect(pauses(cluster).allSatisfy { $0 >= 120 / Double(most) }, "\(pauses(cluster))")
        #expect(cluster.asked.count >= 2 * most)
        try controller.finish()
        withExtendedLifetime(fixture) {}
    }
}
