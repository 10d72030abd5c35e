import Clusters
import Dispatching
import Store
import Testing
import Tuning

@testable import Controller

/// A controller that runs one pass at a time.
@Suite struct TickTests {
    /// Runs one tick, like a new process.
    private func tick(_ fixture: StudyFixture, _ cluster: InstantCluster) async throws -> Controller.End {
        var controller = try await fixture.controller(cluster)
        return try await controller.tick(shouldStop: { false })
    }

    @Test func `one tick takes in all that is there, and what follows from it`() async throws {
        let fixture = try StudyFixture(trials: 20, parallel: 4)
        let end = try await tick(fixture, InstantCluster(fixture.directory))
        guard case .over(.completed) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(try fixture.read { try Replay($0) }.difference == nil)
    }

    @Test func `a study whose tasks wait goes on, and the lease is free`() async throws {
        let fixture = try StudyFixture(trials: 3, parallel: 3)
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        for _ in 0..<2 {
            guard case .stopped = try await tick(fixture, cluster) else {
                Issue.record("it is over")
                return
            }
            #expect(try Lease.holder(of: fixture.directory) == nil)
        }
        #expect(cluster.submissions.count == 1)
        #expect(try fixture.read { try $0.openTasks() }.count == 3)
    }

    @Test func `a task that ended without a word is declared lost within one tick`() async throws {
        let fixture = try StudyFixture(trials: 1, parallel: 1, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory) { _ in .vanishes(.failed) }
        _ = try await tick(fixture, cluster)
        #expect(cluster.submissions.count == 2)
        guard case .over(.completed) = try await tick(fixture, cluster) else {
            Issue.record("the second loss was not seen")
            return
        }
        #expect(try fixture.read { try $0.attempts(of: TrialID(0)) }.count == 2)
        #expect(try fixture.read { try $0.trial(TrialID(0)) }?.state == "failed")
    }

    @Test func `a tick that is asked to stop leaves at once`() async throws {
        let fixture = try StudyFixture()
        let cluster = InstantCluster(fixture.directory)
        var controller = try await fixture.controller(cluster)
        _ = try await controller.tick(shouldStop: { true })
        #expect(cluster.submissions.isEmpty)
        #expect(try Lease.holder(of: fixture.directory) == nil)
    }
}
