import Foundation
import Testing

@testable import Tuning

/// The tree-structured Parzen estimator.
@Suite struct TPETests {
    /// γ, the candidates and the rest with their defaults.
    static func oracle(
        _ results: [(point: [Double], loss: Double)], pending: [[Double]], trial: Int, _ plan: TPEPlan
    ) -> [Double] {
        var random = Random(seed: plan.seed, stream: UInt64(trial))
        if results.count < plan.startupTrials { return (0..<2).map { _ in random.unit() } }
        let sorted = results.sorted { $0.loss < $1.loss }.map(\.point)
        let count = min(25, Int(ceil(plan.gamma * Double(sorted.count))))
        let good = density(Array(sorted.prefix(count)), plan, weights: weights(count, plan))
        let others = density(Array(sorted.dropFirst(count)) + pending, plan)
        return ParzenOracle.best(of: plan.candidates, good, others, &random)
    }

    /// ln(n + ½) − ln i for the i-th of n, scaled to a mean of 1, unless all are equal.
    static func weights(_ count: Int, _ plan: TPEPlan) -> [Double]? {
        if plan.weights == .equal { return nil }
        let logarithms = (1...count).map { log((Double(count) + 0.5) / Double($0)) }
        return logarithms.map { $0 * Double(count) / logarithms.reduce(0, +) }
    }

    /// The width of each kernel is the greater distance to its two neighbours.
    static func density(
        _ points: [[Double]], _ plan: TPEPlan, weights: [Double]? = nil
    ) -> ParzenOracle {
        let widths = points.indices.map { row in
            (0..<2).map { axis in
                let x = points[row][axis]
                var others = points.map { $0[axis] }
                others.remove(at: row)
                let below = others.filter { $0 <= x }.max().map { x - $0 }
                let above = others.filter { $0 > x }.min().map { $0 - x }
                let distance = others.isEmpty ? 1 : max(below ?? 0, above ?? 0)
                return max(distance, leastWidth(points.count))
            }
        }
        return ParzenOracle(
            points: points, widths: widths, priorWeight: plan.priorWeight, weights: weights)
    }

    static func leastWidth(_ count: Int) -> Double { max(0.02, pow(Double(count + 2), -1.5)) }

