import DequeModule
package import Tuning

/// The second pure core: who runs what, where. Events in, commands out.
///
/// Its state is the fold of its events. The shell records each event with its commands in one transaction, and carries
/// the commands out after the commit. Time is an argument, and so are the random tokens of new arrays.
package struct Dispatcher: Sendable {
    /// Its settings from the beginning of the controller.
    package private(set) var plan: DispatchPlan
    /// What it has learned about the cluster and the work.
    package var learned: Learned

    /// The running assignments, and the last finished ones.
    private(set) var placements: [AssignmentID: Placement] = [:]
    /// The newest remembered assignment of each turn.
    private(set) var holders: [Turn: AssignmentID] = [:]
    /// The tasks and arrays of remembered assignments.
    private(set) var tasks: [PlannedTask: TaskRecord] = [:]
    private(set) var arrays: [ArrayToken: ArrayRecord] = [:]
    /// The arrays whose numbers are known.
    private var jobs: [UInt32: ArrayToken] = [:]
    /// The assignments in flight.
    private(set) var open: Set<AssignmentID> = []
    /// What is over, oldest first, as far as it is remembered.
    private var over: Deque<AssignmentID> = []
    /// How much of that is remembered.
    private let memory: Int
    /// The workers that wait for other work, by lane.
    private(set) var idle: [Turn: IdleWorker] = [:]
    /// The trials that have run out of memory, and how often.
    private(set) var outOfMemory: [TrialID: Int] = [:]
    /// Whether the study is over; no more decisions come.
    private(set) var isOver = false

    /// What the current transaction has collected.
    var pending = Pending()
    /// Impossible events, as sentences for the log. Tests stop there.
    package private(set) var faults: [String] = []

    /// What is learned while a controller runs, and forgotten when it ends.
    package struct Learned: Sendable {
        /// How long tasks wait and work.
        package var times: QueueTimes
        /// The most tasks of one array, at least 1.
        package var mostTasks = Int.max
    }

    /// How long tasks wait and work.
    package var times: QueueTimes { learned.times }

    /// What one transaction collects until it is settled.
    struct Pending: Sendable {
        /// What is to run in new tasks, or in those of waiting workers.
        var work: [ArrayPlanner.Work] = []
        /// What continues in place, with the turn after which it does.
        var inPlace: [(assignment: Assignment, turn: Turn)] = []
        /// What has ended; it may have been decided in this transaction and end before it has a place.
        var landed: [AssignmentID] = []
        /// Whether a worker has begun to wait for other work.
        var hasIdled = false
    }

    /// Nothing has happened yet.
    ///
    /// - Parameter memory: how many assignments that are over are remembered.
    package init(_ plan: DispatchPlan, memory: Int = DispatchLimits.remembered) {
        self.plan = plan
        self.memory = memory
        learned = Learned(times: QueueTimes(plan))
    }

    /// Takes in an event.
    ///
    /// - Parameter drawToken: names a new array; nobody can guess its token.
    /// - Returns: what is to be done because of it, in order.
    package mutating func apply(
        _ event: DispatchEvent, at now: Moment, drawToken: () -> ArrayToken
    ) -> [DispatchCommand] {
        switch event {
        case .opened(let plan): open(plan, now.steady)
        case .reloaded: restIdleWorkers(since: now.steady)
        case .decided(let event, let decisions, let landed):
            return decided(event, decisions, landed, now.wall)
        case .requested(let assignment, let request): self.request(request, for: assignment)
        case .settled: return settle(now, drawToken)
        case .idle(let turn, let until): return waits(turn, until, now.steady)
        case .looked(let isHeldBack, let mayGetWork): return look(isHeldBack, mayGetWork, now)
        case .claimed(let assignment, let turn, let isFree):
            return claimed(assignment, for: turn, isFree: isFree, now.steady, drawToken)
        case .gone(let turn): return gone(turn, drawToken)
        case .split(let token, let other, let kept): return split(token, into: other, keeping: kept)
        case .gathered(let tokens, let other): return gather(tokens, into: other)
        case .taken(let token, let sent): learned.times.submitted(token, at: sent)
        case .begun(let token): learned.times.started(token, at: now.wall)
        case .measured(let units, let seconds): learned.times.learn(units: units, seconds: seconds)
        case .narrowed(let mostTasks): learned.mostTasks = mostTasks
        }
        return []
    }

    /// Records an impossible event: tests stop here, a release logs it and continues.
    mutating func fault(_ what: String) {
        faults.append(what)
        assert(false, what)
    }

    /// The faults so far were logged.
    package mutating func forgetFaults() { faults = [] }

    // MARK: Placements

    /// An assignment gets its place.
    mutating func place(_ lane: PlannedArray.Lane, at turn: Turn, _ stage: Placement.Stage) {
        let work = lane.assignment
        guard placements[work.id] == nil else { return fault("assignment \(work.id) is placed twice") }
        if let holder = holders[turn], open.contains(holder) {
            fault("\(turn) is given assignment \(work.id), and has \(holder)")
        }
        remember(
            Placement(
                assignment: work.id, trial: work.trial, rung: work.rung, from: work.from, to: work.to,
                isRepeat: work.reason.isRepeat, turn: turn, task: lane.task,
                outOfMemory: lane.outOfMemory, stage: stage, request: lane.request))
        note(outOfMemory: lane.outOfMemory, of: work.trial)
    }

    /// A trial's task asks for more memory, or a worker with more has it.
    mutating func note(outOfMemory count: Int, of trial: TrialID) {
        if count > outOfMemory[trial] ?? 0 { outOfMemory[trial] = count }
    }

    /// Remembers a placement, with its task and its array.
    mutating func remember(_ placement: Placement) {
        let (id, task) = (placement.assignment, placement.plannedTask)
        placements[id] = placement
        holders[placement.turn] = id
        tasks[task, default: TaskRecord()].remembered += 1
        arrays[task.token, default: ArrayRecord(stage: .planned)].remembered += 1
        if placement.isOpen {
            open.insert(id)
            tasks[task]?.open.insert(id)
        } else {
            over.append(id)
            forgetOldest()
        }
    }

    /// An assignment moves to another turn, which may be another task's.
    mutating func move(_ id: AssignmentID, to turn: Turn, task: Int, _ stage: Placement.Stage) {
        guard var placement = placements[id] else {
            return fault("assignment \(id) moves, and is not known")
        }
        forget(placement)
        (placement.turn, placement.task, placement.stage) = (turn, task, stage)
        remember(placement)
    }

    /// An assignment is over. One that is not known has no place yet.
    mutating func land(_ id: AssignmentID) {
        guard let placement = placements[id], open.remove(id) != nil else { return }
        placements[id]?.stage = .over
        tasks[placement.plannedTask]?.open.remove(id)
        over.append(id)
        forgetOldest()
    }

    /// How far an assignment has come.
    mutating func advance(_ id: AssignmentID, to stage: Placement.Stage) { placements[id]?.stage = stage }

    private mutating func forgetOldest() {
        while over.count > memory, let id = over.popFirst() {
            if let placement = placements[id], !placement.isOpen { forget(placement) }
        }
    }

    private mutating func forget(_ placement: Placement) {
        let (id, task) = (placement.assignment, placement.plannedTask)
        placements[id] = nil
        open.remove(id)
        if holders[placement.turn] == id { holders[placement.turn] = nil }
        tasks[task]?.open.remove(id)
        tasks[task]?.remembered -= 1
        forgetIfUnused(task)
        arrays[task.token]?.remembered -= 1
        if let array = arrays[task.token], array.remembered == 0 {
            if let job = array.job, jobs[job] == task.token { jobs[job] = nil }
            arrays[task.token] = nil
        }
    }

    private mutating func forgetIfUnused(_ task: PlannedTask) {
        if let record = tasks[task], record.remembered == 0, record.idle.isEmpty { tasks[task] = nil }
    }

    // MARK: Attempts

    /// An attempt has sent a message.
    mutating func note(_ attempt: AttemptID, _ change: (inout Placement.Start) -> Void = { _ in }) {
        guard let task = placements[attempt.assignment]?.plannedTask else { return }
        placements[attempt.assignment]?.change(attempt.epoch, change)
        hear(task, start: attempt.epoch)
    }

    /// A start of a task has sent a message.
    mutating func hear(_ task: PlannedTask, start: Int) {
        if let record = tasks[task], start > record.newestStart { tasks[task]?.newestStart = start }
    }

    /// A start of a task has reported how an attempt ended.
    mutating func hear(lastWordOf attempt: AttemptID) {
        guard let task = placements[attempt.assignment]?.plannedTask else { return }
        hear(task, lastWord: attempt.epoch)
    }

    private mutating func hear(_ task: PlannedTask, lastWord epoch: Int) {
        if let record = tasks[task], epoch > record.lastWord ?? -1 { tasks[task]?.lastWord = epoch }
    }

    /// Records which messages of an attempt were applied. Their consequences are separate events; which start of a task is
    /// the newest is one of them, so that a replay learns it at the same moment.
    package mutating func record(_ taken: TakenMessages, of attempt: AttemptID) {
        placements[attempt.assignment]?.change(attempt.epoch) { $0.taken = taken }
    }

    // MARK: Arrays

    /// The cluster has an array under this number.
    mutating func submitted(_ fact: ArraySubmitted) {
        guard let token = ArrayToken(fact.token) else { return }
        // A slurmctld that lost its last seconds gives their numbers again: it has forgotten the earlier array.
        if let other = jobs[fact.job], other != token {
            arrays[other]?.stage = .forgotten
            jobs[fact.job] = nil
        }
        guard let array = arrays[token] else { return }
        if let old = array.job { jobs[old] = nil }
        arrays[token]?.stage = .submitted(job: fact.job)
        jobs[fact.job] = token
    }

    /// The intent to submit an array is done, and it has no number: nobody wants it.
    package mutating func gaveUp(_ token: ArrayToken) {
        if case .planned = arrays[token]?.stage { arrays[token]?.stage = .forgotten }
    }

    // MARK: Workers that wait

    /// A worker waits, or its plan changes.
    mutating func keep(_ worker: IdleWorker) {
        idle[worker.turn.lane] = worker
        tasks[worker.plannedTask, default: TaskRecord()].idle.insert(worker.turn.lane)
    }

    /// The worker of a lane no longer waits.
    mutating func forgetIdle(_ turn: Turn) {
        guard let worker = idle.removeValue(forKey: turn.lane) else { return }
        tasks[worker.plannedTask]?.idle.remove(turn.lane)
        forgetIfUnused(worker.plannedTask)
    }

    /// The study is over, and so are its running assignments.
    mutating func end() {
        isOver = true
        for id in open.sorted() { land(id) }
    }

    /// The user has opened the study again.
    mutating func reopen() { isOver = false }

    // MARK: Beginning anew

    /// A controller begins.
    private mutating func open(_ plan: DispatchPlan, _ now: Duration) {
        self.plan = plan
        learned = Learned(times: QueueTimes(plan))
        restIdleWorkers(since: now)
    }

    private mutating func restIdleWorkers(since now: Duration) {
        pending = Pending()
        for (lane, worker) in idle {
            if case .resting = worker.stage { idle[lane]?.stage = .resting(since: now) }
        }
    }

    /// Restores earlier state, when a controller begins or returns to what was committed.
    package mutating func restore(_ memory: DispatchMemory) {
        for placement in memory.placements { remember(placement) }
        for (task, record) in memory.tasks where tasks[task] != nil {
            tasks[task]?.newestStart = record.newestStart
            tasks[task]?.lastWord = record.lastWord
        }
        for (token, job) in memory.jobs where arrays[token] != nil {
            arrays[token]?.stage = job.map { .submitted(job: $0) } ?? .forgotten
            if let job { jobs[job] = token }
        }
        for worker in memory.idle { keep(worker) }
        outOfMemory = memory.outOfMemory
        isOver = memory.isOver
    }

    /// Restores a finished, forgotten assignment, because a message about it has come.
    package mutating func recall(_ placement: Placement, _ record: TaskRecord, job: UInt32?) {
        guard placements[placement.assignment] == nil, !placement.isOpen else { return }
        let task = placement.plannedTask
        if holders[placement.turn].map({ open.contains($0) }) == true { return }
        remember(placement)
        hear(task, start: record.newestStart)
        if let word = record.lastWord { hear(task, lastWord: word) }
        if let job, arrays[task.token]?.job == nil {
            arrays[task.token]?.stage = .submitted(job: job)
            jobs[job] = task.token
        }
    }
}

/// The dispatcher's earlier state, from the store.
package struct DispatchMemory: Sendable {
    /// The assignments in flight.
    package var placements: [Placement] = []
    /// Their tasks, and those of waiting workers.
    package var tasks: [PlannedTask: TaskRecord] = [:]
    /// The arrays whose submission is not an open intent, with their numbers if known.
    package var jobs: [ArrayToken: UInt32?] = [:]
    /// The workers that wait for other work.
    package var idle: [IdleWorker] = []
    /// The trials that have run out of memory, and how often.
    package var outOfMemory: [TrialID: Int] = [:]
    /// Whether the study is over.
    package var isOver = false

    /// An empty memory.
    package init() {}
}

extension Turn {
    /// The first turn of the same lane: what names the lane.
    var lane: Turn { Turn(token: token, index: index, epoch: 0) }

    /// The turn under which placements are stored: turn 0 is the same for every start.
    package var place: Turn { turn == 0 ? lane : self }
}
