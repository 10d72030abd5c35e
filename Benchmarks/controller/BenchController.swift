import ArgumentParser

/// Measures the speed of the controller and the store.
@main
struct BenchController: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-controller",
        abstract: "Throughput and scale of the controller and its store.",
        discussion: """
            The controller, the store and the letters are the program's own; only the cluster is simulated: its \
            tasks report the moment they are submitted. Figures are medians of the runs.
            """,
        subcommands: [Ingest.self, Scale.self, Load.self, Feed.self])
}

/// The options of every measurement.
struct BenchOptions: ParsableArguments {
    @Option(help: "Where the studies lie while they are measured (default: a temporary directory).")
    var place: String?

    @Flag(help: "Print the figures as JSON.")
    var json = false
}
