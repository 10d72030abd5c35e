import Spool
import Tuning

/// Carries what the command writes into the spool: reads the reports file, lets the log judge each line, and
/// sends what follows.
struct Reporter {
    private var log: AttemptLog
    private var courier: Courier
    private var file: GrowingFile
    private let files: AttemptFiles
    private let note: @Sendable (String) -> Void
    private var isReading = true

    init(log: AttemptLog, courier: Courier, files: AttemptFiles, note: @escaping @Sendable (String) -> Void)
    {
        self.log = log
        self.courier = courier
        self.files = files
        self.note = note
        file = GrowingFile(path: files.reports)
    }

    /// Publishes messages.
    mutating func send(_ bodies: [Message.Body]) async throws(WorkerError) {
        do throws(SpoolError) {
            try await courier.send(bodies, note: note)
        } catch {
            throw .unpublished("\(error); the reports stay in '\(files.path)'")
        }
    }

    /// Follows the reports file while the command runs.
    mutating func follow(_ running: RunningCommand) async throws(WorkerError) {
        var pause = WorkerLimits.reportsPause.shortest
        var waiting: [Message.Body] = []
        var lastLetter = ContinuousClock.now - WorkerLimits.letterInterval
        while running.isRunning {
            let (bodies, isUrgent) = read(isLast: false, running)
            waiting += bodies
            let now = ContinuousClock.now
            if !waiting.isEmpty && (isUrgent || now - lastLetter >= WorkerLimits.letterInterval) {
                try await send(waiting)
                (waiting, lastLetter) = ([], now)
            }
            if let size = Files.size(files.stdout, files.stderr), size > WorkerLimits.outputBytes {
                running.stop("it printed more than \(WorkerLimits.outputBytes >> 20) MiB")
            }
            pause =
                bodies.isEmpty
                ? min(pause * 2, WorkerLimits.reportsPause.longest) : WorkerLimits.reportsPause.shortest
            await running.wait(atMost: pause)
        }
        try await send(waiting)
    }

    /// The command is over: publishes the rest, and how it ended, as one letter.
    mutating func finish(
        _ end: AttemptLog.CommandEnd, wasAskedToLeave: Bool
    ) async throws(WorkerError) -> Ending {
        if wasAskedToLeave { log.askedToLeave() }
        let (bodies, _) = read(isLast: true, nil)
        let ending = log.ended(end)
        let tail = ending == .finished ? "" : files.stderrTail()
        try await send(bodies + [.ended(ending, stderrTail: tail)])
        return ending
    }

    /// What new lines lead to, and whether one of them is the report at the target.
    private mutating func read(
        isLast: Bool, _ running: RunningCommand?
    ) -> (bodies: [Message.Body], isUrgent: Bool) {
        guard isReading else { return ([], false) }
        var bodies: [Message.Body] = []
        var isUrgent = false
        do throws(GrowingFile.Trouble) {
            for line in try file.newLines(isLast: isLast) {
                switch log.wrote(line) {
                case .send(let body): bodies.append(body)
                case .sendAtTarget(let body):
                    bodies.append(body)
                    isUrgent = true
                case .checkpoint(let resource):
                    if files.hasCheckpoint(resource) {
                        bodies.append(.checkpoint(resource: resource))
                    } else {
                        tell(log.trouble("there is no checkpoint '\(files.checkpoints)/\(resource)'"))
                    }
                case .note(let text): note(text)
                }
            }
        } catch {
            isReading = false
            let why = Reporter.words(error, files.reports)
            tell(log.trouble(why))
            running?.stop(why)
        }
        return (bodies, isUrgent)
    }

    private func tell(_ step: AttemptLog.Step) {
        if case .note(let text) = step { note(text) }
    }

    private static func words(_ trouble: GrowingFile.Trouble, _ path: String) -> String {
        switch trouble {
        case .tooLarge(let bytes):
            "'\(path)' has \(bytes) bytes, more than \(SpoolLimits.reportsFileBytes): report less often"
        case .replaced: "'\(path)' was replaced or cut: only append to it"
        case .file(let error): error.description
        }
    }
}
