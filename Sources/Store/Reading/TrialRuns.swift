import GRDB
package import Tuning

/// Where and when trials ran.
extension StoreReader {
    /// Where and when a trial ran, over all its attempts.
    package struct TrialRun: Hashable, Sendable {
        /// How many attempts there are; an assignment without a started task counts as one.
        package var attempts = 0
        /// When the first attempt started and the last one ended, in seconds since 1970; `end` is `nil` while one runs.
        package var begin, end: Double?
        /// The total seconds of its finished attempts.
        package var seconds: Double?
        /// The host of the newest attempt that started; empty before the first.
        package var host = ""
        /// Its newest kept checkpoint, relative to the study directory; `nil` if it has none.
        package var checkpoint: String?

        /// A trial without attempts.
        package init() {}
    }

    /// Where and when each trial ran.
    package func trialRuns() throws -> [TrialID: TrialRun] {
        var runs: [TrialID: TrialRun] = [:]
        let spans = try Row.fetchCursor(
            database,
            sql: """
                SELECT a.trial, count(*) AS attempts, min(t.started) AS begin, max(t.ended) AS ended,
                  sum(t.ended - t.started) AS seconds,
                  count(*) FILTER (WHERE t.started IS NOT NULL AND t.ended IS NULL AND a.open = 1) AS running
                FROM assignments a LEFT JOIN attempts t ON t.assignment = a.id GROUP BY a.trial
                """)
        while let row = try spans.next() {
            var run = TrialRun()
            (run.attempts, run.begin, run.seconds) = try (
                row.value("attempts"), row.value("begin"), row.value("seconds")
            )
            if try row.value("running") as Int == 0 { run.end = try row.value("ended") }
            runs[TrialID(try row.value("trial"))] = run
        }
        // With max(), SQLite takes the other columns from the row that has it.
        let hosts = try Row.fetchCursor(
            database,
            sql: """
                SELECT a.trial, t.host, max(t.started) FROM assignments a
                JOIN attempts t ON t.assignment = a.id WHERE t.host <> '' GROUP BY a.trial
                """)
        while let row = try hosts.next() {
            runs[TrialID(try row.value("trial")), default: TrialRun()].host = try row.value("host")
        }
        let checkpoints = try Row.fetchCursor(
            database,
            sql: """
                SELECT a.trial, c.path, max(c.resource) FROM checkpoints c
                JOIN assignments a ON a.id = c.assignment GROUP BY a.trial
                """)
        while let row = try checkpoints.next() {
            runs[TrialID(try row.value("trial")), default: TrialRun()].checkpoint = try row.value("path")
        }
        return runs
    }

    /// All finite metrics of each trial's last result, from the report that decided. Where replicates decided together, that
    /// is the last one's, with the value that they have in common.
    ///
    /// - Parameter trial: only for this trial; `nil` for all.
    package func metricsOfLastResults(of trial: TrialID? = nil) throws -> [TrialID: [String: Double]] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT a.id, a.trial, r.names, r.metrics, t.value FROM trials t
                JOIN assignments a ON a.trial = t.id AND a."to" = t.resource
                JOIN reports r ON r.assignment = a.id AND r.resource = t.resource AND r.current = 1
                WHERE ?1 IS NULL OR t.id = ?1 ORDER BY a.id, r.event
                """, arguments: [trial?.number])
        let names = try metricNames()
        let objective = try criteria()?.objectives[0].metric
        var metrics: [TrialID: [String: Double]] = [:]
        var owners: [TrialID: Int] = [:]
        while let row = try rows.next() {
            let trial = TrialID(try row.value("trial"))
            let assignment: Int = try row.value("id")
            // The first report of an assignment counts; of several assignments, the last.
            if owners[trial] == assignment { continue }
            owners[trial] = assignment
            metrics[trial] = try self.metrics(row, names)
            let value: Double? = try row.value("value")
            if let objective, let value { metrics[trial]?[objective] = value }
        }
        return metrics
    }
}
