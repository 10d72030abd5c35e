import Clusters
import Foundation
import Spool
import Store
import Testing
import Tuning

@testable import Controller

/// What readers learn about a study's controller from the lease alone.
@Suite struct PresenceTests {
    private func take(_ fixture: StudyFixture, by holder: Lease.Holder) async throws -> Lease {
        try await Lease.take(
            of: fixture.directory, by: holder, takeOver: true, asking: InstantCluster(fixture.directory))
    }

    private func presence(_ fixture: StudyFixture) throws -> Presence {
        try Lease.presence(of: fixture.directory)
    }

    @Test func `a study that nobody has controlled has no controller`() throws {
        #expect(try presence(StudyFixture()) == .nobody(endedBy: nil))
    }

    @Test func `a process that runs here is the controller, until it gives the study back`() async throws {
        let fixture = try StudyFixture()
        let holder = Lease.Holder.current(job: 12)
        let lease = try await take(fixture, by: holder)
        #expect(try presence(fixture) == .running(holder))
        try lease.release()
        #expect(try presence(fixture) == .nobody(endedBy: "\(fixture.directory.leases)/1.released"))
    }

    @Test func `one that gave up has ended too`() async throws {
        let fixture = try StudyFixture()
        try await take(fixture, by: .current(job: nil)).abandon()
        #expect(try presence(fixture) == .nobody(endedBy: "\(fixture.directory.leases)/1.over"))
    }

    @Test func `a process that is gone from here has died`() async throws {
        let fixture = try StudyFixture()
        let dead = Lease.Holder(host: Host.name, process: 1, startTicks: 1, job: nil)
        _ = try await take(fixture, by: dead)
        #expect(try presence(fixture) == .died(dead))
    }

    @Test func `of one elsewhere this machine says nothing`() async throws {
        let fixture = try StudyFixture()
        let stranger = Lease.Holder(host: "elsewhere", process: 7, startTicks: 1, job: 4821)
        _ = try await take(fixture, by: stranger)
        #expect(try presence(fixture) == .elsewhere(stranger))
    }

    @Test func `a study is not gone on with on another cluster, and keeps what it has`() async throws {
        let fixture = try StudyFixture()
        let cluster = InstantCluster(fixture.directory)
        #expect(try await fixture.run(cluster) == .completed)
        let trials = try fixture.read { try $0.trialCounts() }
        fixture.clusterName = "slurm"
        await #expect(
            throws: ControllerError.otherCluster(
                path: fixture.directory.path, begunOn: "local", asked: "slurm")
        ) {
            _ = try await fixture.run(cluster)
        }
        #expect(try fixture.read { try $0.trialCounts() } == trials)
    }
}
