import Algorithms

/// Trials that may go on, and wait for a place.
///
/// The highest rung first, or the lowest, and in a rung the lower number. Few wait: no more than were in flight.
struct WaitingPromotions: Sendable {
    /// Which rung goes on first.
    enum Order: Sendable {
        case highestFirst, lowestFirst
    }

    private let order: Order
    /// Ascending, so that the next is the last.
    private var waiting: [Promotion] = []

    /// No trial waits yet.
    init(_ order: Order = .highestFirst) { self.order = order }

    /// The lowest rung that a trial waits to go to; `nil`: no trial waits.
    var lowestRung: Int? { (order == .lowestFirst ? waiting.last : waiting.first)?.rung }

    /// A trial may go on.
    mutating func add(_ promotion: Promotion) {
        let index = waiting.partitioningIndex { !isAfter($0, promotion) }
        waiting.insert(promotion, at: index)
    }

    /// The next to go on, of those that can.
    mutating func next(except isHeld: (TrialID) -> Bool) -> Promotion? {
        waiting.lastIndex { !isHeld($0.trial) }.map { waiting.remove(at: $0) }
    }

    /// A trial goes on now, if it was told to.
    mutating func take(_ trial: TrialID) -> Promotion? {
        waiting.lastIndex { $0.trial == trial }.map { waiting.remove(at: $0) }
    }

    private func isAfter(_ left: Promotion, _ right: Promotion) -> Bool {
        if left.rung == right.rung { return left.trial > right.trial }
        return order == .highestFirst ? left.rung < right.rung : left.rung > right.rung
    }
}
