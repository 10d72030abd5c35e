import ArgumentParser
import Foundation
import Tuning

/// Measures what the searchers find with few trials, one at a time.
@main
struct BenchSearchers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-searchers",
        abstract: "What the searchers find on test functions.",
        discussion:
            "Prints one JSON object a line: function, searcher, seed, and the best value. Where a function has "
            + "noise, it is the value without it of the trial that looked best.")

    @Option(help: "The searchers: random, sobol, tpe, bohb, bohb-model, evolution.", transform: names)
    var searchers = ["tpe", "bohb", "bohb-model"]

    @Option(help: "The functions, or 'compared' or 'tuning'.", transform: names)
    var functions = ["compared"]

    @Option(help: "How many trials a run has.")
    var trials = 100

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds.")
    var runs = 30

    mutating func validate() throws {
        for name in searchers where Self.plan(name, seed: 0) == nil {
            throw ValidationError("there is no searcher '\(name)'")
        }
        for name in functions where Self.functions(name).isEmpty {
            throw ValidationError("there is no function '\(name)'")
        }
    }

    func run() throws {
        for function in functions.flatMap(Self.functions) {
            for searcher in searchers {
                for seed in seed..<(seed + UInt64(runs)) {
                    guard let plan = Self.plan(searcher, seed: seed) else { continue }
                    let best = Self.best(function, plan, trials: trials, seed: seed)
                    print(
                        "{\"function\":\"\(function.name)\",\"searcher\":\"\(searcher)\",\"seed\":\(seed),"
                            + "\"minimum\":\(function.minimum),\"best\":\(best)}")
                }
            }
        }
    }

    private static func names(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

    private static func functions(_ name: String) -> [TestFunction] {
        switch name {
        case "compared": TestFunction.compared
        case "tuning": TestFunction.tuning
        default: TestFunction.all.filter { $0.name == name }
        }
    }

    private static func plan(_ name: String, seed: UInt64) -> SearcherPlan? {
        switch name {
        case "random": .random(seed: seed)
        case "sobol": .sobol(SobolPlan(seed: seed))
        case "tpe": .tpe(TPEPlan(seed: seed))
        case "bohb": .bohb(BOHBPlan(seed: seed))
        // The model alone, without the random third of the trials.
        case "bohb-model": .bohb(BOHBPlan(seed: seed, randomFraction: 0))
        case "evolution": .evolution(EvolutionPlan(seed: seed))
        default: nil
        }
    }

    /// The best value of one run.
    private static func best(
        _ function: TestFunction, _ plan: SearcherPlan, trials: Int, seed: UInt64
    ) -> Double {
        var searcher = plan.searcher(over: function.space)
        // A stream that no searcher uses.
        var random = Random(seed: seed, stream: .max - 1)
        var best = (seen: Double.infinity, value: Double.infinity)
        for number in 0..<trials {
            guard let configuration = searcher.propose(for: TrialID(number)) else { break }
            let value = function.value(configuration)
            let seen = value + function.noise * normal(&random)
            searcher.observe(TrialID(number), rung: 0, loss: Loss(value: seen))
            if seen < best.seen { best = (seen, value) }
        }
        return best.value
    }

    /// A normal deviate, by the method of Box and Muller.
    private static func normal(_ random: inout Random) -> Double {
        let radius = (-2 * log(1 - random.unit())).squareRoot()
        return radius * cos(2 * .pi * random.unit())
    }
}
