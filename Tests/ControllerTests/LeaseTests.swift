import Clusters
import Foundation
import Spool
import Testing

@testable import Controller

@Suite struct LeaseTests {
    private func take(
        _ fixture: StudyFixture, by holder: Lease.Holder = .current(job: nil), takeOver: Bool = false
    ) async throws -> Lease {
        try await Lease.take(
            of: fixture.directory, by: holder, takeOver: takeOver, asking: InstantCluster(fixture.directory)
        )
    }

    private let stranger = Lease.Holder(host: "elsewhere", process: 7, startTicks: 1, job: nil)
    private let dead = Lease.Holder(host: Host.name, process: 1, startTicks: 1, job: nil)

    @Test func `one controller holds a study, and another is told who does`() async throws {
        let fixture = try StudyFixture()
        let lease = try await take(fixture)
        #expect(try lease.isHeld())
        await #expect(throws: ControllerError.held(by: "\(Lease.Holder.current(job: nil))", isAlive: true))
        {
            _ = try await take(fixture)
        }
    }

    @Test func `a lease that was given back is free`() async throws {
        let fixture = try StudyFixture()
        try await take(fixture).release()
        #expect(try Lease.holder(of: fixture.directory) == nil)
        #expect(try await take(fixture).isHeld())
    }

    @Test func `a process of this machine that is gone does not hold a lease`() async throws {
        let fixture = try StudyFixture()
        let old = try await take(fixture, by: dead)
        #expect(try await take(fixture).isHeld())
        #expect(try !old.isHeld())
    }

    @Test func `of a controller elsewhere nothing is assumed unless the user says so`() async throws {
        let fixture = try StudyFixture()
        let old = try await take(fixture, by: stranger)
        await #expect(throws: ControllerError.held(by: "\(stranger)", isAlive: false)) {
            _ = try await take(fixture)
        }
        #expect(try old.isHeld())
        #expect(try await take(fixture, takeOver: true).isHeld())
        #expect(try !old.isHeld())
    }

    @Test func `a controller that was superseded stops before its next effect`() async throws {
        let fixture = try StudyFixture()
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        var controller = try await fixture.controller(cluster)
        _ = try await controller.pass()
        let own = "\(fixture.directory.leases)/1"
        try Files.system.link(own, to: own + ".over")
        await #expect(throws: ControllerError.superseded) { _ = try await controller.pass() }
    }

    @Test func `of many that try at once exactly one wins`() async throws {
        let fixture = try StudyFixture()
        let path = "\(fixture.directory.leases)/1"
        let wins = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask {
                    (try? Files.system.publishExclusively(Array("\(number)".utf8), at: path)) ?? false
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
    }
}
