import Foundation
import Tuning

/// What strategies have found on recorded tables, beside random search that trains each trial to its end.
///
/// The numbers are in `StrategyTable`, which Benchmarks/advice writes together with the table of docs/choosing.md.
struct StrategyEvidence {
    /// A searcher with a scheduler.
    struct Strategy: Hashable {
        /// `auto` or `random`.
        let searcher: String
        /// The scheduler's name in study files.
        let scheduler: String
    }

    /// What a strategy has found by a moment.
    struct Result {
        let strategy: Strategy
        /// How many times the regret of random search it has left: the geometric mean over all tables.
        let ratio: Double
        /// The 95 % interval of `ratio`.
        let low: Double
        let high: Double
    }

    /// On how many tables.
    static let tables = StrategyTable.tables

    /// The results of all strategies in what comes nearest to the circumstances, in the order of preference.
    static func results(workers: Int, trainings: Double) -> (
        workers: Int, moment: Double, results: [Result]
    ) {
        let count = nearest(Double(workers), of: StrategyTable.workers.map(Double.init))
        let tried = StrategyTable.rows.filter { Double($0.workers) == count }
        let moment = nearest(trainings, of: Set(tried.map(\.moment)).sorted())
        let rows = tried.filter { $0.moment == moment }
        return (
            Int(count), moment,
            rows.map {
                Result(
                    strategy: Strategy(searcher: $0.searcher, scheduler: $0.scheduler), ratio: $0.ratio,
                    low: $0.low, high: $0.high)
            }
        )
    }

    /// The nearest on the log scale.
    private static func nearest(_ value: Double, of choices: [Double]) -> Double {
        choices.min { abs(log($0 / value)) < abs(log($1 / value)) } ?? value
    }
}
