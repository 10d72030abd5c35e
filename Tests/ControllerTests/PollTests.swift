import Clusters
import Dispatching
import Logging
import Spool
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

    @Test func `a task that runs and runs is asked about twice a minute, and after a change soon again`()
        async throws
    {
        let clock = Clock()
        let cluster = OneTask(clock)
        let fixture = try StudyFixture(trials: 1, parallel: 1, scheduler: .none(maxResource: Resource(2)))
        var setup = fixture.setup
        setup.time = clock
        setup.pace = Pace(poll: .seconds(5), settle: .seconds(60))
        var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        let lease = try await Lease.take(
            of: fixture.directory, by: .current(job: nil), takeOver: false, asking: cluster)
        var controller = try await Controller(setup, cluster: cluster, lease: lease, log: log)
        for _ in 0..<600 {
            _ = try await controller.pass()
            clock.pass(1)
        }
        let pauses = zip(cluster.asked, cluster.asked.dropFirst()).map { $1 - $0 }
        #expect(pauses.prefix(4) == [5, 10, 20, 30])
        #expect(pauses.dropFirst(4).allSatisfy { $0 == 30 })

        cluster.change(to: .pending)
        let before = cluster.asked.count
        for _ in 0..<60 {
            _ = try await controller.pass()
            clock.pass(1)
        }
        let next = zip(cluster.asked, cluster.asked.dropFirst()).map { $1 - $0 }.dropFirst(before)
        #expect(next.prefix(3) == [5, 10, 20])
        try controller.finish()
    }
}
