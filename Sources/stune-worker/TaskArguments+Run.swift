import Spool
import Tuning
import UnixSignals
import Worker

extension TaskArguments {
    /// Runs the task, and prints to standard error how its lanes ended.
    ///
    /// - Returns: the process's exit code.
    func run() async -> Int32 {
        TrainingGuard.start()
        defer { TrainingGuard.stop() }
        let lanes: [TaskRun.Outcome]
        do throws(WorkerError) {
            lanes = try await carryOut()
        } catch {
            Console.error("stune-worker: \(error)")
            return error.exitCode
        }
        for lane in lanes {
            switch lane {
            // The script has printed that already.
            case .published(.setupFailed): break
            case .superseded, .over, .published(.finished): break
            case .published(.left): Console.error("stune-worker: the command was told to leave, and left")
            case .published(let ending): Console.error("stune-worker: the attempt ended: \(ending)")
            case .failed(let error): Console.error("stune-worker: \(error)")
            }
        }
        return lanes.map(\.exitCode).max() ?? 0
    }

    private func carryOut() async throws(WorkerError) -> [TaskRun.Outcome] {
        guard let array = ArrayToken(token) else {
            throw .usage("--token '\(token)' is not 16 lower-case hexadecimal digits")
        }
        let environment = Host.environment
        let identity = try TaskIdentity(token: array, index: index, environment: environment)
        if let setupFailure {
            return try await SetupFailure(
                study: StudyDirectory(study), task: identity, reason: setupFailure,
                note: { Console.error("stune-worker: \($0)") }
            ).publish()
        }
        let task = TaskRun(
            study: StudyDirectory(study), task: identity,
            environment: environment,
            deadline: Deadline(
                limit: timeLimit, asked: leaveSeconds, environment: environment, age: Host.processAge),
            note: { Console.error("stune-worker: \($0)") })
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigusr1, .sigusr2)
        return try await task.run(leaveRequests: signals.map { LeaveRequest($0) })
    }
}

extension LeaveRequest {
    /// What a signal means to a worker.
    fileprivate init(_ signal: UnixSignal) {
        switch signal {
        case .sigusr1: self = .warning
        case .sigusr2: self = .soon
        default: self = .now
        }
    }
}
