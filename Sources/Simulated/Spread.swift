/// The median and the quartiles of some values; `nil` for those that are not finite.
package struct Spread: Hashable, Sendable, Encodable {
    /// The lower quartile.
    package var lower: Double?
    /// The median.
    package var median: Double?
    /// The upper quartile.
    package var upper: Double?

    /// The spread of values. Infinite ones count as beyond all others.
    package init(_ values: [Double]) {
        let sorted = values.sorted()
        (lower, median, upper) = (
            Spread.quantile(0.25, of: sorted), Spread.quantile(0.5, of: sorted),
            Spread.quantile(0.75, of: sorted)
        )
    }

    private enum CodingKeys: CodingKey {
        case lower, median, upper
    }

    /// Writes all three, with null for those that are not finite.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(lower, forKey: .lower)
        try fields.encode(median, forKey: .median)
        try fields.encode(upper, forKey: .upper)
    }

    /// A quantile of sorted values, by linear interpolation (definition 7 of Hyndman and Fan 1996); `nil` if it is not
    /// finite.
    package static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = share * Double(sorted.count - 1)
        let index = Int(place)
        guard index < sorted.count - 1 else { return last.isFinite ? last : nil }
        let rest = place - Double(index)
        let value = rest == 0 ? sorted[index] : sorted[index] + (sorted[index + 1] - sorted[index]) * rest
        return value.isFinite ? value : nil
    }
}

/// The best value so far over time, over several runs of one study: a step function.
package struct Course: Hashable, Sendable, Encodable {
    /// A step: from this moment until the next.
    package struct Stair: Hashable, Sendable, Encodable {
        /// When it begins, in seconds from the studies' start.
        package var seconds: Double
        /// The runs' best values so far.
        package var best: Spread
    }

    /// The steps in the order of time; none before the first run has measured something.
    package private(set) var stairs: [Stair] = []

    /// The course of several runs, each with its improvements. A run without a measurement yet counts as the worst.
    ///
    /// - Parameter sign: 1 if smaller is better, −1 if greater is.
    package init(_ runs: [[Improvement]], sign: Double) {
        let all = runs.enumerated().flatMap { run, improvements in
            improvements.map { (run: run, seconds: $0.seconds, loss: sign * $0.value) }
        }.sorted { ($0.seconds, $0.run) < ($1.seconds, $1.run) }
        var losses = [Double](repeating: .infinity, count: runs.count)
        for (index, item) in all.enumerated() {
            losses[item.run] = item.loss
            // Of several improvements at one moment, only the last one matters.
            if index + 1 < all.count, all[index + 1].seconds == item.seconds { continue }
            stairs.append(Stair(seconds: item.seconds, best: Spread(losses.map { sign * $0 })))
        }
    }

    /// Writes only the steps.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(stairs)
    }

    /// The best values so far at a moment; `nil` before the first run has measured something.
    package func best(at seconds: Double) -> Spread? {
        stairs.last { $0.seconds <= seconds }?.best
    }
}

/// The quality of the best trials together over time, over several runs of one study: a step function.
package struct LeadersCourse: Hashable, Sendable, Encodable {
    /// A step: from this moment until the next.
    package struct Stair: Hashable, Sendable, Encodable {
        /// When it begins, in seconds from the studies' start.
        package var seconds: Double
        /// The runs' means.
        package var mean: Spread
        /// The runs' standard deviations.
        package var deviation: Spread
    }

    /// The means over time. A run with too few trials yet counts as the worst.
    package let means: Course
    /// The standard deviations over time. A run with too few trials yet counts as the greatest.
    package let deviations: Course

    /// The course of several runs, each with its standings.
    ///
    /// - Parameter sign: 1 if smaller values are better, −1 if greater are.
    package init(_ runs: [[Leaders.Standing]], sign: Double) {
        means = Course(runs.map { $0.map { Improvement(seconds: $0.seconds, value: $0.mean) } }, sign: sign)
        deviations = Course(
            runs.map { $0.map { Improvement(seconds: $0.seconds, value: $0.deviation) } }, sign: 1)
    }

    /// Both side by side, in the order of time.
    package var stairs: [Stair] {
        // Both change at the same moments.
        zip(means.stairs, deviations.stairs).map {
            Stair(seconds: $0.seconds, mean: $0.best, deviation: $1.best)
        }
    }

    /// Writes only the steps.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(stairs)
    }
}
