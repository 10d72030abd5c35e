package import Dispatching
package import Tuning

/// The planned tasks of assignments.
extension StoreReader {
    /// An assignment's planned task.
    package struct TaskRow: Hashable, Sendable {
        /// The assignment.
        package var assignment: AssignmentID
        /// The trial.
        package var trial: TrialID
        /// The rung that the assignment leads to.
        package var rung: Int
        /// The resource that it starts from.
        package var from: Resource
        /// The resource that it leads to.
        package var to: Resource
        /// The checkpoint to start from, relative to the study directory.
        package var start: String?
        /// The array's token.
        package var token: ArrayToken
        /// The index of its lane.
        package var index: Int
        /// The index of its task in the cluster's array: that of one of the task's lanes.
        package var task: Int
        /// How many assignments the same start of the task had before in this lane; 0 if the task was submitted for
        /// this one.
        package var turn: Int
        /// The start of the task that it was given to, if `turn` is not 0.
        package var epoch: Int
        /// The cluster's id of the array; `nil` until it is known.
        package var job: UInt32?
        /// Whether it is not over.
        package var isOpen: Bool
        /// Whether a worker has reported that it began.
        package var hasStarted: Bool
        /// The newest start of the task of which a worker has said how it ended; `nil`: of none.
        package var lastWord: Int?
        /// How often its trial had run out of memory before.
        package var outOfMemory: Int
        /// What its task asks for.
        package var request: TaskRequest
        /// Which of its trial's replicates trains; `nil`: the trial is trained once.
        package var replicate: Int?

        /// Its task.
        package var plannedTask: PlannedTask { PlannedTask(token: token, index: task) }
    }

    private static let taskColumns: StaticString = """
        SELECT a.id, a.trial, a.rung, a."from", a."to", a.start, a.token, a."index", a.turn, a.epoch, a.open, r.job,
          a.out_of_memory, a.task,
          EXISTS (SELECT 1 FROM attempts t WHERE t.assignment = a.id AND t.started IS NOT NULL) AS begun,
          (SELECT max(epoch) FROM attempts t WHERE t.assignment = a.id AND t.ended IS NOT NULL) AS said,
          a.request, a.replicate
        FROM assignments a JOIN arrays r USING (token)
        """

    private static func task(_ row: PreparedRow) throws -> TaskRow {
        TaskRow(
            assignment: AssignmentID(try row.int(0)), trial: TrialID(try row.int(1)), rung: try row.int(2),
            from: Resource(try row.int(3)), to: Resource(try row.int(4)), start: try row.optionalText(5),
            token: try row.token(6), index: try row.int(7), task: try row.int(13), turn: try row.int(8),
            epoch: try row.int(9), job: try row.optionalUInt32(11), isOpen: try row.bool(10),
            hasStarted: try row.bool(14), lastWord: try row.optionalInt(15), outOfMemory: try row.int(12),
            request: try row.request(16), replicate: try row.optionalInt(17))
    }

    /// The tasks that are in flight, by assignment.
    package func openTasks() throws -> [TaskRow] {
        // The plus sorts only the open ones. Without it, SQLite would go through all assignments, which are stored in
        // this order.
        try all(head: StoreReader.taskColumns, "WHERE a.open = 1 ORDER BY +a.id", value: StoreReader.task)
    }

    /// The lanes of an array's tasks, as planned, by index.
    package func tasks(of token: ArrayToken) throws -> [TaskRow] {
        try all(
            head: StoreReader.taskColumns, "WHERE a.token = ? AND a.turn = 0 ORDER BY a.\"index\"", token,
            value: StoreReader.task)
    }

    /// The results of a trial's replicates in a rung, by replicate; `nil`: not a finite number, or none, because it failed.
    /// Empty where a trial is trained once.
    package func replicateResults(of trial: TrialID, rung: Int) throws -> [Double?] {
        let rows = try all(
            """
            SELECT a.replicate, (
              SELECT r.value FROM reports r
              WHERE r.assignment = a.id AND r.resource = a."to" AND r.current ORDER BY r.event LIMIT 1)
            FROM assignments a WHERE a.trial = ? AND a.rung = ? AND a.replicate IS NOT NULL ORDER BY a.id
            """, trial.number, rung
        ) { row in (replicate: try row.int(0), value: try row.optionalReal(1)) }
        let count = (rows.map(\.replicate).max() ?? -1) + 1
        var results: [Double?] = Array(repeating: nil, count: count)
        // A later assignment of the same replicate is the one that counts, if it came to a result.
        for row in rows { results[row.replicate] = row.value ?? results[row.replicate] }
        return results
    }

