import Oracles
import Testing
import Tuning

/// The brackets of Hyperband and their cost, compared with the paper's formulas in whole numbers.
@Suite struct HyperbandBudgetTests {
    /// s_max: the greatest number of steps of η from r that stay at or below R.
    static func sMax(_ r: Int, _ R: Int, _ eta: Int) -> Int {
        var (s, resource) = (0, r)
        while resource * eta <= R { (s, resource) = (s + 1, resource * eta) }
        return s
    }

    @Test(arguments: 2...5)
    func `for every R up to 1000 the levels and sizes are the paper's`(eta: Int) {
        for R in 1...1_000 {
            for r in [1, 2, 7] where r <= R {
                let plan = HyperbandPlan(
                    minResource: Resource(r), maxResource: Resource(R), reductionFactor: eta)
                let sMax = Self.sMax(r, R, eta)
                #expect(plan.levels.count == sMax + 1, "r \(r), R \(R)")
                var power = 1
                for s in 0...sMax {
                    // The greatest whole number at most R·η^−s.
                    let level = plan.levels[sMax - s].units
                    #expect(level * power <= R && (level + 1) * power > R, "r \(r), R \(R), s \(s)")
                    let n = plan.configurations(bracket: s)
                    // The least whole number at least (s_max + 1)·η^s/(s + 1).
                    #expect(n * (s + 1) >= (sMax + 1) * power, "r \(r), R \(R), s \(s)")
                    #expect((n - 1) * (s + 1) < (sMax + 1) * power, "r \(r), R \(R), s \(s)")
                    power *= eta
                }
            }
        }
    }

    /// The table of the paper for R = 81 and η = 3: n_i and r_i of the brackets 4 to 0.
    @Test func `the paper's own table`() {
        let plan = HyperbandPlan(minResource: Resource(1), maxResource: Resource(81), reductionFactor: 3)
        #expect(plan.levels.map(\.units) == [1, 3, 9, 27, 81])
        #expect((0...4).map { plan.configurations(bracket: $0) } == [5, 8, 15, 34, 81])
    }

    @Test(arguments: [(9, 3), (27, 3), (20, 2), (64, 4), (100, 3), (125, 5), (7, 2), (1, 2)])
    func `a round takes what the formulas say, in trials and in resource`(R: Int, eta: Int) {
        let plan = HyperbandPlan(minResource: Resource(1), maxResource: Resource(R), reductionFactor: eta)
        let sMax = Self.sMax(1, R, eta)
        var expected: [Int: Int] = [:]
        var trials = 0
        for s in 0...sMax {
            let n = hyperbandCount(s: s, sMax: sMax, eta: eta)
            trials += n
            var power = 1
            for i in 0...s {
                // n_i trials have a result at level s_max − s + i.
                expected[sMax - s + i, default: 0] += n / power
                power *= eta
            }
        }
        #expect(Self.results(Hyperband(plan), trials: trials) == expected)
    }

    @Test(arguments: [(27, 3, 27), (27, 3, 30), (8, 2, 5), (16, 4, 64), (9, 3, 2)])
    func `a bracket of Successive Halving takes n, ⌊n/η⌋, ⌊n/η²⌋, …`(R: Int, eta: Int, n: Int) {
        let plan = SuccessiveHalvingPlan(ladder: .of(1, R, eta), configurations: n)
        var (expected, left) = ([Int: Int](), n)
        for level in 0...Self.sMax(1, R, eta) where left > 0 {
            expected[level] = left
            left /= eta
        }
        #expect(Self.results(SuccessiveHalving(plan), trials: n) == expected)
    }

    @Test func `trials draw the brackets of asynchronous Hyperband with Hyperband's odds`() {
        let plan = AsyncHyperbandPlan(asha: .of(1, 81, 3), seed: 11)
        #expect(plan.weights == [81, 34, 15, 8, 5])
        let scheduler = AsyncHyperband(plan)
        var counts = [0, 0, 0, 0, 0]
        for trial in 0..<14_300 { counts[scheduler.entry(of: TrialID(trial)) ?? 0] += 1 }
        // Five standard deviations of a binomial count.
        for (count, weight) in zip(counts, plan.weights) {
            let odds = Double(weight) / 143
            let spread = (14_300 * odds * (1 - odds)).squareRoot()
            #expect(abs(Double(count) - 14_300 * odds) < 5 * spread, "\(counts)")
        }
    }

    /// How many results each level has after this many trials, with one worker.
    private static func results(_ scheduler: some Scheduler, trials: Int) -> [Int: Int] {
        var scheduler = scheduler
        var results: [Int: Int] = [:]
        var next = 0
        while true {
            let work: (trial: TrialID, rung: Int)
            if let promotion = scheduler.promote() {
                work = (promotion.trial, promotion.rung)
            } else if next < trials, let rung = scheduler.entry(of: TrialID(next)) {
                work = (TrialID(next), rung)
                scheduler.admit(work.trial)
                next += 1
                if next == trials { scheduler.close() }
            } else {
                return results
            }
            results[work.rung, default: 0] += 1
            scheduler.record(
                work.trial, rung: work.rung, loss: Loss(value: Double(work.trial.number * 7 % 31)))
        }
    }
}
