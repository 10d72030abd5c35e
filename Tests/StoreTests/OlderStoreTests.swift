import Foundation
import GRDB
import Testing
import Tuning

@testable import Store

/// A store of the version before transactions were rows: a study of 9 trials that was stopped on its way, with failed
/// trials and three running assignments.
@Suite struct OlderStoreTests {
    /// Its mark file: its last event, and the digest at that time.
    private static let mark = "36 3c88d992946b4908"

    /// Makes the store and applies `alteration` before it is opened.
    private func place(_ alteration: String = "") throws -> StorePlace {
        let place = try StorePlace()
        let file = try #require(
            Bundle.module.url(
                forResource: "before-rows-of-transactions", withExtension: "sql", subdirectory: "Fixtures"))
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: place.path, configuration: configuration)
        try queue.write { database in
            let statements = try String(contentsOf: file, encoding: .utf8)
                .replacing("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;", with: "").replacing(
                    "COMMIT;", with: "")
            try database.execute(sql: statements)
            try database.execute(sql: "PRAGMA application_id = \(Schema.applicationID); \(alteration)")
        }
        try queue.close()
        try writeMark(place)
        return place
    }

    private func writeMark(_ place: StorePlace) throws {
        try Data("\(Self.mark)\n".utf8).write(to: URL(filePath: place.path + "-mark"))
    }

    /// The rows of all tables, as text.
    private func tables(_ store: Store) throws -> [String: [String]] {
        try store.read { reader in
            let names = try String.fetchAll(
                reader.database,
                sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return Dictionary(
                uniqueKeysWithValues: try names.map { name in
                    (
                        name,
                        try Row.fetchAll(reader.database, sql: "SELECT * FROM \(name)").map(\.description)
                            .sorted()
                    )
                })
        }
    }

    @Test func `its log is read as it was, and brings about the same decisions`() throws {
        let place = try place()
        let store = try Store(path: place.path)
        var (study, events, decisions) = (Study(), 0, 0)
        try store.read { reader in
            try reader.forEachEvent { logged in
                events += 1
                #expect(logged.id == Int64(events))
                #expect(!logged.isAltered)
                let derived = study.apply(try logged.event())
                #expect(try logged.decided() == derived)
                decisions += derived.count
            }
        }
        #expect(events == 36)
        #expect(decisions == 27)
        #expect(try store.read { try $0.eventCount() } == 36)
        #expect(try store.read { try $0.openTasks() }.map(\.assignment) == study.inFlight)
        #expect(study.inFlight.count == 3)
    }

    @Test func `the sums are those of its rows`() throws {
        let place = try place()
        let store = try Store(path: place.path)
        #expect(try store.read { try $0.trialCounts() } == ["failed": 3, "paused": 2, "running": 2])
        let ladder = try store.read { try $0.ladder(.minimize) }
        #expect(ladder.map(\.results).prefix(2) == [5, 1])
        #expect(ladder.map(\.promoted).prefix(2) == [1, 0])
        let best = try #require(try store.read { try $0.best(.minimize) })
        #expect(best.value == ladder[1].best)
        #expect(best.trial == TrialID(1))
        #expect(try store.read { try $0.keptBytes() } > 0)
    }

    @Test func `its tables are those that its log brings about`() throws {
        let place = try place()
        let store = try Store(path: place.path)
        let before = try tables(store)
        #expect(try store.rebuild() == 36)
        let after = try tables(store)
        #expect(Set(before.keys) == Set(after.keys))
        for (name, rows) in before where name != "assignments" && name != "attempts" {
            #expect(after[name] == rows, "\(name)")
        }
        #expect(after["assignments"]?.count == before["assignments"]?.count)
    }

    @Test func `the mark of that time still counts, and a mark of another log does not`() throws {
        let place = try place()
        try Store(path: place.path).close()
        // A crash before the next commit: the mark is unchanged.
        try writeMark(place)
        let store = try Store(path: place.path)
        _ = try store.write { try $0.append(.cancelled, [], time: 1) }
        try store.close()
        #expect(Store.markedPlace(place.path)?.event == 37)
        try Store(path: place.path).close()
        for other in ["36 0000000000000001", "38 3c88d992946b4908", "37 3c88d992946b4908"] {
            try Data(other.utf8).write(to: URL(filePath: place.path + "-mark"))
            #expect(throws: StoreError.self, "\(other)") { _ = try Store(path: place.path) }
        }
    }

    @Test(arguments: [
        ("UPDATE events SET time = time + 1 WHERE id = 20", "event 20 was altered"),
        (
            "UPDATE events SET body = replace(body, 'finished', 'noReport') WHERE id = 36",
            "event 36 was altered"
        ),
        ("DELETE FROM decisions WHERE event = 7; DELETE FROM events WHERE id = 7", "event 7 is missing"),
    ])
    func `an event that was altered before stays so`(alteration: String, words: String) throws {
        // Its last event differs now. This test is not about whether it opens.
        let place = try place(alteration)
        try FileManager.default.removeItem(atPath: place.path + "-mark")
        let store = try Store(path: place.path)
        let error = #expect(throws: StoreError.self) { try store.read { try $0.forEachFact { _ in } } }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func `a reader migrates it in memory, and its file stays as it is`() throws {
        let place = try place()
        let before = try Data(contentsOf: URL(filePath: place.path))
        #expect(try Store.place(ofSnapshot: place.path) == LogPlace(event: 36, digest: "3c88d992946b4908"))
        let count = try Store.openSnapshot(place.path).read { try $0.trials().count }
        #expect(count == 7)
        #expect(try Data(contentsOf: URL(filePath: place.path)) == before)
    }
}
