import Foundation
import GRDB
package import Tuning

/// The failed trials of a study, and what they have in common.
package struct FailureSummary: Hashable, Sendable {
    /// Failed trials whose reasons begin alike.
    package struct Cause: Hashable, Sendable {
        /// What happened, such as `the command exited with code 1`.
        package var reason: String
        /// The last line of standard error of the newest of these trials; empty if there is none.
        package var lastWords: String
        /// The trials, by number.
        package var trials: [TrialID]
    }

    /// A failed trial.
    package struct Trial: Hashable, Sendable {
        /// The trial.
        package var trial: TrialID
        /// Why it failed, from the store.
        package var reason: String
        /// Whether it was promoted before.
        package var wasPromoted: Bool

        /// A failed trial from its parts.
        package init(trial: TrialID, reason: String, wasPromoted: Bool) {
            self.trial = trial
            self.reason = reason
            self.wasPromoted = wasPromoted
        }
    }

    /// How many trials the study has sampled.
    package let sampled: Int
    /// The failed trials, by number.
    package let trials: [Trial]
    /// The causes, the commonest first.
    package let causes: [Cause]

    /// The share of trials that may fail alike without an alarm: one in this many.
    private static let tolerable = 10

    /// What failed trials have in common.
    package init(sampled: Int, trials: [Trial]) {
        self.sampled = sampled
        self.trials = trials
        var causes: [String: Cause] = [:]
        for trial in trials {
            let (reason, lastWords) = FailureSummary.parts(of: trial.reason)
            var cause =
                causes[FailureSummary.alike(reason)]
                ?? Cause(reason: reason, lastWords: lastWords, trials: [])
            cause.trials.append(trial.trial)
            if !lastWords.isEmpty { cause.lastWords = lastWords }
            causes[FailureSummary.alike(reason)] = cause
        }
        self.causes = causes.values.sorted {
            ($1.trials.count, $0.trials[0]) < ($0.trials.count, $1.trials[0])
        }
    }

    /// The failed trials that had been promoted, and so had done well.
    package var promoted: [TrialID] { trials.filter(\.wasPromoted).map(\.trial) }

    /// Whether this is more than bad luck: a promoted trial failed, or at least two trials and more than a tenth of all
    /// failed alike.
    package var isAlarming: Bool {
        guard let most = causes.first?.trials.count else { return false }
        return !promoted.isEmpty || most > 1 && most * FailureSummary.tolerable > sampled
    }

    /// A reason without the command's output, and the last line of that output.
    private static func parts(of reason: String) -> (reason: String, lastWords: String) {
        var rest = reason[...]
        if rest.hasSuffix(" tries)"), let range = rest.range(of: " (after ", options: .backwards) {
            rest = rest[..<range.lowerBound]
        }
        guard let range = rest.range(of: AttemptEnded.lastWords) else { return (String(rest), "") }
        let lines = rest[range.upperBound...].split(whereSeparator: \.isNewline)
        let last = lines.last { line in line.contains { !$0.isWhitespace } }
        return (String(rest[..<range.lowerBound]), last.map(String.init) ?? "")
    }

    /// The common part of reasons that differ only in resources, paths or other numbers. Exit codes and signals count.
    private static func alike(_ reason: String) -> String {
        for word in [" code ", "signal "] where reason.contains(word) { return reason }
        return reason.split { $0.isNumber }.joined(separator: "0")
    }
}

extension StoreReader {
    /// The failed trials.
    package func failures() throws -> FailureSummary {
        let sampled = try trialCounts().values.reduce(0, +)
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, reason, EXISTS (
                  SELECT 1 FROM rungs g JOIN results r ON r.rung = g.rung AND r.trial = t.id AND r.promoted = 1
                ) AS promoted
                FROM trials t WHERE state = 'failed' ORDER BY id
                """)
        return FailureSummary(
            sampled: sampled,
            trials: try rows.map {
                try FailureSummary.Trial(
                    trial: TrialID($0.value("id")), reason: $0.value("reason"),
                    wasPromoted: $0.value("promoted"))
            })
    }

    /// When the study ended, in seconds since 1970; `nil` while it has not.
    package func outcomeTime() throws -> Double? {
        try Double.fetchOne(database, sql: "SELECT time FROM outcome")
    }

    /// The seconds of a unit of resource, over the newest finished attempts together; `nil` before the first.
    package func secondsPerUnit() throws -> Double? {
        try Double.fetchOne(
            database,
            sql: """
                SELECT sum(seconds) / sum(units) FROM (
                  SELECT t.ended - t.started AS seconds, a."to" - a."from" AS units
                  FROM attempts t JOIN assignments a ON a.id = t.assignment
                  WHERE t.ended > t.started AND a."to" > a."from"
                    AND t.ending IN ('"finished"', '"wentOn"', '{"finished":{}}', '{"wentOn":{}}')
                  ORDER BY a.id DESC LIMIT 100)
                """)
    }
}
