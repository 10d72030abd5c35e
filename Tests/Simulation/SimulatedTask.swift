import Simulated
import Spool
import Tuning
import Worker

/// A task of an array: the worker's own code for claiming, numbering, judging and publishing, around a simulated
/// training loop.
struct SimulatedTask {
    /// The content of a checkpoint.
    static let weights = Array("weights".utf8)

    let world: World
    let server: FileServer
    let identity: TaskIdentity
    let process: SimulatedProcess
    /// Whether one of its lanes could not report how it ended. Then the others take no more work.
    private let crew = Crew()

    init(world: World, server: FileServer, identity: TaskIdentity, process: SimulatedProcess) {
        (self.world, self.server, self.identity, self.process) = (world, server, identity, process)
    }

    private final class Crew: @unchecked Sendable {
        // Unchecked: all access is from the simulation's one thread.
        var hasFailed = false
    }

    var study: StudyDirectory {
        StudyDirectory(
            Scenario.directory, on: SimulatedFiles(server: server, process: process, world: world))
    }

    /// Runs the task, and returns the worker's exit code.
    func run() async -> Int32 {
        do {
            return try await runLanes()
        } catch {
            world.note("\(process.name) exits with \(error.exitCode): \(error)")
            return error.exitCode
        }
    }

    /// All lanes side by side, as in the real worker.
    private func runLanes() async throws(WorkerError) -> Int32 {
        let patience: any TimeSource =
            world.mutation == .manifestNotWaitedFor ? ImpatientTime(time: process.time) : process.time
        var identity = identity
        if world.mutation == .restartsNotCounted { identity.epoch = 0 }
        let start = AttemptStart(study: study, task: identity, time: patience) { [world] in
            world.note("a task waits: \($0)")
        }
        let presence = StudyPresence(study, time: process.time) { _ in }
        if try await presence.isOverAtStart() {
            world.note("\(process.name) has nothing to do: the study is over")
            return 0
        }
        let (manifest, lanes) = try await start.find()
        return await withTaskGroup(of: Int32.self) { group in
            for lane in lanes { group.addTask { await run(lane, manifest, start) } }
            return await group.reduce(0, max)
        }
    }

    private func run(_ lane: Manifest.Entry, _ manifest: Manifest, _ start: AttemptStart) async -> Int32 {
        do {
            switch try await start.claim(lane, host: process.name, process: process.number) {
            case .superseded(let holder):
                world.note("\(process.name) has nothing to do: \(holder)")
                return 0
            case .claimed(let attempt):
                let (entry, resume) = try await earlierStarts(lane, attempt)
                return try await carryOut(entry, resume, manifest, attempt)
            }
        } catch {
            world.note("a lane of \(process.name) fails with \(error.exitCode): \(error)")
            crew.hasFailed = true
            if !process.isDead {
                world.ledger.failedByInfrastructure(lane.index, of: identity, code: error.exitCode)
            }
            return error.exitCode
        }
    }

    /// An earlier start's checkpoint, found as in the real worker.
    private func earlierStarts(
        _ lane: Manifest.Entry, _ attempt: Turn
    ) async throws(WorkerError) -> (Manifest.Entry, Message.Started.Resume?) {
        if world.mutation == .requeuesStartAnew { return (lane, nil) }
        let found = try await EarlierStarts(study, time: process.time, note: note).resume(lane, as: attempt)
        if found.resume != nil { world.count(.resumed) }
        return found
    }

    /// One assignment after the other, as in the real worker.
    private func carryOut(
        _ first: Manifest.Entry, _ firstResume: Message.Started.Resume?, _ manifest: Manifest,
        _ attempt: Turn
    ) async throws(WorkerError) -> Int32 {
        var (entry, resume) = (first, firstResume)
        var shift = Shift(attempt, courier: courier())
        var outputs: [String] = []
        while true {
            if manifest.packs == true, let path = printed(by: shift.attempt, entry.trial) {
                outputs.append(path)
            }
            world.ledger.claimed(shift.attempt, entry, array: identity.array, process, server, world)
            var training = Training(task: self, entry: entry, resume, manifest: manifest, in: shift)
            resume = nil
            guard let ending = try await training.run() else { return 137 }
            shift = training.shift
            guard let stay = manifest.stay, stay.reuse, ending.isClean, !process.isToLeave,
                !crew.hasFailed
            else {
                if shift.hasMore { world.count(.gaveBack) }
                try await shift.end(note)
                pack(&outputs)
                return ending.isClean ? 0 : 1
            }
            let next = try await shift.next(secondsLeft: nil, note) { (attempt) throws(WorkerError) in
                pack(&outputs)
                return try await answer(to: .work, of: attempt, stay)
            }
            guard let next else { return 0 }
            if !shift.hasNews { pack(&outputs) }
            entry = next
        }
    }

