import ArgumentParser

/// The study that a command asks something of, and how the answer is printed.
struct RequestOptions: ParsableArguments {
    @Argument(help: "The study's directory.")
    var directory: String

    @Flag(help: "Print the answer as JSON.")
    var json = false

    /// What asks the study's controller, and prints its answer.
    ///
    /// - Throws: an exit code of 2 after saying what to do, when there is no such study.
    func delivery() throws -> RequestDelivery { try RequestDelivery(directory, json: json) }
}
