/// Trials that were told to go on and whose workers have left: they go on as soon as there is a place.
///
/// The highest rung first, and in a rung the lower number. Few wait: no more than were in flight.
struct Onward: Sendable {
    /// Ascending, so that the next is the last.
    private var waiting: [Promotion] = []

    /// A trial may go on.
    mutating func add(_ promotion: Promotion) {
        var (low, high) = (0, waiting.count)
        while low < high {
            let middle = (low + high) / 2
            if Onward.isAfter(waiting[middle], promotion) { low = middle + 1 } else { high = middle }
        }
        waiting.insert(promotion, at: low)
    }

    /// The next to go on, except who cannot.
    mutating func next(except isHeld: (TrialID) -> Bool) -> Promotion? {
        waiting.lastIndex { !isHeld($0.trial) }.map { waiting.remove(at: $0) }
    }

    /// A trial goes on now, if it was told to.
    mutating func take(_ trial: TrialID) -> Promotion? {
        waiting.lastIndex { $0.trial == trial }.map { waiting.remove(at: $0) }
    }

    private static func isAfter(_ left: Promotion, _ right: Promotion) -> Bool {
        (left.rung, right.trial) < (right.rung, left.trial)
    }
}
