import GRDB
package import Tuning

/// The tables that readers look at, as they follow from the log: an event with its decisions brings about the same
/// statements while the study runs and when the tables are built anew.
struct Projection {
    /// An event of the log, with what followed from it.
    struct Entry {
        /// The event's number, from 1.
        var number: Int
        /// Seconds since 1970.
        var time: Double
        /// The event.
        var event: Event
        /// The decisions that followed, in order.
        var decisions: [Decision]
        /// The assignments that ended with it.
        var landed: [AssignmentID]
    }

    let reader: StoreReader
    let memory: StoreMemory

    /// Updates the tables with an entry of the log.
    func take(_ entry: Entry) throws {
        try memory.load(reader)
        try take(entry.event, number: entry.number, time: entry.time)
        for assignment in entry.landed { try land(assignment) }
        for decision in entry.decisions { try take(decision, time: entry.time) }
        for assignment in entry.landed { memory.end(assignment) }
    }

    /// Records that an assignment is over.
    func land(_ assignment: AssignmentID) throws {
        try run("UPDATE assignments SET open = 0 WHERE id = ?", assignment.number)
    }

    /// Writes what was collected in memory.
    func flush() throws {
        try reader.settle()
        try memory.tally.write(reader)
    }

    // MARK: Events

    private func take(_ event: Event, number: Int, time: Double) throws {
        switch event {
        case .accepted, .refused, .cancelled, .proposed, .advised, .stopped, .checkpointed, .waited,
            .doesNotWait,
            .askedAhead, .crowded, .lost, .learned:
            break
        case .wished(let wish): try take(wish.kind)
        case .code(let code):
            try run(
                "INSERT INTO codes (event, time, body) VALUES (?, ?, ?)", number, time, StoreJSON.text(code)
            )
        case .resumed(let attempt, let checkpoint, _):
            try run(
                "INSERT OR IGNORE INTO resumes (assignment, epoch, start) VALUES (?, ?, ?)",
                attempt.assignment.number, attempt.epoch, reader.path(of: checkpoint))
        case .submitted(let fact):
            // A slurmctld that lost its last seconds reuses their numbers: it has forgotten the earlier array.
            try run("UPDATE arrays SET job = NULL WHERE job = ? AND token <> ?", Int(fact.job), fact.token)
            try run("UPDATE arrays SET job = ? WHERE token = ?", Int(fact.job), fact.token)
        case .started(let fact):
            memory.start(fact.attempt, newest: try newestStart(of: fact.attempt.assignment))
            reader.start(fact, time: time)
        case .reported(let report): try insert(report, event: number)
        case .ended(let fact): reader.end(fact, time: time)
        }
    }

    /// What the user has asked for. The trials of a wish that opens a study again were cancelled by its end.
    private func take(_ wish: Wish.Kind) throws {
        switch wish {
        case .changed(let change):
            guard let scheduler = change.scheduler, scheduler.external == nil else { return }
            // A ladder grows at its top only: there is a rung above those that are complete.
            try run("UPDATE trials SET state = 'paused' WHERE state = 'completed'")
            memory.tally.setAll(from: .completed, to: .paused)
        case .reopened:
            try run("DELETE FROM outcome")
            let cut = try reader.all("SELECT id FROM trials WHERE state = 'cancelled' AND reason = ''") {
                try $0.int(0)
            }
            for trial in cut { memory.tally.set(trial, .running) }
            try run("UPDATE trials SET state = 'running' WHERE state = 'cancelled' AND reason = ''")
        case .retried(let trials):
            for trial in trials {
                let rung = try reader.first(
                    "SELECT rung FROM trials WHERE id = ? AND state = 'failed'", trial.number
                ) { try $0.int(0) }
                guard let rung else { continue }
                try run("DELETE FROM results WHERE rung = ? AND trial = ?", rung, trial.number)
                memory.tally.remove(resultIn: rung)
                try run("UPDATE trials SET state = 'running', reason = '' WHERE id = ?", trial.number)
                memory.tally.set(trial.number, .running)
            }
        case .paused, .resumed, .dropped, .added, .finished, .cleaned: break
        }
    }

