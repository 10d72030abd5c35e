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
    /// Assignments that were decided have to be planned in the same transaction, by `plan`.
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

    /// Plans an array: the lanes of its tasks, and the intent to submit it.
    package func plan(_ array: PlannedArray) throws {
        try run("INSERT INTO arrays (token, name) VALUES (?, ?)", array.token, array.name)
        for lane in array.lanes {
            try insert(
                lane, of: lane.task, at: Turn(token: array.token, index: lane.index, epoch: 0, turn: 0))
        }
        try add(.submit(token: array.token))
    }

    /// Gives work to the worker that waits for some after a turn, a turn for each, with the intent to tell it.
    package func plan(_ work: [PlannedArray.Lane], after turn: Turn) throws {
        var place = turn
        let task = try reader.task(ofLane: turn)
        for lane in work {
            place = place.next
            try insert(lane, of: task, at: place)
        }
        try forgetIdle(turn)
        try add(.answer(turn, .next))
    }

    /// Gives an assignment to the command that waits after a turn, with the intent to tell it.
    package func plan(inPlace lane: PlannedArray.Lane, after turn: Turn) throws {
        try insert(lane, of: reader.task(ofLane: turn), at: turn.next)
        try add(.answer(turn, .goOn))
    }

    private func insert(_ lane: PlannedArray.Lane, of task: Int, at place: Turn) throws {
        let work = lane.assignment
        try run(
            """
            INSERT INTO assignments (
              id, trial, rung, "from", "to", start, reason, token, "index", turn, epoch, out_of_memory,
              task)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            work.id.number, work.trial.number, work.rung, work.from.units, work.to.units, lane.start,
            LogText.bytes(work.reason), place.token, place.index, place.turn, place.epoch, lane.outOfMemory,
            task)
    }

    /// Plans an array for an assignment whose worker was gone before it was told.
    package func move(_ assignment: AssignmentID, to place: PlannedArray.Place) throws {
        try run("INSERT INTO arrays (token, name) VALUES (?, ?)", place.token, place.name)
        try run(
            "UPDATE assignments SET token = ?1, \"index\" = ?2, task = ?2, turn = 0, epoch = 0 WHERE id = ?3",
            place.token, place.index, assignment.number)
        try add(.submit(token: place.token))
    }

    /// Gives an assignment that was planned for a task to the worker that waits after a turn.
    package func move(_ assignment: AssignmentID, after turn: Turn) throws {
        try run(
            "UPDATE assignments SET token = ?, \"index\" = ?, turn = ?, epoch = ?, task = ? WHERE id = ?",
            turn.token, turn.index, turn.next.turn, turn.epoch, reader.task(ofLane: turn), assignment.number
        )
        try forgetIdle(turn)
        try add(.answer(turn, .next))
    }

    // MARK: Workers that wait for other work

    /// Records that the worker of a task waits for other work.
    ///
    /// - Parameter until: when its task ends, in seconds since 1970; `nil`: not known.
    package func rest(_ turn: Turn, until: Double?, outOfMemory: Int) throws {
        try run(
            """
            INSERT INTO idle (token, "index", epoch, turn, until, out_of_memory) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (token, "index") DO UPDATE
            SET epoch = excluded.epoch, turn = excluded.turn, until = excluded.until
            WHERE (excluded.epoch, excluded.turn) > (epoch, turn)
            """, turn.token, turn.index, turn.epoch, turn.turn, until, outOfMemory)
    }

    /// Records that the worker of a task waits no longer.
    package func forgetIdle(_ turn: Turn) throws {
        try run("DELETE FROM idle WHERE token = ? AND \"index\" = ?", turn.token, turn.index)
    }

    /// Makes two arrays of one that was not submitted: its first tasks stay, the others go to a new one, with
    /// an intent of its own.
    package func split(_ token: ArrayToken, into other: ArrayToken, keeping count: Int) throws {
        try run(
            "INSERT INTO arrays (token, name) SELECT ?1, replace(name, ?2, ?1) FROM arrays WHERE token = ?2",
            other, token)
        try run(
            """
            UPDATE assignments SET token = ?1 WHERE token = ?2 AND task NOT IN (
              SELECT DISTINCT task FROM assignments WHERE token = ?2 ORDER BY task LIMIT ?3)
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
