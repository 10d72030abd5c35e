import GRDB
import Testing
import Tuning

@testable import Store

/// The log: one row for each transaction, with a digest that shows which event was altered.
@Suite struct LogTests {
    private func digest(after previous: String, time: Double, _ body: String) -> String {
        var digest = LogDigest(after: previous, time: time)
        digest.add(body.utf8)
        return digest.text
    }

    private static let attempt = AttemptID(assignment: AssignmentID(0), epoch: 0)

    /// Some events, each with decisions.
    private static let entries: [(event: Event, decisions: [Decision])] = [
        (
            .waited(attempt),
            [.conclude(trial: TrialID(0), .paused(rung: 0)), .release(attempt, save: true)]
        ),
        (.cancelled, []),
        (.lost(AssignmentLost(assignment: AssignmentID(0), fate: .silent, state: "A\nB")), []),
        (.refused(reason: "no"), [.discard(CheckpointID(attempt: attempt, resource: Resource(3)))]),
        (.stopped(.noImprovement(trials: 3)), []),
    ]

    /// Passes the lines of a log's rows to `body`. Entries with the same time are one transaction.
    private func write(_ store: Store, _ times: [Double]) throws {
        try store.write { transaction in
            let tail = LogTail(last: 0, digest: LogDigest.start)
            let write = { (row: LogTail.Row) in
                try transaction.run(
                    "INSERT INTO log (last, time, body, checks, digest) VALUES (?, ?, ?, ?, ?)", row.last,
                    row.time,
                    TextBytes(bytes: row.body), TextBytes(bytes: row.checks), row.chain.text)
            }
            for (entry, time) in zip(Self.entries, times) {
                try tail.append(entry.event, entry.decisions, time: time, write: write)
            }
            try tail.flush(write)
        }
    }

    private func rows(_ store: Store) throws -> Int {
        try store.read { try $0.first("SELECT count(*) FROM log") { try $0.int(0) } ?? 0 }
    }

    @Test func `the digest of the log depends on every event before it`() {
        let first = digest(after: LogDigest.start, time: 1, "a")
        let second = digest(after: first, time: 2, "b")
        #expect(digest(after: LogDigest.start, time: 2, "b") != second)
        #expect(digest(after: first, time: 2, "c") != second)
        #expect(digest(after: first, time: 3, "b") != second)
        #expect(second.count == 16)
    }

    @Test(arguments: [[1.0, 1, 1, 1, 1], [1, 1, 2, 2, 3], [1, 2, 3, 4, 5]])
    func `the events of a transaction are one row, and are read as they were written`(times: [Double])
        throws
    {
        let store = try Store(path: "", isInMemory: true)
        try write(store, times)
        #expect(try rows(store) == Set(times).count)
        var (read, facts): ([StoreReader.LoggedEvent], [Event]) = ([], [])
        try store.read { reader in
            try reader.forEachEvent { read.append($0) }
            try reader.forEachFact { facts.append($0) }
        }
        #expect(facts == Self.entries.map(\.event))
        #expect(try read.map { try $0.event() } == Self.entries.map(\.event))
        #expect(try read.map { try $0.decided() } == Self.entries.map(\.decisions))
        #expect(read.map(\.id) == [1, 2, 3, 4, 5])
        #expect(read.map(\.time) == times)
        #expect(read.allSatisfy { !$0.isAltered })
        #expect(try store.read { try $0.eventCount() } == 5)
    }

    /// Alterations of the row of events 1 to 5, or of the last of several rows, each with the first event that differs.
    static let alterations: [(sql: String, first: Int)] = [
        ("UPDATE log SET body = replace(body, 'paused', 'stopped')", 1),
        ("UPDATE log SET body = replace(body, 'silent', 'displaced')", 3),
        ("UPDATE log SET body = replace(body, '[0,0,3]', '[0,0,4]')", 4),
        ("UPDATE log SET body = replace(body, '3}', '4}')", 5),
        ("UPDATE log SET time = time + 1 WHERE last = 5", 1),
        ("UPDATE log SET digest = '0123456789abcdef'", 5),
        ("UPDATE log SET checks = substr(checks, 1, 4) || '0000' || substr(checks, 9)", 2),
    ]

    @Test(arguments: alterations)
    func `the first event that was altered is named`(alteration: (sql: String, first: Int)) throws {
        let store = try Store(path: "", isInMemory: true)
        try write(store, [1, 1, 1, 1, 1])
        try store.write { try $0.database.execute(sql: alteration.sql) }
        var altered: [Int64] = []
        try store.read { try $0.forEachEvent { if $0.isAltered { altered.append($0.id) } } }
        #expect(altered.first == Int64(alteration.first))
        let error = #expect(throws: StoreError.self) { try store.read { try $0.forEachFact { _ in } } }
        #expect(
            error?.description.contains("event \(alteration.first) was altered") == true,
            "\(String(describing: error))")
    }

    @Test func `an event that is missing is named`() throws {
        let store = try Store(path: "", isInMemory: true)
        try write(store, [1, 1, 2, 3, 3])
        try store.write { try $0.database.execute(sql: "DELETE FROM log WHERE last = 3") }
        let error = #expect(throws: StoreError.self) { try store.read { try $0.forEachFact { _ in } } }
        #expect(error?.description.contains("event 3 is missing") == true)
    }
}
