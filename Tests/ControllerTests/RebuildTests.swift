import GRDB
import Logging
import Simulation
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// Tables rebuilt from the log.
@Suite struct RebuildTests {
    private func study() async throws -> StudyFixture {
        let fixture = try StudyFixture(trials: 60, parallel: 8)
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        return fixture
    }

    private func rebuild(_ study: StudyFixture) async throws -> Int {
        let cluster = InstantCluster(study.directory)
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let lease = try await Lease.take(
            of: study.directory, by: .current(job: nil), takeOver: false, asking: cluster)
        return try Controller.rebuild(study.setup, lease: lease, log: log)
    }

    @Test func `tables that were altered are again as they were, for readers too`() async throws {
        let study = try await study()
        let path = study.directory.store(0)
        let before = try StoreTables(at: path)
        #expect(before.broken.isEmpty)
        let queue = try DatabaseQueue(path: path)
        try await queue.write { database in
            try database.execute(
                sql: """
                    UPDATE trials SET state = 'failed', value = 7; DELETE FROM results WHERE rung = 1;
                    UPDATE reports SET metrics = x''; DELETE FROM rungs; DELETE FROM totals;
                    """)
        }
        try queue.close()
        #expect(try before.difference(from: StoreTables(at: path)) != nil)
        let events = try await rebuild(study)
        #expect(events > 200)
        #expect(try before.difference(from: StoreTables(at: path)) == nil)
        let replay = try study.read { try Replay($0) }
        #expect(replay.difference == nil)
        #expect(replay.events == events)
    }

    @Test func `a log that was altered is named, and the tables stay`() async throws {
        let study = try await study()
        let path = study.directory.store(0)
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "UPDATE log SET time = time + 1 WHERE last > 100") }
        try queue.close()
        let before = try StoreTables(at: path)
        let error = await #expect(throws: StoreError.self) { _ = try await rebuild(study) }
        #expect(error?.description.contains("was altered") == true, "\(String(describing: error))")
        #expect(try before.difference(from: StoreTables(at: path)) == nil)
    }

    @Test func `a decision that does not follow from its event is named`() throws {
        let plan = try StudyFixture(trials: 3).spec.plan
        var study = Study()
        var decisions = study.apply(.accepted(plan))
        decisions.swapAt(0, 2)
        let store = try Store(path: "", isInMemory: true)
        _ = try store.write { try $0.append(.accepted(plan), decisions, time: 0) }
        let difference = try #require(try store.read { try Replay($0) }.difference)
        #expect(difference.event == 1)
        #expect(difference.what.contains("decision 1"), "\(difference.what)")
    }
}
