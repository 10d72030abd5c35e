package import Spool
package import Tuning

/// Carries out one attempt: finds its assignment, claims it, runs the command, and publishes its news.
package struct AttemptRun {
    private let study: StudyDirectory
    private let task: TaskIdentity
    private let environment: [String: String]
    private let deadline: Deadline
    private let note: @Sendable (String) -> Void

    /// An attempt of a task. `note` tells the task's log something; `environment` is the process's own.
    package init(
        study: StudyDirectory, task: TaskIdentity, environment: [String: String], deadline: Deadline,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.study = study
        self.task = task
        self.environment = environment
        self.deadline = deadline
        self.note = note
    }

    /// How an attempt went, for the process's exit code.
    package enum Outcome: Hashable, Sendable {
        /// The command ended like this, and the controller will read it.
        case published(Ending)
        /// Another process has the attempt.
        case superseded
    }

    /// Runs the attempt.
    ///
    /// - Parameter leaveRequests: what asks the command to save and leave, besides the clock.
    package func run(
        leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable
    ) async throws(WorkerError) -> Outcome {
        let start = AttemptStart(study: study, task: task, note: note)
        let attempt: SpoolAttempt
        let entry: Manifest.Entry
        let manifest: Manifest
        switch try await start.claim(host: Host.name, process: Host.processID) {
        case .claimed(let claimed, let work, let all): (attempt, entry, manifest) = (claimed, work, all)
        case .superseded(let holder):
            note("nothing to do: \(holder)")
            return .superseded
        }
        let files = AttemptFiles(attempt, of: entry.trial, in: study)
        do throws(SpoolError) {
            try await Patience(time: SystemTime()).attempt(note) { () throws(SpoolError) in
                do throws(FileError) { try files.create() } catch { throw .file(error) }
            }
        } catch {
            throw .directory(error.description)
        }
        return .published(
            try await execute(entry, manifest, attempt, files, leaveRequests))
    }

    private func execute(
        _ entry: Manifest.Entry, _ manifest: Manifest, _ attempt: SpoolAttempt, _ files: AttemptFiles,
        _ leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable
    ) async throws(WorkerError) -> Ending {
        let inbox = Inbox(study)
        let courier = Courier(attempt: attempt) { (messages) throws(SpoolError) in
            try inbox.put(messages)
        }
        let log = AttemptLog(metric: manifest.metric, from: entry.from, to: entry.to)
        var reporter = Reporter(log: log, courier: courier, files: files, note: note)
        let place = Message.Started(array: task.array, host: Host.name, process: Host.processID)
        try await reporter.send([.started(place)])

        let facts = CommandTemplate.Facts(
            study: manifest.study, trial: entry.trial, from: entry.from, to: entry.to,
            resume: entry.resume.map { "\(study.path)/\($0)" })
        let added = files.environment(entry, of: manifest, attempt: attempt, study: study)
        let command = Command(
            arguments: manifest.command.render(configuration: entry.configuration, facts: facts),
            environment: Command.environment(environment, adding: added),
            workingDirectory: manifest.workingDirectory, files: files)
        let running = RunningCommand()
        let watching = Task { await watch(running, files, leaveRequests) }
        let end = Task { await command.run(running) }
        try await reporter.follow(running)
        watching.cancel()
        return try await reporter.finish(await end.value, wasAskedToLeave: running.wasAskedToLeave)
    }

    /// Has the command leave when the clock or a signal says so, until it is over.
    private func watch(
        _ running: RunningCommand, _ files: AttemptFiles,
        _ leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable
    ) async {
        await withTaskGroup { group in
            group.addTask { await running.enforceLeave(note) }
            group.addTask {
                guard let moment = deadline.leave else { return }
                do {
                    try await Task.sleep(until: moment, clock: .continuous)
                } catch {
                    // The command is over before its time.
                    return
                }
                note("the time limit is near")
                running.leave(files, .before(deadline.notice), note)
            }
            group.addTask {
                for await request in leaveRequests {
                    switch request {
                    case .now: running.leave(files, .told, note)
                    case .warning where deadline.isNews(at: .now):
                        note("Slurm warns of the end")
                        running.leave(files, .before(deadline.notice), note)
                    case .warning: break
                    }
                }
            }
        }
    }
}
