import Foundation
import Testing
import Tuning

@Suite struct RungLevelTests {
    struct Ladder: Sendable, CustomTestStringConvertible {
        var r: Int
        var R: Int
        var eta: Int
        var s = 0
        var levels: [Int]

        var plan: ASHAPlan {
            ASHAPlan(
                minResource: Resource(r), maxResource: Resource(R), reductionFactor: eta,
                earlyStoppingRate: s)
        }
        var testDescription: String { "r \(r), R \(R), η \(eta), s \(s)" }
    }

    static let ladders = [
        Ladder(r: 1, R: 27, eta: 3, levels: [1, 3, 9, 27]),
        // ⌊log(R/r)/log(η)⌋ in floating point loses the top rung here.
        Ladder(r: 1, R: 243, eta: 3, levels: [1, 3, 9, 27, 81, 243]),
        Ladder(r: 1, R: 1_000, eta: 10, levels: [1, 10, 100, 1_000]),
        Ladder(r: 1, R: 125, eta: 5, levels: [1, 5, 25, 125]),
        // R is not r times a power of η: the top rung is below R.
        Ladder(r: 1, R: 100, eta: 3, levels: [1, 3, 9, 27, 81]),
        Ladder(r: 1, R: 26, eta: 3, levels: [1, 3, 9]),
        Ladder(r: 1, R: 28, eta: 3, levels: [1, 3, 9, 27]),
        Ladder(r: 5, R: 100, eta: 4, levels: [5, 20, 80]),
        Ladder(r: 7, R: 875, eta: 5, levels: [7, 35, 175, 875]),
        // One rung.
        Ladder(r: 5, R: 5, eta: 2, levels: [5]),
        Ladder(r: 2, R: 3, eta: 2, levels: [2]),
        Ladder(r: 1, R: 999, eta: 1_000, levels: [1]),
        // The minimum early-stopping rate leaves the lowest out.
        Ladder(r: 1, R: 27, eta: 3, s: 1, levels: [3, 9, 27]),
        Ladder(r: 1, R: 27, eta: 3, s: 3, levels: [27]),
        Ladder(r: 1, R: 27, eta: 3, s: 4, levels: []),
        Ladder(r: 2, R: 100, eta: 3, s: 2, levels: [18, 54]),
        Ladder(r: 1, R: 1, eta: 2, s: 50, levels: []),
        // Near the end of 64 bits.
        Ladder(r: 1, R: .max, eta: 2, levels: (0...62).map { 1 << $0 }),
        Ladder(r: 1, R: .max, eta: 2, s: 62, levels: [1 << 62]),
        Ladder(r: 1, R: .max, eta: 2, s: 63, levels: []),
        Ladder(r: .max / 2, R: .max, eta: 2, levels: [.max / 2, .max - 1]),
        Ladder(r: .max / 2 + 1, R: .max, eta: 2, levels: [.max / 2 + 1]),
        Ladder(r: .max, R: .max, eta: 1_000, levels: [.max]),
        Ladder(r: .max / 3, R: .max, eta: 3, levels: [.max / 3, .max / 3 * 3]),
    ]

    @Test(arguments: ladders)
    func `the rungs are r·η^s, r·η^(s+1), … up to R`(ladder: Ladder) {
        #expect(ladder.plan.rungs.map(\.units) == ladder.levels)
        #expect(ASHA(ladder.plan).levels == ladder.plan.rungs)
        #expect(SchedulerPlan.asha(ladder.plan).levels == ladder.plan.rungs)
    }

    @Test(arguments: 2...12)
    func `a power of η is a rung, and one unit less is none`(eta: Int) {
        var power = 1
        for exponent in 0... {
            let exact = Ladder(r: 1, R: power, eta: eta, levels: [])
            #expect(exact.plan.rungs.count == exponent + 1)
            #expect(exact.plan.rungs.last == Resource(power))
            if power > 1 {
                let short = Ladder(r: 1, R: power - 1, eta: eta, levels: [])
                #expect(short.plan.rungs.count == exponent)
            }
            let (next, overflow) = power.multipliedReportingOverflow(by: eta)
            if overflow { break }
            power = next
        }
    }

    @Test(arguments: [
        Ladder(r: 1, R: 27, eta: 3, levels: [1, 3, 9, 27]),
        Ladder(r: 1, R: 52, eta: 3, levels: [1, 5, 17, 52]),
        Ladder(r: 1, R: 100, eta: 3, levels: [1, 3, 11, 33, 100]),
        Ladder(r: 5, R: 100, eta: 4, levels: [6, 25, 100]),
        Ladder(r: 2, R: 3, eta: 2, levels: [3]),
        Ladder(r: 1, R: 52, eta: 3, s: 2, levels: [17, 52]),
        Ladder(r: 1, R: 52, eta: 3, s: 4, levels: []),
        Ladder(r: .max / 2 + 1, R: .max, eta: 2, levels: [.max]),
    ])
    func `the full ladder ends at R and divides by η downwards`(ladder: Ladder) {
        var plan = ladder.plan
        plan.spacing = .full
        #expect(plan.rungs.map(\.units) == ladder.levels)
        #expect(ASHA(plan).levels == plan.rungs)
    }

    @Test(arguments: 2...5)
    func `the full ladder has as many rungs as the paper's, each at least as high`(eta: Int) {
        for most in 1...1_000 {
            for least in [1, 2, 5, 40] where least <= most {
                let paper = Ladder(r: least, R: most, eta: eta, levels: []).plan
                var full = paper
                full.spacing = .full
                let (low, high) = (paper.rungs, full.rungs)
                #expect(high.count == low.count && high.last == Resource(most), "r \(least), R \(most)")
                #expect(zip(low, high).allSatisfy(<=), "r \(least), R \(most)")
                #expect(
                    zip(high, high.dropFirst()).allSatisfy { $0.units == $1.units / eta },
                    "r \(least), R \(most)")
            }
        }
    }

    @Test func `a list of levels is the ladder, without its lowest rungs where s says so`() {
        var plan = Ladder(r: 2, R: 52, eta: 3, levels: []).plan
        plan.spacing = .levels([2, 10, 50].map { Resource($0) })
        #expect(plan.rungs.map(\.units) == [2, 10, 50])
        let hyperband = AsyncHyperband(AsyncHyperbandPlan(asha: plan))
        #expect(hyperband.levels.map(\.units) == [2, 10, 50])
    }

    @Test func `a plan of a log that does not say where its rungs lie has the paper's`() throws {
        let text = #"{"minResource":1,"maxResource":100,"reductionFactor":3,"earlyStoppingRate":0}"#
        let plan = try JSONDecoder().decode(ASHAPlan.self, from: Data(text.utf8))
        #expect(plan.rungs.map(\.units) == [1, 3, 9, 27, 81])
    }

    @Test func `without a scheduler there is one level, at the maximum resource`() {
        #expect(NoScheduler(maxResource: Resource(9)).levels == [Resource(9)])
        #expect(SchedulerPlan.none(maxResource: Resource(9)).levels == [Resource(9)])
    }
}
