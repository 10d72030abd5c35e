import DequeModule
import HeapModule

/// One bracket of synchronous Successive Halving: n trials, of which each rung keeps the best 1/η when all its results
/// are in (Li et al., JMLR 18-185, 2018, Algorithm 1, lines 3 to 9).
///
/// A failed or diverged trial counts as the worst of its rung and is not kept, so higher rungs may have fewer trials
/// than in the paper. A trial cancelled by the user leaves its place empty.
struct HalvingBracket: Sendable {
    /// The level of its lowest rung.
    let first: Int
    /// n: the number of its trials; `nil` for all that come.
    private(set) var size: Int?
    private let reductionFactor: Int
    private var admitted = 0
    private var rungs: [HalvingRung]

    /// A bracket without trials yet, from level `first` to level `top`.
    init(first: Int, top: Int, size: Int?, reductionFactor: Int) {
        self.first = first
        self.size = size
        self.reductionFactor = reductionFactor
        rungs = (first...top).map { _ in HalvingRung() }
        rungs[0].expected = size
    }

    /// Whether it has all its trials.
    var isFull: Bool { admitted == size }

    /// Whether none of its trials runs or waits, and no further one comes.
    var isOver: Bool {
        isFull && rungs.allSatisfy { ($0.isClosed || $0.expected == nil) && $0.kept.isEmpty }
    }

    /// Adds a new trial.
    mutating func admit() { admitted += 1 }

    /// No further trial comes.
    mutating func close() {
        size = admitted
        rungs[0].expected = admitted
        closeRung(0)
    }

    /// A result at a level; `nil` if there will be none.
    mutating func record(_ trial: TrialID, level: Int, loss: Loss?) {
        if let loss {
            rungs[level - first].results.append(RankedResult(loss: loss, trial: trial))
        } else {
            rungs[level - first].empty += 1
        }
        closeRung(level - first)
    }

    /// Takes back the result of a trial that failed, as long as its rung is open.
    ///
    /// - Returns: whether it was.
    mutating func retract(_ trial: TrialID, level: Int) -> Bool { rungs[level - first].retract(trial) }

    /// From the highest rung down, the best trial that was kept and was not promoted yet.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for k in rungs.indices.dropLast().reversed() {
            guard let index = rungs[k].kept.firstIndex(where: { !isHeld($0) }) else { continue }
            return promotion(of: rungs[k].kept.remove(at: index), from: k)
        }
        return nil
    }

    /// Promotes the trial if its rung has kept it. Called with the result that closes the rung.
    mutating func promote(_ trial: TrialID, level: Int) -> Promotion? {
        let k = level - first
        guard let index = rungs[k].kept.firstIndex(of: trial) else { return nil }
        return promotion(of: rungs[k].kept.remove(at: index), from: k)
    }

    /// The next trial that its rung has not kept, or cannot keep because enough others are better already.
    ///
    /// - Parameter trials: the greatest number of trials in the bracket, if its size is not known.
    mutating func ruleOut(ofAtMost trials: Int) -> TrialID? {
        for k in rungs.indices.dropLast() {
            if let trial = rungs[k].ruleOut(keeping: count(k + 1, of: size ?? trials)) { return trial }
        }
        return nil
    }

    /// The trials that no rung has kept, without those named before.
    var dropped: [TrialID] { rungs.flatMap(\.dropped) }

    private func promotion(of trial: TrialID, from k: Int) -> Promotion {
        let results = rungs[k].results.count
        return Promotion(
            trial: trial, rung: first + k + 1, results: results,
            ground: .amongBest(min(count(k + 1), results)))
    }

    /// `top_k(T, L, ⌊n_i/η⌋)` of line 8, once all results are in.
    private mutating func closeRung(_ k: Int) {
        guard !rungs[k].isClosed, rungs[k].expected == rungs[k].results.count + rungs[k].empty else {
            return
        }
        rungs[k].isClosed = true
        guard k + 1 < rungs.count else { return }
        rungs[k].keep(count(k + 1))
        rungs[k + 1].expected = rungs[k].kept.count
        closeRung(k + 1)
    }

    /// n_i = ⌊n·η^−i⌋ of line 5, in whole numbers.
    private func count(_ i: Int) -> Int { count(i, of: size ?? 0) }

    private func count(_ i: Int, of size: Int) -> Int {
        (0..<i).reduce(size) { count, _ in count / reductionFactor }
    }
}

/// A rung of a bracket. It is closed when all its results are in.
private struct HalvingRung: Sendable {
    /// The number of results, including cancelled ones; `nil` while it is open.
    var expected: Int?
    /// The results.
    var results: [RankedResult] = []
    /// How many trials were cancelled.
    var empty = 0
    /// Whether all results are in.
    var isClosed = false
    /// The trials that were kept and not promoted yet, from the best.
    var kept: Deque<TrialID> = []
    /// After closing: the trials that were not kept and not ruled out before.
    private(set) var dropped: [TrialID] = []
    /// While the rung is open and there is one metric: the results that were looked at and not ruled out. With several
    /// metrics, a later result may still put the last one first.
    private var contenders = Heap<RankedResult>()
    /// How many results were looked at.
    private var looked = 0
    /// The trials that were ruled out while the rung was open.
    private var named: Set<TrialID> = []

    /// Keeps this many of the best finite results.
    mutating func keep(_ count: Int) {
        let ranked = results.ranked()
        // One that was ruled out has given its checkpoint up, also where more trials have come than was known then.
        let isKept = { [named] (index: Int) in
            index < count && ranked[index].loss.isFinite && !named.contains(ranked[index].trial)
        }
        kept = Deque(ranked.indices.filter(isKept).map { ranked[$0].trial })
        dropped = ranked.indices.filter { !isKept($0) }.map { ranked[$0].trial }.filter {
            !named.contains($0)
        }
        (contenders, named) = (Heap(), [])
    }

    /// Takes back the result of a trial that failed.
    ///
    /// - Returns: whether the rung is open, and has it.
    mutating func retract(_ trial: TrialID) -> Bool {
        let result = RankedResult(loss: .worst, trial: trial)
        guard !isClosed, let index = results.firstIndex(of: result) else { return false }
        results.remove(at: index)
        if index < looked { looked -= 1 }
        contenders = Heap(contenders.unordered.filter { $0 != result })
        named.remove(trial)
        return true
    }

    /// The next trial that is not kept, or cannot be if at most this many are kept.
    mutating func ruleOut(keeping count: Int) -> TrialID? {
        guard !isClosed else { return dropped.popLast() }
        for result in results[looked...] where result.loss.further.isEmpty { contenders.insert(result) }
        looked = results.count
        guard let worst = contenders.max, contenders.count > count || !worst.loss.isFinite else {
            return nil
        }
        contenders.removeMax()
        named.insert(worst.trial)
        return worst.trial
    }
}
