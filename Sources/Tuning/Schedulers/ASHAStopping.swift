/// The stopping variant of ASHA: a trial goes on at once or is stopped for good. It is an algorithm of its own,
/// not Algorithm 2 of arXiv 1810.05934, which pauses and promotes (`ASHA`); the paper's first implementations
/// and most tools have this one under the paper's name.
///
/// At each rung a trial goes on if it is among the best max(1, ⌊n/η⌋) of the n results there so far, its own
/// included, and still is in every rung that it has passed: others have arrived there since. No trial waits, and
/// none is promoted later.
///
/// What follows from that: the first to arrive always goes on, whatever its result.
/// A trial that failed counts in the rung it was on its way to, as the worst; equals are ranked by number.
public struct ASHAStopping: Scheduler {
    /// The resource of each rung from the lowest up.
    public let levels: [Resource]
    private var rungs: [any ResultShare]
    /// The results of each trial that is on its way, from the lowest rung up.
    private var passed: [TrialID: [Loss]] = [:]
    private var onward = WaitingPromotions()

    /// The stopping variant with these settings, for so many metrics.
    public init(_ plan: ASHAPlan, objectives: Int = 1) {
        levels = plan.rungs
        let (factor, delay) = (plan.reductionFactor, plan.delay ?? 0)
        rungs = levels.map { _ -> any ResultShare in
            if objectives > 1 { return ParetoShare(reductionFactor: factor, least: 1, delay: delay) }
            return BestShare(reductionFactor: factor, least: 1, delay: delay)
        }
    }

    /// Judges a trial in its rung, and once more in each that it has passed.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        rungs[rung].add(RankedResult(loss: loss, trial: trial))
        let losses = passed.removeValue(forKey: trial, default: []) + [loss]
        guard loss.isFinite, rung + 1 < levels.count else { return .stops }
        let isAmongBest = losses.indices.allSatisfy { k in
            rungs[k].results < rungs[k].delay
                || rungs[k].contains(RankedResult(loss: losses[k], trial: trial))
        }
        guard isAmongBest else { return .stops }
        passed[trial] = losses
        let (results, kept) = (rungs[rung].results, rungs[rung].kept)
        onward.add(
            Promotion(
                trial: trial, rung: rung + 1, results: results,
                ground: kept > 0 ? .amongBest(kept) : .unstopped))
        return .waits
    }

    /// The trial is gone.
    public mutating func withdraw(_ trial: TrialID, rung: Int) { passed[trial] = nil }

    /// The next of those that were told to go on.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        onward.next(except: isHeld)
    }

    /// Whether it was told to go on.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? { onward.take(trial) }
}

extension Dictionary {
    /// Takes a value out; a default where there is none.
    fileprivate mutating func removeValue(forKey key: Key, default value: Value) -> Value {
        removeValue(forKey: key) ?? value
    }
}
