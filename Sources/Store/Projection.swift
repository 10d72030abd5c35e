import GRDB
package import Tuning

/// How the derived tables follow from events and decisions.
extension Transaction {
    /// Brings the tables up to date with an event.
    func project(_ event: Event, id: Int64, time: Double) throws {
        switch event {
        case .accepted, .refused, .cancelled, .checkpointed, .waited, .lost:
            break
        case .submitted(let fact):
            // A slurmctld that lost its last seconds gives their numbers again: it has forgotten the earlier array.
            try run("UPDATE arrays SET job = NULL WHERE job = ? AND token <> ?", [fact.job, fact.token])
            try run("UPDATE arrays SET job = ? WHERE token = ?", [fact.job, fact.token])
        case .started(let fact):
            try run(
                """
                UPDATE attempts SET task = ?, host = ?, directory = ?, started = ?
                WHERE assignment = ? AND epoch = ?
                """,
                [fact.task, fact.host, fact.directory, time] + key(fact.attempt))
        case .reported(let report):
            try insert(report, event: id)
        case .ended(let fact):
            try run(
                """
                UPDATE attempts SET ended = ?, ending = ?, stderr = ? WHERE assignment = ? AND epoch = ?
                """,
                [time, try StoreJSON.text(fact.ending), fact.stderrTail] + key(fact.attempt))
        }
    }

    /// Brings the tables up to date with a decision.
    func project(_ decision: Decision, time: Double) throws {
        switch decision {
        case .sample(let trial, let configuration):
            try run(
                "INSERT INTO trials (id, configuration, state, rung) VALUES (?, ?, 'running', 0)",
                [trial.number, try StoreJSON.text(configuration)])
        case .evaluate(let assignment):
            if case .promoted = assignment.reason {
                try run(
                    "UPDATE results SET promoted = 1 WHERE rung = ? AND trial = ?",
                    [assignment.rung - 1, assignment.trial.number])
            }
            try run(
                "UPDATE trials SET state = 'running', rung = ? WHERE id = ?",
                [assignment.rung, assignment.trial.number])
        case .discard(let checkpoint):
            let attempt = checkpoint.attempt
            try run(
                "UPDATE checkpoints SET kept = 0 WHERE assignment = ? AND epoch = ? AND resource = ?",
                [attempt.assignment.number, attempt.epoch, checkpoint.resource.units])
        case .conclude(let trial, let conclusion):
            try conclude(trial, conclusion)
        case .release:
            break
        case .finish(let outcome):
            try run("INSERT INTO outcome VALUES (1, ?, ?)", [try StoreJSON.text(outcome), time])
            try run("UPDATE assignments SET open = 0 WHERE open = 1", [])
            try run("UPDATE trials SET state = 'cancelled' WHERE state = 'running'", [])
        }
    }

    private func insert(_ report: Report, event: Int64) throws {
        let objective = try memo.objective { try reader.objective() }
        try run(
            """
            INSERT INTO reports (event, assignment, epoch, resource, current, value, metrics)
            VALUES (?1, ?2, ?3, ?4,
              ?3 >= (SELECT coalesce(max(epoch), 0) FROM attempts WHERE assignment = ?2 AND started IS NOT NULL),
              ?5, ?6)
            """,
            [
                event, report.attempt.assignment.number, report.attempt.epoch, report.resource.units,
                report.metrics[objective], try StoreJSON.text(report.metrics),
            ])
    }

    /// Records that an assignment is over.
    package func land(_ assignment: AssignmentID) throws {
        try run("UPDATE assignments SET open = 0 WHERE id = ?", [assignment.number])
    }

    /// A trial came to rest: its state, and its result in the rung that its last assignment led to.
    private func conclude(_ trial: TrialID, _ conclusion: Conclusion) throws {
        let (state, reason, hasResult) =
            switch conclusion {
            case .completed: ("completed", "", true)
            case .paused: ("paused", "", true)
            case .diverged: ("diverged", "the objective was not a finite number", true)
            case .failed(let why): ("failed", why, false)
            case .cancelled: ("cancelled", "its task was cancelled", false)
            }
        try run("UPDATE trials SET state = ?, reason = ? WHERE id = ?", [state, reason, trial.number])
        if conclusion == .cancelled { return }
        try run(
            """
            INSERT INTO results (rung, trial, resource, value)
            SELECT a.rung, a.trial, a."to", (
                SELECT value FROM reports
                WHERE assignment = a.id AND resource = a."to" AND current ORDER BY event LIMIT 1)
            FROM assignments a WHERE a.trial = ? ORDER BY a.id DESC LIMIT 1
            """, [trial.number])
        guard hasResult else { return }
        try run(
            """
            UPDATE trials SET (resource, value) = (
                SELECT resource, value FROM results WHERE trial = ?1 ORDER BY rung DESC LIMIT 1)
            WHERE id = ?1
            """, [trial.number])
    }

    private func key(_ attempt: AttemptID) -> StatementArguments {
        [attempt.assignment.number, attempt.epoch]
    }
}
