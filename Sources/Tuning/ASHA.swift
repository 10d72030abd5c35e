/// The Asynchronous Successive Halving Algorithm, promoting variant: Li, Jamieson, Rostamizadeh,
/// Gonina, Ben-tzur, Hardt, Recht, Talwalkar, "A System for Massively Parallel Hyperparameter Tuning",
/// arXiv 1810.05934, Algorithm 2. Rung k here is the paper's rung k, at resource r·η^(s+k).
///
/// Deviations:
/// - The paper draws new configurations for ever. A study has a number of trials, and ends when all are
///   drawn and none can be promoted.
/// - The paper has no failures. Here a trial that fails on its way to a rung, and one whose result is not a
///   finite number, count among the results of the rung as the worst, and are never promoted.
/// - A trial whose command is still saving what it has learned is passed over until that is done.
/// - Results that are equal are ranked by the trial's number; the paper leaves ties open.
public struct ASHA: Scheduler {
    /// The resource of each rung from the lowest up.
    public let levels: [Resource]
    private var rungs: [Rung]

    /// ASHA with these settings.
    public init(_ plan: ASHAPlan) {
        levels = plan.rungs
        rungs = levels.map { _ in Rung(reductionFactor: plan.reductionFactor) }
    }

    /// Algorithm 2, a completed job: updates the configuration in its rung with its loss.
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) {
        rungs[rung].add(trial, loss)
    }

    /// Algorithm 2, the first half of `get_job`: from the rung below the top down to the lowest, the first
    /// trial that is among the best ⌊|rung k|/η⌋ of its rung and was not promoted yet. `nil`: the second
    /// half, a new configuration for the lowest rung.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for k in rungs.indices.dropLast().reversed() {
            if let trial = rungs[k].promote(except: isHeld) { return promotion(of: trial, from: k) }
        }
        return nil
    }

    /// The same question for one trial, whose worker waits for the answer: if it is among the best ⌊|rung k|/η⌋ and
    /// was not promoted yet, it goes on where it is.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        guard rung + 1 < rungs.count, rungs[rung].promote(trial) else { return nil }
        return promotion(of: trial, from: rung)
    }

    private func promotion(of trial: TrialID, from k: Int) -> Promotion {
        Promotion(trial: trial, rung: k + 1, results: rungs[k].results, kept: rungs[k].kept)
    }
}
