import Foundation
import Testing

@testable import Tuning

/// Kernel density estimates on the unit cube.
@Suite struct ParzenEstimatorTests {
    typealias Axis = UnitCube.Axis

    static func close(_ left: Double, _ right: Double, _ tolerance: Double = 1e-9) -> Bool {
        abs(left - right) <= tolerance * max(1, abs(right))
    }

    /// The normal density around a center, truncated at 0 and 1, from its definition.
    static func kernel(_ x: Double, _ center: Double, _ width: Double) -> Double {
        func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
        let z = (x - center) / width
        let within = cumulative((1 - center) / width) - cumulative(-center / width)
        return exp(-z * z / 2) / ((2 * Double.pi).squareRoot() * width * within)
    }

    @Test func `of one point and the prior it is their mean`() {
        let estimator = ParzenEstimator(
            axes: [.number], points: [[0.25]], weights: [1], widths: [[0.1]], priorWeight: 1)
        // φ(0) = 0.3989423, φ(1) = 0.2419707; Φ(7.5) − Φ(−2.5) = 0.9937903.
        #expect(Self.close(exp(estimator.logDensity(at: [0.25])), 0.5 * (1 + 3.989423 / 0.9937903), 1e-6))
        #expect(Self.close(exp(estimator.logDensity(at: [0.35])), 0.5 * (1 + 2.419707 / 0.9937903), 1e-6))
        #expect(Self.close(exp(estimator.logDensity(at: [0.95])), 0.5, 1e-6))
    }

    @Test func `a choice's kernel is as Aitchison and Aitken have it`() {
        let estimator = ParzenEstimator(
            axes: [.choice(4)], points: [[2], [0]], weights: [3, 1], widths: [[0.3], [0.6]], priorWeight: 0)
        let expected = [
            0.75 * 0.1 + 0.25 * 0.4, 0.75 * 0.1 + 0.25 * 0.2, 0.75 * 0.7 + 0.25 * 0.2,
            0.75 * 0.1 + 0.25 * 0.2,
        ]
        for (value, probability) in expected.enumerated() {
            #expect(Self.close(exp(estimator.logDensity(at: [Double(value)])), probability))
        }
    }

    @Test func `without points it is uniform`() {
        let estimator = ParzenEstimator(
            axes: [.number, .choice(5)], points: [], weights: [], widths: [], priorWeight: 1)
        #expect(Self.close(exp(estimator.logDensity(at: [0.3, 4])), 0.2))
        let nothing = ParzenEstimator(axes: [], points: [], weights: [], widths: [], priorWeight: 1)
        #expect(Self.close(nothing.logDensity(at: []), 0))
    }

    static func drawn(_ count: Int, _ axes: [Axis], seed: UInt64) -> [[Double]] {
        var random = Random(seed: seed, stream: 0)
        return (0..<count).map { _ in
            axes.map { axis in
                switch axis {
                case .number: random.unit() < 0.2 ? 0 : random.unit()
                case .choice(let values): Double(random.below(UInt64(values)))
                }
            }
        }
    }

    @Test(arguments: Seeds.upTo(5))
    func `densities integrate to 1`(seed: UInt64) {
        let axes: [Axis] = [.number, .choice(3), .number]
        let points = Self.drawn(8, axes, seed: seed)
        let estimators = [
            ParzenEstimator(tpe: points, weights: points.map { _ in 1 }, axes: axes, priorWeight: 1),
            ParzenEstimator(tpe: [], weights: [], axes: axes, priorWeight: 1),
            ParzenEstimator(bohb: points, axes: axes, minWidth: 0.05),
        ]
        let steps = 50
        for estimator in estimators {
            var sum = 0.0
            for x in 0..<steps {
                for y in 0..<steps {
                    for value in 0..<3 {
                        let point = [
                            (Double(x) + 0.5) / Double(steps), Double(value),
                            (Double(y) + 0.5) / Double(steps),
                        ]
                        sum += exp(estimator.logDensity(at: point))
                    }
                }
            }
            #expect(abs(sum / Double(steps * steps) - 1) < 0.02, Seeds.replay(seed, in: Self.self))
        }
    }

    @Test(arguments: Seeds.upTo(5))
    func `it is the sum of the kernels`(seed: UInt64) {
        let axes: [Axis] = [.number, .choice(3)]
        let points = Self.drawn(20, axes, seed: seed)
        var random = Random(seed: seed, stream: 1)
        let weights = points.map { _ in random.unit() + 0.1 }
        let widths = points.map { _ in [0.02 + random.unit(), 0.05 + 0.6 * random.unit()] }
        let estimator = ParzenEstimator(
            axes: axes, points: points, weights: weights, widths: widths, priorWeight: 0.7)
        let total = weights.reduce(0.7, +)
        for _ in 0..<50 {
            let (x, value) = (random.unit(), Double(random.below(3)))
            var sum = 0.7 / total / 3
            for (point, (weight, width)) in zip(points, zip(weights, widths)) {
                let choice = point[1] == value ? 1 - width[1] : width[1] / 2
                sum += weight / total * Self.kernel(x, point[0], width[0]) * choice
            }
            #expect(
                Self.close(estimator.logDensity(at: [x, value]), log(sum)),
                Seeds.replay(seed, in: Self.self))
        }
    }

    @Test(arguments: Seeds.upTo(3))
    func `samples have the density`(seed: UInt64) {
        let axes: [Axis] = [.number, .choice(3)]
        let estimator = ParzenEstimator(
            tpe: Self.drawn(6, axes, seed: seed), weights: [6, 5, 4, 3, 2, 1], axes: axes, priorWeight: 1)
        var random = Random(seed: seed, stream: 1)
        let cells = 10
        var counts = [Int](repeating: 0, count: cells * 3)
        for _ in 0..<20_000 {
            let point = estimator.sample(&random)
            #expect(point[0] >= 0 && point[0] <= 1)
            counts[min(cells - 1, Int(point[0] * Double(cells))) * 3 + Int(point[1])] += 1
        }
        let fine = 50
        let expected = counts.indices.map { cell in
            (0..<fine).reduce(0.0) { sum, step in
                let x = (Double(cell / 3) + (Double(step) + 0.5) / Double(fine)) / Double(cells)
                return sum + exp(estimator.logDensity(at: [x, Double(cell % 3)]))
            } * 20_000 / Double(fine * cells)
        }
        #expect(Statistics.chiSquareIsPlausible(counts, expected), Seeds.replay(seed, in: Self.self))
    }

    @Test func `widths of BOHB follow the normal reference rule`() {
        // The standard deviations are 0.2 and 0.5; n^(−1/(4 + d)) is 4^(−1/6).
        let points = [[0.3, 0], [0.7, 1], [0.3, 1], [0.7, 0]]
        let estimator = ParzenEstimator(bohb: points, axes: [.number, .choice(4)], minWidth: 1e-3)
        let factor = 1.06 * pow(4, -1.0 / 6)
        let expected = ParzenEstimator(
            axes: [.number, .choice(4)], points: points, weights: [1, 1, 1, 1],
            widths: points.map { _ in [0.2 * factor, 0.5 * factor] }, priorWeight: 0)
        for point in [[0.1, 0], [0.5, 1], [0.8, 3]] {
            #expect(Self.close(estimator.logDensity(at: point), expected.logDensity(at: point)))
        }
        let narrow = ParzenEstimator(bohb: [[0.5], [0.5]], axes: [.number], minWidth: 0.01)
        #expect(Self.close(exp(narrow.logDensity(at: [0.5])), Self.kernel(0.5, 0.5, 0.01)))
    }
}
