package import Dispatching
import GRDB
package import Tuning

/// Queries on one consistent state of a store or a snapshot of it.
package struct StoreReader {
    let database: Database
    let statements: Statements
    /// What the current transaction has not written yet; `nil` outside of a transaction.
    var unwritten: Unwritten?
    /// What the store knows in addition to its tables; `nil` for a copy.
    var memory: StoreMemory?

    /// The study's name, its accepted study file as JSON, and when it began (seconds since 1970).
    package func study() throws -> (name: String, spec: String, created: Double)? {
        try Row.fetchOne(database, sql: "SELECT name, spec, created FROM study").map {
            try ($0.value("name"), $0.value("spec"), $0.value("created"))
        }
    }

    /// The open intents after this one, oldest first.
    package func openIntents(after last: Int64 = .min) throws -> [OpenIntent] {
        try all("SELECT id, body FROM intents WHERE id > ? ORDER BY id", Int(last)) { row in
            OpenIntent(id: Int64(try row.int(0)), intent: try row.withText(1, LogText.intent))
        }
    }

    /// When an attempt began, in seconds since 1970 by the controller's clock; `nil`: no worker has said so.
    package func startTime(of attempt: AttemptID) throws -> Double? {
        try first(
            "SELECT started FROM attempts WHERE assignment = ? AND epoch = ?", attempt.assignment.number,
            attempt.epoch
        ) { try $0.optionalReal(0) } ?? nil
    }

    /// The newest start of a task with a message from any lane; 0 if there is none.
    package func newestEpoch(_ task: PlannedTask) throws -> Int {
        // Later assignments of a start show the newest, because only a start that has sent a message is given more.
        try first(
            """
            SELECT max(
              coalesce((
                SELECT max(t.epoch) FROM assignments a JOIN attempts t ON t.assignment = a.id
                WHERE a.token = ?1 AND a."index" = ?2 AND a.task = ?2 AND a.epoch = 0 AND a.turn = 0), 0),
              coalesce((
                SELECT max(t.epoch) FROM assignments a JOIN attempts t ON t.assignment = a.id
                WHERE a.token = ?1 AND a.task = ?2 AND a.task <> a."index" AND a.epoch = 0 AND a.turn = 0), 0),
              coalesce((
                SELECT a.epoch FROM assignments a
                WHERE a.token = ?1 AND a."index" = ?2 AND a.task = ?2 AND a.turn > 0
                  AND EXISTS (SELECT 1 FROM attempts t WHERE t.assignment = a.id)
                ORDER BY a.epoch DESC, a.turn DESC LIMIT 1), 0),
              coalesce((
                SELECT a.epoch FROM assignments a
                WHERE a.token = ?1 AND a.task = ?2 AND a.task <> a."index" AND a.turn > 0
                  AND EXISTS (SELECT 1 FROM attempts t WHERE t.assignment = a.id)
                ORDER BY a.epoch DESC, a.turn DESC LIMIT 1), 0))
            """, task.token, task.index
        ) { try $0.int(0) } ?? 0
    }

    /// The array's job name; `nil` if there is no such array.
    package func arrayName(_ token: ArrayToken) throws -> String? {
        try first("SELECT name FROM arrays WHERE token = ?", token) { try $0.text(0) }
    }

    /// The configurations of the trials that an array was planned for.
    package func configurations(of token: ArrayToken) throws -> [TrialID: Tuning.Configuration] {
        let rows = try all(
            """
            SELECT t.id, t.configuration FROM assignments a JOIN trials t ON t.id = a.trial
            WHERE a.token = ? AND a.turn = 0
            """, token
        ) { row in (TrialID(try row.int(0)), try row.withText(1, LogText.configuration)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Why an assignment was decided; `nil` if there is none with this number.
    package func reason(of assignment: AssignmentID) throws -> Assignment.Reason? {
        try first("SELECT reason FROM assignments WHERE id = ?", assignment.number) { row in
            try LogText.reason(try row.text(0))
        }
    }

    /// A trial's configuration; `nil` if there is no such trial.
    package func configuration(of trial: TrialID) throws -> Tuning.Configuration? {
        try first("SELECT configuration FROM trials WHERE id = ?", trial.number) { row in
            try row.withText(0, LogText.configuration)
        }
    }

    /// Where a checkpoint is, relative to the study directory; `nil` if not known.
    package func path(of checkpoint: CheckpointID) throws -> String? {
        if let path = memory?.discarded[checkpoint] { return path }
        let attempt = checkpoint.attempt
        return try first(
            "SELECT path FROM checkpoints WHERE assignment = ? AND epoch = ? AND resource = ?",
            attempt.assignment.number, attempt.epoch, checkpoint.resource.units
        ) { try $0.text(0) }
    }

    /// Which messages of an attempt were applied.
    package func takenMessages(of attempt: AttemptID) throws -> TakenMessages {
        // Other attempts may stay unwritten.
        if let taken = unwritten?.changes[attempt]?.taken { return taken }
        let row = try first(
            settling: false, "SELECT next, missing FROM attempts WHERE assignment = ? AND epoch = ?",
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

    /// Why the study ended; `nil` if it has not.
    package func outcome() throws -> StudyOutcome? {
        try String.fetchOne(database, sql: "SELECT body FROM outcome").map { try StoreJSON.value(from: $0) }
    }
}
