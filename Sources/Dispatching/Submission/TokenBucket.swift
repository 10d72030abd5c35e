/// Limits how often something may happen: at most `most` times in any stretch of `span`, wherever it begins, and at
/// once at most as often as the bucket is deep. Time is an argument.
///
/// With a depth of b and a refill every span / (most - b + 1), a stretch has at most b + (most - b) of them.
package struct TokenBucket: Hashable, Sendable {
    /// The greatest number in any stretch of `span`; at least 1.
    package let most: Int
    /// The stretch.
    package let span: Duration
    /// How many may happen at once; at least 1, at most `most`.
    package let depth: Int
    /// The time between two refills of one.
    private let interval: Duration
    /// How many may happen now; below 0 if more happened than allowed.
    private var tokens: Int
    /// The moment up to which refills are counted.
    private var counted: Duration

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - depth: how many may happen at once; `nil` for a quarter of `most`.
    ///   - now: the current moment, by the clock of all moments here.
    package init(most: Int, per span: Duration, depth: Int? = nil, at now: Duration) {
        self.most = max(1, most)
        self.span = span
        self.depth = min(self.most, max(1, depth ?? self.most / 4))
        // The last moment of a stretch counts, too.
        interval = span / (self.most - self.depth + 1) + .milliseconds(1)
        (tokens, counted) = (self.depth, now)
    }

    /// Takes one, if there is one.
    ///
    /// - Returns: whether there was one.
    package mutating func take(at now: Duration) -> Bool {
        refill(now)
        guard tokens > 0 else { return false }
        record(at: now)
        return true
    }

    /// Counts one that happened regardless of the bucket: by an earlier controller, or because it could not wait.
    package mutating func record(at moment: Duration) {
        refill(moment)
        // A bucket that was full begins to fill now.
        if tokens == depth { counted = max(counted, moment) }
        tokens -= 1
    }

    /// How many can be taken; at most as many as it is deep.
    package func left(at now: Duration) -> Int {
        var copy = self
        copy.refill(now)
        return max(0, copy.tokens)
    }

    /// How long it takes until one can be taken; zero: one can be.
    package func wait(at now: Duration) -> Duration {
        var copy = self
        copy.refill(now)
        return copy.tokens > 0 ? .zero : max(.zero, copy.counted + interval * (1 - copy.tokens) - now)
    }

    private mutating func refill(_ now: Duration) {
        guard now > counted else { return }
        let steps = Int((now - counted) / interval)
        tokens = min(depth, tokens + steps)
        counted = tokens == depth ? now : counted + interval * steps
    }
}
