import Spool
import Tuning

/// Carries what the command writes into the spool: reads the reports file, passes each line to the log, and sends the
/// messages that follow. Answers a command that waits at its target: with the controller's answer, or, if the task has
/// other work ahead, by telling it to save and leave.
struct Reporter {
    /// The turns of the task. Messages not published yet go out with those of the next command.
    private(set) var shift: Shift
    private var log: AttemptLog
    private var file: GrowingFile
    /// Where else the command shows its metrics; `nil` for nowhere.
    private var text: TextReports?
    /// The lane's variables, the same for all its assignments.
    private let lane: [String: String]
    /// The attempt that the process began with. The process reads and writes in its directory, also for later
    /// assignments.
    private let first: Turn
    /// The attempt with which the process took up its present trial. Its directory holds the trial's checkpoints.
    private var home: Turn
    private let array: UInt32
    private let study: StudyDirectory
    private let manifest: Manifest
    /// The files of the first attempt.
    let files: AttemptFiles
    /// Where the present trial's checkpoints are.
    private var checkpoints: AttemptFiles
    /// The checkpoint directories of all trials of this process.
    private(set) var places: [AttemptFiles]
    private let departure: Departure
    private let note: @Sendable (String) -> Void
    /// Signals writes to the reports file; `nil` if the system cannot.
    private let watch: FileWatch?
    private let watched: FileWatch.Watched?
    private var isReading = true
    /// Checkpoints that the command reported but that cannot be seen yet.
    private var unseen: [Resource] = []
    /// Why the reports file cannot be read now, as already noted in the log.
    private var trouble: FileError?
    /// When the attempt began.
    private var start = ContinuousClock.now
    /// How the attempt ended, if the command has asked for another trial.
    private var ending: Ending?
    /// Whether the command was told that there is no more work.
    private(set) var wasDismissed = false
    /// Work that the command asked for, but that arrived after the command had ended.
    private(set) var next: Manifest.Entry?
    private var stay: Manifest.Stay? { manifest.stay }
    /// Measures what the command uses; `nil` if nothing does.
    var meter: UsageMeter?
    /// The checkpoint of an earlier start that the first attempt resumes from; `nil` to begin as planned.
    var resume: Message.Started.Resume?

    /// A reporter for a command that is about to start on the current turn.
    init(
        _ entry: Manifest.Entry, of manifest: Manifest, in shift: Shift, array: UInt32,
        study: StudyDirectory, files: AttemptFiles, lane: [String: String], departure: Departure,
        watch: FileWatch?, note: @escaping @Sendable (String) -> Void
    ) {
        log = AttemptLog(metrics: manifest.metrics, from: entry.from, to: entry.to)
        self.shift = shift
        self.array = array
        self.study = study
        self.manifest = manifest
        self.files = files
        self.lane = lane
        (checkpoints, places) = (files, [files])
        self.departure = departure
        self.note = note
        self.watch = watch
        watched = watch?.watch(writesTo: files.reports)
        (first, home) = (shift.attempt, shift.attempt)
        file = GrowingFile(path: files.reports)
        text = manifest.reports.flatMap { Reporter.text($0, entry, manifest, study, files, note) }
    }

    /// Where the command shows its metrics, if not in its reports file.
    private static func text(
        _ source: ReportSource, _ entry: Manifest.Entry, _ manifest: Manifest, _ study: StudyDirectory,
        _ files: AttemptFiles, _ note: (String) -> Void
    ) -> TextReports? {
        let path =
            switch source.kind {
            case .stdout: files.stdout
            case .stderr: files.stderr
            case .csv, .jsonl: "\(TrialDirectory(entry, of: manifest, in: study).path)/\(source.text)"
            }
        do throws(LinePattern.Invalid) {
            return try TextReports(source, metrics: manifest.metrics, path: path)
        } catch {
            // The study file's parser rejects these, so this does not happen.
            note("the expression of 'reports' cannot be used: \(error)")
            return nil
        }
    }

    /// Reports that the attempt has begun: at once if the cluster has just started the task, else with the next letter.
    mutating func begin() async throws(WorkerError) {
        start = .now
        shift.begin(place)
        if shift.attempt.turn == 0 { try await shift.send(note) }
    }

    /// Where the command runs.
    private var place: Message.Started {
        Message.Started(
            array: array, host: Host.name, process: Host.processID, home: other(first),
            resume: shift.attempt == first ? resume : nil)
    }

    /// The turn number of another attempt; `nil` for the current one.
    private func other(_ attempt: Turn) -> Int? {
        attempt == shift.attempt ? nil : attempt.turn
    }

    // MARK: While the command runs

