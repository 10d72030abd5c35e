import Foundation
import GRDB
import Spool
import Store
import Testing
import Tuning

@testable import Controller

/// A log that was altered by hand.
@Suite struct ReplayTests {
    /// A study of 200 trials that is over.
    private func study() async throws -> StudyFixture {
        let fixture = try StudyFixture(trials: 200, parallel: 16)
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        return fixture
    }

    /// What the replay of a study says whose store is altered; the next alteration finds it as it was.
    private func replay(_ study: StudyFixture, after sql: String) throws -> Replay {
        let path = study.directory.store(0)
        try FileManager.default.copyItem(atPath: path, toPath: path + ".true")
        defer {
            for part in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + part) }
            try? FileManager.default.moveItem(atPath: path + ".true", toPath: path)
        }
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
        let store = try Store(path: path)
        defer { try? store.close() }
        return try store.read { try Replay($0) }
    }

    static let alterations: [(String, String)] = [
        (
            "UPDATE log SET body = replace(body, '{\"loss\":', '{\"loss\":1') WHERE last = ("
                + "SELECT min(last) FROM log WHERE last >= (SELECT max(event) FROM reports))", "altered"
        ),
        (
            "UPDATE reports SET value = value + 1 WHERE event = (SELECT max(event) FROM reports)",
            "table of reports"
        ),
        (
            "UPDATE reports SET metrics = x'0000000000000000' WHERE event = (SELECT min(event) FROM reports)",
            "table of reports"
        ),
        ("DELETE FROM reports WHERE event = (SELECT min(event) FROM reports)", "lacks"),
        ("UPDATE log SET body = replace(body, '[\"paused\"', '[\"stopped\"')", "decision"),
        ("UPDATE log SET time = time + 1 WHERE last > 30", "altered"),
    ]

    @Test func `an alteration is found, and its event named`() async throws {
        let study = try await study()
        for (sql, words) in Self.alterations {
            let difference = try #require(try replay(study, after: sql).difference, "\(sql)")
            #expect(difference.event > 0)
            #expect(difference.what.contains(words), "\(sql): \(difference.what)")
        }
    }

    @Test func `an untouched log agrees`() async throws {
        let replay = try replay(await study(), after: "SELECT 1")
        #expect(replay.difference == nil)
        #expect(replay.trials == 200)
        #expect(replay.decisions >= 400)
    }
}
