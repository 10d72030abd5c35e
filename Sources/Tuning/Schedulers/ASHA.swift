/// The Asynchronous Successive Halving Algorithm, promoting variant: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur,
/// Hardt, Recht, Talwalkar, "A System for Massively Parallel Hyperparameter Tuning", arXiv 1810.05934, Algorithm 2.
/// Rung k here is the paper's rung k; `RungSpacing` has its resource.
///
/// Deviations:
/// - The paper's top rung is the last r·η^k that is at most R. By default ours is R itself (decision 0034).
/// - The paper draws new configurations forever. A study has a fixed number of trials, and ends when all are drawn and
///   none can be promoted.
/// - The paper has no failures. Here a trial that fails on its way to a rung, or whose result is not a finite number,
///   counts among the results of the rung as the worst, and is never promoted.
/// - A trial whose command is still saving what it has learned is skipped until that is done.
/// - Equal results are ranked by the trial's number; the paper leaves ties open.
/// - With a `delay`, no trial is promoted from a rung before it has that many results. With `maxPending`, a free worker
///   waits instead of starting a further trial while that many have no result.
public struct ASHA: Scheduler {
    /// The resource of each rung, from the lowest up.
    public private(set) var levels: [Resource]
    private var rungs: [any PromotingRung]
    private let maxPending: Int
    private let plan: ASHAPlan
    private let objectives: Int
    /// How many trials have no result in the lowest rung yet.
    private var pending = 0

    /// ASHA with these settings.
    ///
    /// - Parameter objectives: the number of metrics; with several it is MO-ASHA, see `ParetoRung`.
    public init(_ plan: ASHAPlan, objectives: Int = 1) {
        (self.plan, self.objectives) = (plan, objectives)
        levels = plan.rungs
        rungs = levels.map { _ in ASHA.rung(plan, objectives) }
        maxPending = plan.maxPending ?? .max
    }

    private static func rung(_ plan: ASHAPlan, _ objectives: Int) -> any PromotingRung {
        let (factor, delay) = (plan.reductionFactor, plan.delay ?? 0)
        if objectives > 1 { return ParetoRung(reductionFactor: factor, delay: delay) }
        return Rung(reductionFactor: factor, delay: delay)
    }

    /// The ladder grows where only R is greater: what was the top rung promotes its best ⌊n/η⌋ like any other.
    public mutating func grow(to other: SchedulerPlan) -> Bool {
        guard case .asha(let grown) = other else { return false }
        var same = grown
        (same.maxResource, same.spacing) = (plan.maxResource, plan.spacing)
        let above = grown.rungs.dropFirst(levels.count)
        guard same == plan, grown.rungs.starts(with: levels), !above.isEmpty else { return false }
        levels = grown.rungs
        rungs += above.map { _ in ASHA.rung(plan, objectives) }
        return true
    }

    /// The user sends a trial to the top.
    public mutating func release(_ trial: TrialID, from rung: Int) -> Bool { rungs[rung].release(trial) }

    /// A trial that failed is on its way again.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool {
        rungs[rung].retract(trial)
        if rung == 0 { pending += 1 }
        return true
    }

    /// The lowest rung, if fewer than `maxPending` trials are on their way to it.
    public func entry(of trial: TrialID) -> Int? { pending < maxPending ? 0 : nil }

    /// A new trial is on its way to the lowest rung.
    public mutating func admit(_ trial: TrialID) { pending += 1 }

    /// Algorithm 2, a completed job: updates the configuration in its rung with its loss.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        if rung == 0 { pending -= 1 }
        rungs[rung].add(trial, loss)
        return .waits
    }

    /// A trial that never reaches a rung does not count among its results.
    public mutating func withdraw(_ trial: TrialID, rung: Int) {
        if rung == 0 { pending -= 1 }
    }

    /// Algorithm 2, the first half of `get_job`: from the rung below the top down to the lowest, the first trial that
    /// is among the best ⌊|rung k|/η⌋ of its rung and was not promoted yet. `nil` leads to the second half: a new
    /// configuration for the lowest rung.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for k in rungs.indices.dropLast().reversed() {
            if let promotion = promote(from: k, except: isHeld) { return promotion }
        }
        return nil
    }

    /// The same for one rung.
    mutating func promote(from k: Int, except isHeld: (TrialID) -> Bool) -> Promotion? {
        rungs[k].promote(except: isHeld).map { promotion(of: $0, from: k) }
    }

    /// The same for one trial, whose worker waits for the answer: if it is among the best ⌊|rung k|/η⌋ and was not
    /// promoted yet, it continues in place.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? {
        guard rung + 1 < rungs.count, rungs[rung].promote(trial) else { return nil }
        return promotion(of: trial, from: rung)
    }

    /// From the lowest rung up, the worst trial that cannot be among the best ⌊n/η⌋ of its rung, even if n is the most
    /// results that the rung can ever have: further results can only push it back. For the lowest rung, n is the number
    /// of trials; for every other, the n of the rung below minus the trials ruled out there. (It is not ⌊n/η⌋ of the
    /// rung below: if trials get better and better, nearly all of them are promoted.)
    public mutating func ruleOut(ofAtMost trials: Int) -> TrialID? {
        var most = trials
        for k in rungs.indices.dropLast() {
            if let trial = rungs[k].ruleOut(ofAtMost: most) { return trial }
            most -= rungs[k].ruledOut
        }
        return nil
    }

    private func promotion(of trial: TrialID, from k: Int) -> Promotion {
        Promotion(
            trial: trial, rung: k + 1, results: rungs[k].results, ground: .amongBest(rungs[k].kept))
    }
}
