import ArgumentParser
import Spool
import Tuning
import UnixSignals
import Worker

/// `stune-worker run`: one attempt.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Carry out one task of an array (started by the cluster, not by hand).",
        discussion: """
            Exit codes: 0 the command finished, or left as it was told, or another process has the attempt; \
            1 the command failed, which the controller has been told; 64 wrong use; 74 news could not be \
            published, and stays in the attempt's directory; 75 this node does not see the manifest.
            """)

    @Option(help: "The study's directory.")
    var study: String

    @Option(help: "The array's token: 16 hexadecimal digits.")
    var token: String

    @Option(help: "The task's index (default: SLURM_ARRAY_TASK_ID).")
    var index: Int?

    @Option(help: "The task's time limit in seconds (SLURM_JOB_END_TIME knows it better).")
    var timeLimit: Int?

    @Option(help: "How many seconds before its end the command is told to save and leave.")
    var leaveSeconds: Int?

    func run() async throws {
        let environment = Host.environment
        let ending = try await failing { () async throws(WorkerError) in
            guard let token = ArrayToken(token) else {
                throw .usage("--token '\(token)' is not 16 lower-case hexadecimal digits")
            }
            let attempt = AttemptRun(
                study: StudyDirectory(study),
                task: try TaskIdentity(token: token, index: index, environment: environment),
                environment: environment,
                deadline: Deadline(
                    limit: timeLimit, asked: leaveSeconds, environment: environment, age: Host.processAge),
                note: { Console.error("stune-worker: \($0)") })
            let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigusr1)
            return try await attempt.run(leaveRequests: signals.map { $0 == .sigusr1 ? .warning : .now })
        }
        switch ending {
        case .superseded, .published(.finished): return
        case .published(.left): Console.error("stune-worker: the command was told to leave, and left")
        case .published(let ending):
            Console.error("stune-worker: the attempt ended: \(ending)")
            throw ExitCode(1)
        }
    }
}