    func note(_ text: String) { world.note("\(process.name): \(text)") }

    /// Waits for the answer to an attempt.
    ///
    /// - Parameter end: when the waiting command ends by itself; `nil` if it waits.
    fileprivate func answer(
        to question: Directive.Question, of attempt: Turn, _ stay: Manifest.Stay,
        until end: Duration? = nil
    ) async throws(WorkerError) -> Directive {
        let (world, process) = (world, process)
        let wait = AnswerWait(study: study, stay: stay, time: process.time) {
            world.note("\(process.name) waits: \($0)")
        }
        let answer = try await wait.answer(to: question, of: attempt) {
            !process.isToLeave && !process.isDead && end.map { world.time.now < $0 } != false
        }
        if answer == .gone { world.count(.gaveUp) }
        world.note("\(process.name) is told after \(attempt): \(answer)")
        return answer
    }

    private func courier() -> Courier {
        let (world, study) = (world, study)
        return Courier(time: process.time) { (messages) throws(SpoolError) in
            var messages = messages
            if world.mutation == .lettersNotNumbered {
                for index in messages.indices { messages[index].sequence = index }
            }
            world.ledger.sent(messages)
            try Inbox(study).put(messages)
            world.ledger.published(messages, at: world.time.now)
        }
    }

    /// The training code publishes a checkpoint: under a temporary name, then by rename.
    fileprivate func save(
        _ resource: Int, _ attempt: Turn, _ trial: TrialID
    ) throws(WorkerError) {
        let directory = "\(study.path)/\(study.checkpoints(of: attempt, trial))"
        do throws(FileError) {
            try study.files.createDirectory(directory)
            try study.files.publish(SimulatedTask.weights, at: "\(directory)/\(resource)")
        } catch {
            throw .directory("\(error)")
        }
    }
}

/// One command from its start to its end, with the worker's record of it.
private struct Training {
    private let task: SimulatedTask
    private let entry: Manifest.Entry
    private let resume: Message.Started.Resume?
    private let stay: Manifest.Stay?
    private let home: Turn
    private let code: TrainingCode
    private var log: AttemptLog
    private var begun = Duration.zero
    /// The resource where it was last told to continue.
    private var wasToldAt: Int?
    /// The turns of the task.
    private(set) var shift: Shift
    private var world: World { task.world }
    private var process: SimulatedProcess { task.process }

    init(
        task: SimulatedTask, entry: Manifest.Entry, _ resume: Message.Started.Resume?, manifest: Manifest,
        in shift: Shift
    ) {
        self.task = task
        self.entry = entry
        self.resume = resume
        self.shift = shift
        stay = manifest.stay
        home = shift.attempt
        code = TrainingCode(world: task.world, entry: entry)
        log = AttemptLog(metrics: manifest.metrics, from: entry.from, to: entry.to)
    }

    /// Whether the command sees that its worker stays for an answer.
    private var mayWait: Bool {
        stay != nil && (entry.mayWait != false || world.mutation == .waitsForNobody)
    }

    /// Runs the command; `nil`: its process was killed.
    mutating func run() async throws(WorkerError) -> Ending? {
        shift.begin(place())
        if home.turn == 0 { try await shift.send(task.note) }
        begun = world.time.now
        // Not every command can wait.
        let waits = mayWait && world.below(4) > 0
        var end = AttemptLog.CommandEnd.exited(0)
        var resource = entry.from.units
        steps: while resource < log.target {
            resource += 1
            await world.time.sleep(for: step())
            if process.isDead { return nil }
            if shift.hasMore, world.time.now - begun > WorkerLimits.aheadPatience {
                world.count(.gaveBack)
                shift.giveBack()
            }
            switch code.step(resource) {
            case .crash:
                world.ledger.strike(entry.trial)
                end = .exited(1)
                break steps
            case .silence:
                world.ledger.strike(entry.trial)
                break steps
            case .value(let metric):
                guard try await report(metric, at: resource, waits: waits) else { break steps }
                if try await leaves(after: resource) {
                    if world.scenario.habit == .crashes { end = .exited(1) }
                    break steps
                }
            }
        }
        if process.isDead { return nil }
        if process.isToLeave { log.askedToLeave(by: process.isEnded ? .cluster : .clock) }
        var ending = log.ended(end)
        if ending == .paused, world.mutation == .pausesFail {
            ending = .badReport(reason: "none is at the target \(log.target)")
        }
        shift.add(.ended(ending, stderrTail: ""))
        world.ledger.gone(process, lane: home.index)
        return ending
    }