    @Test(arguments: Seeds.upTo(5), GoodWeights.allCases)
    func `proposals are those of the rule`(seed: UInt64, weights: GoodWeights) {
        let plan = TPEPlan(seed: seed, weights: weights)
        var searcher = TPE(space: BOHBTests.space, plan)
        var results: [(point: [Double], loss: Double)] = []
        var pending: [[Double]] = []
        for trial in 0..<80 {
            let expected = Self.oracle(results, pending: pending, trial: trial, plan)
            let proposed = BOHBTests.point(searcher.propose(for: TrialID(trial)))
            let isClose = zip(proposed, expected).allSatisfy { abs($0 - $1) < 1e-12 }
            #expect(
                isClose,
                "trial \(trial): \(proposed), not \(expected); \(Seeds.replay(seed, in: Self.self))")
            // Every third trial never has a result.
            if trial % 3 == 1 {
                pending.append(proposed)
            } else {
                let loss = trial % 7 == 3 ? .infinity : BOHBTests.loss(proposed)
                searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: loss))
                results.append((proposed, loss))
            }
        }
    }

    @Test func `a kernel's width is the distance to the farther neighbour`() {
        let points = [[0.1, 1], [0.4, 0], [0.5, 1]]
        let estimator = ParzenEstimator(
            tpe: points, weights: [1.5, 1, 0.5], axes: [.number, .choice(3)], priorWeight: 1)
        // Of three values the others have each (1/4)/(1 + 3/4), a seventh.
        let expected = ParzenEstimator(
            axes: [.number, .choice(3)], points: points, weights: [1.5, 1, 0.5],
            widths: [[0.3, 2 / 7.0], [0.3, 2 / 7.0], [max(0.1, Self.leastWidth(3)), 2 / 7.0]],
            priorWeight: 1)
        for point in [[0.0, 0], [0.45, 1], [0.9, 2]] {
            let (left, right) = (estimator.logDensity(at: point), expected.logDensity(at: point))
            #expect(ParzenEstimatorTests.close(left, right))
        }
    }

    @Test func `better results count more, and equal ones the same`() {
        // ln 3.5, ln 1.75 and ln 1.1667, whose mean is 0.6554.
        let weights = GoodWeights.rank.of(3)
        #expect(zip(weights, [1.9114, 0.8538, 0.2352]).allSatisfy { abs($0 - $1) < 1e-3 }, "\(weights)")
        #expect(GoodWeights.rank.of(1) == [1])
        #expect(GoodWeights.rank.of(0).isEmpty)
        #expect(GoodWeights.equal.of(3) == [1, 1, 1])
    }

    /// The paper's equal weights, and a prior that counts as one result. A stronger prior would spread proposals by
    /// itself.
    static func paper(seed: UInt64) -> TPEPlan { TPEPlan(seed: seed, priorWeight: 1, weights: .equal) }

    @Test func `trials in flight repel new ones`() {
        /// The mean distance between the proposals that follow a start.
        func spread(observed: Bool) -> Double {
            var searcher = TPE(space: BOHBTests.space, Self.paper(seed: 4))
            for trial in 0..<30 {
                let point = BOHBTests.point(searcher.propose(for: TrialID(trial)))
                searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: BOHBTests.loss(point)))
            }
            let points = (30..<60).map { trial -> [Double] in
                let point = BOHBTests.point(searcher.propose(for: TrialID(trial)))
                if observed {
                    searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: BOHBTests.loss(point)))
                }
                return point
            }
            let pairs = points.indices.dropFirst().map {
                hypot(points[$0][0] - points[0][0], points[$0][1] - points[0][1])
            }
            return pairs.reduce(0, +) / Double(pairs.count)
        }
        #expect(spread(observed: false) > 1.5 * spread(observed: true))
    }

    @Test func `the highest rung with enough results makes the model`() {
        func mean(above count: Int, rungResults: Int? = nil) -> Double {
            var plan = Self.paper(seed: 2)
            plan.rungResults = rungResults
            var searcher = TPE(space: BOHBTests.space, plan)
            for trial in 0..<40 {
                let x = BOHBTests.point(searcher.propose(for: TrialID(trial)))[0]
                searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: x))
                if trial < count { searcher.observe(TrialID(trial), rung: 1, loss: Loss(value: -x)) }
            }
            let proposals = (40..<80).map { BOHBTests.point(searcher.propose(for: TrialID($0)))[0] }
            return proposals.reduce(0, +) / 40
        }
        #expect(mean(above: 9) < 0.35)
        #expect(mean(above: 20) > 0.5)
        // A higher rung may need fewer results than the first model.
        #expect(mean(above: 9, rungResults: 10) < 0.35)
        #expect(mean(above: 9, rungResults: 9) > 0.5)
    }

    @Test(arguments: [0.25, 0.5, 1])
    func `a share of the trials is as random search proposes them, once there is a model`(share: Double) {
        let (seed, trials): (UInt64, Int) = (6, 200)
        var searcher = TPE(space: BOHBTests.space, TPEPlan(seed: seed, randomFraction: share))
        let random = RandomSearcher(space: BOHBTests.space, seed: seed)
        var spread: [Double] = []
        for trial in 0..<trials {
            let proposed = searcher.propose(for: TrialID(trial))
            let point = BOHBTests.point(proposed)
            // Without a model the share draws nothing.
            if trial < 10 { #expect(proposed == random.propose(for: TrialID(trial))) }
            if trial >= 60 { spread.append(abs(point[0] - 0.1)) }
            searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: abs(point[0] - 0.1)))
        }
        let far = Double(spread.count { $0 > 0.4 }) / Double(spread.count)
        // Of random trials half are so far from the best; of the model's hardly any.
        #expect(abs(far - share / 2) < 0.12, "\(far)")
    }

    @Test func `parameters under the same conditions make a group, parents first`() {
        let cube = UnitCube(SearchSpaceTests.nested)
        let names = cube.groups.map { $0.map { cube.parameters[$0].name } }
        #expect(names == [["layers", "optimizer"], ["momentum"], ["both"], ["nesterov"]])
    }

    @Test func `in a conditional space the better branch is found`() {
        let space = RandomSearcherTests.space
        var searcher = TPE(space: space, TPEPlan(seed: 1))
        var late = 0
        for trial in 0..<120 {
            let drawn = searcher.propose(for: TrialID(trial))
            let loss =
                switch drawn?["momentum"]?.number {
                case let momentum?: 1 + abs(momentum - 0.9)
                case nil: 3.0
                }
            searcher.observe(TrialID(trial), rung: 0, loss: Loss(value: loss))
            if trial >= 80, let momentum = drawn?["momentum"]?.number, abs(momentum - 0.9) < 0.1 {
                late += 1
            }
        }
        #expect(late >= 20, "\(late) of 40")
    }
}
