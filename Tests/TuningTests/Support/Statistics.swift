import Foundation

/// The two tests of fit that the tests of draws use. Seeds are fixed, so a test that passes once passes
/// for ever; the limits are far enough out that an honest change of the seed passes as well.
enum Statistics {
    /// Kolmogorov and Smirnov: whether draws may come from a continuous distribution with this cumulative
    /// distribution function; refused in 1 of 1,000 honest cases.
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

    /// Pearson's χ²: whether counts may come from these expected ones; refused in 1 of 1,000 honest cases
    /// (Wilson and Hilferty's approximation of the quantile).
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
