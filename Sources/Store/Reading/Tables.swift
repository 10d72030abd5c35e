import GRDB
package import Tuning

/// The tables as people read them: trials, the ladder, attempts, reports.
extension StoreReader {
    /// A trial as a table shows it.
    package struct TrialRow: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// Its hyperparameters.
        package var configuration: Tuning.Configuration
        /// One of `states`.
        package var state: String
        /// The rung that it leads to, or where the trial rests.
        package var rung: Int
        /// The resource of its last result; `nil` before the first.
        package var resource: Resource?
        /// The objective of its last result; `nil` before the first, or if it was not finite.
        package var value: Double?
        /// By how much that result breaks the study's bounds, 0 if it keeps them; `nil` without a finite result, or bounds.
        package var violation: Double?
        /// Why it failed, diverged or was replaced; empty otherwise.
        package var reason: String
        /// The trial whose checkpoint it started from; `nil` if there is none.
        package var parent: TrialID?

        /// The states of a trial that the schema allows.
        package static let states = [
            "running", "paused", "stopped", "completed", "diverged", "failed", "cancelled",
        ]
    }

    private func trialRow(_ row: Row) throws -> TrialRow {
        try TrialRow(
            trial: TrialID(row.value("id")),
            configuration: LogText.configuration(row.value("configuration") as String),
            state: row.value("state"), rung: row.value("rung"),
            resource: (row.value("resource") as Int?).map(Resource.init),
            value: row.value("value"), violation: row.value("violation"), reason: row.value("reason"),
            parent: (row.value("parent") as Int?).map(TrialID.init))
    }

    /// All trials, by number.
    package func trials() throws -> [TrialRow] {
        try Row.fetchAll(database, sql: "SELECT * FROM trials ORDER BY id").map(trialRow)
    }

    /// One trial; `nil` if there is none with this number.
    package func trial(_ trial: TrialID) throws -> TrialRow? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM trials WHERE id = ?"), arguments: [trial.number]
        ).map(trialRow)
    }

    /// Some trials, by number; missing ones are left out.
    package func trials(_ wanted: Set<TrialID>) throws -> [TrialID: TrialRow] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT * FROM trials WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            arguments: [try StoreJSON.text(wanted.sorted())])
        return Dictionary(uniqueKeysWithValues: try rows.map(trialRow).map { ($0.trial, $0) })
    }

    /// How many trials there are in each state.
    package func trialCounts() throws -> [String: Int] {
        let rows = try all("SELECT state, trials FROM trial_counts WHERE trials > 0") { row in
            (try row.text(0), try row.int(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// How well each rung's ranking predicts the next, from the lowest up: of the newest trials with a finite objective
    /// in both, at most `RankAgreement.mostTrials`.
    package func rankAgreements() throws -> [RankAgreement] {
        let top = try first("SELECT max(rung) FROM rungs") { try $0.optionalInt(0) ?? 0 } ?? 0
        return try (0..<top).map { rung in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT one.value AS lower, next.value AS upper
                    FROM results AS next JOIN results AS one ON one.rung = ?1 AND one.trial = next.trial
                    WHERE next.rung = ?1 + 1 AND one.value IS NOT NULL AND next.value IS NOT NULL
                    ORDER BY next.trial DESC LIMIT ?2
                    """, arguments: [rung, RankAgreement.mostTrials])
            return RankAgreement(
                rung: rung, pairs: try rows.map { try ($0.value("lower"), $0.value("upper")) })
        }.filter { $0.trials > 0 }
    }

    /// The total seconds that the study's tasks have run: each start of a task from its first attempt's beginning to
    /// its last one's end.
    ///
    /// - Parameter now: until when running tasks count, in seconds since 1970.
    package func taskSeconds(now: Double) throws -> Double {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT coalesce(sum(until - since), 0) AS seconds FROM (
                  SELECT min(a.started) AS since, max(CASE
                    WHEN a.ended IS NOT NULL THEN a.ended
                    WHEN s.open AND a.epoch =
                      (SELECT max(epoch) FROM attempts AS b WHERE b.assignment = a.assignment) THEN ?1
                    ELSE a.started END) AS until
                  FROM attempts AS a JOIN assignments AS s ON s.id = a.assignment
                  WHERE a.started IS NOT NULL GROUP BY s.token, s.task, a.epoch)
                """, arguments: [now])
        return try row?.value("seconds") ?? 0
    }

    /// The seconds that the tasks of one request have run, with one of the assignments that they were asked for.
    package struct RequestUse: Hashable, Sendable {
        /// The trial of one of its assignments.
        package var trial: TrialID
        /// The rung that the same assignment leads to.
        package var rung: Int
        /// The seconds.
        package var seconds: Double
    }

    /// How many seconds the study's tasks have run, as `taskSeconds`, for each request by itself.
    package func taskSecondsByRequest(now: Double) throws -> [RequestUse] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT trial, rung, sum(until - since) AS seconds FROM (
                  SELECT s.request, s.trial, s.rung, min(a.started) AS since, max(CASE
                    WHEN a.ended IS NOT NULL THEN a.ended
                    WHEN s.open AND a.epoch =
                      (SELECT max(epoch) FROM attempts AS b WHERE b.assignment = a.assignment) THEN ?1
                    ELSE a.started END) AS until
                  FROM attempts AS a JOIN assignments AS s ON s.id = a.assignment
                  WHERE a.started IS NOT NULL GROUP BY s.token, s.task, a.epoch)
                GROUP BY request
                """, arguments: [now])
        return try rows.map {
            RequestUse(
                trial: TrialID(try $0.value("trial")), rung: try $0.value("rung"),
                seconds: try $0.value("seconds"))
        }
    }

    /// A rung as the ladder shows it.
    package struct RungRow: Hashable, Sendable {
        /// The rung, 0 for the lowest.
        package var rung: Int
        /// The trials on their way to it.
        package var running: Int
        /// The trials with a result here, including failed and diverged ones.
        package var results: Int
        /// How many of them were promoted.
        package var promoted: Int
        /// The objective of the best trial here; `nil` if there is no finite one.
        package var best: Double?
    }

    /// The rungs that any trial has reached or is on its way to, from the lowest up.
    package func ladder(_ goal: Objective.Goal) throws -> [RungRow] {
        let best = goal == .minimize ? "lowest" : "highest"
        return try Row.fetchAll(
            database,
            sql: """
                SELECT rung, sum(running) AS running, sum(results) AS results, sum(promoted) AS promoted,
                  max(best) AS best
                FROM (
                  SELECT rung, 0 AS running, results, promoted, \(best) AS best FROM rungs
                  UNION ALL
                  SELECT rung, count(*), 0, 0, NULL FROM assignments WHERE open = 1 GROUP BY rung)
                GROUP BY rung ORDER BY rung
                """
        ).map {
            try RungRow(
                rung: $0.value("rung"), running: $0.value("running"), results: $0.value("results"),
                promoted: $0.value("promoted"), best: $0.value("best"))
        }
    }

    /// The best trial: of those with a finite result at the greatest resource reached, the one with the best objective
    /// there; if equal, the one with the lower number. Trials that keep all bounds of the study come first, wherever they
    /// are; if there is none, the one that breaks them the least.
    package func best(_ goal: Objective.Goal) throws -> TrialRow? {
        let best = goal == .minimize ? "lowest" : "highest"
        return try Row.fetchOne(
            database,
            sql: """
                SELECT t.id, t.configuration, t.state, t.rung, r.resource, r.value, r.violation, t.reason, t.parent
                FROM rungs g JOIN results r ON r.rung = g.rung AND r.trial = g.\(best)_trial
                  JOIN trials t ON t.id = r.trial
                ORDER BY coalesce(r.violation, 0) > 0, g.rung DESC LIMIT 1
                """
        ).map(trialRow)
    }

    /// A trial or its ancestor, and the part of the resource that it was trained for.
    package struct Ancestor: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// Where its training began.
        package var from: Resource
        /// Where the next trial continues from it; for the trial itself, the resource of its last result.
        package var to: Resource
        /// Its hyperparameters.
        package var configuration: Tuning.Configuration
    }

    /// A trial's ancestors from the first, and the trial itself: the schedule of hyperparameters that trained its
    /// model.
    package func line(of trial: TrialID) throws -> [Ancestor] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                WITH RECURSIVE line (id, depth) AS (
                  SELECT ?, 0
                  UNION ALL
                  SELECT t.parent, depth + 1 FROM line JOIN trials t ON t.id = line.id WHERE t.parent IS NOT NULL)
                SELECT t.id, t.configuration, t.resource,
                  (SELECT a."from" FROM assignments a WHERE a.trial = t.id ORDER BY a.id LIMIT 1) AS begin
                FROM line JOIN trials t ON t.id = line.id ORDER BY depth DESC
                """, arguments: [trial.number])
        var line: [Ancestor] = []
        for row in rows {
            let begin = Resource(try row.value("begin") as Int? ?? 0)
            if !line.isEmpty { line[line.count - 1].to = begin }
            let last = (try row.value("resource") as Int?).map(Resource.init)
            line.append(
                Ancestor(
                    trial: TrialID(try row.value("id")), from: begin, to: max(begin, last ?? begin),
                    configuration: try LogText.configuration(row.value("configuration") as String)))
        }
        return line
    }

    /// The newest kept checkpoint of a trial, relative to the study directory; `nil` if it has none.
    package func checkpoint(of trial: TrialID) throws -> (path: String, resource: Resource)? {
        try Row.fetchOne(
            database,
            sql: """
                SELECT c.path, c.resource FROM checkpoints c JOIN assignments a ON a.id = c.assignment
                WHERE a.trial = ? ORDER BY c.resource DESC, c.assignment DESC LIMIT 1
                """, arguments: [trial.number]
        ).map { try ($0.value("path"), Resource($0.value("resource"))) }
    }

    /// The paths of all checkpoints that are kept, relative to the study directory.
    package func keptPaths() throws -> [String] {
        try all("SELECT path FROM checkpoints") { try $0.text(0) }
    }

    /// How many bytes the kept checkpoints have together, as far as they are known.
    package func keptBytes() throws -> Int {
        try first("SELECT kept_bytes FROM totals") { try $0.int(0) } ?? 0
    }

    /// An attempt as shown by `stune show`.
    package struct AttemptRow: Hashable, Sendable {
        /// The assignment and the epoch.
        package var attempt: AttemptID
        /// The attempt's task.
        package var task: TaskRow
        /// Why it was decided.
        package var reason: Assignment.Reason
        /// The cluster's id of the task, such as `4821_17`; empty before it started.
        package var clusterTask: String
        /// The host; empty before it started.
        package var host: String
        /// Its directory, relative to the study directory; empty before it started.
        package var directory: String
        /// When it started and ended, in seconds since 1970.
        package var started, ended: Double?
        /// How it ended; `nil` while it runs.
        package var ending: Ending?
        /// The last lines of its standard error, if it failed.
        package var stderr: String
        /// The checkpoint that it began with, relative to the study directory; `nil` if there is none.
        package var start: String?
    }

    /// The attempts of a trial, oldest first; an assignment without a started task counts as one.
    package func attempts(of trial: TrialID) throws -> [AttemptRow] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT a.reason AS why, a.id AS work, coalesce(r.start, a.start) AS origin, t.* FROM assignments a
                LEFT JOIN attempts t ON t.assignment = a.id
                LEFT JOIN resumes r ON r.assignment = a.id AND r.epoch = t.epoch WHERE a.trial = ? ORDER BY a.id, t.epoch
                """, arguments: [trial.number])
        return try rows.compactMap { row in
            let assignment = AssignmentID(try row.value("work"))
            guard let task = try task(of: assignment) else { return nil }
            let ending = try (row.value("ending") as String?).map(LogText.ending)
            return try AttemptRow(
                attempt: AttemptID(
                    assignment: assignment, epoch: row.value("epoch") ?? 0),
                task: task, reason: LogText.reason(row.value("why")),
                clusterTask: row.value("task") ?? "", host: row.value("host") ?? "",
                directory: row.value("directory") ?? "",
                started: row.value("started"), ended: row.value("ended"), ending: ending,
                stderr: row.value("stderr") ?? "", start: row.value("origin"))
        }
    }

    /// The newest start of an open task.
    package struct OpenAttempt: Hashable, Sendable {
        /// The host; empty before it started.
        package var host: String
        /// When it started and ended, in seconds since 1970.
        package var started, ended: Double?
    }

    /// The newest attempts of the open tasks, as far as there are any.
    package func openAttempts() throws -> [AssignmentID: OpenAttempt] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT t.assignment, t.host, t.started, t.ended FROM assignments a
                JOIN attempts t ON t.assignment = a.id WHERE a.open = 1 ORDER BY t.epoch
                """)
        return Dictionary(
            try rows.map { row in
                try (
                    AssignmentID(row.value("assignment")),
                    OpenAttempt(
                        host: row.value("host"), started: row.value("started"), ended: row.value("ended"))
                )
            }, uniquingKeysWith: { $1 })
    }

    /// A report as a table shows it.
    package struct ReportRow: Hashable, Sendable {
        /// The event that recorded it.
        package var event: Int64
        /// The attempt.
        package var attempt: AttemptID
        /// The resource.
        package var resource: Resource
        /// Whether it came from the newest start of its task.
        package var isCurrent: Bool
        /// The objective; `nil` if it is not a finite number.
        package var value: Double?
        /// All finite metrics.
        package var metrics: [String: Double]
    }

    /// The reports of a trial, or of all trials, in the order of their arrival.
    package func reports(of trial: TrialID? = nil) throws -> [ReportRow] {
        let names = try metricNames()
        return try Row.fetchAll(
            database,
            sql: """
                SELECT r.* FROM reports r JOIN assignments a ON a.id = r.assignment
                WHERE ?1 IS NULL OR a.trial = ?1 ORDER BY r.event
                """, arguments: [trial?.number]
        ).map {
            try ReportRow(
                event: $0.value("event"),
                attempt: AttemptID(
                    assignment: AssignmentID($0.value("assignment")), epoch: $0.value("epoch")),
                resource: Resource($0.value("resource")), isCurrent: $0.value("current"),
                value: $0.value("value"),
                metrics: metrics($0, names))
        }
    }

    /// The controller's notices to people, by topic.
    package func notices() throws -> [(topic: String, text: String, time: Double)] {
        try Row.fetchAll(database, sql: "SELECT * FROM notices ORDER BY topic").map {
            try ($0.value("topic"), $0.value("text"), $0.value("time"))
        }
    }
}
