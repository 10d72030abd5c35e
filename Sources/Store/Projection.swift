import GRDB
package import Tuning

/// How the derived tables follow from events and decisions.
extension Transaction {
    /// Brings the tables up to date with an event.
    func project(_ event: Event, id: Int, time: Double) throws {
        switch event {
        case .accepted, .refused, .cancelled, .proposed, .stopped, .checkpointed, .waited, .doesNotWait,
            .askedAhead, .lost:
            break
        case .resumed(let attempt, let checkpoint, _):
            try run(
                "INSERT OR IGNORE INTO resumes (assignment, epoch, start) VALUES (?, ?, ?)",
                attempt.assignment.number, attempt.epoch, reader.path(of: checkpoint))
        case .submitted(let fact):
            // A slurmctld that lost its last seconds gives their numbers again: it has forgotten the earlier array.
            try run("UPDATE arrays SET job = NULL WHERE job = ? AND token <> ?", Int(fact.job), fact.token)
            try run("UPDATE arrays SET job = ? WHERE token = ?", Int(fact.job), fact.token)
        case .started(let fact): try start(fact, time: time)
        case .reported(let report):
            try insert(report, event: id)
        case .ended(let fact): end(fact, time: time)
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
        let attempt = report.attempt
        try run(
            """
            INSERT INTO reports (assignment, epoch, resource, event, current, value, metrics)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, attempt.assignment.number, attempt.epoch, report.resource.units, event,
            attempt.epoch >= (try newestStart(of: attempt.assignment)) ? 1 : 0,
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
        guard conclusion != .cancelled, let result = try result(of: trial) else {
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

    /// What the last assignment of a trial led to: its rung, and the first value that counts at its target, if there is
    /// one and it is finite.
    private func result(of trial: TrialID) throws -> (rung: Int, resource: Resource, value: Double?)? {
        let last = try reader.first(
            "SELECT id, rung, \"to\" FROM assignments WHERE trial = ? ORDER BY id DESC LIMIT 1",
            trial.number
        ) { row in (id: AssignmentID(try row.int(0)), rung: try row.int(1), to: Resource(try row.int(2))) }
        guard let last else { return nil }
        let reports = try (0...newestStart(of: last.id)).compactMap { epoch in
            try reader.first(
                """
                SELECT event, value FROM reports
                WHERE assignment = ? AND epoch = ? AND resource = ? AND current ORDER BY event LIMIT 1
                """, last.id.number, epoch, last.to.units
            ) { (event: try $0.int(0), value: try $0.optionalReal(1)) }
        }
        return (last.rung, last.to, reports.min { $0.event < $1.event }?.value)
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
        case .new, .retry, .continued, .relaunched: false
        }
    }
}
