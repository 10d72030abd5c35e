import Foundation

/// The two goodness-of-fit tests for draws. Seeds are fixed, so a test that passes once always passes; the limits are
/// wide enough that a change of the seed passes, too.
enum Statistics {
    /// Kolmogorov and Smirnov: whether draws may come from a continuous distribution with this cumulative distribution
    /// function; rejects 1 of 1,000 correct samplers.
    static func kolmogorovSmirnovIsPlausible(
        _ draws: [Double], _ cumulative: (Double) -> Double
    ) -> Bool {
        let count = Double(draws.count)
        var distance = 0.0
        for (index, draw) in draws.sorted().enumerated() {
            let expected = cumulative(draw)
            distance = max(
                distance, (Double(index) + 1) / count - expected, expected - Double(index) / count)
        }
        return distance * count.squareRoot() < 1.95
    }

    /// Pearson's χ²: whether counts may come from these expected ones; rejects 1 of 1,000 correct samplers (Wilson and
    /// Hilferty's approximation of the quantile).
    static func chiSquareIsPlausible(_ counts: [Int], _ expected: [Double]) -> Bool {
        guard counts.count > 1 else { return Double(counts.first ?? 0) == expected.first }
        let statistic = zip(counts, expected).reduce(0.0) { sum, pair in
            sum + (Double(pair.0) - pair.1) * (Double(pair.0) - pair.1) / pair.1
        }
        let freedom = Double(counts.count - 1)
        let term = 1 - 2 / (9 * freedom) + 3.0902 * (2 / (9 * freedom)).squareRoot()
        return statistic < freedom * term * term * term
    }
}
