import Controller
import Spool
import Store
import StudyFile
import Tuning

/// What is told of a study that is over, and the exit code that scripts go by.
struct FinalWords {
    /// The study.
    let setup: StudySetup
    /// Whether it is told as JSON.
    let json: Bool

    /// Tells the outcome.
    ///
    /// - Throws: the exit code, unless the study completed.
    func tell(_ outcome: StudyOutcome) throws {
        let directory = setup.directory.path
        let plan = setup.spec.plan
        let (best, set, agreements) = try Store.openSnapshot(setup.directory.snapshot).read { reader in
            (
                try reader.best(plan.objective.goal), try ParetoView(reader, plan, directory: directory),
                plan.others.isEmpty ? try reader.rankAgreements() : []
            )
        }
        if json {
            print(
                try StoreJSON.text(
                    OutcomeLine(outcome: outcome, best: best, set: set, directory: directory)))
        } else if let sentence = set.sentence {
            print(sentence)
            for line in set.lines() { print(line) }
        } else if let best, let value = best.value {
            let metric = plan.objective.metric
            print(
                "best trial: \(best.trial) with \(metric) = \(value) at resource \(best.resource ?? .none)")
        }
        if !json {
            if case .stopped(let reason) = outcome { print("the study was stopped: \(reason)") }
            for agreement in agreements where agreement.isPoor { print("warning: \(agreement)") }
        }
        switch outcome {
        case .completed where best != nil, .stopped where best != nil: return
        case .completed, .stopped:
            throw complaint("the study is over, and no trial has a usable result", code: 1)
        case .cancelled: throw complaint("the study was cancelled", code: 1)
        case .refused(let reason):
            throw complaint("the cluster refused the study's jobs: \(reason)", code: 1)
        case .tooManyFailures(let count, let last):
            throw complaint("stopped after \(count) trials failed in a row; the last one: \(last)", code: 1)
        }
    }
}

/// The outcome as `--json` prints it.
private struct OutcomeLine: Encodable {
    var outcome: StudyOutcome
    var trial: TrialID?
    var value: Double?
    var directory: String
    /// The trials that no other dominates, in a study with several metrics.
    var pareto: [TrialID]?

    init(outcome: StudyOutcome, best: StoreReader.TrialRow?, set: ParetoView, directory: String) {
        self.outcome = outcome
        if set.rows.isEmpty {
            trial = best?.trial
            value = best?.value
        } else {
            pareto = set.rows.map(\.row.trial)
        }
        self.directory = directory
    }
}
