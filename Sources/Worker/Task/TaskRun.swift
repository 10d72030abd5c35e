package import Spool
package import Tuning

/// Runs a task: finds its lanes and runs them side by side, independently, until all have ended.
package struct TaskRun {
    private let study: StudyDirectory
    private let task: TaskIdentity
    private let environment: [String: String]
    private let deadline: Deadline
    private let note: @Sendable (String) -> Void

    /// A task. `note` writes to its log; `environment` is that of this process.
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

    /// The result of a lane, for the process's exit code.
    package enum Outcome: Hashable, Sendable {
        /// Its last command ended like this, and the controller will read it.
        case published(Ending)
        /// Another process has the attempt.
        case superseded
        /// The study was over before the lane began.
        case over
        /// The lane could not do its work, or not report it.
        case failed(WorkerError)

        /// The exit code of a process that has only this lane. With several lanes, the greatest counts.
        package var exitCode: Int32 {
            switch self {
            case .superseded, .over, .published(.finished), .published(.paused), .published(.left): 0
            case .published: 1
            case .failed(let error): error.exitCode
            }
        }
    }

    /// Runs the task.
    ///
    /// - Parameter leaveRequests: requests to leave, in addition to the clock.
    /// - Returns: the results of its lanes, in no order.
    package func run(
        leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable
    ) async throws(WorkerError) -> [Outcome] {
        let crew = Crew()
        let work = Task { await carryOut(crew) }
        crew.started(work)
        let watching = Task { [deadline] in
            await deadline.watch(leaveRequests, note) { crew.ask($0) }
        }
        let presence = StudyPresence(study, note: note)
        let guarding = Task {
            guard let why = await presence.untilGone(isAsked: { crew.isAsked }, onEnd: { crew.ask(.told) })
            else { return }
            crew.abandon(why)
        }
        defer {
            watching.cancel()
            guarding.cancel()
        }
        let result = await work.value
        // If the study is gone, that is the cause to report, not the failures that it led to.
        if let why = crew.whyAbandoned { throw why }
        return try result.get()
    }

    private func carryOut(_ crew: Crew) async -> Result<[Outcome], WorkerError> {
        do throws(WorkerError) {
            if try await StudyPresence(study, note: note).isOverAtStart() {
                note("nothing to do: the study is over")
                return .success([.over])
            }
            let start = AttemptStart(study: study, task: task, note: note)
            let (manifest, entries) = try await start.find()
            let lanes = lanes(of: manifest, entries)
            crew.join(lanes.map(\.departure))
            return .success(await TaskRun.run(lanes, start))
        } catch {
            return .failure(error)
        }
    }

    private func lanes(of manifest: Manifest, _ entries: [Manifest.Entry]) -> [LaneRun] {
        let processors = Processors.allowed
        let study = study.laidOut(for: manifest)
        return entries.enumerated().map { slot, entry in
            let own: @Sendable (String) -> Void = { [note] in note("slot \(slot): \($0)") }
            let note = entries.count == 1 ? note : own
            return LaneRun(
                study: study, task: task, manifest: manifest, entry: entry, environment: environment,
                share: Share(
                    slot: slot, of: entries.count, processors: processors, environment: environment),
                departure: Departure(deadline: deadline, note: note), note: note)
        }
    }

    private static func run(_ lanes: [LaneRun], _ start: AttemptStart) async -> [Outcome] {
        await withTaskGroup(of: Outcome.self) { group in
            for lane in lanes { group.addTask { await lane.run(start) } }
            var outcomes: [Outcome] = []
            for await outcome in group {
                outcomes.append(outcome)
                // This lane sends no last message: its assignment is known to be lost only when the whole task has
                // ended. So the other lanes take no more work.
                if case .failed = outcome { for lane in lanes { lane.departure.close() } }
            }
            return outcomes
        }
    }
}

extension Deadline {
    /// Asks the lanes to leave when the clock or a request says so, until it is cancelled.
    fileprivate func watch(
        _ leaveRequests: some AsyncSequence<LeaveRequest, Never> & Sendable,
        _ note: @escaping @Sendable (String) -> Void, ask: @escaping @Sendable (Grace) -> Void
    ) async {
        await withTaskGroup { group in
            group.addTask {
                guard let moment = leave else { return }
                do {
                    try await Task.sleep(until: moment, clock: .continuous)
                } catch {
                    // The task ended before its deadline.
                    return
                }
                note("the time limit is near")
                ask(.before(notice))
            }
            group.addTask {
                for await request in leaveRequests {
                    switch request {
                    case .now: ask(.told)
                    case .soon:
                        note("the task is being preempted")
                        ask(.before(notice))
                    case .warning where isNews(at: .now):
                        note("Slurm warns of the end")
                        ask(.before(notice))
                    case .warning: break
                    }
                }
            }
        }
    }
}
