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
    private var home: Int
    private let array: UInt32
    private let study: StudyDirectory
    private let manifest: Manifest
    private var files: AttemptFiles
    /// Where the command's output goes, whatever it works on.
    private let output: AttemptFiles
    private let departure: Departure
    private let note: @Sendable (String) -> Void
    private var isReading = true
    /// What is to be said with the next letter.
    private var unsent: [Message.Body] = []
    /// How the attempt ended, once the command has asked for another trial.
    private var ending: Ending?
    /// What follows the command.
    private(set) var sequel = Sequel.ask
    private var stay: Manifest.Stay? { manifest.stay }

    /// What follows a command that has ended as it should.
    enum Sequel {
        /// The controller is asked for other work.
        case ask
        /// This work: the command had asked for it, and left before it came.
        case work(Manifest.Entry)
        /// Nothing: the controller has none.
        case leave
    }

    /// A reporter for a command that is about to start on a piece of work.
    init(
        _ entry: Manifest.Entry, of manifest: Manifest, attempt: SpoolAttempt, array: UInt32,
        study: StudyDirectory, files: AttemptFiles, departure: Departure,
        note: @escaping @Sendable (String) -> Void
    ) {
        log = AttemptLog(metric: manifest.metric, from: entry.from, to: entry.to)
        self.attempt = attempt
        self.array = array
        self.study = study
        self.manifest = manifest
        self.files = files
        output = files
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

    /// Says that the attempt begins: at once where the cluster has just started the task, else with the first news, or
    /// after `letterInterval`.
    mutating func start() async throws(WorkerError) {
        unsent.append(
            .started(.init(array: array, host: Host.name, process: Host.processID, home: otherHome)))
        if attempt.turn == 0 { try await send([]) }
    }

    /// The turn whose directory the command writes into, where it is not the attempt's own.
    private var otherHome: Int? { attempt.turn == home ? nil : home }

    /// Publishes what is unsent, and these messages.
    private mutating func send(_ bodies: [Message.Body]) async throws(WorkerError) {
        do throws(SpoolError) {
            try await courier.send(unsent + bodies, note: note)
        } catch {
            throw .unpublished("\(error); the reports stay in '\(files.path)'")
        }
        unsent = []
    }

    // MARK: While the command runs

    /// Follows the reports file while the command runs.
    mutating func follow(_ running: RunningCommand) async throws(WorkerError) {
        var pause = WorkerLimits.reportsPause.shortest
        var lastLetter = ContinuousClock.now - (attempt.turn == 0 ? WorkerLimits.letterInterval : .zero)
        while running.isRunning {
            let news = read(isLast: false, running)
            unsent += news.bodies
            let now = ContinuousClock.now
            if news.asksForMore {
                try await takeMore(running)
                lastLetter = now
            } else if !unsent.isEmpty
                && (news.isAtTarget || now - lastLetter >= WorkerLimits.letterInterval)
            {
                try await send(news.waits ? [.waiting(secondsLeft: departure.secondsLeft)] : [])
                lastLetter = now
            }
            if news.waits { try await answer(running) }
            if let size = Files.size(output.stdout, output.stderr), size > WorkerLimits.outputBytes {
                running.stop("it printed more than \(WorkerLimits.outputBytes >> 20) MiB")
            }
            pause =
                news.bodies.isEmpty && !news.asksForMore
                ? Looks.pause(after: pause, atMost: WorkerLimits.reportsPause.longest)
                : WorkerLimits.reportsPause.shortest
            await running.wait(atMost: pause)
        }
        try await send([])
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

    /// The command is done with its trial, and asks for another one: says how the first ended, waits for other work as
    /// after a command's end, and tells the command what it is.
    private mutating func takeMore(_ running: RunningCommand) async throws(WorkerError) {
        let ending = log.ended(.exited(0))
        guard let stay, stay.reuse, ending == .finished, !departure.isAsked else {
            return try tell(More(next: nil))
        }
        try await send([.ended(ending, stderrTail: ""), .idle(secondsLeft: departure.secondsLeft)])
        self.ending = ending
        let wait = AnswerWait(study: study, limit: .seconds(stay.seconds), note: note)
        let departure = departure
        let answer = try await wait.answer(to: .work, of: attempt) {
            running.isRunning && !departure.isAsked
        }
        guard case .next(let entry) = answer else {
            sequel = .leave
            return try tell(More(next: nil))
        }
        guard running.isRunning else {
            sequel = .work(entry)
            return
        }
        try await begin(entry, running)
    }

    /// The command takes up another piece of work.
    private mutating func begin(
        _ entry: Manifest.Entry, _ running: RunningCommand
    ) async throws(WorkerError) {
        let (next, last) = (attempt.next, files)
        let files = AttemptFiles(next, of: entry.trial, in: study)
        try await files.create(note)
        let told = More(next: files.environment(entry, of: manifest, attempt: next, study: study))
        do throws(FileError) {
            let text = "stune: what this trial prints stands in \(output.stdout)\n"
            try Files.appendLine(Array(text.utf8.dropLast()), to: files.stdout)
            try Files.appendLine(SpoolJSON.encode(told), to: last.answers)
        } catch {
            throw .directory("\(error)")
        }
        (attempt, home, self.files, ending) = (next, next.turn, files, nil)
        log = AttemptLog(metric: manifest.metric, from: entry.from, to: entry.to)
        courier = Reporter.courier(next, study)
        (file, isReading) = (GrowingFile(path: files.reports), true)
        try await start()
        departure.tell(running, files)
        // Asked in the meantime, it was told in the directory of the trial before.
        if running.wasAskedToLeave { running.tellToLeave(files, note) }
    }

    /// A line of the answers file.
    private struct Answer: Encodable {
        var resource: Int
        var to: Int?
        var save: Bool?
    }

    /// A line of the answers file: the environment of another trial; `nil`: there is none.
    private struct More: Encodable {
        var next: [String: String]?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(next, forKey: .next)
        }

        enum CodingKeys: CodingKey { case next }
    }

    private func tell(_ answer: some Encodable) throws(WorkerError) {
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
        if let ending {
            if end != .exited(0) { note("the command had no trial when it ended: \(end)") }
            return ending
        }
        if wasAskedToLeave { log.askedToLeave() }
        let bodies = read(isLast: true, nil).bodies
        let ending = log.ended(end)
        let tail = ending == .finished ? "" : output.stderrTail()
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
        /// Whether it is done, and waits for another trial.
        var asksForMore = false
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
                case .next: news.asksForMore = true
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
