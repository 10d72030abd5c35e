/// The stopping variant of ASHA: a trial continues at once or is stopped for good. It is a different algorithm from
/// Algorithm 2 of arXiv 1810.05934, which pauses and promotes (`ASHA`). The paper's first implementations and most
/// tools have this variant under the paper's name.
///
/// At each rung, a trial continues if it is among the best max(1, ⌊n/η⌋) of the n results there so far, including its
/// own, and still is in every rung that it has passed, where others have arrived since. No trial waits, and none is
/// promoted later.
///
/// So the first trial to arrive always continues, whatever its result. A failed trial counts as the worst in the rung
/// that it was on its way to; equal results are ranked by number.
public struct ASHAStopping: Scheduler {
    /// The resource of each rung, from the lowest up.
    public let levels: [Resource]
    private var rungs: [any ResultShare]
    /// The results of each running trial, from the lowest rung up.
    private var passed: [TrialID: [Loss]] = [:]
    private var onward = WaitingPromotions()

    /// The stopping variant with these settings, for this many metrics.
    public init(_ plan: ASHAPlan, objectives: Int = 1) {
        levels = plan.rungs
        let (factor, delay) = (plan.reductionFactor, plan.delay ?? 0)
        rungs = levels.map { _ -> any ResultShare in
            if objectives > 1 { return ParetoShare(reductionFactor: factor, least: 1, delay: delay) }
            return BestShare(reductionFactor: factor, least: 1, delay: delay)
        }
    }

    /// Judges a trial in its rung, and again in each rung that it has passed.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        rungs[rung].add(RankedResult(loss: loss, trial: trial))
        let losses = passed.removeValue(forKey: trial, default: []) + [loss]
        // One that failed may be tried again.
        if !loss.isFinite, losses.count > 1 { passed[trial] = losses.dropLast() }
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

    /// A trial that failed is on its way again.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool {
        rungs[rung].retract(RankedResult(loss: .worst, trial: trial))
        return true
    }

    /// The trial has ended.
    public mutating func withdraw(_ trial: TrialID, rung: Int) { passed[trial] = nil }

    /// The next trial that was told to continue.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        onward.next(except: isHeld)
    }

    /// Whether it was told to continue.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? { onward.take(trial) }
}

extension Dictionary {
    /// Removes and returns a value; the default if there is none.
    fileprivate mutating func removeValue(forKey key: Key, default value: Value) -> Value {
        removeValue(forKey: key) ?? value
    }
}
