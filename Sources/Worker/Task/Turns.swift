package import Spool
package import Tuning

/// The turns of one start of a task: the current assignment, and the work ahead.
package struct Turns: Sendable {
    /// The current attempt.
    package private(set) var current: Turn
    /// The last turn that this start of the task was given.
    package private(set) var last: Turn
    private var ahead: ArraySlice<Manifest.Entry> = []

    /// The first turn of a start, with nothing ahead.
    package init(_ first: Turn) { (current, last) = (first, first) }

    /// Whether there is work ahead.
    package var hasMore: Bool { !ahead.isEmpty }

    /// Adds work from the controller, one turn for each entry.
    package mutating func take(_ work: [Manifest.Entry]) {
        ahead += work
        last.turn += work.count
    }

    /// Begins the next turn; `nil` if there is no work ahead.
    package mutating func next() -> Manifest.Entry? {
        guard let entry = ahead.popFirst() else { return nil }
        current = last
        current.turn -= ahead.count
        return entry
    }

    /// The trial continues in place, as the next turn. Nothing is ahead.
    package mutating func goOn() {
        last = last.next
        current = last
    }

    /// Gives the work ahead back. Its turns are used up, and nobody begins them.
    package mutating func giveBack() -> [Turn] {
        defer { ahead = [] }
        return ahead.indices.map { index in
            var attempt = last
            attempt.turn -= ahead.endIndex - 1 - index
            return attempt
        }
    }
}
