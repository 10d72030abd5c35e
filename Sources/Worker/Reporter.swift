import Spool
import Tuning

/// Carries what the command writes into the spool: reads the reports file, lets the log judge each line, and
/// sends what follows. A command that waits at its target gets the controller's answer from it.
struct Reporter {
    /// The attempt that the command carries out.
    private(set) var attempt: SpoolAttempt
    private var log: AttemptLog
    private var courier: Courier
    private var file: GrowingFile
    private let home: Int
    private let array: UInt32
    private let study: StudyDirectory
    private let files: AttemptFiles
    private let stay: Manifest.Stay?
    private let departure: Departure
    private let note: @Sendable (String) -> Void
    private var isReading = true

    /// A reporter for a command that is about to start.
    init(
        log: AttemptLog, attempt: SpoolAttempt, array: UInt32, study: StudyDirectory, files: AttemptFiles,
        stay: Manifest.Stay?, departure: Departure, note: @escaping @Sendable (String) -> Void
    ) {
        self.log = log
        self.attempt = attempt
        self.array = array
        self.study = study
        self.files = files
        self.stay = stay
        self.departure = departure
        self.note = note
        home = attempt.turn
        courier = Reporter.courier(attempt, study)
        file = GrowingFile(path: files.reports)
    }

    private static func courier(_ attempt: SpoolAttempt, _ study: StudyDirectory) -> Courier {
        let inbox = Inbox(study)
        return Courier(attempt: attempt) { (messages) throws(SpoolError) in try inbox.put(messages) }
    }

    /// Says that the attempt begins.
    mutating func start() async throws(WorkerError) {
        try await send([
            .started(
                .init(array: array, host: Host.name, process: Host.processID, home: otherHome))
        ])
    }

    /// The turn whose directory the command writes into, where it is not the attempt's own.
    private var otherHome: Int? { attempt.turn == home ? nil : home }

    /// Publishes messages.
    private mutating func send(_ bodies: [Message.Body]) async throws(WorkerError) {
        do throws(SpoolError) {
            try await courier.send(bodies, note: note)
        } catch {
            throw .unpublished("\(error); the reports stay in '\(files.path)'")
        }
    }

    // MARK: While the command runs

    /// Follows the reports file while the command runs.
    mutating func follow(_ running: RunningCommand) async throws(WorkerError) {
        var pause = WorkerLimits.reportsPause.shortest
        var waiting: [Message.Body] = []
        var lastLetter = ContinuousClock.now - WorkerLimits.letterInterval
        while running.isRunning {
            let news = read(isLast: false, running)
            waiting += news.bodies
            let now = ContinuousClock.now
            if !waiting.isEmpty && (news.isAtTarget || now - lastLetter >= WorkerLimits.letterInterval) {
                if news.waits { waiting.append(.waiting(secondsLeft: departure.secondsLeft)) }
                try await send(waiting)
                (waiting, lastLetter) = ([], now)
            }
            if news.waits { try await answer(running) }
            if let size = Files.size(files.stdout, files.stderr), size > WorkerLimits.outputBytes {
                running.stop("it printed more than \(WorkerLimits.outputBytes >> 20) MiB")
            }
            pause =
                news.bodies.isEmpty
                ? min(pause * 2, WorkerLimits.reportsPause.longest) : WorkerLimits.reportsPause.shortest
            await running.wait(atMost: pause)
        }
        try await send(waiting)
    }

    /// The command waits at its target: waits for the controller's answer, and tells the command.
    private mutating func answer(_ running: RunningCommand) async throws(WorkerError) {
        guard let stay else { return }
        let wait = AnswerWait(study: study, limit: .seconds(stay.seconds), note: note)
        let departure = departure
        let answer = try await wait.answer(to: .rung, of: attempt) {
            running.isRunning && !departure.isAsked
        }
        switch answer {
        case .goOn(_, let target):
            try await send([.ended(.wentOn, stderrTail: "")])
            attempt = attempt.next
            courier = Reporter.courier(attempt, study)
            try await start()
            try tell(Answer(resource: log.target, to: target.units))
            log.goOn(to: target)
        case .release(let save): try tell(Answer(resource: log.target, save: save))
        // It saves what it has learned: who knows what follows.
        case .gone, .leave, .next: try tell(Answer(resource: log.target, save: true))
        }
    }

    /// A line of the answers file.
    private struct Answer: Encodable {
        var resource: Int
        var to: Int?
        var save: Bool?
    }

    private func tell(_ answer: Answer) throws(WorkerError) {
        do throws(FileError) {
            try Files.appendLine(SpoolJSON.encode(answer), to: files.answers)
        } catch {
            throw .directory("\(error)")
        }
    }

    // MARK: When it is over

    /// The command is over: publishes the rest, and how it ended, as one letter; and that the worker waits for other
    /// work, if it does.
    mutating func finish(
        _ end: AttemptLog.CommandEnd, wasAskedToLeave: Bool
    ) async throws(WorkerError) -> Ending {
        if wasAskedToLeave { log.askedToLeave() }
        let bodies = read(isLast: true, nil).bodies
        let ending = log.ended(end)
        let tail = ending == .finished ? "" : files.stderrTail()
        let waits = stay?.reuse == true && ending == .finished && !departure.isAsked
        try await send(
            bodies + [.ended(ending, stderrTail: tail)]
                + (waits ? [.idle(secondsLeft: departure.secondsLeft)] : []))
        return ending
    }

    // MARK: Reading

    /// What new lines lead to.
    private struct News {
        var bodies: [Message.Body] = []
        /// Whether one of them is the report at the target.
        var isAtTarget = false
        /// Whether the command waits for what follows it.
        var waits = false
    }

    private mutating func read(isLast: Bool, _ running: RunningCommand?) -> News {
        var news = News()
        guard isReading else { return news }
        do throws(GrowingFile.Trouble) {
            for line in try file.newLines(isLast: isLast) {
                switch log.wrote(line) {
                case .send(let body): news.bodies.append(body)
                case .sendAtTarget(let body, let waits):
                    news.bodies.append(body)
                    news.isAtTarget = true
                    news.waits = waits && stay != nil
                case .checkpoint(let resource):
                    if files.hasCheckpoint(resource) {
                        news.bodies.append(.checkpoint(resource: resource, home: otherHome))
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
        return news
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
