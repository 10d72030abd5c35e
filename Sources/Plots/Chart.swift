/// Lines over time, each a middle with a band around it: a median with its quartiles, a mean with its deviation.
package struct Chart: Hashable, Sendable {
    /// A staircase: from one moment to the next one's nothing changes.
    package struct Series: Hashable, Sendable {
        /// What the legend says of it.
        package var name: String
        /// The stairs in the order of time.
        package var stairs: [Stair]
        /// When the last stair ends.
        package var end: Double

        /// A series from its parts.
        package init(name: String, stairs: [Stair], end: Double) {
            self.name = name
            self.stairs = stairs
            self.end = end
        }
    }

    /// One stair of a series; `nil` stands for what is beyond all numbers.
    package struct Stair: Hashable, Sendable {
        /// When it begins, in seconds.
        package var seconds: Double
        /// The lower edge of the band.
        package var lower: Double?
        /// The middle.
        package var median: Double?
        /// The upper edge of the band.
        package var upper: Double?

        /// A stair from its parts.
        package init(seconds: Double, lower: Double?, median: Double?, upper: Double?) {
            self.seconds = seconds
            self.lower = lower
            self.median = median
            self.upper = upper
        }
    }

    /// What the picture shows.
    package var title: String
    /// What the axis of values says.
    package var valueLabel: String
    /// Whether smaller values are better.
    package var isLowBetter: Bool
    /// A value that is marked by a line across; `nil`: none is.
    package var target: Double?
    /// The lines.
    package var series: [Series]

    /// A chart from its parts.
    package init(title: String, valueLabel: String, isLowBetter: Bool, target: Double?, series: [Series]) {
        self.title = title
        self.valueLabel = valueLabel
        self.isLowBetter = isLowBetter
        self.target = target
        self.series = series
    }
}
