package import Spool
package import Tuning

/// The turns of one start of a task: the assignment that its worker carries out, and the work that it has ahead.
package struct Turns: Sendable {
    /// The attempt that is carried out.
    package private(set) var current: Turn
    /// The last turn that this start of the task has.
    package private(set) var last: Turn
    private var ahead: ArraySlice<Manifest.Entry> = []

    /// The first turn of a start, with nothing ahead.
    package init(_ first: Turn) { (current, last) = (first, first) }

    /// Whether there is work ahead.
    package var hasMore: Bool { !ahead.isEmpty }

    /// The controller has given this work, one turn for each.
    package mutating func take(_ work: [Manifest.Entry]) {
        ahead += work
        last.turn += work.count
    }

    /// Begins the next turn; `nil`: there is no work ahead.
    package mutating func next() -> Manifest.Entry? {
        guard let entry = ahead.popFirst() else { return nil }
        current = last
        current.turn -= ahead.count
        return entry
    }

    /// The trial goes on in place, as the next turn; there is nothing ahead.
    package mutating func goOn() {
        last = last.next
        current = last
    }

    /// Gives back what is ahead: it has its turns, and nobody begins them.
    package mutating func giveBack() -> [Turn] {
        defer { ahead = [] }
        return ahead.indices.map { index in
            var attempt = last
            attempt.turn -= ahead.endIndex - 1 - index
            return attempt
        }
    }
}
