import HeapModule

/// The results of a rung, split at a border: the best ⌊n/η⌋ of them, and the others.
///
/// Each side is a heap, so that the border is known and a result is taken in within O(log n).
struct BestShare: Sendable {
    /// η: the best 1/η of the results are on the better side.
    let reductionFactor: Int
    /// How many are on the better side at the least, once there are so many.
    let least: Int
    /// How many results must be in before any is on the better side.
    let delay: Int
    /// n: the number of results, of failed and diverged trials too.
    private(set) var results = 0

    private var best = Heap<Place>()
    private var others = Heap<Place>()

    init(reductionFactor: Int, least: Int = 0, delay: Int = 0) {
        self.reductionFactor = reductionFactor
        self.least = least
        self.delay = delay
    }

    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { results < delay ? 0 : max(min(least, results), results / reductionFactor) }

    /// Takes in a result.
    mutating func add(_ place: Place) {
        results += 1
        if let border = best.max, place < border {
            others.insert(best.replaceMax(with: place))
        } else {
            others.insert(place)
        }
        while best.count < kept, let next = others.popMin() { best.insert(next) }
    }

    /// Whether a result that was taken in is among the best. One that is not a finite number never is.
    func contains(_ place: Place) -> Bool {
        guard let border = best.max else { return false }
        return place <= border && place.loss.isFinite
    }
}

/// A result's place: by loss, and among equals by the trial's number, never by arrival.
struct Place: Hashable, Comparable, Sendable {
    let loss: Loss
    let trial: TrialID

    static func < (left: Place, right: Place) -> Bool {
        (left.loss, left.trial) < (right.loss, right.trial)
    }
}
