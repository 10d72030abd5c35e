import ArgumentParser
import Controller
import Foundation
import Report
import Spool
import Store
import StudyFile
import Tuning

/// What is printed about a study that is over, and the exit code for scripts.
struct FinalWords {
    /// The study is over and has a result, but so many trials failed that someone should look.
    static let alarm: Int32 = 6

    /// The study.
    let setup: StudySetup
    /// Whether to print JSON.
    let json: Bool
    /// Whether the study was over before this command began.
    var wasOver = false

    /// Prints the outcome.
    ///
    /// - Throws: the exit code, unless the study ended as it should.
    func tell(_ outcome: StudyOutcome) throws {
        let directory = setup.directory.path
        let plan = setup.spec.plan
        let story = try setup.directory.readLastState { reader in
            Story(
                best: try reader.best(plan.objective.goal),
                broken: try reader.best(plan.objective.goal).flatMap {
                    try reader.brokenBounds(of: $0.trial, plan)
                },
                set: try ParetoView(reader, plan, directory: directory),
                agreements: plan.others.isEmpty ? try reader.rankAgreements() : [],
                failures: try FailureReport(reader, directory: directory), counts: try reader.trialCounts(),
                ended: try reader.outcomeTime())
        }
        if json {
            print(try StoreJSON.text(OutcomeLine(outcome, story, directory: directory, wasOver: wasOver)))
        } else {
            for line in lines(outcome, story) { print(line) }
        }
        if let alarm = story.failures.alarm, !json { say("WARNING: \(alarm)") }
        try leave(outcome, story)
    }

    /// The results of a study.
    private struct Story {
        let best: StoreReader.TrialRow?
        /// The bounds that it breaks; `nil` in a study without bounds.
        let broken: BrokenBounds?
        let set: ParetoView
        let agreements: [RankAgreement]
        let failures: FailureReport
        let counts: [String: Int]
        let ended: Double?
    }

    private func lines(_ outcome: StudyOutcome, _ story: Story) -> [String] {
        let states = story.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let total = story.counts.values.reduce(0, +)
        var lines: [String] = []
        if wasOver {
            lines.append(
                "the study in \(setup.directory.path) ended on \(Numbers.moment(story.ended)); there was nothing left to run"
            )
        }
        switch outcome {
        case .completed, .stopped: lines += StatusView.words(outcome)
        // Printed on standard error, like all errors.
        case .cancelled, .refused, .tooManyFailures: break
        }
        lines.append("\(total) trials: \(states.joined(separator: ", "))")
        lines += story.failures.lines()
        if let sentence = story.set.sentence {
            lines.append(sentence)
            lines += story.set.lines()
        } else if let best = story.best, let value = best.value {
            lines.append(
                "best trial: \(best.trial) with \(setup.spec.plan.objective.metric) = \(value) at resource "
                    + "\(best.resource ?? .none)")
            if let words = story.broken?.words {
                lines.append("warning: no trial keeps all bounds; this one has \(words)")
            }
            lines.append(
                "  the command that runs it again: stune best \(Shell.quoted(setup.directory.path))")
        }
        lines += story.agreements.filter(\.isPoor).map { "warning: \($0)" }
        return lines
    }

    private func leave(_ outcome: StudyOutcome, _ story: Story) throws {
        switch outcome {
        case .completed, .stopped:
            guard story.best != nil else {
                throw complaint(
                    "the study is over, and no trial has a usable result; 'stune trials "
                        + "\(Shell.quoted(setup.directory.path))' lists what became of each", code: 1)
            }
            if story.failures.alarm != nil { throw ExitCode(FinalWords.alarm) }
        case .cancelled, .refused, .tooManyFailures:
            throw complaint((StatusView.words(outcome) + wayOn(outcome)).joined(separator: "\n"), code: 1)
        }
    }

    /// How a study goes on that ended before it was complete.
    private func wayOn(_ outcome: StudyOutcome) -> [String] {
        let directory = setup.directory.path
        let run = Resumption.command(
            studyFile: setup.studyFile ?? "STUDY_FILE", directory: directory, cluster: setup.clusterName)
        switch outcome {
        case .cancelled: return ["  go on with: \(run)"]
        case .refused: return ["  mend the cause, such as slurm.partition in the study file, then: \(run)"]
        case .tooManyFailures:
            return [
                "  mend the cause, then: stune retry \(Shell.quoted(directory)) --failed", "  and: \(run)",
            ]
        case .completed, .stopped: return []
        }
    }

    /// The output of `--json`.
    private struct OutcomeLine: Encodable {
        /// How the study ended, in a word and in a sentence.
        var state, outcome: String
        var wasOver: Bool
        var trial: TrialID?
        var value: Double?
        var directory: String
        var trials: [String: Int]
        var failures: FailureReport
        /// The trials that no other dominates, for a study with several metrics.
        var pareto: [TrialID]?

        init(_ outcome: StudyOutcome, _ story: Story, directory: String, wasOver: Bool) {
            (state, self.wasOver, self.directory) = (outcome.state, wasOver, directory)
            self.outcome = StatusView.words(outcome).joined(separator: "\n")
            (trials, failures) = (story.counts, story.failures)
            if story.set.rows.isEmpty {
                (trial, value) = (story.best?.trial, story.best?.value)
            } else {
                pareto = story.set.rows.map(\.row.trial)
            }
        }
    }
}
