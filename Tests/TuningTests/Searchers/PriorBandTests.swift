import Foundation
import Testing

@testable import Tuning

/// PriorBand's shares against section 5 of arXiv 2306.12370, counted over many proposals.
@Suite struct PriorBandTests {
    /// One number, which the author expects at 0.2, give or take a hundredth.
    static let space = SearchSpace([
        Parameter(
            name: "x", domain: .float(min: 0, max: 1, scale: .linear),
            prior: Prior(value: .float(0.2), width: 0.01))
    ])

    static func x(_ configuration: Configuration?) -> Double { configuration?["x"]?.number ?? .nan }

    /// A searcher that was told the results of trials with these values in the lowest rung, from the best.
    static func searcher(_ values: [Double], seed: UInt64, in space: SearchSpace = space) -> PriorBand {
        var searcher = PriorBand(space: space, PriorBandPlan(seed: seed))
        for (number, value) in values.enumerated() {
            searcher.adopt(Configuration(["x": .float(value)]), for: TrialID(number))
            searcher.observe(TrialID(number), rung: 0, loss: Loss(value: Double(number)))
        }
        return searcher
    }

    /// How many of 2,000 proposals `isWanted`.
    static func share(
        _ searcher: PriorBand, rung: Int = 0, where isWanted: (Double) -> Bool
    ) -> Double {
        let wanted = (0..<2_000).count { number in
            var copy = searcher
            return isWanted(x(copy.propose(for: TrialID(100 + number), enteringAt: rung)))
        }
        return Double(wanted) / 2_000
    }

    @Test(arguments: [(0, 1.0 / 2), (1, 3.0 / 4), (2, 9.0 / 10)])
    func `without results, a share of η^r to 1 comes from the priors`(rung: Int, expected: Double) {
        let searcher = Self.searcher([], seed: 4)
        // Nearly all draws from the prior are within four hundredths; of the uniform ones, 8 % are.
        let near = Self.share(searcher, rung: rung) { abs($0 - 0.2) < 0.04 }
        #expect(abs(near - (expected + (1 - expected) * 0.08)) < 0.04)
    }

    /// The normal density on 0 to 1, from Foundation's error function.
    static func density(_ x: Double, around mean: Double, _ sd: Double) -> Double {
        func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
        let within = below((1 - mean) / sd) - below(-mean / sd)
        return exp(-0.5 * pow((x - mean) / sd, 2)) / (sd * (2 * .pi).squareRoot() * within)
    }

    /// The best ⌊n/3⌋ of n results decide, the best of them with the greatest weight.
    @Test(arguments: [[0.7, 0.22, 0.5, 0.9, 0.1, 0.4, 0.3], [0.23, 0.215, 0.9, 0.8, 0.1, 0.6]])
    func `the priors' share is how well they explain the best trials`(values: [Double]) {
        let (first, second) = (values[0], values[1])
        let prior = 2 * Self.density(first, around: 0.2, 0.01) + Self.density(second, around: 0.2, 0.01)
        let near = 2 * Self.density(first, around: first, 0.25) + Self.density(second, around: first, 0.25)
        let fromPrior = 0.5 * prior / (prior + near)
        let seen = Self.share(Self.searcher(values, seed: 8)) { abs($0 - 0.2) < 0.04 }
        // Uniform ones, and children of the best trial, are near 0.2, too.
        let uniform = 0.5 * 0.08
        let children = (0.5 - fromPrior) * 0.08 * Self.density(0.2, around: first, 0.25)
        #expect(abs(seen - (fromPrior + uniform + children)) < 0.04)
    }

    @Test func `two results are too few, and failed trials are no incumbents`() {
        let few = Self.share(Self.searcher([0.8, 0.9], seed: 5)) { abs($0 - 0.2) < 0.04 }
        #expect(abs(few - 0.54) < 0.04)
        var failing = PriorBand(space: Self.space, PriorBandPlan(seed: 5))
        for number in 0..<9 {
            failing.adopt(Configuration(["x": .float(0.9)]), for: TrialID(number))
            failing.observe(TrialID(number), rung: 0, loss: .worst)
        }
        #expect(abs(Self.share(failing) { abs($0 - 0.2) < 0.04 } - 0.54) < 0.04)
    }

    @Test func `a prior that no good trial bears out is left`() {
        let searcher = Self.searcher([0.8, 0.85, 0.75, 0.4, 0.2, 0.1, 0.3, 0.15, 0.05], seed: 6)
        // What is left near 0.2 are uniform draws, and children of the trial at 0.8.
        #expect(Self.share(searcher) { abs($0 - 0.2) < 0.04 } < 0.08)
        #expect(Self.share(searcher) { abs($0 - 0.8) < 0.25 } > 0.5)
    }

    /// Four choices and a number that has no prior.
    static let wide = SearchSpace(
        (0..<4).map { Parameter(name: "c\($0)", domain: .choice((0..<9).map { .int($0) })) } + [
            Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear))
        ])

    @Test func `near the best trial, half of the parameters change`() {
        let best = Configuration([
            "c0": .int(3), "c1": .int(3), "c2": .int(3), "c3": .int(3), "x": .float(0.5),
        ])
        var searcher = PriorBand(space: Self.wide, PriorBandPlan(seed: 9))
        for number in 0..<3 {
            searcher.adopt(best, for: TrialID(number))
            searcher.observe(TrialID(number), rung: 0, loss: Loss(value: Double(number)))
        }
        // Entering at a high rung, practically none is uniform; and the priors explain the best trial 9⁴ times worse.
        var same = 0
        for number in 0..<1_000 {
            var copy = searcher
            let child = copy.propose(for: TrialID(10 + number), enteringAt: 20)
            same += (0..<4).count { child?["c\($0)"] == .int(3) }
        }
        #expect(abs(Double(same) / 4_000 - 0.5) < 0.05)
    }

    @Test func `searchers around it pass on where a trial enters`() {
        var alone = Self.searcher([], seed: 4)
        var behind = PointsSearcher(
            [], of: Self.space, seed: 4, then: Self.searcher([], seed: 4))
        for number in 0..<40 {
            let (trial, rung) = (TrialID(number), number % 4)
            let expected = alone.propose(for: trial, enteringAt: rung)
            #expect(behind.propose(for: trial, enteringAt: rung) == expected)
        }
    }
}
