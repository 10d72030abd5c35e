package import Dispatching
import GRDB
package import Tuning

/// Queries on one consistent state of a store or a snapshot of it.
package struct StoreReader {
    let database: Database
    let statements: Statements
    /// What the transaction that this is part of has not written yet; `nil`: it is part of none.
    var unwritten: Unwritten?

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

    /// Hands each event of the log to `body`, in order, after its digest was compared.
    ///
    /// - Throws: an error that names the first event that was altered or is missing.
    package func forEachFact(_ body: (Event) throws -> Void) throws {
        var (last, digest) = (0, LogDigest.start)
        try statements("SELECT body, id, time, digest FROM events ORDER BY id", database).forEachRow {
            row in
            last += 1
            guard try row.int(1) == last else { throw AlteredLog(description: "event \(last) is missing") }
            let time = try row.real(2)
            try row.withText(0) { text in
                digest = LogDigest.next(after: digest, time: time, body: text)
                guard try row.isText(3, digest) else {
                    throw AlteredLog(description: "event \(last) was altered after it was recorded")
                }
                let event: Event
                do { event = try LogText.event(text) } catch {
                    throw AlteredLog(description: "event \(last) cannot be read: \(error)")
                }
                try body(event)
            }
            return true
        }
    }

    /// Where the log ends; `nil`: it is empty.
    package func place() throws -> LogPlace? {
        let last = try lastEvent()
        return last.id == 0 ? nil : LogPlace(event: Int64(last.id), digest: last.digest)
    }

    /// The digest of the log up to an event; `nil`: it has none of this number.
    package func digest(of event: Int64) throws -> String? {
        try first("SELECT digest FROM events WHERE id = ?", Int(event)) { try $0.text(0) }
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

    /// When an attempt began, in seconds since 1970 by the controller's clock; `nil`: no worker has said so.
    package func startTime(of attempt: AttemptID) throws -> Double? {
        try first(
            "SELECT started FROM attempts WHERE assignment = ? AND epoch = ?", attempt.assignment.number,
            attempt.epoch
        ) { try $0.optionalReal(0) } ?? nil
    }

    /// The newest start of a task of which any of its lanes has spoken; 0: of none.
    package func newestEpoch(_ task: PlannedTask) throws -> Int {
        // Of what a start was given later the newest tells: nothing is given to one that has not spoken.
        try first(
            """
            SELECT max(
              coalesce((
                SELECT max(t.epoch) FROM assignments a JOIN attempts t ON t.assignment = a.id
                WHERE a.token = ?1 AND a.task = ?2 AND a.epoch = 0 AND a.turn = 0), 0),
              coalesce((
                SELECT a.epoch FROM assignments a
                WHERE a.token = ?1 AND a.task = ?2 AND a.turn > 0
                  AND EXISTS (SELECT 1 FROM attempts t WHERE t.assignment = a.id)
                ORDER BY a.epoch DESC, a.turn DESC LIMIT 1), 0))
            """, task.token, task.index
        ) { try $0.int(0) } ?? 0
    }

    /// The array's job name; `nil` when the study has no such array.
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

    /// Why an assignment was decided; `nil` when the study has none of this number.
    package func reason(of assignment: AssignmentID) throws -> Assignment.Reason? {
        try first("SELECT reason FROM assignments WHERE id = ?", assignment.number) { row in
            try StoreJSON.value(from: try row.text(0))
        }
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
        // That of others may stay unwritten.
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

    /// Why the study ended; `nil` while it has not.
    package func outcome() throws -> StudyOutcome? {
        try String.fetchOne(database, sql: "SELECT body FROM outcome").map { try StoreJSON.value(from: $0) }
    }
}
