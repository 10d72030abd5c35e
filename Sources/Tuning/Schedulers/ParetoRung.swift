/// The results at one resource level, and the trials promoted from it.
protocol PromotingRung: Sendable {
    /// n: the number of results, including failed and diverged trials.
    var results: Int { get }
    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { get }
    /// Adds the result of a trial that has none here yet.
    mutating func add(_ trial: TrialID, _ loss: Loss)
    /// Takes back the result of a trial that failed.
    mutating func retract(_ trial: TrialID)
    /// Marks a trial as promoted, whether it is among the best or not.
    ///
    /// - Returns: whether it was not promoted, and may have been.
    mutating func release(_ trial: TrialID) -> Bool
    /// Promotes the best trial that is among the best ⌊n/η⌋ and was not promoted; `nil` if there is none.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> TrialID?
    /// Promotes the trial whose result came last, if allowed.
    mutating func promote(_ trial: TrialID) -> Bool
    /// The worst trial that can never be promoted if at most this many results come, each named once; `nil` if all
    /// others may be.
    mutating func ruleOut(ofAtMost results: Int) -> TrialID?
    /// How many trials were ruled out.
    var ruledOut: Int { get }
}

/// A rung of MO-ASHA, ASHA with several metrics: Schmucker, Donini, Zafar, Salinas, Archambeau, "Multi-objective
/// Asynchronous Successive Halving", arXiv 2106.12639. The best ⌊n/η⌋ are the first by non-dominated sorting, and
/// within a front by the crowding distance of NSGA-II, the first of the paper's two criteria.
///
/// Deviations: a trial with a metric that is not a finite number is the worst of its rung, and equal results are ranked
/// by the trial's number. The paper has neither rule.
///
/// No trial is ruled out: a later result may move a trial, or a whole front, ahead.
struct ParetoRung: PromotingRung {
    private var share: ParetoShare
    private var promoted: Set<TrialID> = []
    /// The newest result, whose trial may be asked for by name.
    private var newest: RankedResult?

    /// - Parameter delay: how many results must be in before any trial is promoted.
    init(reductionFactor: Int, delay: Int = 0) {
        share = ParetoShare(reductionFactor: reductionFactor, delay: delay)
    }

    var results: Int { share.results }
    var kept: Int { share.kept }

    mutating func add(_ trial: TrialID, _ loss: Loss) {
        let result = RankedResult(loss: loss, trial: trial)
        newest = result
        share.add(result)
    }

    mutating func release(_ trial: TrialID) -> Bool { promoted.insert(trial).inserted }

    mutating func retract(_ trial: TrialID) { share.retract(RankedResult(loss: .worst, trial: trial)) }

    mutating func promote(except isHeld: (TrialID) -> Bool) -> TrialID? {
        let next = share.best { !promoted.contains($0) && !isHeld($0) }
        if let next { promoted.insert(next) }
        return next
    }

    let ruledOut = 0
    mutating func ruleOut(ofAtMost results: Int) -> TrialID? { nil }

    mutating func promote(_ trial: TrialID) -> Bool {
        guard let newest, newest.trial == trial, share.contains(newest) else { return false }
        return promoted.insert(trial).inserted
    }
}
