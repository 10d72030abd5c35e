import ArgumentParser
import Worker

/// `stune-worker run`: one task, with all its lanes.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Carry out one task of an array (started by the cluster, not by hand).",
        discussion: """
            Exit codes: 0 the command finished, or left as it was told, or another process has the attempt; \
            1 the command failed, which the controller has been told; 64 wrong use; 74 news could not be \
            published, and stays in the attempt's directory; 75 this node does not see the manifest. Of several \
            commands side by side the greatest code counts.
            """)

    @Option(help: "The study's directory.")
    var study: String

    @Option(help: "The array's token: 16 hexadecimal digits.")
    var token: String

    @Option(help: "The task's index (default: SLURM_ARRAY_TASK_ID).")
    var index: Int?

    @Option(help: "The task's time limit in seconds (SLURM_JOB_END_TIME takes precedence).")
    var timeLimit: Int?

    @Option(help: "How many seconds before the time limit to ask the command to save and leave.")
    var leaveSeconds: Int?

    @Option(help: "Which line of the study's setup failed, and how: report that, and run nothing.")
    var setupFailure: String?

    func run() async throws {
        let arguments = TaskArguments(
            study: study, token: token, index: index, timeLimit: timeLimit, leaveSeconds: leaveSeconds,
            setupFailure: setupFailure)
        let code = await arguments.run()
        if code != 0 { throw ExitCode(code) }
    }
}
