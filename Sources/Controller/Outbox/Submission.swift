import Algorithms
import Clusters
import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// Submitting arrays.
extension Controller {
    /// Intent, submit, fact. What an earlier request may have submitted already is looked up by its token
    /// first, and adopted.
    ///
    /// - Returns: whether it is done; if not, the site takes no more for now.
    mutating func submit(_ token: ArrayToken, intent: Int64) async throws -> Bool {
        var tasks = try store.read { try $0.tasks(of: token) }
        if tasks.contains(where: { $0.job != nil }) || !tasks.contains(where: \.isOpen) {
            // A letter named the job already, or nobody wants the result any more.
            if tasks.allSatisfy({ !$0.isOpen }) { try await cancelUnneeded(token, tasks) }
            try store.write { try $0.finish(intent: intent, time: time.wallTime) }
            if tasks.contains(where: { $0.job != nil }) { window.hears(of: token, at: time.now) }
            cores.dispatcher.gaveUp(token)
            return true
        }
        window.sends(token, at: time.wallTime)
        var job = try await adopted(token)
        let (own, isFound) = (ownTasks(), job != nil)
        if !isFound, !window.allowsSubmission(at: time.now, own: { own }) { return false }
        if job == nil, let room = window.room(for: Set(tasks.map(\.task)).count, own: own) {
            try splitArray(token, tasks, keeping: room, because: "the cluster takes \(room) more for now")
            tasks = try store.read { try $0.tasks(of: token) }
        }
        let manifest = try store.read { [tasks] in try self.manifest(token, tasks, $0) }
        try manifest.publish(in: setup.directory)
        if job == nil { job = try await send(token, tasks) }
        let count = Set(tasks.map(\.task)).count
        guard let job else { return true }
        troubles.hold("cluster", nil, isLogged: true)
        retirement.known.insert(job.number)
        let sent = window.took(
            token, total: own + count, isFound: isFound, at: time.now, wall: time.wallTime)
        outbox.submitted.append(
            OutboxState.Submitted(intent: intent, token: token, job: job, sent: sent))
        watch.expectNews(at: time.now)
        log.info(
            "submitted \(job) with \(count) tasks to rung \(tasks.first?.rung ?? 0)")
        return true
    }

    /// Records what was submitted, in one transaction for all of it. After a crash before that, the arrays are found
    /// by their tokens.
    mutating func recordSubmitted() throws {
        guard !outbox.submitted.isEmpty else { return }
        let (now, arrays) = (time.wallTime, outbox.submitted)
        try commit { pass in
            for array in arrays {
                try pass.transaction.finish(intent: array.intent, time: now)
                if pass.cores.dispatcher.times.use == .measured {
                    pass.lessons.append(.taken(array.token, sent: array.sent))
                }
            }
            return arrays.map { .submitted(ArraySubmitted(token: $0.token.digits, job: $0.job.number)) }
        }
        outbox.submitted = []
    }

    /// The array of this token that the cluster has already. If it has two, the later is cancelled.
    private mutating func adopted(_ token: ArrayToken) async throws -> ArrayID? {
        guard outbox.fresh.remove(token) == nil, !isAbsent(token) else { return nil }
        window.asks(cluster.requestsPerLook, at: time.now)
        let found = try await cluster.find(token)
        outbox.absent[token] = found.isEmpty ? time.now : nil
        for later in found.dropFirst() {
            let tasks = try store.read { try $0.tasks(of: token) }
            window.asks(at: time.now)
            try await cluster.cancel(tasks.ids(in: later))
        }
        if let first = found.first { log.info("adopted \(first), which was submitted before") }
        return found.first
    }

