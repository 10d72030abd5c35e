import ArgumentParser
import Spool
import Store
import StudyFile
import Tuning

/// `stune show`: everything about one trial.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show everything about one trial, and why it was promoted or not.",
        discussion: "Example: stune show digits.stune 17")

    @Argument(help: "The study's directory.")
    var directory: String

    @Argument(help: "The trial's number.")
    var trial: Int

    @Flag(help: "Print it as JSON.")
    var json = false

    func run() throws {
        let study = try OpenStudy(directory)
        let row = try study.trial(trial)
        let story = try study.snapshot.read { try TrialStory(row, study, $0) }
        if json { return print(try StoreJSON.text(story)) }
        for line in story.lines() { print(line) }
    }
}

/// Everything about a trial.
struct TrialStory {
    let row: StoreReader.TrialRow
    let attempts: [StoreReader.AttemptRow]
    let reports: [StoreReader.ReportRow]
    let places: [StoreReader.Place]
    let checkpoint: String?
    let lineage: Lineage
    let directory: String
    let usages: [AttemptID: Usage]
    let logsCleaned: Double?
    let code: CodeHistory
    let metric: String
    let hasSeveralMetrics: Bool
    let isOver: Bool
    /// The bounds that its last result breaks; `nil` in a study without bounds.
    let broken: BrokenBounds?

    /// The story of a trial as a snapshot has it.
    init(_ row: StoreReader.TrialRow, _ study: OpenStudy, _ reader: StoreReader) throws {
        self.row = row
        attempts = try reader.attempts(of: row.trial)
        reports = try reader.reports(of: row.trial)
        places = try reader.places(of: row.trial, study.goal)
        checkpoint = try reader.checkpoint(of: row.trial).map { "\(study.path)/\($0.path)" }
        lineage = try Lineage(of: row, reader)
        directory = study.path
        usages = try reader.usages(of: row.trial)
        (logsCleaned, code) = (try reader.logsCleaned(), try CodeHistory(reader))
        (metric, hasSeveralMetrics) = (study.metric, study.hasSeveralMetrics)
        isOver = try reader.outcome() != nil
        broken = try reader.brokenBounds(of: row.trial, study.spec.plan)
    }

    /// The text, line by line.
    func lines() -> [String] {
        var lines = ["trial \(row.trial): \(row.state)"] + Table.paragraph("  \(why)", indent: "  ")
        if let words = broken?.words { lines.append("breaks bounds: \(words)") }
        lines.append("parameters")
        for (name, value) in row.configuration.values.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(Table.printable(name)) = \(Table.printable(value.description))")
        }
        lines += lineage.lines()
        lines.append("attempts")
        for (number, attempt) in attempts.enumerated() { lines += self.lines(attempt, number + 1) }
        lines.append("reports")
        var table = Table([
            ("  RESOURCE", .right), (metric, .right), ("ATTEMPT", .right), ("METRICS", .left),
        ])
        for report in reports {
            let others = report.metrics.filter { $0.key != metric }.sorted { $0.key < $1.key }
            table.add([
                report.resource.description, Numbers.metric(report.value),
                number(of: report.attempt).map(String.init).map {
                    $0 + (report.isCurrent ? "" : " (superseded)")
                }
                    ?? "-",
                others.map { "\($0.key)=\(Numbers.metric($0.value))" }.joined(separator: " "),
            ])
        }
        lines += table.lines()
        lines.append("checkpoint  \(checkpoint ?? "none")")
        return lines
    }

    private func lines(_ attempt: StoreReader.AttemptRow, _ number: Int) -> [String] {
        let task = attempt.task
        let replicate = task.replicate.map { ", replicate \($0)" } ?? ""
        let work = "rung \(task.rung)\(replicate), resource \(task.from) to \(task.to)"
        let place =
            attempt.clusterTask.isEmpty ? "not started" : "\(attempt.clusterTask) on \(attempt.host)"
        let span = "\(Numbers.moment(attempt.started)) to \(Numbers.moment(attempt.ended))"
        var lines = Table.paragraph("  \(number). \(work): \(words(attempt.reason))", indent: "     ")
        lines += Table.paragraph(
            "     \(place), \(span): \(words(attempt.ending, isOpen: task.isOpen))", indent: "     ")
        if let used = usages[attempt.attempt]?.words { lines.append("     \(used)") }
        if let code = code.code(at: attempt.started) {
            lines.append("     code: \(Table.printable(code.words))")
        }
        if let start = attempt.start { lines.append("     from checkpoint \(directory)/\(start)") }
        let logs = "stune logs \(Shell.quoted(directory)) \(row.trial) --attempt \(number)"
        if let moment = attempt.cleaned(at: logsCleaned) {
            lines.append("     logs: removed by 'stune clean' on \(Numbers.moment(moment))")
        } else if !attempt.directory.isEmpty {
            lines.append("     logs: \(logs)")
        }
        if attempt.log != nil, attempt.cleaned(at: logsCleaned) == nil {
            lines.append("     task log: \(logs) --task")
        }
        if !attempt.stderr.isEmpty {
            lines += Table.printableLines(attempt.stderr).filter { !$0.isEmpty }.map { "     | \($0)" }
        }
        return lines
    }

    /// An attempt's number for `stune logs --attempt`; `nil` if there is no such attempt.
    private func number(of attempt: AttemptID) -> Int? {
        attempts.firstIndex { $0.attempt == attempt }.map { $0 + 1 }
    }

    /// The newest attempt of an assignment, in words.
    private func words(_ assignment: AssignmentID) -> String {
        attempts.lastIndex { $0.attempt.assignment == assignment }.map { "attempt \($0 + 1)" }
            ?? "an earlier attempt"
    }

    /// Why the trial is in its state, in words.
    var why: String {
        switch row.state {
        case "running": return attempts.last.map { "on its way to rung \($0.task.rung)" } ?? "running"
        case "completed": return "it reached the top rung"
        case "paused", "stopped", "diverged": return resting
        default: return row.reason
        }
    }

    private var resting: String {
        guard let place = places.last else { return row.reason }
        // With several metrics, a trial's rank would change with every result.
        let rank = hasSeveralMetrics ? "one" : ordinal(place.place)
        let where_ = "rung \(place.rung), \(rank) of \(place.results) results there"
        if row.state == "diverged" {
            return "its objective was not a finite number in \(where_): it is ranked last and not promoted"
        }
        if row.state == "stopped" {
            return row.reason.isEmpty ? "it was stopped in \(where_)" : "\(row.reason) in \(where_)"
        }
        let verdict = isOver ? "was not among those promoted" : "is not among the promoted yet"
        return "it rests in \(where_), and \(verdict) (\(place.promoted) were)"
    }

    private func ordinal(_ number: Int) -> String {
        switch (number % 10, number % 100) {
        case (1, let rest) where rest != 11: "\(number)st"
        case (2, let rest) where rest != 12: "\(number)nd"
        case (3, let rest) where rest != 13: "\(number)rd"
        default: "\(number)th"
        }
    }

    private func words(_ reason: Assignment.Reason) -> String {
        switch reason {
        case .new: row.parent.map { "a new trial, a child of trial \($0)" } ?? "a new trial"
        case .promoted(let results, let kept):
            "promoted, being among the best \(kept) of \(results) results in the rung below"
        case .unstopped(let results):
            "goes on: it was not stopped in the rung below, being compared with \(results) results"
        case .retained(let results, let despite):
            "goes on: compared with \(results) results it was to give way to a child of trial \(despite), which has no "
                + "checkpoint to go on from, or no trial was left"
        case .advised: "goes on: the scheduler's program says so, or ASHA in its place"
        case .finished: "trained to the top of the ladder, because the user wanted the best finished"
        case .retry(let old, let why): "tried again, because \(words(old)) came to nothing: \(why)"
        case .continued(let old, let why):
            "goes on from the checkpoint of \(words(old)), which was cut short: \(why)"
        case .relaunched(let old, let why):
            "promoted, and starts in a new process after \(words(old)): \(why)"
        case .replicate(let old): "the next replicate, after \(words(old))"
        }
    }

    private func words(_ ending: Ending?, isOpen: Bool) -> String {
        switch ending {
        case nil: isOpen ? "not over" : "its worker left no word"
        case .finished: "finished"
        case .exited(let code): "the command exited with code \(code)"
        case .signalled(let number): "signal \(number) ended the command"
        case .notStarted(let why): "the command could not be started: \(why)"
        case .left: "it was told to leave, and left"
        case .noReport: "the command reported nothing"
        case .badReport(let why): "its reports cannot be used: \(why)"
        case .wentOn: "the same process went on with the next assignment"
        case .paused: "the command ended with code 0 where it was told to go on"
        case .givenBack: "its worker gave it back before it was begun"
        case .setupFailed(let why): "the task's setup failed: \(why)"
        case .crashedLeaving(let why): "it was told to leave, and crashed: \(why)"
        }
    }
}

