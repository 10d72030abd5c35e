import ArgumentParser
import Foundation

/// `stune export`: takes a study to other tools. The Python client does the work (`stune.export`), because the libraries
/// that write their formats are Python's.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export a study to files, TensorBoard, MLflow, W&B, trackio or Optuna.",
        discussion: """
            csv          trials.csv, reports.csv and attempts.csv in a directory
            jsonl        the same as JSON lines
            parquet      the same as Parquet files (needs pyarrow)
            tensorboard  a log directory: scalars and hyperparameters (needs tensorboard)
            mlflow       a tracking URI, such as sqlite:///mlflow.db (needs mlflow)
            wandb        a directory of offline runs for 'wandb sync' (needs wandb)
            trackio      a directory for TRACKIO_DIR (needs trackio)
            optuna       a storage URL, or the path of a journal (needs optuna)

            It reads the snapshot that the controller publishes, while the study runs or afterwards. --follow adds what \
            is new until the study is over; killed and started again, it loses nothing and writes nothing twice. The \
            library that a format needs must be installed for the Python that runs the export. Prints where it wrote. \
            Exit code 3: a signal stopped it; run the same command again to go on. The manual is exports.md in 'stune \
            where docs'.

            Example: stune export csv digits.stune --to results
            Example: stune export tensorboard digits.stune --to runs --follow
            """)

    /// What a study can be exported to; the same as `FORMATS` of the client.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case csv, jsonl, parquet, tensorboard, mlflow, wandb, trackio, optuna
    }

    @Argument(help: "The format.")
    var format: Format

    @Argument(help: "The study's directory.")
    var directory: String

    @Option(help: "Where to write; by default a place named after the study in the current directory.")
    var to: String?

    @Flag(help: "Add what is new until the study is over.")
    var follow = false

    @Option(help: "With --follow: how many seconds to wait at least between two looks (default: 2).")
    var interval: Double?

    @Option(help: "The Python that runs the export.")
    var python = "python3"

    func run() throws {
        let installation = Installation.own
        guard let client = installation.path(of: .client) else {
            let places = installation.places(of: .client).map { "'\($0)'" }.joined(separator: " and ")
            throw complaint(
                "the Python client, which exports studies, is not there: looked for \(places). Install stune again, or "
                    + "name its directory in STUNE_SHARE", code: 1)
        }
        let known = ProcessInfo.processInfo.environment["PYTHONPATH"].map { $0.isEmpty ? "" : ":\($0)" }
        setenv("PYTHONPATH", client + (known ?? ""), 1)
        // Signals, the terminal and the exit code are those of the export itself.
        var arguments = ([python] + clientArguments).map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        execvp(python, &arguments)
        throw complaint(
            "cannot start '\(python)', which runs the export: \(String(cString: strerror(errno))). Install Python 3.8 or "
                + "later, or name it with --python", code: 1)
    }

    /// What Python is called with.
    var clientArguments: [String] {
        ["-m", "stune.export", format.rawValue, "--follow"].filter { follow || $0 != "--follow" }
            + (to.map { ["--to=\($0)"] } ?? [])
            + (interval.map { ["--interval=\($0)"] } ?? [])
            + ["--", directory]
    }
}
