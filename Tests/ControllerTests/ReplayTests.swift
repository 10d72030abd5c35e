import Foundation
import GRDB
import Spool
import Store
import Testing
import Tuning

@testable import Controller

/// A log that was altered by hand.
@Suite struct ReplayTests {
    /// A study of 200 trials that is over, with its store as a copy that may be altered.
    private func altered(_ sql: String) async throws -> (replay: Replay, fixture: StudyFixture) {
        let fixture = try StudyFixture(trials: 200, parallel: 16)
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        let queue = try DatabaseQueue(path: fixture.directory.store(0))
        try await queue.write { try $0.execute(sql: sql) }
        try queue.close()
        let store = try Store(path: fixture.directory.store(0))
        defer { try? store.close() }
        return (try store.read { try Replay($0) }, fixture)
    }

    static let alterations: [(String, String)] = [
        (
            "UPDATE events SET body = replace(body, '\"loss\":', '\"loss\":1') WHERE id = ("
                + "SELECT max(event) FROM reports)", "altered"
        ),
        (
            "UPDATE reports SET value = value + 1 WHERE event = (SELECT max(event) FROM reports)",
            "table of reports"
        ),
        (
            "UPDATE reports SET metrics = '{\"loss\":0}' WHERE event = (SELECT min(event) FROM reports)",
            "table of reports"
        ),
        ("DELETE FROM reports WHERE event = (SELECT min(event) FROM reports)", "lacks"),
        (
            "UPDATE decisions SET body = '{}' WHERE event = (SELECT max(event) FROM decisions) AND ordinal = 0",
            "decision"
        ),
        ("DELETE FROM decisions WHERE event = (SELECT max(event) FROM decisions)", "decision"),
        ("UPDATE events SET time = time + 1 WHERE id = 30", "altered"),
    ]

    @Test(arguments: alterations)
    func `an alteration is found, and its event named`(_ sql: String, _ words: String) async throws {
        let (replay, _) = try await altered(sql)
        let difference = try #require(replay.difference, "\(sql)")
        #expect(difference.event > 0)
        #expect(difference.what.contains(words), "\(difference.what)")
    }

    @Test func `an untouched log agrees`() async throws {
        let (replay, _) = try await altered("SELECT 1")
        #expect(replay.difference == nil)
        #expect(replay.trials == 200)
        #expect(replay.decisions >= 400)
    }
}
