import Dispatching
import GRDB
package import Tuning

/// One transaction on the store. It is handed out by `Store.write` and ends with it.
package struct Transaction {
    let database: Database
    let statements: Statements
    let memo: ObjectiveMemo
    let unwritten = Unwritten()
    private let log = Log()

    init(database: Database, statements: Statements, memo: ObjectiveMemo) {
        self.database = database
        self.statements = statements
        self.memo = memo
    }

    /// The end of the log, read once and then known.
    private final class Log {
        var last: (id: Int, digest: String)?
    }

    /// Where the log ends after the events that were appended; `nil`: none was.
    var newPlace: LogPlace? { log.last.map { LogPlace(event: Int64($0.id), digest: $0.digest) } }

    /// What can be read within the transaction.
    package var reader: StoreReader {
        StoreReader(database: database, statements: statements, unwritten: unwritten)
    }

    /// Records the study that this store is of; a store is of one study for ever.
    package func createStudy(name: String, spec: String, time: Double) throws {
        try run("INSERT INTO study VALUES (1, ?, ?, ?)", name, spec, time)
    }

    /// Appends an event and what was decided because of it, and brings the derived tables up to date.
    ///
    /// Assignments that were decided have to get their places in the same transaction, by `record`.
    /// - Parameter landed: the assignments that are over with this event.
    /// - Returns: the event's number.
    @discardableResult
    package func append(
        _ event: Event, _ decisions: [Decision], landed: [AssignmentID] = [], time: Double
    ) throws -> Int64 {
        let body = try LogText.bytes(event)
        let last = try log.last ?? reader.lastEvent()
        let id = last.id + 1
        let digest = LogDigest.next(after: last.digest, time: time, body: body.bytes)
        try run("INSERT INTO events (id, time, body, digest) VALUES (?, ?, ?, ?)", id, time, body, digest)
        log.last = (id, digest)
        for (ordinal, decision) in decisions.enumerated() {
            try run(
                "INSERT INTO decisions (event, ordinal, body) VALUES (?, ?, ?)", id, ordinal,
                LogText.bytes(decision))
        }
        try project(event, id: id, time: time)
        for assignment in landed { try land(assignment) }
        for decision in decisions { try project(decision, time: time) }
        return Int64(id)
    }

    /// Records that something is to be done outside.
    package func add(_ intent: Intent) throws {
        try run("INSERT INTO intents (body) VALUES (?)", LogText.bytes(intent))
    }

    /// Records that an intent was carried out, or became pointless.
    package func finish(intent: Int64, time: Double) throws {
        try run("UPDATE intents SET done = ? WHERE id = ? AND done IS NULL", time, Int(intent))
    }

    /// Records where a checkpoint lies, relative to the study directory, and how many bytes it has, if that is known.
    package func keep(_ checkpoint: CheckpointID, path: String, bytes: Int?) throws {
        let attempt = checkpoint.attempt
        try run(
            """
            INSERT OR IGNORE INTO checkpoints (assignment, epoch, resource, path, bytes) VALUES (?, ?, ?, ?, ?)
            """, attempt.assignment.number, attempt.epoch, checkpoint.resource.units, path, bytes)
    }

    /// Says something to people, as one line under a topic; `nil` takes it back.
    package func notice(_ topic: String, _ text: String?, time: Double) throws {
        if let text {
            try run(
                "INSERT OR REPLACE INTO notices (topic, time, text) VALUES (?, ?, ?)", topic, time, text)
        } else {
            try run("DELETE FROM notices WHERE topic = ?", topic)
        }
    }

    func run<each Argument: Bindable>(
        _ sql: StaticString, _ arguments: repeat each Argument
    ) throws {
        try statements(sql, database).run(repeat each arguments)
    }
}
