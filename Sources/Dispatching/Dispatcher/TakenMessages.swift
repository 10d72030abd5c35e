/// Which messages of an attempt were applied: all below `next` except those that were given up. One of these that comes
/// after all is still applied.
package struct TakenMessages: Hashable, Sendable {
    /// The number of the next message, if none is skipped.
    package internal(set) var next = 0
    /// The numbers below `next` that never came.
    package internal(set) var missing: [Range<Int>] = []

    /// The store's text for no missing message.
    package static let noneMissing = "[]"

    /// No message yet.
    package init() {}

    /// All messages below `next` but these.
    package init(next: Int, missing: [Range<Int>]) {
        self.next = next
        self.missing = missing
    }

    /// Records a message.
    ///
    /// - Returns: whether it is new.
    package mutating func take(_ number: Int) -> Bool {
        if number >= next {
            if number > next { missing.append(next..<number) }
            next = number + 1
            return true
        }
        guard let index = missing.firstIndex(where: { $0.contains(number) }) else { return false }
        let gap = missing[index]
        let rest = [gap.lowerBound..<number, number + 1..<gap.upperBound].filter { !$0.isEmpty }
        missing.replaceSubrange(index...index, with: rest)
        return true
    }
}
