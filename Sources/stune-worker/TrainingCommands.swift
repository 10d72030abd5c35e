import ArgumentParser
import Spool
import Worker

/// `stune-worker report`: metrics, from training code in any language.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report metrics at a resource, from within the training command.",
        discussion: """
            Prints 'continue' or 'leave': leave when the target is reached, or the attempt has to end early. Where \
            the study's workers stay (execution), it waits at the target for the controller's answer: on 'leave' \
            publish a checkpoint then, if you have not yet, so that a promotion starts from it.

            Example: stune-worker report val_loss=0.31 accuracy=0.9 --resource 3
            """)

    @Argument(help: "Metrics, as NAME=NUMBER; nan and inf are numbers.")
    var metrics: [String]

    @Option(help: "The resource at which they were measured: epochs, steps.")
    var resource: Int

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func run() async throws {
        let target = try await failing { () async throws(WorkerError) in
            try await TrainingContext(environment: Host.environment).report(metrics, at: resource)
        }
        let answer = target == nil ? "leave" : "continue"
        let to = target.map { ",\"to\":\($0)" } ?? ""
        print(json ? "{\"directive\":\"\(answer)\"\(to)}" : answer)
    }
}

/// `stune-worker checkpoint`: publishes a checkpoint.
struct CheckpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Publish a file or directory as the checkpoint of a resource.",
        discussion: """
            Publish it before the report at the same resource, so that a promotion starts from it. The next \
            attempt finds it under STUNE_RESUME.

            Example: stune-worker checkpoint model.bin --resource 3
            """)

    @Argument(help: "The file or directory.")
    var path: String

    @Option(help: "The resource it holds: epochs, steps.")
    var resource: Int

    func run() async throws {
        try await failing { () async throws(WorkerError) in
            try await TrainingContext(environment: Host.environment).publish(path, at: resource)
        }
    }
}
