import Clusters
import Dispatching
import Simulated
import Spool
import Tuning
import Worker

/// A cluster of failing nodes, as Slurm would run it, with a controller daemon that is away at times.
final class SimulatedCluster: @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    final class Job {
        let id: ArrayID
        let array: TaskArray
        var name: String
        var comment: String
        var tasks: [Int: Record] = [:]

        init(id: ArrayID, array: TaskArray) {
            self.id = id
            self.array = array
            name = array.name
            comment = JobComment(token: array.token, studyDirectory: array.studyDirectory).description
        }
    }

    /// One task, as the cluster knows it.
    struct Record {
        var state = TaskState.pending
        var epoch = 0
        var endedAt: Duration?
        var process: SimulatedProcess?
        var isHeld = false
    }

    let world: World
    private let run: (TaskIdentity, SimulatedProcess) async -> Int32
    /// The trials of a task's lanes; empty if no manifest says.
    private let trials: (ArrayToken, Int) -> [TrialID]
    private(set) var jobs: [ArrayID: Job] = [:]
    private var lastID: UInt32 = 100
    /// The jobs of controllers, and whether the cluster believes that they run.
    private var controllers: [UInt32: Bool] = [:]
    private var awayUntil = Duration.zero
    /// Jobs that do not belong to the study.
    private(set) var strangers: Set<ArrayID> = []

    init(
        world: World, trials: @escaping (ArrayToken, Int) -> [TrialID],
        run: @escaping (TaskIdentity, SimulatedProcess) async -> Int32
    ) {
        self.world = world
        self.trials = trials
        self.run = run
    }

    var isAway: Bool { world.time.now < awayUntil }
    /// Whether it failed to answer within this time.
    func wasAway(within duration: Duration) -> Bool {
        awayUntil > .zero && world.time.now - awayUntil < duration
    }

    /// The tasks of the study that could start.
    var waiting: [TaskID] {
        jobs.filter { !strangers.contains($0.key) }.flatMap { id, job in
            job.tasks.filter { $0.value.state == .pending }.map { TaskID(array: id, index: $0.key) }
        }.sorted()
    }
    func goAway(for duration: Duration) { awayUntil = world.time.now + duration }

    func newJob() -> UInt32 {
        lastID += 1 + UInt32(world.below(3))
        return lastID
    }

    func setController(_ job: UInt32, isRunning: Bool) { controllers[job] = isRunning }
    func isRunningController(_ job: UInt32) -> Bool { controllers[job] ?? false }

    /// How many tasks wait or run.
    var activeTasks: Int {
        jobs.filter { !strangers.contains($0.key) }.values.reduce(0) { sum, job in
            sum + job.tasks.values.count { !$0.state.isOver }
        }
    }

    /// An array of another user or study, with a name similar to ours.
    func addStranger(like array: TaskArray) {
        var other = array
        other.token = ArrayToken(bits: world.bits())
        other.name = array.name
        let job = Job(id: ArrayID(newJob()), array: other)
        job.comment = "not ours"
        job.name = array.name + "x"
        for index in array.indices { job.tasks[index] = Record(state: .running) }
        jobs[job.id] = job
        strangers.insert(job.id)
    }

    func accept(_ array: TaskArray) -> ArrayID {
        let job = Job(id: ArrayID(newJob()), array: array)
        if world.strikes(.nameRewritten) {
            if world.below(2) == 0 { job.name = "site-\(job.id)" } else { job.comment = "" }
        }
        jobs[job.id] = job
        if world.below(8) == 0 { addStranger(like: array) }
        world.note("cluster takes \(array.token) as \(job.id): \(array.indices)")
        for index in array.indices {
            job.tasks[index] = Record()
            schedule(TaskID(array: job.id, index: index))
        }
        if world.strikes(.arrayCancelled, factor: 0.3) {
            world.time.after(world.seconds(0.1, 60)) {
                self.cancel(array.indices.map { TaskID(array: job.id, index: $0) }, byHand: true)
            }
        }
        return job.id
    }

    /// Starts a task after some time.
    private func schedule(_ task: TaskID) {
        var wait = world.seconds(0, 3)
        if world.strikes(.earlyStart) {
            wait = .zero
        } else if world.strikes(.lateStart) {
            wait = world.seconds(30, 200)
        } else if world.strikes(.heldTask) {
            wait = world.seconds(300, 900)
            jobs[task.array]?.tasks[task.index]?.isHeld = true
        }
        world.time.after(wait) { self.start(task) }
        if world.strikes(.taskCancelled, factor: 0.3) {
            world.time.after(world.seconds(0.1, 60)) { self.cancel([task], byHand: true) }
        }
    }

    private func start(_ task: TaskID) {
        guard let job = jobs[task.array], var record = job.tasks[task.index], record.state == .pending
        else { return }
        if world.strikes(.launchFailed) { return end(task, .displaced) }
        let process = world.newProcess("node")
        record.state = .running
        record.process = process
        record.isHeld = false
        job.tasks[task.index] = record
        world.note("\(task) starts on \(process.name), epoch \(record.epoch)")
        do {
            // As Slurm sets it.
            let identity = try TaskIdentity(
                token: job.array.token, index: nil,
                environment: [
                    "SLURM_ARRAY_TASK_ID": "\(task.index)", "SLURM_ARRAY_JOB_ID": "\(task.array)",
                    "SLURM_RESTART_COUNT": "\(record.epoch)",
                ])
            launch(identity, process, task)
            if world.strikes(.doubleStart) {
                let twin = world.newProcess("twin")
                world.ledger.unknown.insert(twin.name)
                launch(identity, twin, nil)
            }
        } catch {
            world.ledger.check(false, "the worker does not know its task: \(error)")
        }
        strike(task, process)
    }

    private func launch(_ identity: TaskIdentity, _ process: SimulatedProcess, _ task: TaskID?) {
        world.time.start {
            let code = await self.run(identity, process)
            guard let task, !process.isDead else { return }
            process.kill()
            let isCurrent = self.jobs[task.array]?.tasks[task.index]?.process === process
            if isCurrent {
                self.end(
                    task, code == 0 ? .completed : .failed,
                    isStrike: code != WorkerError.noManifest("").exitCode)
            }
        }
    }

    /// Faults of a running task.
    private func strike(_ task: TaskID, _ process: SimulatedProcess) {
        let moment = world.seconds(0.1, 40)
        if world.strikes(.nodeFailure) {
            strike(task, process, after: moment) { self.end(task, .displaced) }
        } else if world.strikes(.outOfMemory) {
            strike(task, process, after: moment) { self.end(task, .outOfMemory) }
        } else if world.strikes(.timeLimit) {
            askToLeave(process, after: moment)
            strike(task, process, after: moment + .seconds(20)) { self.end(task, .timedOut) }
        } else if world.strikes(.preemption) {
            askToLeave(process, after: moment)
            strike(task, process, after: moment + .seconds(15)) { self.end(task, .displaced) }
        } else if world.strikes(.requeue) {
            strike(task, process, after: moment) { self.requeue(task) }
        } else if world.strikes(.requeueGhost) {
            world.time.after(moment) {
                guard self.isCurrent(task, process) else { return }
                self.world.ledger.unknown.insert(process.name)
                self.requeue(task)
                self.world.time.after(self.world.seconds(1, 120)) { process.kill() }
            }
        }
    }

    private func askToLeave(_ process: SimulatedProcess, after moment: Duration) {
        world.time.after(moment) { process.isToLeave = true }
    }

    private func strike(
        _ task: TaskID, _ process: SimulatedProcess, after moment: Duration, _ action: @escaping () -> Void
    ) {
        world.time.after(moment) {
            guard self.isCurrent(task, process) else { return }
            process.kill()
            action()
        }
    }

    private func isCurrent(_ task: TaskID, _ process: SimulatedProcess) -> Bool {
        guard let record = jobs[task.array]?.tasks[task.index] else { return false }
        return record.state == .running && record.process === process
    }

    private func requeue(_ task: TaskID) {
        world.note("\(task) is queued again")
        jobs[task.array]?.tasks[task.index]?.state = .pending
        jobs[task.array]?.tasks[task.index]?.epoch += 1
        jobs[task.array]?.tasks[task.index]?.process = nil
        world.time.after(world.seconds(1, 60)) { self.start(task) }
    }

    /// A task is over. `isStrike`: it may count against its trial, unlike a manifest that could not be seen.
    private func end(_ task: TaskID, _ state: TaskState, isStrike: Bool = true) {
        guard let job = jobs[task.array], let record = job.tasks[task.index], !record.state.isOver else {
            return
        }
        world.note("\(task) ends: \(state)")
        if isStrike, state != .completed {
            for trial in trials(job.array.token, task.index) { world.ledger.strike(trial) }
        }
        jobs[task.array]?.tasks[task.index]?.state = state
        jobs[task.array]?.tasks[task.index]?.endedAt = world.time.now
        jobs[task.array]?.tasks[task.index]?.process = nil
    }

    /// Cancels tasks: waiting ones are over at once, running ones are asked to leave and then killed.
    func cancel(_ tasks: [TaskID], byHand: Bool) {
        if byHand { world.note("the user cancels \(tasks)") }
        for task in tasks {
            guard let record = jobs[task.array]?.tasks[task.index], !record.state.isOver else { continue }
            guard let process = record.process else {
                end(task, .cancelled)
                continue
            }
            (process.isToLeave, process.isEnded) = (true, true)
            strike(task, process, after: world.seconds(1, 10)) { self.end(task, .cancelled) }
        }
    }

    /// What is known about an array's tasks; those that ended long ago are forgotten.
    func sightings(of wanted: Set<ArrayID>) -> [TaskSighting] {
        var all: [TaskSighting] = []
        for id in wanted.sorted() {
            guard let job = jobs[id] else { continue }
            for (index, record) in job.tasks.sorted(by: { $0.key < $1.key }) {
                if let ended = record.endedAt, world.time.now - ended > world.scenario.minJobAge,
                    world.mutation != .clusterNotBelieved
                {
                    world.count(.forgotten)
                    jobs[id]?.tasks[index] = nil
                    continue
                }
                all.append(
                    TaskSighting(
                        task: TaskID(array: id, index: index), state: record.state,
                        stateName: "\(record.state)".uppercased(), restarts: record.epoch,
                        reason: record.isHeld ? "JobHeldUser" : ""))
            }
        }
        return all
    }
}
