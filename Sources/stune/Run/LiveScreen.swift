import Controller
import Foundation
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// What `stune run` shows while it runs: one screen on a terminal, plain log lines elsewhere.
final class LiveScreen {
    /// The shortest time between two screens, in seconds.
    private static let interval = 0.5
    /// The shortest time between two log lines of progress, in seconds.
    private static let logInterval = 10.0

    private let setup: StudySetup
    private var shown = Date.distantPast
    /// What was found of the failed trials last, of how many, and when.
    private var found: (report: FailureReport, count: Int, at: Date)?
    /// The alarm about failed trials that was told last.
    private var alarm: String?
    /// Whether it was told that the tasks' time is too short.
    private var hasToldTime = false

    /// Whether standard error is a terminal.
    let isTerminal = LiveScreen.isTerminal

    /// Whether standard error is a terminal.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The screen of a study.
    init(setup: StudySetup) { self.setup = setup }

    /// Shows how the study stands, unless that was just shown.
    func show(_ reader: StoreReader, _ log: Logger) throws {
        let isOver = try reader.outcome() != nil
        let interval = isTerminal ? LiveScreen.interval : LiveScreen.logInterval
        guard isOver || Date.now.timeIntervalSince(shown) >= interval else { return }
        shown = .now
        // It may have been changed since it began.
        let spec: StudySpec = try reader.study().map { try StoreJSON.value(from: $0.spec) } ?? setup.spec
        let (plan, goal) = (spec.plan, setup.spec.plan.objective.goal)
        let counts = try reader.trialCounts()
        // Whom no other dominates is found from all reports, which would cost too much while it runs.
        let best = setup.spec.plan.others.isEmpty ? try reader.best(goal) : nil
        let failures = try self.failures(reader, count: counts["failed"] ?? 0, isOver: isOver)
        if isTerminal {
            TerminalScreen.shared.draw(try text(plan, counts, reader.ladder(goal), best, failures))
        } else {
            log.info("\(summary(plan, counts, best))")
            if let news = failures?.alarm, news != alarm { log.warning("\(news)") }
        }
        alarm = failures?.alarm
        if !hasToldTime, setup.spec.batch.timeMinutes != nil,
            let advice = TimeAdvice(setup.spec, secondsPerUnit: try reader.secondsPerUnit())
        {
            log.warning("\(advice)")
            hasToldTime = true
        }
    }

    /// The failed trials; `nil`: there are none. They are all read for it, so that is done when there are others, and seldom.
    private func failures(_ reader: StoreReader, count: Int, isOver: Bool) throws -> FailureReport? {
        guard count > 0 else { return nil }
        if let found,
            found.count == count || !isOver && Date.now.timeIntervalSince(found.at) < LiveScreen.logInterval
        {
            return found.report
        }
        let report = try FailureReport(reader, directory: setup.directory.path)
        found = (report, count, .now)
        return report
    }

    private func summary(
        _ plan: Plan, _ counts: [String: Int], _ best: StoreReader.TrialRow?
    ) -> String {
        let total = counts.values.reduce(0, +)
        let states = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var text = "\(total) of \(plan.trials) trials: \(states.joined(separator: ", "))"
        if let best, let value = best.value {
            text += "; best trial \(best.trial) with \(value) at resource \(best.resource ?? .none)"
        }
        return text
    }

    private func text(
        _ plan: Plan, _ counts: [String: Int], _ ladder: [StoreReader.RungRow],
        _ best: StoreReader.TrialRow?,
        _ failures: FailureReport?
    ) -> [String] {
        let levels = plan.scheduler.levels
        var rows = ["\(setup.spec.name)  \(summary(plan, counts, best))", ""]
        rows.append("RUNG  RESOURCE  RUNNING  RESULTS  PROMOTED  BEST")
        for rung in ladder {
            let resource = rung.rung < levels.count ? levels[rung.rung].description : "?"
            let cells = [
                ("\(rung.rung)", 4), (resource, 10), ("\(rung.running)", 9), ("\(rung.results)", 9),
                ("\(rung.promoted)", 10),
            ]
            let line = cells.map { String(repeating: " ", count: max(0, $1 - $0.count)) + $0 }.joined()
            rows.append("\(line)  \(rung.best.map { String($0) } ?? "-")")
        }
        rows += failures?.lines() ?? []
        rows.append("Ctrl-C stops the controller; tasks go on, and 'stune run' resumes.")
        return rows
    }
}