    private func insert(_ report: Report, event: Int) throws {
        let criteria = try memory.criteria.criteria { try reader.criteria() }
        let attempt = report.attempt
        let isCurrent = attempt.epoch >= (try newestStart(of: attempt.assignment))
        let measured = criteria.flatMap { report.measured(by: $0) }
        let metrics = PackedMetrics(report.metrics)
        try run(
            """
            INSERT INTO reports (assignment, epoch, resource, event, current, value, names, metrics)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, attempt.assignment.number, attempt.epoch, report.resource.units, event, isCurrent ? 1 : 0,
            measured?.value, memory.number(of: metrics.names, reader), metrics.bytes)
        if isCurrent { memory.report(report, value: measured) }
    }

    // MARK: Decisions

    private func take(_ decision: Decision, time: Double) throws {
        switch decision {
        case .sample(let trial, let configuration, let parent):
            try run(
                "INSERT INTO trials (id, configuration, state, rung, parent) VALUES (?, ?, 'running', 0, ?)",
                trial.number, LogText.bytes(configuration), parent?.number)
            memory.tally.set(trial.number, .running)
        case .evaluate(let assignment): try take(assignment)
        case .aggregate(let trial, let value, let violation):
            memory.aggregate = StoreMemory.Aggregate(
                trial: trial, measured: value.map { Measured(value: $0, violation: violation) })
        case .conclude(let trial, let conclusion): try conclude(trial, conclusion)
        case .release, .discard: break
        case .finish(let outcome):
            try run("INSERT INTO outcome VALUES (1, ?, ?)", StoreJSON.text(outcome), time)
            try run("UPDATE assignments SET open = 0 WHERE open = 1")
            try run("UPDATE trials SET state = 'cancelled' WHERE state = 'running'")
            memory.tally.setAll(from: .running, to: .cancelled)
        }
    }

    private func take(_ assignment: Assignment) throws {
        memory.begin(assignment)
        // A new trial was sampled by the decision before, and stands at the lowest rung.
        if case .new = assignment.reason, assignment.rung == 0 { return }
        if let rung = assignment.rungBefore {
            try run(
                "UPDATE results SET promoted = 1 WHERE rung = ? AND trial = ?", rung,
                assignment.trial.number)
            memory.tally.promote(from: rung)
        }
        try run(
            "UPDATE trials SET state = 'running', rung = ? WHERE id = ?", assignment.rung,
            assignment.trial.number)
        memory.tally.set(assignment.trial.number, .running)
    }

    /// A trial came to rest: records its state, and its result in the rung that its last assignment led to.
    private func conclude(_ trial: TrialID, _ conclusion: Conclusion) throws {
        let (state, reason): (TrialState, String) =
            switch conclusion {
            case .completed: (.completed, "")
            case .paused: (.paused, "")
            case .stopped: (.stopped, "")
            case .replaced(_, let parent): (.stopped, "a child of trial \(parent) took its place")
            case .diverged: (.diverged, "the objective was not a finite number")
            case .failed(let why): (.failed, why)
            case .cancelled: (.cancelled, "its task was cancelled")
            }
        memory.tally.set(trial.number, state)
        guard conclusion != .cancelled, var result = try result(of: trial) else {
            return try run(
                "UPDATE trials SET state = ?, reason = ? WHERE id = ?", state.name, reason, trial.number)
        }
        if let aggregate = memory.aggregate, aggregate.trial == trial {
            result.measured = aggregate.measured
            memory.aggregate = nil
        }
        try run(
            "INSERT INTO results (rung, trial, resource, value, violation) VALUES (?, ?, ?, ?, ?)",
            result.rung, trial.number, result.resource.units, result.measured?.value,
            result.measured?.violation)
        memory.tally.add(result: result.measured, of: trial.number, in: result.rung)
        if state == .failed {
            try run(
                "UPDATE trials SET state = ?, reason = ? WHERE id = ?", state.name, reason, trial.number)
        } else {
            try run(
                """
                UPDATE trials SET state = ?, reason = ?, resource = ?, value = ?, violation = ? WHERE id = ?
                """, state.name, reason, result.resource.units, result.measured?.value,
                result.measured?.violation, trial.number)
        }
    }

    /// The result of a trial's last assignment: its rung, and the first value that counts at its target, if there is
    /// one and it is finite.
    private func result(
        of trial: TrialID
    ) throws -> (rung: Int, resource: Resource, measured: Measured?)? {
        if let flight = memory.flight(of: trial) { return (flight.work.rung, flight.work.to, flight.value) }
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
            ) { (event: try $0.int(0), value: try $0.optionalReal(1), epoch: epoch) }
        }
        let first = reports.min { $0.event < $1.event }
        guard let first, let value = first.value else { return (last.rung, last.to, nil) }
        let report = AttemptID(assignment: last.id, epoch: first.epoch)
        return (
            last.rung, last.to,
            Measured(value: value, violation: try violation(ofReport: first.event, of: report, at: last.to))
        )
    }

    /// By how much a finite report breaks the study's bounds; `nil` if there are none.
    private func violation(
        ofReport event: Int, of attempt: AttemptID, at resource: Resource
    ) throws -> Double? {
        let criteria = try memory.criteria.criteria { try reader.criteria() }
        guard let criteria, !criteria.bounds.isEmpty else { return nil }
        let row = try Row.fetchOne(
            reader.database,
            sql: "SELECT * FROM reports WHERE assignment = ? AND epoch = ? AND resource = ? AND event = ?",
            arguments: [attempt.assignment.number, attempt.epoch, resource.units, event])
        return try row.flatMap { criteria.violation(of: try reader.metrics($0, reader.metricNames())) }
    }

    /// The newest start of an assignment's task of which a worker has reported the beginning; 0 if there is none.
    private func newestStart(of assignment: AssignmentID) throws -> Int {
        if let known = memory.newestStart(of: assignment) { return known }
        let found =
            try reader.first(
                // Those of this transaction are known already.
                settling: false,
                "SELECT coalesce(max(epoch), 0) FROM attempts WHERE assignment = ? AND started IS NOT NULL",
                assignment.number
            ) { try $0.int(0) } ?? 0
        memory.start(AttemptID(assignment: assignment, epoch: found), newest: found)
        return found
    }

    private func run<each Argument: Bindable>(
        _ sql: StaticString, _ arguments: repeat each Argument
    ) throws {
        try reader.statements(sql, reader.database).run(repeat each arguments)
    }
}

extension Report {
    /// The value for the tables: the first of the metrics that trials are compared by; `nil` unless all metrics that a report
    /// must have are finite.
    package func value(by criteria: Criteria) -> Double? { measured(by: criteria)?.value }

    /// The same, with by how much the report breaks the study's bounds.
    func measured(by criteria: Criteria) -> Measured? {
        guard criteria.objectives.allSatisfy({ metrics[$0.metric] != nil }),
            let value = metrics[criteria.objectives[0].metric],
            let violation = criteria.violation(of: metrics)
        else { return nil }
        return Measured(value: value, violation: criteria.bounds.isEmpty ? nil : violation)
    }
}

extension Assignment {
    /// The rung that the trial leaves for this one; `nil` if it leaves none.
    fileprivate var rungBefore: Int? {
        switch reason {
        case .promoted, .unstopped, .retained: rung - 1
        case .finished(let from), .advised(let from): from
        case .new, .retry, .continued, .relaunched, .replicate: nil
        }
    }
}
