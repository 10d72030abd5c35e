import GRDB
package import Tuning

/// One transaction on the store. It is handed out by `Store.write` and ends with it.
package struct Transaction {
    let database: Database
    let statements: Statements
    private let log = Log()

    init(database: Database, statements: Statements) {
        self.database = database
        self.statements = statements
    }

    /// What is read of the log once and then known.
    private final class Log {
        var last: (id: Int, digest: String)?
        var objective: String?
    }

    /// What can be read within the transaction.
    package var reader: StoreReader { StoreReader(database: database, statements: statements) }

    /// Records the study that this store is of; a store is of one study for ever.
    package func createStudy(name: String, spec: String, time: Double) throws {
        try run("INSERT INTO study VALUES (1, ?, ?, ?)", name, spec, time)
    }

    /// Appends an event and what was decided because of it, and brings the derived tables up to date.
    ///
    /// Assignments that were decided have to be planned in the same transaction, by `plan`.
    /// - Returns: the event's number.
    @discardableResult
    package func append(_ event: Event, _ decisions: [Decision], time: Double) throws -> Int64 {
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
        try project(event, id: id, time: time, landed: !decisions.isEmpty)
        for decision in decisions { try project(decision, time: time) }
        return Int64(id)
    }

    /// The objective's metric.
    func objective() throws -> String {
        if let objective = log.objective { return objective }
        let objective = try reader.objective()
        log.objective = objective
        return objective
    }

    /// Plans an array: its tasks, and the intent to submit it.
    package func plan(_ array: PlannedArray) throws {
        try run("INSERT INTO arrays (token, name) VALUES (?, ?)", array.token, array.name)
        for task in array.tasks {
            let work = task.assignment
            try run(
                """
                INSERT INTO assignments (
                  id, trial, rung, "from", "to", start, reason, token, "index", out_of_memory)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                work.id.number, work.trial.number, work.rung, work.from.units, work.to.units, task.start,
                LogText.bytes(work.reason), array.token, task.index, task.outOfMemory)
        }
        try add(.submit(token: array.token))
    }

    /// Makes two arrays of one that was not submitted: its first tasks stay, the others go to a new one, with
    /// an intent of its own.
    package func split(_ token: String, into other: String, keeping count: Int) throws {
        try run(
            "INSERT INTO arrays (token, name) SELECT ?1, replace(name, ?2, ?1) FROM arrays WHERE token = ?2",
            other, token)
        try run(
            """
            UPDATE assignments SET token = ?1 WHERE token = ?2 AND "index" NOT IN (
              SELECT "index" FROM assignments WHERE token = ?2 ORDER BY "index" LIMIT ?3)
            """, other, token, count)
        try add(.submit(token: other))
    }

    /// Records that something is to be done outside.
    package func add(_ intent: Intent) throws {
        try run("INSERT INTO intents (body) VALUES (?)", LogText.bytes(intent))
    }

    /// Records that an intent was carried out, or became pointless.
    package func finish(intent: Int64, time: Double) throws {
        try run("UPDATE intents SET done = ? WHERE id = ? AND done IS NULL", time, Int(intent))
    }

    /// Records which messages of an attempt were taken in.
    package func record(_ taken: TakenMessages, of attempt: AttemptID) throws {
        let missing =
            taken.missing.isEmpty
            ? TakenMessages.noneMissing
            : try StoreJSON.text(taken.missing.map { [$0.lowerBound, $0.upperBound] })
        try run(
            """
            INSERT INTO attempts (assignment, epoch, next, missing) VALUES (?, ?, ?, ?)
            ON CONFLICT (assignment, epoch) DO UPDATE SET next = excluded.next, missing = excluded.missing
            """, attempt.assignment.number, attempt.epoch, taken.next, missing)
    }

    /// Records where a checkpoint lies, relative to the study directory.
    package func keep(_ checkpoint: CheckpointID, path: String) throws {
        let attempt = checkpoint.attempt
        try run(
            "INSERT OR IGNORE INTO checkpoints (assignment, epoch, resource, path) VALUES (?, ?, ?, ?)",
            attempt.assignment.number, attempt.epoch, checkpoint.resource.units, path)
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
