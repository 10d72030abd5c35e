import Foundation

@testable import Tuning

/// The densities of TPE and BOHB over numbers, from their definitions: sums of products, without logarithms or caching.
struct ParzenOracle {
    var points: [[Double]]
    /// σ of each kernel along each axis.
    var widths: [[Double]]
    var priorWeight: Double
    /// The weight of each point.
    var weights: [Double]

    init(points: [[Double]], widths: [[Double]], priorWeight: Double, weights: [Double]? = nil) {
        self.points = points
        self.widths = widths
        self.priorWeight = priorWeight
        self.weights = weights ?? points.map { _ in 1 }
    }

    func density(_ x: [Double]) -> Double {
        let total = weights.reduce(priorWeight, +)
        return points.indices.reduce(priorWeight / total) { sum, row in
            sum
                + x.indices.reduce(weights[row] / total) { product, axis in
                    product * ParzenEstimatorTests.kernel(x[axis], points[row][axis], widths[row][axis])
                }
        }
    }

    /// A draw from the same random numbers as the searcher's.
    func sample(_ random: inout Random, stretch: Double = 1) -> [Double] {
        let drawn = random.unit() * weights.reduce(priorWeight, +)
        let axes = (points.first ?? []).indices
        let row = points.indices.first { drawn < weights[...$0].reduce(0, +) }
        guard let row else { return axes.map { _ in random.unit() } }
        return axes.map { axis in
            let (mean, width) = (points[row][axis], stretch * widths[row][axis])
            if width > 8 { return random.unit() }
            while true {
                let x = mean + width * random.normal()
                if x >= 0, x <= 1 { return x }
            }
        }
    }

    /// Of this many draws from one density, the one with the greatest ratio to another.
    static func best(
        of count: Int, _ good: ParzenOracle, _ others: ParzenOracle, stretch: Double = 1,
        _ random: inout Random
    ) -> [Double] {
        let draws = (0..<count).map { _ in good.sample(&random, stretch: stretch) }
        let ratios = draws.map { good.density($0) / others.density($0) }
        return zip(draws, ratios).max { $0.1 < $1.1 }?.0 ?? []
    }
}