    /// Splits an array of which nothing runs: the cluster did not accept it, or was not asked.
    mutating func splitArray(
        _ first: ArrayToken, _ lanes: [StoreReader.TaskRow], keeping kept: Int, because reason: String
    ) throws {
        let tasks = lanes.map(\.task).uniqued().sorted()
        let second = setup.drawToken()
        let most = window.mostTasks
        try commit { pass in
            if pass.cores.dispatcher.learned.mostTasks != most {
                try pass.dispatch(.narrowed(mostTasks: most))
            }
            // A lane whose trial the user has cancelled counts as a task of the array, also after a restart.
            for lane in lanes {
                _ = try pass.placement(at: Turn(token: first, index: lane.index, epoch: 0))
            }
            try pass.dispatch(.split(first, into: second, keeping: kept))
            return []
        }
        outbox.fresh.insert(second)
        window.split(first, into: second)
        try setup.directory.files.createDirectory(setup.directory.claims(first))
        // A controller that was paused may yet submit the array as it was; what has moved must not be done there.
        let moved = Set(tasks.dropFirst(kept))
        for lane in lanes where moved.contains(lane.task) {
            let claim = Claim(givenTo: Turn(token: second, index: lane.index, epoch: 0))
            let before = Turn(token: first, index: lane.index, epoch: 0)
            let holder: String?
            do throws(SpoolError) {
                holder = try claim.take(before, in: setup.directory)
            } catch {
                holder = error.description
            }
            if let holder { log.warning("trial \(lane.trial) of \(first) may be done twice: \(holder)") }
        }
        log.info("\(tasks.count) tasks are sent as \(kept) and \(tasks.count - kept): \(reason)")
        try say("limit", "at most \(kept) tasks are submitted at once: \(reason)")
    }

    private mutating func send(_ token: ArrayToken, _ lanes: [StoreReader.TaskRow]) async throws -> ArrayID
    {
        let tasks = Dictionary(grouping: lanes, by: \.task)
        outbox.absent[token] = nil
        window.asks(at: time.now)
        let name = try store.read { try $0.arrayName(token) } ?? token.digits
        let options = try options(of: lanes)
        return try await cluster.submit(
            TaskArray(
                token: token, name: name, indices: tasks.keys.sorted(),
                lanes: tasks.mapValues { $0.map(\.index) },
                command: [
                    setup.worker, "run", "--study", setup.directory.path, "--token", token.digits,
                ],
                workingDirectory: setup.workingDirectory, logDirectory: setup.directory.logs,
                studyDirectory: setup.directory.path,
                options: options))
    }

    /// What the tasks of an array ask for, which is the same for all of them.
    ///
    /// - Throws: `ClusterError.refused` for what Slurm would refuse, in the words of the study file's checks.
    private func options(of lanes: [StoreReader.TaskRow]) throws -> BatchOptions {
        guard let first = lanes.first else { return setup.spec.batch }
        var options = setup.spec.batch
        if !options.choices.isEmpty {
            let configuration = try store.read { try $0.configuration(of: first.trial) } ?? Configuration()
            do throws(InvalidOptions) {
                options = try options.resolved(
                    for: setup.spec.plan.space.completed(configuration), rung: first.rung)
            } catch {
                throw ClusterError.refused(reason: "\(error) (for trial \(first.trial))")
            }
        }
        return options.afterOutOfMemory(times: first.outOfMemory)
            .asking(minutes: first.request.minutes, mebibytes: first.request.mebibytes)
    }

    private func manifest(
        _ token: ArrayToken, _ tasks: [StoreReader.TaskRow], _ reader: StoreReader
    ) throws -> Manifest {
        let others = Array(setup.spec.plan.criteria.metrics.dropFirst())
        let configurations = try reader.configurations(of: token)
        return Manifest(
            study: setup.spec.name, token: token, metric: setup.spec.plan.objective.metric,
            otherMetrics: others.isEmpty ? nil : others,
            command: setup.spec.command, workingDirectory: setup.workingDirectory,
            stay: setup.execution.stay, saveEvery: setup.spec.saveEvery,
            workspace: setup.spec.workspace, reports: setup.spec.reports,
            layout: setup.directory.layout.rawValue, packs: setup.spec.outputs == .files ? nil : true,
            container: setup.spec.container,
            entries: tasks.map { entry(of: $0, configurations[$0.trial]) })
    }

    func entry(of task: StoreReader.TaskRow, _ configuration: Configuration?) -> Manifest.Entry {
        Manifest.Entry(
            index: task.index, task: task.task == task.index ? nil : task.task, trial: task.trial,
            rung: task.rung,
            configuration: setup.spec.plan.space.completed(configuration ?? Configuration()),
            from: task.from, to: task.to, resume: task.start,
            mayWait: cores.study.commandWaits ? nil : false, replicate: task.replicate)
    }
}
