import ArgumentParser
import Curves
import Simulated

/// The options of `stune simulate`, except those of its output.
struct SimulationOptions: ParsableArguments {
    @Argument(help: "The study file (YAML).")
    var study: String

    @Option(help: "The recorded learning curves: a CSV file, gzipped or not.")
    var curves: String?

    @Option(
        help: ArgumentHelp(
            "Instead of --curves: hartmann3 or hartmann6, also with -good, -moderate, -bad or -terrible behind it."
        ))
    var function: String?

    @Option(
        help: "How many tasks run at once, instead of the study's 'parallel'; separate several by commas.")
    var workers: String?

    @Option(
        help: ArgumentHelp(
            "How long each task waits in the queue: \(QueueWait.forms); separate several by commas."))
    var queueWait = "0"

    @Option(help: "What each task takes from its start until it trains, in seconds.")
    var startup = 0.0

    @Option(help: "How many times each variant runs, each with the next seed.")
    var repeats = 20

    @Option(help: "The first seed (default: the study's).")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Variants of the study to run beside it, each with one other setting: KEY=VALUE, several with commas "
                + "between; may be given more than once."))
    var against: [String] = []

    @Option(parsing: .unconditional, help: "The value to find.")
    var target: Double?

    @Option(
        help: ArgumentHelp(
            "Instead of --target: the value that this share of the table's configurations reaches at the end "
                + "(default for a table: 0.01)."))
    var targetQuantile: Double?

    @Option(
        help: ArgumentHelp(
            "Also show how good the best K trials are together over time: the mean and the standard deviation of each "
                + "one's best value. --plot then draws these.", valueName: "k"))
    var top: Int?

    func validate() throws {
        guard (curves == nil) != (function == nil) else {
            throw ValidationError("give either --curves, a table, or --function, a built-in function")
        }
        if let function, !Hartmann.all.contains(where: { $0.name == function }) {
            let names = Hartmann.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--function: there is no '\(function)'; there are \(names)")
        }
        guard (1...10_000).contains(repeats) else { throw ValidationError("--repeats: from 1 to 10,000") }
        guard startup >= 0, startup <= 1e6 else {
            throw ValidationError("--startup: from 0 to 1,000,000 seconds")
        }
        guard target == nil || targetQuantile == nil else {
            throw ValidationError("--target and --target-quantile exclude each other")
        }
        if let top, !Leaders.counts.contains(top) {
            throw ValidationError("--top: from 2 to 1,000 trials")
        }
        if let target, !target.isFinite { throw ValidationError("--target: a finite number") }
        if let targetQuantile {
            guard targetQuantile > 0, targetQuantile <= 1 else {
                throw ValidationError("--target-quantile: above 0, and at most 1")
            }
            guard curves != nil else {
                throw ValidationError(
                    "--target-quantile is of a table's values; give --target for a function")
            }
        }
    }
}
