/// Lines over time, each with a band around it: a median with its quartiles, or a mean with its deviation.
package struct Chart: Hashable, Sendable {
    /// A step function: constant from one moment to the next.
    package struct Series: Hashable, Sendable {
        /// Its name in the legend.
        package var name: String
        /// The steps in the order of time.
        package var stairs: [Stair]
        /// When the last step ends.
        package var end: Double

        /// A series from its parts.
        package init(name: String, stairs: [Stair], end: Double) {
            self.name = name
            self.stairs = stairs
            self.end = end
        }
    }

    /// A step of a series; `nil` means infinite.
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

    /// The chart's title.
    package var title: String
    /// The label of the value axis.
    package var valueLabel: String
    /// Whether smaller values are better.
    package var isLowBetter: Bool
    /// A value to mark by a horizontal line; `nil` for none.
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