extension TrialStory: Encodable {
    private enum Key: CodingKey {
        case trial, parent, state, why, violation, breaks, configuration, schedule, attempts, reports,
            checkpoint
    }

    private struct AttemptLine: Encodable {
        /// The number for `stune logs --attempt`.
        var attempt: Int
        var rung: Int
        var from, to: Resource
        var why: String
        var task, host: String
        var started, ended: Double?
        var ending: String
        var checkpoint, logs, taskLog: String?
        var used: Usage?
        var code: CommandCode?
        var stderr: String
    }

    private struct ReportLine: Encodable {
        /// The number of the attempt that reported it.
        var attempt: Int?
        var resource: Resource
        var value: Double?
        var metrics: [String: Double]
        var current: Bool
    }

    /// Writes the content of `lines`.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(row.trial, forKey: .trial)
        try fields.encodeIfPresent(row.parent, forKey: .parent)
        try fields.encode(row.state, forKey: .state)
        try fields.encode(why, forKey: .why)
        try fields.encodeIfPresent(row.violation, forKey: .violation)
        try fields.encodeIfPresent(broken?.metrics, forKey: .breaks)
        try fields.encode(row.configuration, forKey: .configuration)
        try fields.encodeIfPresent(lineage.steps, forKey: .schedule)
        try fields.encode(
            attempts.enumerated().map { index, attempt in
                AttemptLine(
                    attempt: index + 1, rung: attempt.task.rung, from: attempt.task.from,
                    to: attempt.task.to,
                    why: words(attempt.reason), task: attempt.clusterTask, host: attempt.host,
                    started: attempt.started, ended: attempt.ended,
                    ending: words(attempt.ending, isOpen: attempt.task.isOpen),
                    checkpoint: attempt.start.map { "\(directory)/\($0)" },
                    logs: attempt.directory.isEmpty ? nil : attempt.directory,
                    taskLog: attempt.log, used: usages[attempt.attempt],
                    code: code.code(at: attempt.started),
                    stderr: attempt.stderr)
            }, forKey: .attempts)
        try fields.encode(
            reports.map {
                ReportLine(
                    attempt: number(of: $0.attempt), resource: $0.resource, value: $0.value,
                    metrics: $0.metrics, current: $0.isCurrent)
            }, forKey: .reports)
        try fields.encode(checkpoint, forKey: .checkpoint)
    }
}
