import Algorithms

/// Trials that may continue and wait for a place.
///
/// The highest rung goes first, or the lowest, and within a rung the lower number. Few wait: at most as many as were
/// running.
struct WaitingPromotions: Sendable {
    /// Which rung goes on first.
    enum Order: Sendable {
        case highestFirst, lowestFirst
    }

    private let order: Order
    /// Ascending, so that the next to go is the last.
    private var waiting: [Promotion] = []

    /// An empty queue.
    init(_ order: Order = .highestFirst) { self.order = order }

    /// The lowest rung that a trial waits to go to; `nil` if none waits.
    var lowestRung: Int? { (order == .lowestFirst ? waiting.last : waiting.first)?.rung }

    /// A trial may continue.
    mutating func add(_ promotion: Promotion) {
        let index = waiting.partitioningIndex { !isAfter($0, promotion) }
        waiting.insert(promotion, at: index)
    }

    /// Removes the next trial that can continue.
    mutating func next(except isHeld: (TrialID) -> Bool) -> Promotion? {
        waiting.lastIndex { !isHeld($0.trial) }.map { waiting.remove(at: $0) }
    }

    /// Removes a trial that continues now, if it may.
    mutating func take(_ trial: TrialID) -> Promotion? {
        waiting.lastIndex { $0.trial == trial }.map { waiting.remove(at: $0) }
    }

    private func isAfter(_ left: Promotion, _ right: Promotion) -> Bool {
        if left.rung == right.rung { return left.trial > right.trial }
        return order == .highestFirst ? left.rung < right.rung : left.rung > right.rung
    }
}
