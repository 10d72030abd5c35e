import Store
import Tuning

/// A report on failed trials: a line or two for a few, an alarm if a study lost more than it should.
struct FailureReport {
    /// How many trials to name individually.
    private static let named = 5

    /// The failed trials.
    let summary: FailureSummary
    /// The study's directory, for the commands that tell more.
    let directory: String

    /// The report of a study.
    init(_ reader: StoreReader, directory: String) throws {
        summary = try reader.failures()
        self.directory = directory
    }

    /// The lines for people; empty if no trial failed.
    func lines() -> [String] {
        guard let cause = summary.causes.first else { return [] }
        var lines = [heading]
        if summary.trials.count <= FailureReport.named {
            for trial in summary.trials { lines += named(trial) }
        } else {
            let trials = FailureReport.list(cause.trials)
            lines.append(
                "  most often, \(cause.trials.count) times: \(Table.printable(cause.reason)) (trials \(trials))"
            )
            if !cause.lastWords.isEmpty { lines.append("    | \(Table.printable(cause.lastWords))") }
        }
        lines.append("  details: stune show \(Shell.quoted(directory)) \(cause.trials[0])")
        return lines
    }

    /// The alarm as one line; `nil` if there is none.
    var alarm: String? {
        guard summary.isAlarming, let cause = summary.causes.first else { return nil }
        return "\(count); most often, \(cause.trials.count) times: \(Table.printable(cause.reason))"
    }

    private var heading: String {
        summary.isAlarming ? "WARNING: \(count)" : count
    }

    /// `14 of 40 trials failed, 3 of them after they had been promoted`.
    private var count: String {
        let failed = summary.trials.count
        let verb = "\(failed) of \(summary.sampled) trials failed"
        switch summary.promoted.count {
        case 0: return verb
        case failed: return "\(verb), \(failed == 1 ? "which" : "all of which") had been promoted"
        case let promoted: return "\(verb), \(promoted) of them after they had been promoted"
        }
    }

    private func named(_ trial: FailureSummary.Trial) -> [String] {
        let promoted = trial.wasPromoted ? " (it had been promoted)" : ""
        return Table.paragraph("  trial \(trial.trial)\(promoted): \(trial.reason)", indent: "    ")
    }

    private static func list(_ trials: [TrialID]) -> String {
        let shown = trials.prefix(named).map(\.description).joined(separator: ", ")
        return trials.count > named ? "\(shown), …" : shown
    }
}

extension FailureReport: Encodable {
    private enum Key: CodingKey {
        case failed, promoted, alarming, causes
    }

    private struct CauseLine: Encodable {
        var reason: String
        var lastWords: String
        var count: Int
        var trials: [TrialID]
    }

    /// Writes the numbers and every cause.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(summary.trials.count, forKey: .failed)
        try fields.encode(summary.promoted.count, forKey: .promoted)
        try fields.encode(summary.isAlarming, forKey: .alarming)
        try fields.encode(
            summary.causes.map {
                CauseLine(
                    reason: $0.reason, lastWords: $0.lastWords, count: $0.trials.count, trials: $0.trials)
            }, forKey: .causes)
    }
}
