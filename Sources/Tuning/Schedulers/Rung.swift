import HeapModule

/// A rung of a study with one metric: the results at one resource level, and the promoted trials.
///
/// Adding a result and promoting a trial take O(log n) for n results.
struct Rung: PromotingRung {
    /// Which results are among the best ⌊n/η⌋.
    private var share: BestShare
    /// The results of all trials that were not promoted, and of those in `taken`.
    private var waiting = Heap<RankedResult>()
    /// Trials that were promoted while others were ahead of them in `waiting`, and are still in there.
    private var taken: Set<TrialID> = []
    /// The newest result, whose trial may be asked for by name.
    private var newest: RankedResult?
    /// How many trials were ruled out.
    private(set) var ruledOut = 0

    /// - Parameter delay: how many results must be in before any trial is promoted.
    init(reductionFactor: Int, delay: Int = 0) {
        share = BestShare(reductionFactor: reductionFactor, delay: delay)
    }

    /// n: the number of results, including failed and diverged trials.
    var results: Int { share.results }

    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { share.kept }

    /// Adds the result of a trial that has none here yet.
    mutating func add(_ trial: TrialID, _ loss: Loss) {
        let result = RankedResult(loss: loss, trial: trial)
        newest = result
        waiting.insert(result)
        share.add(result)
    }

    /// Marks a trial as promoted, whether it is among the best or not.
    ///
    /// - Returns: whether it waits here.
    mutating func release(_ trial: TrialID) -> Bool {
        guard waiting.unordered.contains(where: { $0.trial == trial && $0.loss.isFinite }) else {
            return false
        }
        if newest?.trial == trial { newest = nil }
        return taken.insert(trial).inserted
    }

    /// Takes back the result of a trial that failed.
    mutating func retract(_ trial: TrialID) {
        let result = RankedResult(loss: .worst, trial: trial)
        let left = waiting.unordered.filter { $0 != result }
        if left.count == waiting.count { ruledOut -= 1 }
        waiting = Heap(left)
        if newest == result { newest = nil }
        share.retract(result)
    }

    /// Promotes the best trial that is among the best ⌊n/η⌋ and was not promoted; `nil` if there is none. A result that
    /// is not a finite number is never promoted.
    ///
    /// - Parameter isHeld: whether a trial cannot continue now. Few are held, so they are checked one by one.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> TrialID? {
        var held: [RankedResult] = []
        defer { waiting.insert(contentsOf: held) }
        while let best = waiting.min, share.contains(best) {
            waiting.removeMin()
            if taken.remove(best.trial) != nil { continue }
            if isHeld(best.trial) {
                held.append(best)
                continue
            }
            if newest == best { newest = nil }
            return best.trial
        }
        return nil
    }

    /// Promotes the trial whose result came last, if allowed.
    ///
    /// - Returns: whether it was promoted.
    mutating func promote(_ trial: TrialID) -> Bool {
        guard let result = newest, result.trial == trial, share.contains(result) else { return false }
        taken.insert(trial)
        newest = nil
        return true
    }

    /// The worst trial that was not promoted and never can be if at most this many results come; `nil` if all others
    /// may be.
    ///
    /// - Parameter results: not fewer than there are, and not more than in earlier calls.
    mutating func ruleOut(ofAtMost results: Int) -> TrialID? {
        share.drop(allBut: results / share.reductionFactor)
        while let worst = waiting.max, !share.mayContain(worst) {
            waiting.removeMax()
            if taken.remove(worst.trial) != nil { continue }
            ruledOut += 1
            return worst.trial
        }
        return nil
    }
}
