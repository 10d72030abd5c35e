import Spool
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs one lane of a task: claims its attempt, runs the command, and publishes its messages. If the study allows it,
/// the lane waits for answers and takes other work.
struct LaneRun: Sendable {
    let study: StudyDirectory
    let task: TaskIdentity
    let manifest: Manifest
    /// The lane's first assignment.
    let entry: Manifest.Entry
    /// The environment of this process.
    let environment: [String: String]
    let share: Share
    let departure: Departure
    /// Writes a line to the task's log.
    let note: @Sendable (String) -> Void

    /// Runs the lane, if no other process has its attempt.
    func run(_ start: AttemptStart) async -> TaskRun.Outcome {
        do throws(WorkerError) {
            switch try await start.claim(entry, host: Host.name, process: Host.processID) {
            case .claimed(let attempt):
                let (entry, resume) = try await EarlierStarts(study, note: note).resume(entry, as: attempt)
                return .published(try await carryOut(entry, resume, attempt))
            case .superseded(let holder):
                note("nothing to do: \(holder)")
                return .superseded
            }
        } catch {
            return .failed(error)
        }
    }

    /// Runs one assignment after the other while the controller has any for this lane.
    ///
    /// - Parameters:
    ///   - first: the lane's first assignment.
    ///   - resume: the checkpoint of an earlier start that it begins with, if any.
    private func carryOut(
        _ first: Manifest.Entry, _ resume: Message.Started.Resume?, _ attempt: Turn
    ) async throws(WorkerError) -> Ending {
        let inbox = Inbox(study)
        let bell = Bell()
        let watch = FileWatch(ringing: bell)
        var (entry, resume) = (first, resume)
        var packing = Packing(manifest, in: study, note: note)
        var shift = Shift(
            attempt,
            courier: Courier { (messages) throws(SpoolError) in try inbox.put(messages) })
        while true {
            let (ending, reporter) = try await execute(entry, resume, shift, bell, watch)
            resume = nil
            shift = reporter.shift
            packing.add(reporter.files, reporter.places)
            // A node on which one command failed might fail others, so this worker takes no more work after a failure.
            guard let stay = manifest.stay, stay.reuse, ending.isClean, !reporter.wasDismissed,
                departure.mayTakeMore
            else {
                try await shift.end(note)
                packing.pack()
                return ending
            }
            var next = reporter.next
            if next == nil {
                let wait = AnswerWait(study: study, stay: stay, note: note)
                next = try await shift.next(secondsLeft: departure.secondsLeft, note) {
                    (attempt) throws(WorkerError) in
                    // Packing uses the time in which the controller decides.
                    packing.pack()
                    return try await wait.answer(to: .work, of: attempt) { departure.mayTakeMore }
                }
            }
            // Pack only what letters have reported already.
            if !shift.hasNews { packing.pack() }
            guard let next else { return ending }
            entry = next
        }
    }

    /// Runs a command, beginning with the current turn.
    ///
    /// - Returns: how its last assignment ended, and its reporter, which may have unpublished messages.
    private func execute(
        _ entry: Manifest.Entry, _ resume: Message.Started.Resume?, _ shift: Shift, _ bell: Bell,
        _ watch: FileWatch?
    ) async throws(WorkerError) -> (Ending, Reporter) {
        let files = AttemptFiles(shift.attempt, of: entry.trial, in: study)
        try await files.create(note)
        // Hold the port while the command runs, and take another for the next command: closed connections keep a port
        // busy for a minute.
        let port = PortReservation.take(for: shift.attempt.description)
        if port == nil { note("no port of this node is free for STUNE_PORT") }
        defer { withExtendedLifetime(port) {} }
        let lane = share.variables.merging(
            port?.variables(environment: environment, host: Host.name) ?? [:]
        ) { $1 }
        let directory = TrialDirectory(entry, of: manifest, in: study)
        let trouble = try await directory.prepare(note)
        var reporter = Reporter(
            entry, of: manifest, in: shift, array: task.array, study: study, files: files, lane: lane,
            departure: departure, watch: watch, note: note)
        reporter.resume = resume
        try await reporter.begin()
        if let trouble {
            let ending = await reporter.finish(.notStarted(trouble), askedBy: nil, killed: false)
            return (ending, reporter)
        }

        let command = command(for: entry, at: shift.attempt, files, directory, lane)
        let meter = UsageMeter(
            environment: environment.merging(lane) { $1 }, isAlone: share.isWhole)
        reporter.meter = meter
        let running = RunningCommand(news: bell)
        let metering = Task { await meter.follow { running.group } }
        defer { metering.cancel() }
        let enforcing = Task { await running.enforceLeave(note) }
        let end = Task { await command.run(running) }
        departure.tell(running, files)
        do throws(WorkerError) {
            try await reporter.follow(running)
        } catch {
            // Other lanes of the task may continue, but nobody would read this command's reports.
            running.stop("its reports cannot be published")
            enforcing.cancel()
            _ = await end.value
            throw error
        }
        enforcing.cancel()
        let commandEnd = await end.value
        // A cluster that signals all processes of a task at once may have reached the command before the worker.
        if commandEnd == .signalled(Int(SIGTERM)), !departure.isAsked {
            try? await Task.sleep(for: WorkerLimits.leavePause)
        }
        let ending = await reporter.finish(
            commandEnd, askedBy: departure.asker, killed: running.wasKilled)
        return (ending, reporter)
    }

    /// The command for an assignment, with its environment.
    ///
    /// - Parameter lane: the variables of this lane.
    private func command(
        for entry: Manifest.Entry, at attempt: Turn, _ files: AttemptFiles, _ directory: TrialDirectory,
        _ lane: [String: String]
    ) -> Command {
        let added = files.environment(
            entry, of: manifest, attempt: attempt, study: study, process: files
        ).merging(lane) { $1 }
        let command = Command(
            arguments: manifest.command.render(configuration: entry.configuration, facts: directory.facts),
            environment: Command.environment(environment, adding: added),
            workingDirectory: directory.path, home: manifest.workingDirectory, files: files,
            processors: share.processors)
        guard let container = manifest.container else { return command }
        return command.contained(in: container, study, name: attempt.description)
    }
}