    /// Whether the command ends although it was told to continue, now or before; it may have trained further.
    private mutating func leaves(after resource: Int) async throws(WorkerError) -> Bool {
        guard world.scenario.habit != .goesOn, shift.attempt != home, resource < log.target else {
            return false
        }
        let isAtTarget = resource == wasToldAt
        if isAtTarget, world.below(2) == 0 { return false }
        world.count(isAtTarget ? .endsAtTarget : .endsBetween)
        if !isAtTarget, world.scenario.habit == .crashes { world.ledger.strike(entry.trial) }
        if isAtTarget, world.scenario.habit != .crashes { world.ledger.cleanEnds.insert(shift.attempt) }
        if world.scenario.habit.saves.after { try await save(resource) }
        return true
    }

    /// How long a step takes; some take far longer than the others.
    private func step() -> Duration {
        world.scenario.isQuick && world.below(25) == 0
            ? WorkerLimits.aheadPatience * 2 : world.scenario.step
    }

    private func place(home: Int? = nil) -> Message.Started {
        let array = world.mutation == .lettersNameNoJob ? 0 : task.identity.array
        return Message.Started(
            array: array, host: process.name, process: process.number, home: home,
            resume: home == nil && shift.attempt == self.home ? resume : nil)
    }

    private var otherHome: Int? { shift.attempt == home ? nil : home.turn }

    /// Reports and saves as training code does.
    ///
    /// - Returns: whether it continues to train.
    private mutating func report(
        _ metric: String, at resource: Int, waits: Bool
    ) async throws(WorkerError) -> Bool {
        let isToLeave = process.isToLeave
        let asks = waits && resource == log.target && !isToLeave && shift.isLast
        let isDue = world.scenario.saveEvery.map { resource.isMultiple(of: $0) } == true
        let habit = world.scenario.habit
        let isWanted =
            resource == log.target && (habit == .goesOn || habit.saves.before || habit.saves.after)
        if asks ? habit.saves.before : isWanted || isToLeave || isDue || world.scenario.savesEachStep {
            try await save(resource)
        }
        let flag = asks ? ",\"waits\":true" : ""
        let others = world.scenario.plan.criteria.metrics.dropFirst().map {
            ",\"\($0)\":\(code.other(resource))"
        }.joined()
        let line = "{\"metrics\":{\"loss\":\(metric)\(others)},\"resource\":\(resource)\(flag)}"
        guard try await tell(line) else { return !isToLeave }
        guard try await obey(resource) else { return false }
        if isDue { try await save(resource) }
        return true
    }

    private mutating func save(_ resource: Int) async throws(WorkerError) {
        try task.save(resource, home, entry.trial)
        _ = try await tell("{\"checkpoint\":\(resource)}")
    }

    /// The worker reads a line of the command.
    ///
    /// - Returns: whether the command waits for an answer.
    private mutating func tell(_ line: String) async throws(WorkerError) -> Bool {
        var doesWait = false
        switch log.wrote(Array(line.utf8)) {
        case .send(let body): shift.add(body)
        case .sendAtTarget(let body, let waits):
            shift.add(body)
            if waits { shift.add(.waiting(secondsLeft: nil)) }
            doesWait = waits
        case .checkpoint(let resource):
            shift.add(.checkpoint(resource: resource, home: otherHome, bytes: told))
        case .next: break
        case .note(let text): task.note(text)
        }
        // The real worker sends only when needed; this one sends a little more often.
        if doesWait || world.below(2) == 0 { try await shift.send(task.note) }
        return doesWait
    }

    /// The bytes of its checkpoints, which half of all workers report. For the others the controller looks itself. It
    /// may not see them yet, and then decides differently.
    private var told: Int? {
        world.scenario.isComparable || entry.trial.number.isMultiple(of: 2)
            ? SimulatedTask.weights.count : nil
    }

    /// Waits for the answer at the target, and obeys it.
    ///
    /// - Returns: whether it continues to train.
    private mutating func obey(_ resource: Int) async throws(WorkerError) -> Bool {
        guard let stay else { return false }
        let habit = world.scenario.habit
        // Some commands that do not wait for the answer have ended before it comes.
        let end = habit != .goesOn && world.below(3) == 0 ? world.time.now + world.seconds(0, 3) : nil
        switch try await task.answer(to: .rung, of: shift.attempt, stay, until: end) {
        case .goOn(_, let target):
            begun = world.time.now
            wasToldAt = resource
            shift.goOn(place(home: home.turn))
            try await shift.send(task.note)
            log.goOn(to: target)
            return true
        case .release(let save):
            if save, habit == .goesOn || habit.saves.after { try await self.save(resource) }
        case .gone, .leave, .next:
            if habit == .goesOn || habit.saves.after { try await save(resource) }
        }
        return false
    }
}

/// A clock for code that does not wait.
private final class ImpatientTime: TimeSource, @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    private let time: NodeTime
    private var looks = 0

    init(time: NodeTime) { self.time = time }

    /// An hour later at each look.
    var now: Duration {
        looks += 1
        return .seconds(3_600 * looks)
    }

    var wallTime: Double { time.wallTime }
    func sleep(for duration: Duration) async {}
}
