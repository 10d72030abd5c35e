import DequeModule

/// One bracket of synchronous Successive Halving: n trials, of which each rung keeps the best 1/η once all its
/// results are in (Li et al., JMLR 18-185, 2018, Algorithm 1, lines 3 to 9).
///
/// A trial that failed or diverged counts as the worst of its rung and is not kept, so the rungs above may have
/// fewer trials than the paper's. One that the user has cancelled leaves its place empty.
struct HalvingBracket: Sendable {
    /// The level of its lowest rung.
    let first: Int
    /// n: how many trials it has; `nil`: all that come.
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

    /// Whether nobody is on the way in it, nobody waits, and nobody comes.
    var isOver: Bool {
        isFull && rungs.allSatisfy { ($0.isClosed || $0.expected == nil) && $0.kept.isEmpty }
    }

    /// A new trial.
    mutating func admit() { admitted += 1 }

    /// No further trial comes.
    mutating func close() {
        size = admitted
        rungs[0].expected = admitted
        closeRung(0)
    }

    /// A result at a level; `nil`: there will be none.
    mutating func record(_ trial: TrialID, level: Int, loss: Loss?) {
        if let loss {
            rungs[level - first].places.append(Place(loss: loss, trial: trial))
        } else {
            rungs[level - first].empty += 1
        }
        closeRung(level - first)
    }

    /// From the highest rung down, the best that was kept and has not gone on yet.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        for k in rungs.indices.dropLast().reversed() {
            guard let index = rungs[k].kept.firstIndex(where: { !isHeld($0) }) else { continue }
            return promotion(of: rungs[k].kept.remove(at: index), from: k)
        }
        return nil
    }

    /// Promotes the trial if its rung has kept it. It is asked for with the result that closes the rung.
    mutating func promote(_ trial: TrialID, level: Int) -> Promotion? {
        let k = level - first
        guard let index = rungs[k].kept.firstIndex(of: trial) else { return nil }
        return promotion(of: rungs[k].kept.remove(at: index), from: k)
    }

    private func promotion(of trial: TrialID, from k: Int) -> Promotion {
        let results = rungs[k].places.count
        return Promotion(
            trial: trial, rung: first + k + 1, results: results, kept: min(count(k + 1), results))
    }

    /// `top_k(T, L, ⌊n_i/η⌋)` of line 8, once all results are in.
    private mutating func closeRung(_ k: Int) {
        guard !rungs[k].isClosed, rungs[k].expected == rungs[k].places.count + rungs[k].empty else {
            return
        }
        rungs[k].isClosed = true
        guard k + 1 < rungs.count else { return }
        let best = rungs[k].places.ranked().prefix(count(k + 1))
        rungs[k].kept = Deque(best.filter(\.loss.isFinite).map(\.trial))
        rungs[k + 1].expected = rungs[k].kept.count
        closeRung(k + 1)
    }

    /// n_i = ⌊n·η^−i⌋ of line 5, by whole numbers.
    private func count(_ i: Int) -> Int {
        (0..<i).reduce(size ?? 0) { count, _ in count / reductionFactor }
    }
}

/// A rung of a bracket: it is closed when all its results are in.
private struct HalvingRung: Sendable {
    /// How many results there will be, those that were cancelled too; `nil` as long as that is open.
    var expected: Int?
    /// The results.
    var places: [Place] = []
    /// How many were cancelled.
    var empty = 0
    /// Whether all are in.
    var isClosed = false
    /// Who was kept and has not gone on yet, the best first.
    var kept: Deque<TrialID> = []
}
