import GRDB
import Tuning

/// Converts a log with one row for each event and each decision into today's. The text of both stays the same.
enum LogMigration {
    /// Converts the log, and drops the old tables.
    static func run(_ database: Database) throws {
        try database.execute(sql: Schema.rowsOfTransactions)
        var writer = Writer(database)
        let decisions = try Row.fetchCursor(
            database, sql: "SELECT event, body FROM decisions ORDER BY event, ordinal")
        var next = try decisions.next()
        let events = try Row.fetchCursor(
            database, sql: "SELECT id, time, body, digest FROM events ORDER BY id")
        while let event = try events.next() {
            let id: Int = try event.value("id")
            try writer.begin(
                id, time: event.value("time"), body: event.value("body"), digest: event.value("digest"))
            while let decision = next, try decision.value("event") == id {
                writer.add(" " + (try decision.value("body") as String))
                next = try decisions.next()
            }
            try writer.end()
        }
        try writer.finish()
        try database.execute(sql: "DROP TABLE decisions; DROP TABLE events")
    }

    /// Writes the rows: consecutive events with the same time share a row.
    private struct Writer {
        private let database: Database
        private var row: LogTail.Row?
        /// The digests of the old and the new log.
        private var (before, digest) = (LogDigest.start, LogDigest.start)
        private var last = 0
        /// Whether an event was altered. From there on nothing is as recorded, and the row says so.
        private var isAltered = false

        init(_ database: Database) { self.database = database }

        mutating func begin(_ id: Int, time: Double, body: String, digest recorded: String) throws {
            var chain = LogDigest(after: before, time: time)
            chain.add(body.utf8)
            isAltered = chain.text != recorded
            before = recorded
            let isFull = (row?.body.count ?? 0) >= StoreLimits.logRowBytes
            if id != last + 1 || row?.time != time || isFull || isAltered { try flush() }
            last = id
            if row == nil {
                row = LogTail.Row(last: id, time: time, chain: LogDigest(after: digest, time: time))
            }
            add(body)
        }

        mutating func add(_ line: String) {
            guard row != nil else { return }
            if row?.body.isEmpty == false { row?.body.append(UInt8(ascii: "\n")) }
            row?.body += line.utf8
            var line = line
            line.withUTF8 { row?.chain.add(line: $0) }
        }

        mutating func end() throws {
            guard let check = row?.chain.check else { return }
            row?.last = last
            // A check that cannot match.
            row?.checks += isAltered ? Array("none".utf8) : check
            if isAltered { try flush() }
        }

        private mutating func flush() throws {
            guard let row else { return }
            self.row = nil
            digest = row.chain.text
            try database.execute(
                sql: "INSERT INTO log (last, time, body, checks, digest) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    row.last, row.time, String(decoding: row.body, as: UTF8.self),
                    String(decoding: row.checks, as: UTF8.self), digest,
                ])
        }

        mutating func finish() throws {
            try flush()
            guard last > 0 else { return }
            try database.execute(
                sql: "INSERT INTO log_before (event, digest) VALUES (?, ?)", arguments: [last, before])
        }
    }
}
