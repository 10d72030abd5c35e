import Chance
import Oracles
import Testing
import Tuning

/// The rule of the paper, on tables that can be checked by hand.
@Suite struct ASHATests {
    /// One step of a hand-written history.
    enum Step: Sendable {
        /// A trial's loss in a rung.
        case result(Int, rung: Int = 0, Double)
        /// A free worker asks, and gets this trial, promoted to this rung.
        case promotes(Int, to: Int)
        /// A free worker asks, and no trial may be promoted.
        case promotesNobody
    }

    struct Table: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var eta: Int
        var maxResource: Int
        var steps: [Step]
    }

    static let tables = [
        Table(
            testDescription: "nobody before η results are in", eta: 3, maxResource: 9,
            steps: [
                .promotesNobody, .result(0, 0.1), .promotesNobody, .result(1, 0.2), .promotesNobody,
                .result(2, 0.3), .promotes(0, to: 1), .promotesNobody,
            ]),
        Table(
            testDescription: "of nine results that are all in, three, not seven", eta: 3, maxResource: 9,
            steps: (0..<9).map { .result($0, Double($0)) }
                + [.promotes(0, to: 1), .promotes(1, to: 1), .promotes(2, to: 1), .promotesNobody]),
        Table(
            testDescription: "results that get better and better promote each as it arrives",
            eta: 3, maxResource: 9,
            steps: [.result(0, 9), .result(1, 8)]
                + (2..<9).flatMap { [.result($0, Double(9 - $0)), .promotes($0, to: 1), .promotesNobody] }),
        Table(
            testDescription: "a promoted trial keeps its place among the best", eta: 2, maxResource: 2,
            steps: [
                .result(0, 1), .result(1, 2), .promotes(0, to: 1), .promotesNobody,
                .result(2, 3), .promotesNobody, .result(3, 4), .promotes(1, to: 1), .promotesNobody,
            ]),
        Table(
            testDescription: "a promoted trial that is overtaken takes no place", eta: 2, maxResource: 2,
            steps: [
                .result(0, 5), .result(1, 6), .promotes(0, to: 1),
                .result(2, 1), .promotes(2, to: 1), .result(3, 2), .promotes(3, to: 1), .promotesNobody,
                .result(4, 3), .result(5, 9), .promotes(4, to: 1), .promotesNobody,
            ]),
        Table(
            testDescription: "the highest rung goes first", eta: 2, maxResource: 4,
            steps: [
                .result(0, 1), .result(1, 2), .result(2, 3), .result(3, 4),
                .promotes(0, to: 1), .promotes(1, to: 1),
                .result(4, 0.5), .result(5, 9),
                .result(0, rung: 1, 1), .result(1, rung: 1, 0.9),
                .promotes(1, to: 2), .promotes(4, to: 1), .promotesNobody,
            ]),
        Table(
            testDescription: "the top rung promotes nobody", eta: 2, maxResource: 2,
            steps: [
                .result(0, 1), .result(1, 1), .result(2, 1), .result(3, 1),
                .promotes(0, to: 1), .promotes(1, to: 1),
                .result(0, rung: 1, 1), .result(1, rung: 1, 2), .promotesNobody,
            ]),
        Table(
            testDescription: "one rung promotes nobody", eta: 2, maxResource: 1,
            steps: [.result(0, 1), .result(1, 2), .result(2, 3), .promotesNobody]),
        Table(
            testDescription: "among equals the lower number goes first, not the first to arrive",
            eta: 2, maxResource: 2,
            steps: [
                .result(3, 1), .result(1, 1), .promotes(1, to: 1), .promotesNobody,
                .result(2, 1), .result(0, 1), .promotes(0, to: 1), .promotesNobody,
                .result(5, 1), .result(4, 1), .promotes(2, to: 1), .promotesNobody,
            ]),
        Table(
            testDescription: "a failed trial counts as a result and is never promoted",
            eta: 2, maxResource: 2,
            steps: [
                .result(0, .infinity), .result(1, .infinity), .promotesNobody,
                .result(2, 7), .promotes(2, to: 1), .promotesNobody,
                .result(3, 8), .promotes(3, to: 1), .promotesNobody,
                .result(4, .infinity), .result(5, .nan), .promotesNobody,
            ]),
        Table(
            testDescription: "the floor of n/η, not its rounding", eta: 4, maxResource: 4,
            steps: (0..<7).map { .result($0, Double(-$0)) }
                + [.promotes(6, to: 1), .promotesNobody, .result(7, 0), .promotes(5, to: 1)]),
    ]

    @Test(arguments: tables)
    func `the rule of the paper, by hand`(table: Table) {
        let plan = ASHAPlan(
            minResource: Resource(1), maxResource: Resource(table.maxResource), reductionFactor: table.eta)
        var asha = ASHA(plan)
        var counts = plan.rungs.map { _ in 0 }
        for (number, step) in table.steps.enumerated() {
            switch step {
            case .result(let trial, let rung, let loss):
                counts[rung] += 1
                asha.record(TrialID(trial), rung: rung, loss: Loss(value: loss))
            case .promotes(let trial, let rung):
                let expected = Promoted(
                    trial: trial, rung: rung, results: counts[rung - 1],
                    kept: counts[rung - 1] / table.eta)
                #expect(asha.promote().map(Promoted.init) == expected, "step \(number)")
            case .promotesNobody:
                #expect(asha.promote() == nil, "step \(number)")
            }
        }
    }

    @Test(arguments: 2...5)
    func `if all n results are in before any promotion, exactly ⌊n/η⌋ are promoted`(eta: Int) {
        for count in 0...40 {
            for seed: UInt64 in 1...4 {
                var dice = Dice(seed: seed)
                var asha = ASHA(
                    ASHAPlan(minResource: Resource(1), maxResource: Resource(eta), reductionFactor: eta))
                let losses = (0..<count).map { _ in Double(dice.roll(0...20)) }
                for trial in Array(0..<count).shuffled(using: &dice) {
                    asha.record(TrialID(trial), rung: 0, loss: Loss(value: losses[trial]))
                }
                var promoted: [Int] = []
                while let promotion = asha.promote() { promoted.append(promotion.trial.number) }
                let best = (0..<count).sorted { (losses[$0], $0) < (losses[$1], $1) }.prefix(count / eta)
                #expect(promoted == Array(best), "n = \(count), seed \(seed)")
            }
        }
    }
}