    /// What the controller needs to know about the turn of a letter.
    package struct TurnRow: Hashable, Sendable {
        /// The assignment.
        package var assignment: AssignmentID
        /// The trial.
        package var trial: TrialID
        /// The resource that it starts from, and the one that it leads to.
        package var from, to: Resource
        /// The array's token, and the index of the task in the cluster's array.
        package var task: PlannedTask
        /// How many assignments the same start of the task had before in this lane.
        package var turn: Int
        /// Whether the array's number is known.
        package var isSubmitted: Bool
        /// How often its trial had run out of memory before.
        package var outOfMemory: Int
    }

    /// The newest assignment of a turn; `nil` if there is none. Turn 0 is the same for each start of its task.
    package func row(of turn: Turn) throws -> TurnRow? {
        try first(
            """
            SELECT a.id, a.trial, a."from", a."to", a.task, a.turn, r.job IS NOT NULL, a.out_of_memory
            FROM assignments a JOIN arrays r USING (token)
            WHERE a.token = ? AND a."index" = ? AND a.turn = ? AND a.epoch = ? ORDER BY a.id DESC LIMIT 1
            """, turn.token, turn.index, turn.turn, turn.turn == 0 ? 0 : turn.epoch
        ) { row in
            TurnRow(
                assignment: AssignmentID(try row.int(0)), trial: TrialID(try row.int(1)),
                from: Resource(try row.int(2)), to: Resource(try row.int(3)),
                task: PlannedTask(token: turn.token, index: try row.int(4)), turn: try row.int(5),
                isSubmitted: try row.bool(6), outOfMemory: try row.int(7))
        }
    }

    /// The task of an assignment; `nil` if there is none.
    package func task(of assignment: AssignmentID) throws -> TaskRow? {
        try first(
            head: StoreReader.taskColumns, "WHERE a.id = ?", assignment.number, value: StoreReader.task)
    }

    /// The arrays with known numbers, each with its token.
    package func submittedArrays() throws -> [UInt32: ArrayToken] {
        let rows = try all("SELECT job, token FROM arrays WHERE job IS NOT NULL") { row in
            (try row.optionalUInt32(0) ?? 0, try row.token(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The newest start of a task of which a worker has reported the end of an attempt; `nil` if there is none.
    package func lastWord(_ task: PlannedTask) throws -> Int? {
        try first(
            """
            SELECT max(epoch) FROM (
              SELECT t.epoch FROM assignments a JOIN attempts t ON t.assignment = a.id
              WHERE a.token = ?1 AND a."index" = ?2 AND a.task = ?2 AND t.ended IS NOT NULL
              UNION ALL
              SELECT t.epoch FROM assignments a JOIN attempts t ON t.assignment = a.id
              WHERE a.token = ?1 AND a.task = ?2 AND a.task <> a."index" AND t.ended IS NOT NULL)
            """, task.token, task.index
        ) { try $0.optionalInt(0) } ?? nil
    }

    /// The cluster's number of an array; `nil` until it is known.
    package func job(of token: ArrayToken) throws -> UInt32? {
        try first("SELECT job FROM arrays WHERE token = ?", token) { try $0.optionalUInt32(0) } ?? nil
    }

    /// The current work of tasks' lanes, by index: their open assignments or, if there are none, the task's last one.
    package func work(in tasks: [PlannedTask]) throws -> [PlannedTask: [TaskRow]] {
        // Array by array, because an array may have thousands of tasks.
        var open: [PlannedTask: [TaskRow]] = [:]
        for token in Set(tasks.map(\.token)) {
            let rows = try all(
                head: StoreReader.taskColumns,
                "WHERE a.token = ? AND a.open = 1 ORDER BY a.\"index\", a.turn", token,
                value: StoreReader.task)
            open.merge(Dictionary(grouping: rows, by: \.plannedTask)) { first, _ in first }
        }
        for task in tasks where open[task] == nil {
            open[task] = try all(
                head: StoreReader.taskColumns,
                """
                WHERE a.id = (
                  SELECT id FROM (
                    SELECT id, turn FROM assignments WHERE token = ?1 AND "index" = ?2 AND task = ?2
                    UNION ALL
                    SELECT id, turn FROM assignments WHERE token = ?1 AND task = ?2 AND task <> "index")
                  ORDER BY turn DESC LIMIT 1)
                """, task.token, task.index, value: StoreReader.task)
        }
        return open
    }
}
