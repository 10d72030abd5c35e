import GRDB
package import Tuning

/// Queries on one consistent state of a store or a snapshot of it.
package struct StoreReader {
    let database: Database

    /// The study's name, its accepted study file as JSON, and when it began (seconds since 1970).
    package func study() throws -> (name: String, spec: String, created: Double)? {
        try Row.fetchOne(database, sql: "SELECT name, spec, created FROM study").map {
            try ($0.value("name"), $0.value("spec"), $0.value("created"))
        }
    }

    /// An event of the log, with what was decided because of it, all as recorded.
    package struct LoggedEvent: Sendable {
        /// The event's number, from 1.
        package var id: Int64
        /// Seconds since 1970.
        package var time: Double
        /// The event as JSON.
        package var body: String
        /// The digest of the log up to here.
        package var digest: String
        /// The decisions as JSON, in order.
        package var decisions: [String]
    }

    /// Hands each event of the log to `body`, in order.
    package func forEachEvent(_ body: (LoggedEvent) throws -> Void) throws {
        let decisions = try Row.fetchCursor(
            database, sql: "SELECT event, body FROM decisions ORDER BY event, ordinal")
        var next = try decisions.next().map {
            try (event: $0.value("event") as Int64, body: $0.value("body") as String)
        }
        let events = try Row.fetchCursor(database, sql: "SELECT * FROM events ORDER BY id")
        while let row = try events.next() {
            var event = try LoggedEvent(
                id: row.value("id"), time: row.value("time"), body: row.value("body"),
                digest: row.value("digest"), decisions: [])
            while let decision = next, decision.event == event.id {
                event.decisions.append(decision.body)
                next = try decisions.next().map { try ($0.value("event"), $0.value("body")) }
            }
            try body(event)
        }
    }

    /// The number of the last event; 0 for an empty log.
    package func eventCount() throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT coalesce(max(id), 0) FROM events") ?? 0
    }

    /// The objective's metric, as the accepted plan has it.
    package func objective() throws -> String {
        try String.fetchOne(
            database,
            sql: "SELECT json_extract(body, '$.accepted._0.objective.metric') FROM events WHERE id = 1"
        ) ?? ""
    }

    /// The intents that are not done, oldest first; of those after this one.
    package func openIntents(after last: Int64 = .min) throws -> [OpenIntent] {
        try Row.fetchAll(
            database, sql: "SELECT id, body FROM intents WHERE done IS NULL AND id > ? ORDER BY id",
            arguments: [last]
        ).map {
            try OpenIntent(id: $0.value("id"), intent: StoreJSON.value(from: $0.value("body")))
        }
    }

    /// An assignment's task, as planned.
    package struct TaskRow: Hashable, Sendable {
        /// The assignment.
        package var assignment: AssignmentID
        /// The trial.
        package var trial: TrialID
        /// The rung that the assignment leads to.
        package var rung: Int
        /// The resource it starts from.
        package var from: Resource
        /// The resource it leads to.
        package var to: Resource
        /// The checkpoint to start from, relative to the study directory.
        package var start: String?
        /// The array's token.
        package var token: String
        /// The index in the array.
        package var index: Int
        /// How many assignments the same start of the task had before; 0: the task was submitted for this one.
        package var turn: Int
        /// The start of the task that it was given to, if `turn` is not 0.
        package var epoch: Int
        /// The cluster's id of the array; `nil` until it is known.
        package var job: UInt32?
        /// Whether it is still in flight.
        package var isOpen: Bool
        /// Whether a worker has said that it began.
        package var hasStarted: Bool
        /// The newest start of the task of which a worker has said how it ended; `nil`: of none.
        package var lastWord: Int?
        /// How often its trial had run out of memory before.
        package var outOfMemory: Int
    }

    private static let taskColumns = """
        SELECT a.id, a.trial, a.rung, a."from", a."to", a.start, a.token, a."index", a.turn, a.epoch, a.open, r.job,
          a.out_of_memory,
          EXISTS (SELECT 1 FROM attempts t WHERE t.assignment = a.id AND t.started IS NOT NULL) AS begun,
          (SELECT max(epoch) FROM attempts t WHERE t.assignment = a.id AND t.ended IS NOT NULL) AS said
        FROM assignments a JOIN arrays r USING (token)
        """

    private func task(_ row: Row) throws -> TaskRow {
        try TaskRow(
            assignment: AssignmentID(row.value("id")), trial: TrialID(row.value("trial")),
            rung: row.value("rung"), from: Resource(row.value("from")), to: Resource(row.value("to")),
            start: row.value("start"), token: row.value("token"), index: row.value("index"),
            turn: row.value("turn"), epoch: row.value("epoch"), job: row.value("job"),
            isOpen: row.value("open"), hasStarted: row.value("begun"), lastWord: row.value("said"),
            outOfMemory: row.value("out_of_memory"))
    }

    /// The tasks that are in flight, by assignment.
    package func openTasks() throws -> [TaskRow] {
        try Row.fetchAll(database, sql: StoreReader.taskColumns + " WHERE a.open = 1 ORDER BY a.id").map(
            task)
    }

    /// The tasks of an array as it was planned, by index.
    package func tasks(of token: String) throws -> [TaskRow] {
        try Row.fetchAll(
            database,
            sql: StoreReader.taskColumns + " WHERE a.token = ? AND a.turn = 0 ORDER BY a.\"index\"",
            arguments: [token]
        ).map(task)
    }

    /// The assignment that the task of this token and index was planned for; `nil` when the study has none.
    package func task(_ token: String, _ index: Int) throws -> TaskRow? {
        try task(at: TaskTurn(token: token, index: index, epoch: 0, turn: 0))
    }

    /// The newest assignment of a turn; `nil` when the study has none. That of turn 0 is the same for each start of its
    /// task.
    package func task(at turn: TaskTurn) throws -> TaskRow? {
        try Row.fetchOne(
            database,
            sql: StoreReader.taskColumns
                + " WHERE a.token = ? AND a.\"index\" = ? AND a.turn = ? AND a.epoch = ? ORDER BY a.id DESC LIMIT 1",
            arguments: [turn.token, turn.index, turn.turn, turn.turn == 0 ? 0 : turn.epoch]
        ).map(task)
    }

    /// The task of an assignment; `nil` when the study has none.
    package func task(of assignment: AssignmentID) throws -> TaskRow? {
        try Row.fetchOne(
            database, sql: StoreReader.taskColumns + " WHERE a.id = ?", arguments: [assignment.number]
        ).map(task)
    }

    /// The cluster's number of an array; `nil` until it is known.
    package func job(of token: String) throws -> UInt32? {
        try UInt32.fetchOne(database, sql: "SELECT job FROM arrays WHERE token = ?", arguments: [token])
    }

    /// The last assignment of the task of this token and index; `nil` when the study has no such task.
    package func newestTask(_ token: String, _ index: Int) throws -> TaskRow? {
        try Row.fetchOne(
            database,
            sql: StoreReader.taskColumns
                + " WHERE a.token = ? AND a.\"index\" = ? ORDER BY a.open DESC, a.turn DESC LIMIT 1",
            arguments: [token, index]
        ).map(task)
    }

    /// The turn that an attempt is or was carried out in; `nil` when the study has no such assignment.
    package func turn(of attempt: AttemptID) throws -> TaskTurn? {
        try Row.fetchOne(
            database, sql: "SELECT token, \"index\", turn FROM assignments WHERE id = ?",
            arguments: [attempt.assignment.number]
        ).map {
            try TaskTurn(
                token: $0.value("token"), index: $0.value("index"), epoch: attempt.epoch,
                turn: $0.value("turn"))
        }
    }

    /// When an attempt began, in seconds since 1970 by the controller's clock; `nil`: no worker has said so.
    package func startTime(of attempt: AttemptID) throws -> Double? {
        try Double.fetchOne(
            database, sql: "SELECT started FROM attempts WHERE assignment = ? AND epoch = ?",
            arguments: [attempt.assignment.number, attempt.epoch])
    }

    /// The newest start of a task of which any worker has spoken; 0: of none.
    package func newestEpoch(_ token: String, _ index: Int) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT coalesce(max(t.epoch), 0) FROM attempts t JOIN assignments a ON a.id = t.assignment
                WHERE a.token = ? AND a."index" = ?
                """, arguments: [token, index]) ?? 0
    }

    /// A worker that waits for other work.
    package struct IdleRow: Hashable, Sendable {
        /// The turn that it has done.
        package var turn: TaskTurn
        /// When its task ends, in seconds since 1970 by the controller's clock; `nil`: not known.
        package var until: Double?
        /// How often the memory of its task was raised.
        package var outOfMemory: Int
    }

    /// The workers that wait for other work, those with the most time left first.
    package func idle() throws -> [IdleRow] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM idle ORDER BY until IS NOT NULL, until DESC, token, \"index\""
        ).map { row in
            try IdleRow(
                turn: TaskTurn(
                    token: row.value("token"), index: row.value("index"), epoch: row.value("epoch"),
                    turn: row.value("turn")),
                until: row.value("until"), outOfMemory: row.value("out_of_memory"))
        }
    }

    /// How often a trial has run out of memory, as its tasks were planned.
    package func outOfMemory(_ trial: TrialID) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT coalesce(max(out_of_memory), 0) FROM assignments WHERE trial = ?",
            arguments: [trial.number]) ?? 0
    }

    /// The task of an attempt of which no worker has said how it ended; `nil`: one has.
    package func task(of attempt: AttemptID) throws -> PlannedTask? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT a.token, a."index" FROM assignments a JOIN attempts t ON t.assignment = a.id
                WHERE a.id = ? AND t.epoch = ? AND t.ended IS NULL
                """, arguments: [attempt.assignment.number, attempt.epoch]
        ).map { try PlannedTask(token: $0.value("token"), index: $0.value("index")) }
    }

    /// The array's job name; `nil` when the study has no such array.
    package func arrayName(_ token: String) throws -> String? {
        try String.fetchOne(database, sql: "SELECT name FROM arrays WHERE token = ?", arguments: [token])
    }

    /// A trial's configuration; `nil` when there is no such trial.
    package func configuration(of trial: TrialID) throws -> Tuning.Configuration? {
        try String.fetchOne(
            database, sql: "SELECT configuration FROM trials WHERE id = ?", arguments: [trial.number]
        ).map { try StoreJSON.value(from: $0) }
    }

    /// Where a checkpoint lies, relative to the study directory; `nil` when it is not known.
    package func path(of checkpoint: CheckpointID) throws -> String? {
        let attempt = checkpoint.attempt
        return try String.fetchOne(
            database,
            sql: "SELECT path FROM checkpoints WHERE assignment = ? AND epoch = ? AND resource = ?",
            arguments: [attempt.assignment.number, attempt.epoch, checkpoint.resource.units])
    }

    /// Which messages of an attempt were taken in.
    package func takenMessages(of attempt: AttemptID) throws -> TakenMessages {
        let row = try Row.fetchOne(
            database, sql: "SELECT next, missing FROM attempts WHERE assignment = ? AND epoch = ?",
            arguments: [attempt.assignment.number, attempt.epoch])
        guard let row else { return TakenMessages() }
        let missing: [[Int]] = try StoreJSON.value(from: row.value("missing"))
        return try TakenMessages(
            next: row.value("next"),
            missing: missing.map { bounds in
                guard bounds.count == 2, bounds[0] < bounds[1] else {
                    throw StoreError.damaged(path: "attempts", why: "\(bounds) is no range of messages")
                }
                return bounds[0]..<bounds[1]
            })
    }

    /// Why the study ended; `nil` while it has not.
    package func outcome() throws -> StudyOutcome? {
        try String.fetchOne(database, sql: "SELECT body FROM outcome").map { try StoreJSON.value(from: $0) }
    }
}
