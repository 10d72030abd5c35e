import HeapModule

/// A rung of a study with one metric: the results at one resource level, and which of their trials were promoted.
///
/// Adding a result and promoting a trial take O(log n) in the number of results.
struct Rung: PromotingRung {
    /// Which results are among the best ⌊n/η⌋.
    private var share: BestShare
    /// All results whose trials were not promoted, and those of `taken`.
    private var waiting = Heap<RankedResult>()
    /// Trials that were promoted while others stood before them in `waiting`, and are still in there.
    private var taken: Set<TrialID> = []
    /// The newest result: the one whose trial may be asked for by name.
    private var newest: RankedResult?
    /// How many trials were ruled out.
    private(set) var ruledOut = 0

    /// - Parameter delay: how many results must be in before anyone is promoted.
    init(reductionFactor: Int, delay: Int = 0) {
        share = BestShare(reductionFactor: reductionFactor, delay: delay)
    }

    /// n: the number of results, of failed and diverged trials too.
    var results: Int { share.results }

    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { share.kept }

    /// Takes in the result of a trial that has none here yet.
    mutating func add(_ trial: TrialID, _ loss: Loss) {
        let result = RankedResult(loss: loss, trial: trial)
        newest = result
        waiting.insert(result)
        share.add(result)
    }

    /// The best trial that is among the best ⌊n/η⌋ and was not promoted, now marked as promoted; `nil`
    /// when there is none. A result that is not a finite number is never promoted.
    ///
    /// - Parameter isHeld: whether a trial cannot go on at this moment. Few are, so they are looked at in turn.
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

    /// Promotes the trial whose result came last, if it may be.
    ///
    /// - Returns: whether it is promoted.
    mutating func promote(_ trial: TrialID) -> Bool {
        guard let result = newest, result.trial == trial, share.contains(result) else { return false }
        taken.insert(trial)
        newest = nil
        return true
    }

    /// The worst of the trials that were not promoted and never will be, where at most so many results come; `nil`:
    /// each other may be.
    ///
    /// - Parameter results: not fewer than there are, and not more than when asked before.
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
