import HeapModule

/// The results at one resource level, and which of their trials were promoted from it.
///
/// Adding a result and promoting a trial take O(log n) in the number of results: of the results, those
/// among the best ⌊n/η⌋ and the rest are kept in a heap each, so that the border between them is known.
struct Rung: Sendable {
    /// η: the best 1/η of the results may be promoted.
    let reductionFactor: Int
    /// n: the number of results, of failed and diverged trials too.
    private(set) var results = 0
    /// How many trials were promoted from here.
    private(set) var promoted = 0

    /// The best ⌊n/η⌋ results.
    private var top = Heap<Place>()
    /// The other results.
    private var rest = Heap<Place>()
    /// All results whose trials were not promoted, and those of `taken`.
    private var waiting = Heap<Place>()
    /// Trials that were promoted while others stood before them in `waiting`, and are still in there.
    private var taken: Set<TrialID> = []
    /// The newest result: the one whose trial may be asked for by name.
    private var newest: Place?

    init(reductionFactor: Int) { self.reductionFactor = reductionFactor }

    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { results / reductionFactor }

    /// Takes in the result of a trial that has none here yet.
    mutating func add(_ trial: TrialID, _ loss: Loss) {
        let place = Place(loss: loss, trial: trial)
        newest = place
        results += 1
        waiting.insert(place)
        if let border = top.max, place < border {
            rest.insert(top.replaceMax(with: place))
        } else {
            rest.insert(place)
        }
        while top.count < kept, let next = rest.popMin() { top.insert(next) }
    }

    /// The best trial that is among the best ⌊n/η⌋ and was not promoted, now marked as promoted; `nil`
    /// when there is none. A result that is not a finite number is never promoted.
    ///
    /// - Parameter isHeld: whether a trial cannot go on at this moment. Few are, so they are looked at in turn.
    mutating func promote(except isHeld: (TrialID) -> Bool) -> TrialID? {
        var held: [Place] = []
        defer { waiting.insert(contentsOf: held) }
        while let best = waiting.min, isAmongBest(best) {
            waiting.removeMin()
            if taken.remove(best.trial) != nil { continue }
            if isHeld(best.trial) {
                held.append(best)
                continue
            }
            if newest == best { newest = nil }
            promoted += 1
            return best.trial
        }
        return nil
    }

    /// Promotes the trial whose result came last, if it may be.
    ///
    /// - Returns: whether it is promoted.
    mutating func promote(_ trial: TrialID) -> Bool {
        guard let place = newest, place.trial == trial, isAmongBest(place) else { return false }
        taken.insert(trial)
        newest = nil
        promoted += 1
        return true
    }

    private func isAmongBest(_ place: Place) -> Bool {
        guard let border = top.max else { return false }
        return place <= border && place.loss.isFinite
    }

    /// A result's place: by loss, and among equals by the trial's number, never by arrival.
    private struct Place: Comparable {
        let loss: Loss
        let trial: TrialID

        static func < (left: Place, right: Place) -> Bool {
            (left.loss, left.trial) < (right.loss, right.trial)
        }
    }
}
