import GRDB
package import Tuning

/// How the derived tables follow from events and decisions.
extension Transaction {
    /// Brings the tables up to date with an event.
    func project(_ event: Event, id: Int, time: Double) throws {
        switch event {
        case .accepted, .refused, .cancelled, .proposed, .stopped, .checkpointed, .waited, .askedAhead,
            .lost:
            break
        case .submitted(let fact):
            // A slurmctld that lost its last seconds gives their numbers again: it has forgotten the earlier array.
            try run("UPDATE arrays SET job = NULL WHERE job = ? AND token <> ?", Int(fact.job), fact.token)
            try run("UPDATE arrays SET job = ? WHERE token = ?", Int(fact.job), fact.token)
        case .started(let fact):
            try run(
                """
                UPDATE attempts SET task = ?, host = ?, directory = ?, started = ?
                WHERE assignment = ? AND epoch = ?
                """, fact.task, fact.host, fact.directory, time, fact.attempt.assignment.number,
                fact.attempt.epoch)
        case .reported(let report):
            try insert(report, event: id)
        case .ended(let fact):
            try run(
                """
                UPDATE attempts SET ended = ?, ending = ?, stderr = ? WHERE assignment = ? AND epoch = ?
                """, time, LogText.bytes(fact.ending), fact.stderrTail, fact.attempt.assignment.number,
                fact.attempt.epoch)
        }
    }

    /// Brings the tables up to date with a decision.
    func project(_ decision: Decision, time: Double) throws {
        switch decision {
        case .sample(let trial, let configuration, let parent):
            try run(
                "INSERT INTO trials (id, configuration, state, rung, parent) VALUES (?, ?, 'running', 0, ?)",
                trial.number, LogText.bytes(configuration), parent?.number)
        case .evaluate(let assignment):
            // A new trial was sampled by the decision before, and stands at the lowest rung.
            if case .new = assignment.reason, assignment.rung == 0 { break }
            if assignment.reason.isPromotion {
                try run(
                    "UPDATE results SET promoted = 1 WHERE rung = ? AND trial = ?", assignment.rung - 1,
                    assignment.trial.number)
            }
            try run(
                "UPDATE trials SET state = 'running', rung = ? WHERE id = ?", assignment.rung,
                assignment.trial.number)
        case .discard(let checkpoint):
            let attempt = checkpoint.attempt
            try run(
                "UPDATE checkpoints SET kept = 0 WHERE assignment = ? AND epoch = ? AND resource = ?",
                attempt.assignment.number, attempt.epoch, checkpoint.resource.units)
        case .conclude(let trial, let conclusion):
            try conclude(trial, conclusion)
        case .release:
            break
        case .finish(let outcome):
            try run("INSERT INTO outcome VALUES (1, ?, ?)", StoreJSON.text(outcome), time)
            try run("UPDATE assignments SET open = 0 WHERE open = 1")
            try run("UPDATE trials SET state = 'cancelled' WHERE state = 'running'")
        }
    }

    private func insert(_ report: Report, event: Int) throws {
        let objectives = try memo.objectives { try reader.objectives() }
        try run(
            """
            INSERT INTO reports (event, assignment, epoch, resource, current, value, metrics)
            VALUES (?1, ?2, ?3, ?4,
              ?3 >= (SELECT coalesce(max(epoch), 0) FROM attempts WHERE assignment = ?2 AND started IS NOT NULL),
              ?5, ?6)
            """, event, report.attempt.assignment.number, report.attempt.epoch, report.resource.units,
            report.value(of: objectives), LogText.bytes(report.metrics))
    }

    /// Records that an assignment is over.
    package func land(_ assignment: AssignmentID) throws {
        try run("UPDATE assignments SET open = 0 WHERE id = ?", assignment.number)
    }

    /// A trial came to rest: its state, and its result in the rung that its last assignment led to.
    private func conclude(_ trial: TrialID, _ conclusion: Conclusion) throws {
        let (state, reason, hasResult) =
            switch conclusion {
            case .completed: ("completed", "", true)
            case .paused: ("paused", "", true)
            case .stopped: ("stopped", "", true)
            case .replaced(_, let parent): ("stopped", "a child of trial \(parent) took its place", true)
            case .diverged: ("diverged", "the objective was not a finite number", true)
            case .failed(let why): ("failed", why, false)
            case .cancelled: ("cancelled", "its task was cancelled", false)
            }
        guard conclusion != .cancelled, let result = try reader.result(of: trial) else {
            return try run(
                "UPDATE trials SET state = ?, reason = ? WHERE id = ?", state, reason, trial.number)
        }
        try run(
            "INSERT INTO results (rung, trial, resource, value) VALUES (?, ?, ?, ?)", result.rung,
            trial.number, result.resource.units, result.value)
        if hasResult {
            try run(
                "UPDATE trials SET state = ?, reason = ?, resource = ?, value = ? WHERE id = ?", state,
                reason,
                result.resource.units, result.value, trial.number)
        } else {
            try run("UPDATE trials SET state = ?, reason = ? WHERE id = ?", state, reason, trial.number)
        }
    }
}

extension Report {
    /// What the tables have as its value: the first of the metrics that trials are compared by; `nil` unless all are
    /// finite numbers.
    package func value(of objectives: [String]) -> Double? {
        objectives.allSatisfy { metrics[$0] != nil } ? objectives.first.flatMap { metrics[$0] } : nil
    }
}

extension Assignment.Reason {
    /// Whether the trial has left a rung for the next.
    fileprivate var isPromotion: Bool {
        switch self {
        case .promoted, .unstopped, .retained: true
        case .new, .retry, .continued: false
        }
    }
}
