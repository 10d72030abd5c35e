import Spool
import Tuning
import UnixSignals
import Worker

/// One task of an array, as the cluster starts it.
struct TaskRun {
    var arguments: TaskArguments

    /// Carries the task out.
    ///
    /// - Returns: the process's exit code.
    func run() async -> Int32 {
        do throws(WorkerError) {
            switch try await outcome() {
            case .superseded, .published(.finished): return 0
            case .published(.left):
                Console.error("stune-worker: the command was told to leave, and left")
                return 0
            case .published(let ending):
                Console.error("stune-worker: the attempt ended: \(ending)")
                return 1
            }
        } catch {
            Console.error("stune-worker: \(error)")
            return error.exitCode
        }
    }

    private func outcome() async throws(WorkerError) -> AttemptRun.Outcome {
        guard let array = ArrayToken(arguments.token) else {
            throw .usage("--token '\(arguments.token)' is not 16 lower-case hexadecimal digits")
        }
        let environment = Host.environment
        let attempt = AttemptRun(
            study: StudyDirectory(arguments.study),
            task: try TaskIdentity(token: array, index: arguments.index, environment: environment),
            environment: environment,
            deadline: Deadline(
                limit: arguments.timeLimit, asked: arguments.leaveSeconds, environment: environment,
                age: Host.processAge),
            note: { Console.error("stune-worker: \($0)") })
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigusr1)
        return try await attempt.run(leaveRequests: signals.map { $0 == .sigusr1 ? .warning : .now })
    }
}