    /// Follows the reports file while the command runs.
    mutating func follow(_ running: RunningCommand) async throws(WorkerError) {
        var pause = WorkerLimits.reportsPause.shortest
        while running.isRunning {
            let news = read(isLast: false, running)
            for body in news.bodies { shift.add(body) }
            if news.asksForMore {
                try await takeMore(running)
            } else if news.waits {
                try await answer(running)
            } else if news.isAtTarget, shift.isLast {
                try await shift.send(note)
            } else {
                try await shift.sendIfDue(note)
            }
            if ContinuousClock.now - start > WorkerLimits.aheadPatience { shift.giveBack() }
            if let size = Files.size(files.stdout, files.stderr), size > WorkerLimits.outputBytes {
                running.stop("it printed more than \(WorkerLimits.outputBytes >> 20) MiB")
            }
            await wait(for: running, after: news, &pause)
        }
    }

    /// Waits for the next likely event. The kernel signals writes on this node only, and other ranks of the command may
    /// write on other nodes, so the wait has a limit.
    private func wait(for running: RunningCommand, after news: News, _ pause: inout Duration) async {
        let limits = WorkerLimits.reportsPause
        if watched == nil {
            let isQuiet = news.bodies.isEmpty && !news.asksForMore
            pause = isQuiet ? Looks.pause(after: pause, atMost: limits.longest) : limits.shortest
            return await running.news.wait(atMost: pause)
        }
        // Reads several reports at a time from a command that reports without pause.
        if !news.bodies.isEmpty, !news.waits { try? await Task.sleep(for: limits.shortest) }
        await running.news.wait(atMost: shift.hasNews ? WorkerLimits.letterInterval : limits.longest)
    }

    /// The command waits at its target: gets the controller's answer and passes it to the command. If the task has or
    /// had work ahead, the controller is not asked, because its answer would take longer than the work.
    private mutating func answer(_ running: RunningCommand) async throws(WorkerError) {
        guard let stay, shift.isLast else {
            return try await tell(.release(home, at: log.target, save: true))
        }
        shift.add(.waiting(secondsLeft: departure.secondsLeft))
        try await shift.send(note)
        let departure = departure
        let answer = try await wait(stay).answer(to: .rung, of: shift.attempt) {
            running.isRunning && !departure.isAsked
        }
        switch answer {
        case .goOn(_, let target):
            // The next turn's files are those of the turn that the process began with.
            shift.goOn(
                Message.Started(array: array, host: Host.name, process: Host.processID, home: first.turn))
            try await shift.send(note)
            try await tell(.goOn(home, at: log.target, to: target))
            log.goOn(to: target)
        case .release(let save): try await tell(.release(home, at: log.target, save: save))
        // The command saves what it has learned, because the trial may continue later.
        case .gone, .leave, .next: try await tell(.release(home, at: log.target, save: true))
        }
    }

    /// The command has finished its trial and asks for another. Reports how the first trial ended, then gives the
    /// command its next work: work ahead, or what the controller has.
    private mutating func takeMore(_ running: RunningCommand) async throws(WorkerError) {
        let ending = log.ended(.exited(0))
        guard let stay, stay.reuse, ending.isClean, departure.mayTakeMore else {
            return try await tell(.more(after: home, nil))
        }
        shift.add(.ended(ending, stderrTail: "", used: meter?.take(isOver: false)))
        self.ending = ending
        let wait = wait(stay)
        let departure = departure
        next = try await shift.next(secondsLeft: departure.secondsLeft, note) {
            (attempt) throws(WorkerError) in
            try await wait.answer(to: .work, of: attempt) { running.isRunning && departure.mayTakeMore }
        }
        guard let entry = next else {
            wasDismissed = true
            return try await tell(.more(after: home, nil))
        }
        // If the command has left, another command takes the work.
        guard running.isRunning else { return }
        guard let trouble = try await TrialDirectory(entry, of: manifest, in: study).prepare(note) else {
            return try await begin(entry)
        }
        (home, next) = (shift.attempt, nil)
        shift.begin(place)
        let failure = Ending.notStarted(reason: trouble)
        shift.add(.ended(failure, stderrTail: ""))
        (self.ending, wasDismissed) = (failure, true)
        try await tell(.more(after: first, nil))
    }

    private func wait(_ stay: Manifest.Stay) -> AnswerWait {
        AnswerWait(study: study, stay: stay, note: note)
    }

    /// The command takes up other work. Its directory is made when the command saves.
    private mutating func begin(_ entry: Manifest.Entry) async throws(WorkerError) {
        let last = home
        home = shift.attempt
        checkpoints = AttemptFiles(home, of: entry.trial, in: study)
        places.append(checkpoints)
        (ending, next) = (nil, nil)
        log = AttemptLog(metrics: manifest.metrics, from: entry.from, to: entry.to)
        file.beginAnew()
        try await begin()
        let variables = checkpoints.environment(
            entry, of: manifest, attempt: home, study: study, process: files
        ).merging(lane) { $1 }
        try await tell(.more(after: last, variables))
    }

