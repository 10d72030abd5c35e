package import Dispatching
package import Tuning
import Wire

/// The dispatcher's earlier state.
extension StoreReader {
    /// The dispatcher's recorded events, in order; `nil` for an unreadable line.
    package func dispatchEntries() throws -> [DispatchEntry?] {
        try all("SELECT body FROM dispatches ORDER BY id") { try $0.text(0) }.flatMap { body in
            body.split(separator: "\n").map { DispatchEntry(line: $0) }
        }
    }

    /// The place of an assignment, from the tables.
    package struct PlaceRow: Hashable, Sendable {
        /// The assignment.
        package var assignment: AssignmentID
        /// Its turn.
        package var turn: Turn
        /// The index of its task in the array.
        package var task: Int
        /// How often its trial had run out of memory before.
        package var outOfMemory: Int
        /// What its task asks for.
        package var request: TaskRequest
    }

    /// The places of all assignments, in order.
    package func places() throws -> [PlaceRow] {
        try all(
            """
            SELECT id, token, "index", epoch, turn, task, out_of_memory, request FROM assignments
            ORDER BY id
            """
        ) { row in
            PlaceRow(
                assignment: AssignmentID(try row.int(0)),
                turn: Turn(
                    token: try row.token(1), index: try row.int(2), epoch: try row.int(3),
                    turn: try row.int(4)), task: try row.int(5), outOfMemory: try row.int(6),
                request: try row.request(7))
        }
    }

    /// The state that the tables tell of.
    ///
    /// - Parameter now: since when workers rest that wait for work, by the steady clock.
    package func dispatchMemory(now: Duration) throws -> DispatchMemory {
        var memory = DispatchMemory()
        let intents = try openIntents().map(\.intent)
        var (claims, planned) = ([AssignmentID: Turn](), Set<ArrayToken>())
        for intent in intents {
            switch intent {
            case .take(let assignment, let turn): claims[assignment] = turn
            case .submit(let token): planned.insert(token)
            case .cancel, .removeCheckpoint, .answer: break
            }
        }
        memory.placements = try openTasks().map { try placement($0, claims: claims) }
        memory.idle = try idleWorkers(claims: claims, now: now)
        let idleTasks = memory.idle.map { PlannedTask(token: $0.turn.token, index: $0.task) }
        for task in Set(memory.placements.map(\.plannedTask)).union(idleTasks) {
            memory.tasks[task] = try record(of: task)
            let job = try job(of: task.token)
            if job != nil || !planned.contains(task.token) { memory.jobs[task.token] = .some(job) }
        }
        memory.outOfMemory = Dictionary(
            uniqueKeysWithValues: try all(
                "SELECT trial, max(out_of_memory) FROM assignments WHERE out_of_memory > 0 GROUP BY trial"
            ) { (TrialID(try $0.int(0)), try $0.int(1)) })
        memory.isOver = try outcome() != nil
        return memory
    }

    /// The newest assignment of a turn, with its task and the number of its array; `nil` if there is none. Turn 0 is
    /// the same for each start of its task.
    package func placement(
        at turn: Turn
    ) throws -> (placement: Placement, task: TaskRecord, job: UInt32?)? {
        let newest = try first(
            """
            SELECT id FROM assignments
            WHERE token = ? AND "index" = ? AND turn = ? AND epoch = ? ORDER BY id DESC LIMIT 1
            """, turn.token, turn.index, turn.turn, turn.turn == 0 ? 0 : turn.epoch
        ) { AssignmentID(try $0.int(0)) }
        guard let newest, let row = try task(of: newest) else { return nil }
        return (try placement(row, claims: [:]), try record(of: row.plannedTask), row.job)
    }

    private func placement(_ row: TaskRow, claims: [AssignmentID: Turn]) throws -> Placement {
        let stage: Placement.Stage
        if !row.isOpen {
            stage = .over
        } else if row.hasStarted {
            stage = .begun
        } else if row.turn > 0 {
            stage = .given
        } else {
            stage = claims[row.assignment].map { .claimed(for: $0) } ?? .queued
        }
        return Placement(
            assignment: row.assignment, trial: row.trial, rung: row.rung, from: row.from, to: row.to,
            isRepeat: try reason(of: row.assignment)?.isRepeat == true,
            turn: Turn(token: row.token, index: row.index, epoch: row.epoch, turn: row.turn),
            task: row.task, outOfMemory: row.outOfMemory, stage: stage,
            starts: try starts(of: row.assignment), request: row.request)
    }

    /// The starts of an assignment's task that have spoken of it.
    private func starts(of assignment: AssignmentID) throws -> [Placement.Start] {
        let rows = try all(
            "SELECT epoch, started, ended IS NOT NULL FROM attempts WHERE assignment = ? ORDER BY epoch",
            assignment.number
        ) { (epoch: try $0.int(0), began: try $0.optionalReal(1), hasEnded: try $0.bool(2)) }
        return try rows.map { row in
            var start = Placement.Start(epoch: row.epoch)
            start.taken = try takenMessages(of: AttemptID(assignment: assignment, epoch: row.epoch))
            (start.began, start.hasEnded) = (row.began, row.hasEnded)
            return start
        }
    }

    private func record(of task: PlannedTask) throws -> TaskRecord {
        TaskRecord(newestStart: try newestEpoch(task), lastWord: try lastWord(task))
    }

    /// How many starts of tasks have workers that wait for other work, as far as is known.
    package func idleCount() throws -> Int { try first("SELECT count(*) FROM idle") { try $0.int(0) } ?? 0 }

    private func idleWorkers(claims: [AssignmentID: Turn], now: Duration) throws -> [IdleWorker] {
        let claimed = Dictionary(claims.map { ($0.value, $0.key) }) { first, _ in first }
        return try all(
            """
            SELECT i.token, i."index", i.epoch, i.turn, i.until, i.out_of_memory, (
              SELECT a.task FROM assignments a
              WHERE a.token = i.token AND a."index" = i."index" ORDER BY a.epoch, a.turn LIMIT 1),
              i.request
            FROM idle i
            """
        ) { row in
            let turn = Turn(
                token: try row.token(0), index: try row.int(1), epoch: try row.int(2),
                turn: try row.int(3))
            return IdleWorker(
                turn: turn, task: try row.optionalInt(6) ?? turn.index, until: try row.optionalReal(4),
                outOfMemory: try row.int(5),
                stage: claimed[turn].map { .claiming($0) } ?? .resting(since: now),
                request: try row.request(7))
        }
    }
}
