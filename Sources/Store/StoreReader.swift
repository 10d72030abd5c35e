import GRDB
package import Tuning

/// Queries on one consistent state of a store or a snapshot of it.
package struct StoreReader {
    let database: Database
    let statements: Statements

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

    /// Hands each event of the log to `body`, in order.
    package func forEachFact(_ body: (Event) throws -> Void) throws {
        try statements("SELECT body FROM events ORDER BY id", database).forEachRow { row in
            try row.withText(0) { try body(LogText.event($0)) }
            return true
        }
    }

    /// The number of the last event and the digest of the log up to it.
    func lastEvent() throws -> (id: Int, digest: String) {
        try first("SELECT id, digest FROM events ORDER BY id DESC LIMIT 1") {
            (try $0.int(0), try $0.text(1))
        }
            ?? (0, LogDigest.start)
    }

    /// The number of the last event; 0 for an empty log.
    package func eventCount() throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT coalesce(max(id), 0) FROM events") ?? 0
    }

    /// The objective's metric, or the first of several, as the accepted plan has it.
    package func objective() throws -> String {
        try String.fetchOne(
            database,
            sql: "SELECT json_extract(body, '$.accepted._0.objective.metric') FROM events WHERE id = 1"
        ) ?? ""
    }

    /// All metrics that trials are compared by, as the accepted plan has them; none before there is a plan.
    package func objectives() throws -> [String] {
        let first = try objective()
        guard !first.isEmpty else { return [] }
        let others = try String.fetchOne(
            database,
            sql: "SELECT json_extract(body, '$.accepted._0.others') FROM events WHERE id = 1")
        let further: [Objective]? = try others.map { try StoreJSON.value(from: $0) }
        return [first] + (further ?? []).map(\.metric)
    }

    /// The intents that are not done, oldest first; of those after this one.
    package func openIntents(after last: Int64 = .min) throws -> [OpenIntent] {
        try all("SELECT id, body FROM intents WHERE done IS NULL AND id > ? ORDER BY id", Int(last)) {
            row in
            OpenIntent(id: Int64(try row.int(0)), intent: try row.withText(1, LogText.intent))
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
        /// The index of its lane.
        package var index: Int
        /// The index of its task in the array, as the cluster has it: that of one of the task's lanes.
        package var task: Int
        /// How many assignments the same start of the task had before in this lane; 0: the task was submitted for this
        /// one.
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

        /// Its task.
        package var plannedTask: PlannedTask { PlannedTask(token: token, index: task) }
    }

    private static let taskColumns: StaticString = """
        SELECT a.id, a.trial, a.rung, a."from", a."to", a.start, a.token, a."index", a.turn, a.epoch, a.open, r.job,
          a.out_of_memory, a.task,
          EXISTS (SELECT 1 FROM attempts t WHERE t.assignment = a.id AND t.started IS NOT NULL) AS begun,
          (SELECT max(epoch) FROM attempts t WHERE t.assignment = a.id AND t.ended IS NOT NULL) AS said
        FROM assignments a JOIN arrays r USING (token)
        """

    private static func task(_ row: PreparedRow) throws -> TaskRow {
        TaskRow(
            assignment: AssignmentID(try row.int(0)), trial: TrialID(try row.int(1)), rung: try row.int(2),
            from: Resource(try row.int(3)), to: Resource(try row.int(4)), start: try row.optionalText(5),
            token: try row.text(6), index: try row.int(7), task: try row.int(13), turn: try row.int(8),
            epoch: try row.int(9), job: try row.optionalUInt32(11), isOpen: try row.bool(10),
            hasStarted: try row.bool(14), lastWord: try row.optionalInt(15), outOfMemory: try row.int(12))
    }

    /// The tasks that are in flight, by assignment.
    package func openTasks() throws -> [TaskRow] {
        try all(head: StoreReader.taskColumns, "WHERE a.open = 1 ORDER BY a.id", value: StoreReader.task)
    }

    /// The lanes of an array's tasks as it was planned, by index.
    package func tasks(of token: String) throws -> [TaskRow] {
        try all(
            head: StoreReader.taskColumns, "WHERE a.token = ? AND a.turn = 0 ORDER BY a.\"index\"", token,
            value: StoreReader.task)
    }

    /// The assignment that the lane of this token and index was planned for; `nil` when the study has none.
    package func task(_ token: String, _ index: Int) throws -> TaskRow? {
        try task(at: TaskTurn(token: token, index: index, epoch: 0, turn: 0))
    }

    /// The newest assignment of a turn; `nil` when the study has none. That of turn 0 is the same for each start of its
    /// task.
    package func task(at turn: TaskTurn) throws -> TaskRow? {
        try first(
            head: StoreReader.taskColumns,
            """
            WHERE a.token = ? AND a."index" = ? AND a.turn = ? AND a.epoch = ? ORDER BY a.id DESC LIMIT 1
            """, turn.token, turn.index, turn.turn, turn.turn == 0 ? 0 : turn.epoch, value: StoreReader.task
        )
    }

    /// The open assignments that a start of a task was given after a turn, in the order of their turns.
    package func work(after turn: TaskTurn) throws -> [TaskRow] {
        try all(
            head: StoreReader.taskColumns,
            """
            WHERE a.token = ? AND a."index" = ? AND a.epoch = ? AND a.turn > ? AND a.open = 1 ORDER BY a.turn
            """, turn.token, turn.index, turn.epoch, turn.turn, value: StoreReader.task)
    }

    /// The task of an assignment; `nil` when the study has none.
    package func task(of assignment: AssignmentID) throws -> TaskRow? {
        try first(
            head: StoreReader.taskColumns, "WHERE a.id = ?", assignment.number, value: StoreReader.task)
    }

    /// The cluster's number of an array; `nil` until it is known.
    package func job(of token: String) throws -> UInt32? {
        try first("SELECT job FROM arrays WHERE token = ?", token) { try $0.optionalUInt32(0) } ?? nil
    }

    /// What the lanes of a task are at, by index: their open assignments, or, where there are none, the last one that
    /// the task had.
    package func work(in task: PlannedTask) throws -> [TaskRow] {
        let all = try all(
            head: StoreReader.taskColumns,
            "WHERE a.token = ? AND a.task = ? ORDER BY a.\"index\", a.turn", task.token, task.index,
            value: StoreReader.task)
        let open = all.filter(\.isOpen)
        return open.isEmpty ? all.max { $0.turn < $1.turn }.map { [$0] } ?? [] : open
    }

    /// The index of the task that a lane is of, as the cluster has it.
    func task(ofLane turn: TaskTurn) throws -> Int {
        try first(
            "SELECT task FROM assignments WHERE token = ? AND \"index\" = ? ORDER BY turn LIMIT 1",
            turn.token,
            turn.index
        ) { try $0.int(0) } ?? turn.index
    }

    /// Whether a task has anything to do yet: an open assignment, or a worker that waits for one. What earlier starts
    /// of it were given after others, is not done by its newest.
    package func isNeeded(_ task: PlannedTask) throws -> Bool {
        try first(
            """
            SELECT EXISTS (
              SELECT 1 FROM assignments WHERE token = ?1 AND task = ?2 AND open = 1 AND (turn = 0 OR epoch >= ?3)
            ) OR EXISTS (
              SELECT 1 FROM idle i JOIN assignments a ON a.token = i.token AND a."index" = i."index"
              WHERE i.token = ?1 AND a.task = ?2 AND i.epoch >= ?3)
            """, task.token, task.index, newestEpoch(task)
        ) { try $0.bool(0) } ?? false
    }

    /// What the last assignment of a trial led to: its rung, and the first value that counts at its target, if there
    /// is one and it is finite.
    func result(of trial: TrialID) throws -> (rung: Int, resource: Resource, value: Double?)? {
        let reports = try all(
            """
            SELECT a.rung, a."to", r.event, r.value FROM assignments a
            LEFT JOIN reports r ON r.assignment = a.id AND r.resource = a."to" AND r.current
            WHERE a.id = (SELECT max(id) FROM assignments WHERE trial = ?)
            """, trial.number
        ) { row in
            (
                rung: try row.int(0), to: try row.int(1), event: try row.optionalInt(2) ?? 0,
                value: try row.optionalReal(3)
            )
        }
        return reports.min { $0.event < $1.event }.map { ($0.rung, Resource($0.to), $0.value) }
    }

    /// The turn that an attempt is or was carried out in; `nil` when the study has no such assignment.
    package func turn(of attempt: AttemptID) throws -> TaskTurn? {
        try first(
            "SELECT token, \"index\", turn FROM assignments WHERE id = ?", attempt.assignment.number
        ) { row in
            TaskTurn(
                token: try row.text(0), index: try row.int(1), epoch: attempt.epoch, turn: try row.int(2))
        }
    }

    /// When an attempt began, in seconds since 1970 by the controller's clock; `nil`: no worker has said so.
    package func startTime(of attempt: AttemptID) throws -> Double? {
        try first(
            "SELECT started FROM attempts WHERE assignment = ? AND epoch = ?", attempt.assignment.number,
            attempt.epoch
        ) { try $0.optionalReal(0) } ?? nil
    }

    /// The newest start of a task of which any of its lanes has spoken; 0: of none.
    package func newestEpoch(_ task: PlannedTask) throws -> Int {
        try first(
            """
            SELECT coalesce(max(t.epoch), 0) FROM attempts t JOIN assignments a ON a.id = t.assignment
            WHERE a.token = ? AND a.task = ?
            """, task.token, task.index
        ) { try $0.int(0) } ?? 0
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
        try all(
            """
            SELECT token, "index", epoch, turn, until, out_of_memory FROM idle
            ORDER BY until IS NOT NULL, until DESC, token, "index"
            """
        ) { row in
            IdleRow(
                turn: TaskTurn(
                    token: try row.text(0), index: try row.int(1), epoch: try row.int(2),
                    turn: try row.int(3)),
                until: try row.optionalReal(4), outOfMemory: try row.int(5))
        }
    }

    /// How many workers wait for other work.
    package func idleCount() throws -> Int {
        try first("SELECT count(*) FROM idle") { try $0.int(0) } ?? 0
    }

    /// How often a trial has run out of memory, as its tasks were planned.
    package func outOfMemory(_ trial: TrialID) throws -> Int {
        try first(
            "SELECT coalesce(max(out_of_memory), 0) FROM assignments WHERE trial = ?", trial.number
        ) { try $0.int(0) } ?? 0
    }

    /// The task of an attempt of which no worker has said how it ended; `nil`: one has.
    package func task(of attempt: AttemptID) throws -> PlannedTask? {
        try first(
            """
            SELECT a.token, a.task FROM assignments a JOIN attempts t ON t.assignment = a.id
            WHERE a.id = ? AND t.epoch = ? AND t.ended IS NULL
            """, attempt.assignment.number, attempt.epoch
        ) { PlannedTask(token: try $0.text(0), index: try $0.int(1)) }
    }

    /// The array's job name; `nil` when the study has no such array.
    package func arrayName(_ token: String) throws -> String? {
        try first("SELECT name FROM arrays WHERE token = ?", token) { try $0.text(0) }
    }

    /// A trial's configuration; `nil` when there is no such trial.
    package func configuration(of trial: TrialID) throws -> Tuning.Configuration? {
        try first("SELECT configuration FROM trials WHERE id = ?", trial.number) { row in
            try row.withText(0, LogText.configuration)
        }
    }

    /// Where a checkpoint lies, relative to the study directory; `nil` when it is not known.
    package func path(of checkpoint: CheckpointID) throws -> String? {
        let attempt = checkpoint.attempt
        return try first(
            "SELECT path FROM checkpoints WHERE assignment = ? AND epoch = ? AND resource = ?",
            attempt.assignment.number, attempt.epoch, checkpoint.resource.units
        ) { try $0.text(0) }
    }

    /// Which messages of an attempt were taken in.
    package func takenMessages(of attempt: AttemptID) throws -> TakenMessages {
        let row = try first(
            "SELECT next, missing FROM attempts WHERE assignment = ? AND epoch = ?",
            attempt.assignment.number, attempt.epoch
        ) { (next: try $0.int(0), missing: try $0.text(1)) }
        guard let row else { return TakenMessages() }
        if row.missing == TakenMessages.noneMissing { return TakenMessages(next: row.next, missing: []) }
        let missing: [[Int]] = try StoreJSON.value(from: row.missing)
        return TakenMessages(
            next: row.next,
            missing: try missing.map { bounds in
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