    private func tell(_ line: AnswerLine) async throws(WorkerError) {
        try await Patience(time: SystemTime()).append(SpoolJSON.encode(line), to: files.answers, note)
    }

    // MARK: When it is over

    /// The command is over: reads its last reports and records how the attempt ended.
    mutating func finish(
        _ end: AttemptLog.CommandEnd, askedBy asker: AttemptLog.Asker?, killed: Bool
    ) async -> Ending {
        if let watched { watch?.forget(watched) }
        if let ending {
            if end != .exited(0) { note("the command had no trial when it ended: \(end)") }
            return ending
        }
        if let asker { log.askedToLeave(by: asker, killed: killed) }
        await readRest()
        let ending = log.ended(end)
        shift.add(
            .ended(
                ending, stderrTail: ending.isClean ? "" : files.stderrTail(),
                used: meter?.take(isOver: true)))
        return ending
    }

    // MARK: Reading

    /// What follows from new lines.
    private struct News {
        var bodies: [Message.Body] = []
        /// Whether one of the lines is the report at the target.
        var isAtTarget = false
        /// Whether the command waits for the answer.
        var waits = false
        /// Whether the command has finished and waits for another trial.
        var asksForMore = false
    }

    /// Reads what the command wrote before it ended, and waits while the file cannot be read.
    private mutating func readRest() async {
        let start = ContinuousClock.now
        while true {
            for body in read(isLast: true, nil).bodies { shift.add(body) }
            let isThrough = trouble == nil && unseen.isEmpty
            guard isReading, !isThrough, ContinuousClock.now - start < WorkerLimits.publishWait else {
                return
            }
            // Wait even if the task is cancelled: there is nothing else to do.
            try? await Task.sleep(for: WorkerLimits.publishPause.first)
        }
    }

    private mutating func read(isLast: Bool, _ running: RunningCommand?) -> News {
        var news = readReports(isLast: isLast, running)
        do throws(FileError) {
            for (reading, place) in try text?.news(isLast: isLast) ?? [] {
                switch log.showed(reading, in: place) {
                case .send(let body): news.bodies.append(body)
                case .sendAtTarget(let body, _):
                    news.bodies.append(body)
                    news.isAtTarget = true
                case .note(let text): note(text)
                case .checkpoint, .next, nil: break
                }
            }
        } catch {
            // The next look tries again. If a checkpoint is still missing at the end, the attempt's ending says so.
            note("\(error)")
        }
        return news
    }

    private mutating func readReports(isLast: Bool, _ running: RunningCommand?) -> News {
        var news = News()
        guard isReading else { return news }
        let waiting = unseen
        unseen = []
        for resource in waiting { look(for: resource, &news) }
        do throws(GrowingFile.Trouble) {
            for line in try file.newLines(isLast: isLast) {
                switch log.wrote(line) {
                case .send(let body): news.bodies.append(body)
                case .sendAtTarget(let body, let waits):
                    news.bodies.append(body)
                    news.isAtTarget = true
                    news.waits = waits && stay != nil
                case .checkpoint(let resource): look(for: resource, &news)
                case .next: news.asksForMore = true
                case .note(let text): note(text)
                }
            }
            trouble = nil
        } catch {
            // A file server may come back: the next look reads on.
            if case .file(let failure) = error, failure.mayPass {
                if trouble != failure { note("\(failure); trying again") }
                trouble = failure
                return news
            }
            (isReading, trouble) = (false, nil)
            let why = Reporter.words(error, files.reports)
            tell(log.trouble(why))
            running?.stop(why)
        }
        return news
    }

    /// Reports a checkpoint, if it is there.
    private mutating func look(for resource: Resource, _ news: inout News) {
        do throws(FileError) {
            guard try checkpoints.hasCheckpoint(resource) else {
                return tell(log.trouble("there is no checkpoint '\(checkpoints.checkpoints)/\(resource)'"))
            }
        } catch {
            return unseen.append(resource)
        }
        let bytes = checkpoints.bytes(ofCheckpoint: resource)
        news.bodies.append(.checkpoint(resource: resource, home: other(home), bytes: bytes))
    }

    private func tell(_ step: AttemptLog.Step) {
        if case .note(let text) = step { note(text) }
    }

    private static func words(_ trouble: GrowingFile.Trouble, _ path: String) -> String {
        switch trouble {
        case .tooLarge(let bytes):
            "'\(path)' has \(bytes) bytes, more than \(SpoolLimits.reportsFileBytes): report less often"
        case .replaced: "'\(path)' was replaced or truncated; only append to it"
        case .file(let error): error.description
        }
    }
}
