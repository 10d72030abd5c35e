import HeapModule

/// The results of a rung of a study with one metric, split into the best ⌊n/η⌋ and the others.
///
/// Each side is a heap, so that the border is known and adding a result takes O(log n).
struct BestShare: ResultShare {
    let reductionFactor: Int
    let least: Int
    let delay: Int
    private(set) var results = 0

    private var best = Heap<RankedResult>()
    private var others = Heap<RankedResult>()
    /// The greatest number that may ever be on the better side, as far as known.
    private var most = Int.max

    init(reductionFactor: Int, least: Int = 0, delay: Int = 0) {
        self.reductionFactor = reductionFactor
        self.least = least
        self.delay = delay
    }

    mutating func add(_ result: RankedResult) {
        results += 1
        if let border = best.max, result < border {
            others.insert(best.replaceMax(with: result))
        } else {
            others.insert(result)
        }
        while best.count < kept, let next = others.popMin() { best.insert(next) }
    }

    mutating func retract(_ result: RankedResult) {
        results -= 1
        best = Heap(best.unordered.filter { $0 != result })
        others = Heap(others.unordered.filter { $0 != result })
        while best.count > kept, let last = best.popMax() { others.insert(last) }
    }

    func contains(_ result: RankedResult) -> Bool {
        guard let border = best.max else { return false }
        return result <= border && result.loss.isFinite
    }
}

extension BestShare {
    /// Drops the results that can never be among the best, if at most this many ever are. Existing results only fall
    /// back as others come.
    ///
    /// - Parameter most: not fewer than are among the best now, and not more than before.
    mutating func drop(allBut most: Int) {
        self.most = most
        while best.count + others.count > most, others.popMax() != nil {}
    }

    /// Whether a result may be among the best now or later, given the calls of `drop`.
    func mayContain(_ result: RankedResult) -> Bool {
        guard result.loss.isFinite else { return false }
        if best.count + others.count < most { return true }
        return (others.max ?? best.max).map { result <= $0 } ?? false
    }
}
