import Dispatching
import GRDB
package import Tuning

/// One transaction on the store. It is handed out by `Store.write` and ends with it.
package struct Transaction {
    let database: Database
    let statements: Statements
    let memory: StoreMemory
    let unwritten = Unwritten()
    private let log: LogTail

    init(database: Database, statements: Statements, memory: StoreMemory) throws {
        self.database = database
        self.statements = statements
        self.memory = memory
        let last = try StoreReader(database: database, statements: statements).lastEvent()
        log = LogTail(last: last.id, digest: last.digest)
    }

    /// Writes what is not written yet.
    ///
    /// - Returns: where the log ends after the events that were appended; `nil`: none was.
    func end() throws -> LogPlace? {
        try log.flush(write)
        try projection.flush()
        memory.endTransaction()
        return log.isLonger ? log.place : nil
    }

    private func write(_ row: LogTail.Row) throws {
        try run(
            "INSERT INTO log (last, time, body, checks, digest) VALUES (?, ?, ?, ?, ?)", row.last, row.time,
            TextBytes(bytes: row.body), TextBytes(bytes: row.checks), row.chain.text)
    }

    /// What the log brings about.
    var projection: Projection { Projection(reader: reader, memory: memory) }

    /// The number of the log's last event; 0: it has none.
    package func lastEvent() -> Int64 { Int64(log.last) }

    /// What can be read within the transaction.
    package var reader: StoreReader {
        StoreReader(database: database, statements: statements, unwritten: unwritten, memory: memory)
    }

    /// Records the study that this store is of; a store is of one study for ever.
    package func createStudy(name: String, spec: String, time: Double) throws {
        try run("INSERT INTO study VALUES (1, ?, ?, ?)", name, spec, time)
    }

    /// Records that the study is described by another text from now on.
    package func changeStudy(_ spec: String) throws { try run("UPDATE study SET spec = ?", spec) }

    /// Appends an event and what was decided because of it, and brings the derived tables up to date.
    ///
    /// Assignments that were decided have to get their places in the same transaction, by `record`.
    /// - Parameter landed: the assignments that are over with this event.
    /// - Returns: the event's number.
    @discardableResult
    package func append(
        _ event: Event, _ decisions: [Decision], landed: [AssignmentID] = [], time: Double
    ) throws -> Int64 {
        if case .accepted(let plan) = event { memory.criteria.set(plan.criteria) }
        try log.append(event, decisions, time: time, write: write)
        try projection.take(
            Projection.Entry(
                number: log.last, time: time, event: event, decisions: decisions, landed: landed))
        for case .discard(let checkpoint) in decisions { try discard(checkpoint) }
        return Int64(log.last)
    }

    /// Records that an assignment is over.
    func land(_ assignment: AssignmentID) throws { try projection.land(assignment) }

    /// Records that something is to be done outside.
    package func add(_ intent: Intent) throws {
        try run(
            "INSERT INTO intents (id, body) VALUES (?, ?)", memory.nextIntent(reader), LogText.bytes(intent)
        )
    }

    /// Records that an intent was carried out, or became pointless.
    package func finish(intent: Int64, time: Double) throws {
        try run("DELETE FROM intents WHERE id = ?", Int(intent))
    }

    /// Records where a checkpoint lies, relative to the study directory, and how many bytes it has, if that is known.
    package func keep(_ checkpoint: CheckpointID, path: String, bytes: Int?) throws {
        try memory.load(reader)
        let attempt = checkpoint.attempt
        try run(
            """
            INSERT OR IGNORE INTO checkpoints (assignment, epoch, resource, path, bytes) VALUES (?, ?, ?, ?, ?)
            """, attempt.assignment.number, attempt.epoch, checkpoint.resource.units, path, bytes)
        if database.changesCount > 0 { memory.tally.keep(bytes: bytes ?? 0) }
    }

    /// Forgets a checkpoint that nobody needs any more; where it lies is known until the transaction ends.
    private func discard(_ checkpoint: CheckpointID) throws {
        let attempt = checkpoint.attempt
        let kept = try reader.first(
            "SELECT bytes, path FROM checkpoints WHERE assignment = ? AND epoch = ? AND resource = ?",
            attempt.assignment.number, attempt.epoch, checkpoint.resource.units
        ) { (bytes: try $0.optionalInt(0), path: try $0.text(1)) }
        guard let kept else { return }
        try run(
            "DELETE FROM checkpoints WHERE assignment = ? AND epoch = ? AND resource = ?",
            attempt.assignment.number, attempt.epoch, checkpoint.resource.units)
        memory.tally.keep(bytes: -(kept.bytes ?? 0))
        memory.discarded[checkpoint] = kept.path
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
