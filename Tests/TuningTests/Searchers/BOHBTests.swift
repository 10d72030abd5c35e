import Foundation
import Testing

@testable import Tuning

/// The model of BOHB.
@Suite struct BOHBTests {
    static let space = SearchSpace(
        ["x", "y"].map { Parameter(name: $0, domain: .float(min: 0, max: 1, scale: .linear)) })

    static func loss(_ point: [Double]) -> Double { abs(point[0] - 0.2) + abs(point[1] - 0.7) }

    static func point(_ configuration: Configuration?) -> [Double] {
        ["x", "y"].map { configuration?[$0]?.number ?? .nan }
    }

    /// Section 4.1 for two numbers, from the results of one budget: N_min = 3.
    static func oracle(
        _ results: [(point: [Double], loss: Double)], trial: Int, _ plan: BOHBPlan
    ) -> [Double] {
        var random = Random(seed: plan.seed, stream: UInt64(trial))
        let isRandom = random.unit() < plan.randomFraction
        if isRandom || results.count < 5 { return (0..<2).map { _ in random.unit() } }
        let sorted = results.sorted { $0.loss < $1.loss }.map(\.point)
        let good = max(3, Int(0.15 * Double(sorted.count) + 1e-9))
        let bad = max(3, sorted.count - good)
        return ParzenOracle.best(
            of: plan.samples, density(Array(sorted.prefix(good))), density(Array(sorted.suffix(bad))),
            stretch: plan.bandwidthFactor, &random)
    }

    static func density(_ points: [[Double]]) -> ParzenOracle {
        let n = Double(points.count)
        let widths = (0..<2).map { axis in
            let mean = points.reduce(0) { $0 + $1[axis] } / n
            let deviation = (points.reduce(0) { $0 + pow($1[axis] - mean, 2) } / n).squareRoot()
            return max(1e-3, 1.06 * deviation * pow(n, -1.0 / 6))
        }
        return ParzenOracle(points: points, widths: points.map { _ in widths }, priorWeight: 0)
    }

    @Test(arguments: Seeds.upTo(5))
    func `proposals are those of the paper's rule`(seed: UInt64) {
        let plan = BOHBPlan(seed: seed)
        var searcher = BOHB(space: Self.space, plan)
        var results: [(point: [Double], loss: Double)] = []
        for trial in 0..<60 {
            let expected = Self.oracle(results, trial: trial, plan)
            let proposed = Self.point(searcher.propose(for: TrialID(trial)))
            let isClose = zip(proposed, expected).allSatisfy { abs($0 - $1) < 1e-12 }
            #expect(
                isClose,
                "trial \(trial): \(proposed), not \(expected); \(Seeds.replay(seed, in: Self.self))")
            searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: Self.loss(proposed)))
            results.append((proposed, Self.loss(proposed)))
        }
    }

    @Test func `a third is random`() {
        let plan = BOHBPlan(seed: 5)
        let random = (0..<3_000).count { trial in
            var random = Random(seed: plan.seed, stream: UInt64(trial))
            return random.unit() < plan.randomFraction
        }
        #expect((900...1_100).contains(random))
        #expect(plan.randomFraction == 1 / 3.0)
    }

    /// In the lower rung the best are on the left, in the upper one on the right.
    @Test func `the highest rung with N_min + 2 results makes the model`() {
        func proposals(above count: Int) -> [Double] {
            var plan = BOHBPlan(seed: 2)
            plan.randomFraction = 0
            var searcher = BOHB(space: Self.space, plan)
            for trial in 0..<60 {
                let x = Self.point(searcher.propose(for: TrialID(trial)))[0]
                if trial < 40 { searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: x)) }
                if trial < count { searcher.observe(TrialID(trial), rung: 1, loss: Loss(value: -x)) }
            }
            return (60..<120).map { Self.point(searcher.propose(for: TrialID($0)))[0] }
        }
        func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
        #expect(mean(proposals(above: 0)) < 0.25)
        #expect(mean(proposals(above: 4)) < 0.25)
        #expect(mean(proposals(above: 30)) > 0.5)
    }
}
