import Clusters
import Curves
import Dispatching
import Spool
import Tuning
import Worker

/// A task whose lanes simulate training. It uses the worker's own code to claim, wait, judge, number and publish, with
/// steps that take virtual time.
struct VirtualTask {
    let study: StudyDirectory
    let time: VirtualTime
    let landscape: any Landscape
    let allocation: VirtualCluster.Allocation
    /// The time of a command from its start until it begins to train. The first command's is the allocation's.
    let startup: Duration
    let findings: Findings
    let manifests: Manifests
    let answers: AnswerBells

    /// The manifests that tasks have read. On a cluster, each task reads its array's manifest by itself, on its own
    /// node.
    final class Manifests: @unchecked Sendable {
        // Unchecked because all access is from the simulation's one thread.
        fileprivate var read: [ArrayToken: Manifest] = [:]
    }

    /// Runs the task, and returns how it ended.
    func run() async throws(WorkerError) -> TaskState {
        let identity = try TaskIdentity(
            token: allocation.token, index: allocation.task.index,
            environment: ["SLURM_ARRAY_JOB_ID": allocation.task.array.description])
        let start = AttemptStart(
            study: study, task: identity, time: time, known: manifests.read[allocation.token]
        ) { _ in }
        let (manifest, lanes) = try await start.find()
        manifests.read[allocation.token] = manifest
        let ends = await withTaskGroup(of: Result<TaskState, WorkerError>.self) { group in
            for lane in lanes { group.addTask { await run(lane, manifest, start) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let states = try ends.map { (end) throws(WorkerError) in try end.get() }
        // As for a worker, whose exit code is that of its worst lane.
        return [.failed, .timedOut].first(where: states.contains) ?? .completed
    }

    private func run(
        _ lane: Manifest.Entry, _ manifest: Manifest, _ start: AttemptStart
    ) async -> Result<TaskState, WorkerError> {
        do throws(WorkerError) {
            switch try await start.claim(lane, host: "node", process: 1) {
            case .superseded: return .success(.completed)
            case .claimed(let attempt): return .success(try await carryOut(lane, manifest, attempt))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Runs one assignment after the other, as long as the lane may stay.
    private func carryOut(
        _ first: Manifest.Entry, _ manifest: Manifest, _ attempt: Turn
    ) async throws(WorkerError) -> TaskState {
        let inbox = Inbox(study)
        var entry = first
        var shift = Shift(
            attempt,
            courier: Courier(time: time) { (messages) throws(SpoolError) in try inbox.put(messages) })
        while true {
            findings.begin(entry.trial)
            var command = VirtualCommand(task: self, entry: entry, manifest: manifest, in: shift)
            let ending = try await command.run()
            shift = command.shift
            guard let stay = manifest.stay, stay.reuse, ending == .finished else {
                try await shift.end { _ in }
                if ending == .finished { return .completed }
                return command.hasLeft ? .timedOut : .failed
            }
            let next = try await shift.next(secondsLeft: secondsLeft) { _ in
            } ask: { (attempt) throws(WorkerError) in
                try await answer(to: .work, of: attempt, stay)
            }
            guard let next else { return .completed }
            entry = next
            await time.sleep(for: startup)
        }
    }

    /// How long the task may stay, in seconds; `nil` for no limit.
    fileprivate var secondsLeft: Double? { allocation.leave.map { ($0 - time.now).seconds } }

    /// Waits for the controller's answer to an attempt.
    fileprivate func answer(
        to question: Directive.Question, of attempt: Turn, _ stay: Manifest.Stay
    ) async throws(WorkerError) -> Directive {
        let path = study.directive(attempt, question)
        let limit = Duration.seconds(stay.seconds)
        let end = min(time.now + limit, allocation.leave ?? time.now + limit)
        let clock = answers.clock(for: path, until: end)
        defer { answers.forget(path) }
        let wait = AnswerWait(study: study, stay: stay, time: clock) { _ in }
        return try await wait.answer(to: question, of: attempt) {
            allocation.leave.map { time.now < $0 } ?? true
        }
    }
}

/// Wakes the code that waits for an answer when the answer exists.
final class AnswerBells: @unchecked Sendable {
    // Unchecked because all access is from the simulation's one thread.
    private let time: VirtualTime
    private let files: MemoryFiles
    private var clocks: [String: LookClock] = [:]

    init(time: VirtualTime, files: MemoryFiles) {
        self.time = time
        self.files = files
    }

    /// Whether any code waits for a file.
    var areAsked: Bool { !clocks.isEmpty }

    /// The clock for code that waits for a file, until some moment.
    func clock(for path: String, until end: Duration) -> LookClock {
        let (time, files) = (time, files)
        let clock = LookClock(time: time, longest: WorkerLimits.answerPause.longest) {
            time.now < end && !files.exists(path)
        }
        clocks[path] = clock
        time.after(end - time.now) { clock.ring() }
        return clock
    }

    /// The file exists now.
    func ring(_ path: String) { clocks[path]?.ring() }

    /// No code waits for the file any more.
    func forget(_ path: String) { clocks[path] = nil }
}

/// One command from its start to its end, with the worker's record of it.
private struct VirtualCommand {
    private let task: VirtualTask
    private let entry: Manifest.Entry
    private let stay: Manifest.Stay?
    private let metrics: [String]
    private let home: Turn
    private var log: AttemptLog
    /// The turns of the task.
    private(set) var shift: Shift
    /// When the attempt began.
    private var begun = Duration.zero
    /// Whether it was asked to leave before its target.
    private(set) var hasLeft = false

    init(task: VirtualTask, entry: Manifest.Entry, manifest: Manifest, in shift: Shift) {
        self.task = task
        self.entry = entry
        self.shift = shift
        (stay, metrics, home) = (manifest.stay, manifest.metrics, shift.attempt)
        log = AttemptLog(metrics: metrics, from: entry.from, to: entry.to)
    }

    /// Runs the command. The messages about its end are published with what follows.
    mutating func run() async throws(WorkerError) -> Ending {
        begun = task.time.now
        shift.begin(place())
        // A real worker reports at once that it began, but only people want to know, and the reports would take half of
        // the simulation's time. If the worker stays, the controller learns the queue wait from it.
        if stay != nil, home.turn == 0 { try await send() }
        var from = entry.from
        while let last = try await train(from: from) {
            from = last.resource
            guard try await report(last) else { break }
        }
        let ending = log.ended(.exited(0))
        shift.add(.ended(ending, stderrTail: ""))
        return ending
    }

    private func place(home: Int? = nil) -> Message.Started {
        Message.Started(array: task.allocation.task.array.number, host: "node", process: 1, home: home)
    }

    private var otherHome: Int? { shift.attempt == home ? nil : home.turn }

    /// Trains step by step until the target, or until no further step fits into the allocation.
    ///
    /// - Returns: the last step.
    private mutating func train(from: Resource) async throws(WorkerError) -> TrainingStep? {
        let (task, time) = (task, task.time)
        var last: TrainingStep?
        let steps = task.landscape.steps(
            of: entry.trial, entry.configuration, from: from, to: Resource(log.target))
        for step in steps {
            if let leave = task.allocation.leave, time.now + .seconds(step.seconds) > leave {
                await time.sleep(for: leave - time.now)
                hasLeft = true
                log.askedToLeave(by: .clock)
                return last
            }
            await time.sleep(for: .seconds(step.seconds))
            task.findings.see(step, of: entry.trial, at: time.now)
            last = step
            if shift.hasMore, time.now - begun > WorkerLimits.aheadPatience {
                shift.giveBack()
                try await send()
            }
        }
        return last
    }

    /// Reports and saves as training code does.
    ///
    /// - Returns: whether it continues to train.
    private mutating func report(_ step: TrainingStep) async throws(WorkerError) -> Bool {
        let values = Dictionary(uniqueKeysWithValues: zip(metrics, [step.value] + step.others))
        guard let stay, shift.isLast, !hasLeft else {
            try save(step.resource)
            _ = read(.report(values, at: step.resource.units))
            return false
        }
        guard read(.report(values, at: step.resource.units, waits: true)) else {
            try save(step.resource)
            return false
        }
        shift.add(.waiting(secondsLeft: task.secondsLeft))
        try await send()
        switch try await task.answer(to: .rung, of: shift.attempt, stay) {
        case .goOn(_, let target):
            begun = task.time.now
            shift.goOn(place(home: home.turn))
            try await send()
            log.goOn(to: target)
            return true
        case .release(let isToSave):
            if isToSave { try save(step.resource) }
        case .gone, .leave, .next: try save(step.resource)
        }
        return false
    }

    /// Reads a line of the training code, as the worker does.
    ///
    /// - Returns: whether the command waits for an answer.
    private mutating func read(_ line: ReportLine) -> Bool {
        switch log.wrote(line.bytes) {
        case .send(let body): shift.add(body)
        case .sendAtTarget(let body, let waits):
            shift.add(body)
            return waits
        case .checkpoint(let resource):
            shift.add(.checkpoint(resource: resource, home: otherHome, bytes: 0))
        case .next, .note: break
        }
        return false
    }

    private mutating func send() async throws(WorkerError) { try await shift.send { _ in } }

    /// Publishes a checkpoint, as training code does. Nobody reads its content.
    private mutating func save(_ resource: Resource) throws(WorkerError) {
        let files = task.study.files
        let path = "\(task.study.path)/\(task.study.checkpoint(home, of: entry.trial, at: resource))"
        do throws(FileError) {
            try files.createDirectory(Files.parent(of: path))
            try files.publish([], at: path)
        } catch {
            throw .directory("\(error)")
        }
        _ = read(.checkpoint(resource: resource.units))
    }
}
