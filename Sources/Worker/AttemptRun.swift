package import Spool
package import Tuning

/// Carries out a task: finds its assignment, claims the attempt, runs the command, and publishes its news. Where
/// the study says so, it stays for the answer, and for other work.
package struct AttemptRun {
    private let study: StudyDirectory
    private let task: TaskIdentity
    private let environment: [String: String]
    private let departure: Departure
    private let note: @Sendable (String) -> Void

    /// An attempt of a task. `note` tells the task's log something; `environment` is the process's own.
    package init(
        study: StudyDirectory, task: TaskIdentity, environment: [String: String], deadline: Deadline,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.study = study
        self.task = task
        self.environment = environment
        self.note = note
        departure = Departure(deadline: deadline, note: note)
    }

    /// How a task went, for the process's exit code.
    package enum Outcome: Hashable, Sendable {
        /// Its last command ended like this, and the controller will read it.
        case published(Ending)
        /// Another process has the attempt.
        case superseded
    }

    /// Runs the task.
    ///
    /// - Parameter leaveRequests: what asks it to leave, besides the clock.
    package func run(
        leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable
    ) async throws(WorkerError) -> Outcome {
        let start = AttemptStart(study: study, task: task, note: note)
        switch try await start.claim(host: Host.name, process: Host.processID) {
        case .claimed(let attempt, let entry, let manifest):
            let watching = Task { await departure.watch(leaveRequests) }
            defer { watching.cancel() }
            return .published(try await carryOut(entry, manifest, attempt))
        case .superseded(let holder):
            note("nothing to do: \(holder)")
            return .superseded
        }
    }

    /// Carries out one assignment after the other, as long as the controller has any for this task.
    private func carryOut(
        _ first: Manifest.Entry, _ manifest: Manifest, _ attempt: SpoolAttempt
    ) async throws(WorkerError) -> Ending {
        let inbox = Inbox(study)
        let bell = Bell()
        let watch = FileWatch(ringing: bell)
        var entry = first
        var shift = Shift(
            attempt,
            courier: Courier { (messages) throws(SpoolError) in try inbox.put(messages) })
        while true {
            let (ending, reporter) = try await execute(entry, manifest, shift, bell, watch)
            shift = reporter.shift
            // A node that fails one command might fail any: what failed is not followed by more.
            guard let stay = manifest.stay, stay.reuse, ending == .finished, !reporter.wasDismissed,
                !departure.isAsked
            else {
                try await shift.end(note)
                return ending
            }
            var next = reporter.next
            if next == nil {
                let wait = AnswerWait(study: study, stay: stay, note: note)
                next = try await shift.next(secondsLeft: departure.secondsLeft, note) {
                    (attempt) throws(WorkerError) in
                    try await wait.answer(to: .work, of: attempt) { !departure.isAsked }
                }
            }
            guard let next else { return ending }
            entry = next
        }
    }

    /// Runs a command, which begins with one assignment, the current turn.
    ///
    /// - Returns: how its last one ended, and its reporter, who may have more to say.
    private func execute(
        _ entry: Manifest.Entry, _ manifest: Manifest, _ shift: Shift, _ bell: Bell, _ watch: FileWatch?
    ) async throws(WorkerError) -> (Ending, Reporter) {
        let files = AttemptFiles(shift.attempt, of: entry.trial, in: study)
        try await files.create(note)
        var reporter = Reporter(
            entry, of: manifest, in: shift, array: task.array, study: study, files: files,
            departure: departure, watch: watch, note: note)
        try await reporter.begin()

        let facts = CommandTemplate.Facts(
            study: manifest.study, trial: entry.trial, from: entry.from, to: entry.to,
            resume: entry.resume.map { "\(study.path)/\($0)" })
        let added = files.environment(entry, of: manifest, attempt: shift.attempt, study: study)
        let command = Command(
            arguments: manifest.command.render(configuration: entry.configuration, facts: facts),
            environment: Command.environment(environment, adding: added),
            workingDirectory: manifest.workingDirectory, files: files)
        let running = RunningCommand(news: bell)
        let enforcing = Task { await running.enforceLeave(note) }
        let end = Task { await command.run(running) }
        departure.tell(running, files)
        try await reporter.follow(running)
        enforcing.cancel()
        let ending = reporter.finish(await end.value, wasAskedToLeave: running.wasAskedToLeave)
        return (ending, reporter)
    }
}
