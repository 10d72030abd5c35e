import DequeModule

/// The state machine of a study: events in, decisions out.
///
/// Its state is the fold of the events, so there is nothing else to save. The shell records each event
/// and its decisions in one transaction, and carries the decisions out after the commit.
public struct Study: Sendable {
    /// The phase of a study.
    ///
    /// - `unplanned` → `running` when the study file is accepted.
    /// - `running` → `over` when nothing is left to run, the user cancels, or it cannot go on.
    /// - `over` is final: later events change nothing.
    public enum Phase: Hashable, Sendable {
        /// No plan yet.
        case unplanned
        /// Assignments are in flight.
        case running
        /// It ended, and why.
        case over(StudyOutcome)
    }

    /// The phase.
    public private(set) var phase = Phase.unplanned
    /// Whether it has ended.
    public var isOver: Bool {
        if case .over = phase { true } else { false }
    }
    /// The plan; `nil` while unplanned.
    public private(set) var plan: Plan?
    /// The assignments in flight.
    public var inFlight: [AssignmentID] { flights.keys.sorted() }
    /// Whether an assignment is in flight.
    public func isInFlight(_ assignment: AssignmentID) -> Bool { flights[assignment] != nil }
    /// The assignments that were over with the last event.
    public private(set) var landed: [AssignmentID] = []
    /// How many trials were sampled.
    public var trialCount: Int { trials.count }
    /// Whether all trials are sampled.
    public internal(set) var isClosed = false

    var searcher: (any Searcher)?
    var scheduler: (any Scheduler)?
    var trials: [TrialState] = []
    /// Makes children's configurations, where trials have children.
    var explorer: Explorer?
    /// The children that are to start, in order.
    var births: Deque<Birth> = []
    /// How many trials hold a checkpoint besides the first, those that are to start too.
    var shares: [CheckpointID: Int] = [:]
    var flights: [AssignmentID: Flight] = [:]
    /// The assignments that processes in place are to go on with, until they do, by the attempts that waited.
    private var inPlace: [AttemptID: AssignmentID] = [:]
    /// Whether commands wait at their target for what follows, as far as is known.
    public private(set) var commandWaits = true
    /// Trials whose released commands still save what they have learned: none starts before that is there.
    private(set) var saving: Set<TrialID> = []
    /// What came to nothing and is to be tried again, or goes on, as soon as there is a place.
    var again: Deque<Again> = []
    private var assignmentCount = 0
    var failuresInARow = 0
    /// How many attempts in a row came to nothing in the setup of their tasks.
    var setupFailuresInARow = 0
    /// Whether any command of the study has begun: its setup has succeeded once.
    var setupHasWorked = false
    /// The complete trials whose checkpoints are kept, where the plan does not keep all.
    private var best: BestTrials?
    /// What checkpoints have and may have, where the plan has a quota.
    var quota: Quota?
    /// How many trials rest for ever and have a checkpoint.
    var settledCount = 0
    /// What may stop it before its end, and what has.
    var stop: StopRule?
    var stopReason: StopReason?
    var decisions: [Decision] = []

    /// A study of which nothing is known yet.
    public init() {}

    /// Takes in an event.
    ///
    /// - Returns: what is decided because of it, in order. An event that concerns nothing in flight (it
    ///   was superseded, repeated, or comes after the end) decides nothing.
    public mutating func apply(_ event: Event) -> [Decision] {
        decisions = []
        landed = []
        switch (phase, event) {
        case (.unplanned, .accepted(let plan)): start(plan)
        case (.running, .started(let fact)): started(fact)
        case (.running, .reported(let report)): reported(report)
        case (.running, .checkpointed(let checkpoint, let bytes)): checkpointed(checkpoint, bytes)
        case (.running, .resumed(let attempt, let checkpoint, let bytes)):
            resumed(attempt, checkpoint, bytes)
        case (.running, .waited(let attempt)): waited(attempt)
        case (.running, .doesNotWait): commandWaits = false
        case (.running, .askedAhead(let room)): fillSlots(upTo: flights.count + max(0, room))
        case (.running, .ended(let fact)): ended(fact)
        case (.running, .lost(let fact)): lost(fact)
        case (.running, .refused(let reason)): finish(.refused(reason: reason))
        case (.running, .cancelled): finish(.cancelled)
        case (.running, .stopped(let reason)): finish(.stopped(reason))
        case (.running, .proposed(let trial, let configuration)): proposed(trial, configuration)
        default: break
        }
        return decisions
    }

    // MARK: Events

    private mutating func start(_ plan: Plan) {
        self.plan = plan
        searcher = plan.makeSearcher()
        scheduler = plan.scheduler.scheduler(objectives: plan.objectives.count)
        if case .pbt(let pbt) = plan.scheduler { explorer = Explorer(plan.space, pbt) }
        stop = plan.stop.map { StopRule($0, goal: plan.objective.goal) }
        best = plan.keep.map(BestTrials.init)
        quota = plan.quota.map(Quota.init)
        phase = .running
        fillSlots()
    }

    private mutating func started(_ fact: AttemptStarted) {
        guard let flight = current(fact.attempt) else { return }
        flights[flight.assignment.id]?.hasStarted = true
    }

    private mutating func reported(_ report: Report) {
        guard let flight = current(report.attempt), let plan,
            report.resource <= flight.assignment.to, flight.loss == nil
        else { return }
        if report.resource > flight.assignment.from {
            flights[report.attempt.assignment]?.hasReported = true
        }
        if report.resource < flight.assignment.to {
            if let loss = Loss(of: report, in: plan) {
                scheduler?.observe(flight.assignment.trial, at: report.resource, loss: loss)
            }
            return
        }
        flights[report.attempt.assignment]?.loss = Loss(of: report, in: plan)
    }

    private mutating func checkpointed(_ checkpoint: CheckpointID, _ bytes: Int?) {
        guard let flight = current(checkpoint.attempt) else { return discardStray(checkpoint) }
        let trial = flight.assignment.trial.number
        let previous = trials[trial].checkpoint
        // A retry may save an earlier resource again; the newest is the one that goes furthest.
        guard checkpoint.resource >= previous?.resource ?? .none,
            checkpoint.resource <= flight.assignment.to, checkpoint != previous
        else { return discardStray(checkpoint) }
        let wasHeldBack = isHeldBack
        trials[trial].checkpoint = checkpoint
        quota?.add(checkpoint, bytes: bytes)
        if let previous {
            // A new start begins where its assignment does, or at the newest below the target.
            if previous.attempt == checkpoint.attempt, checkpoint.resource < flight.assignment.to {
                discard(previous)
            } else {
                trials[trial].superseded.append(previous)
            }
        }
        makeRoom()
        if wasHeldBack, !isHeldBack { fillSlots() }
    }

    /// The answer to a command that waits: its trial goes on in place if it may be promoted now, and commands are known
    /// to wait; else it is to leave, and its slot is free when it has.
    private mutating func waited(_ attempt: AttemptID) {
        guard let flight = current(attempt), let loss = flight.loss, !flight.isReleased else { return }
        let work = flight.assignment
        let conclusion = record(work, loss)
        decisions.append(.conclude(trial: work.trial, conclusion))
        let mayGoOn = conclusion == .paused(rung: work.rung)
        if mayGoOn, commandWaits, stopReason == nil,
            let promotion = scheduler?.promote(work.trial, from: work.rung)
        {
            forget(flight)
            launch(promotion, from: work.to, inPlace: attempt)
        } else {
            flights[work.id]?.isReleased = true
            if mayGoOn { saving.insert(work.trial) }
            // The last one too: it is the model that a user comes for.
            decisions.append(.release(attempt, save: loss.isFinite))
        }
        fillSlots()
    }

    private mutating func ended(_ fact: AttemptEnded) {
        if fact.ending != .wentOn, let next = inPlace[fact.attempt], let flight = flights[next] {
            // It was to go on, and was gone before it knew.
            land(flight, Failure(rule: .relaunch, why: "its command had ended before it was told to go on"))
            return
        }
        guard let flight = current(fact.attempt) else { return }
        // Why it was told to leave, only the cluster knows: `lost` follows, or a later start of the task.
        if fact.ending.awaitsCluster && flight.loss == nil {
            let crash = fact.ending == .left ? nil : fact.failure.reason
            flights[flight.assignment.id]?.hasLeft = crash == nil
            flights[flight.assignment.id]?.crash = crash
            return
        }
        if countSetup(fact, flight) { return }
        land(flight, fact.failure)
    }

    private mutating func lost(_ fact: AssignmentLost) {
        guard let flight = flights[fact.assignment] else { return }
        land(flight, fact.failure(hasLeft: flight.hasLeft, crash: flight.crash))
    }

    /// The flight of an attempt, unless a later start of its task has superseded it. Whatever an attempt
    /// says shows that it started, and so supersedes the earlier ones.
    mutating func current(_ attempt: AttemptID) -> Flight? {
        guard var flight = flights[attempt.assignment], attempt.epoch >= flight.epoch else {
            return nil
        }
        if attempt.epoch > flight.epoch { (flight.hasLeft, flight.crash) = (false, nil) }
        flight.epoch = attempt.epoch
        flights[attempt.assignment] = flight
        if let waited = flight.assignment.inPlace { inPlace[waited] = nil }
        return flight
    }

    // MARK: What becomes of an assignment

    /// An assignment is over. A result counts even if the command failed after it.
    private mutating func land(_ flight: Flight, _ failure: Failure) {
        forget(flight)
        if let loss = flight.loss {
            let conclusion = flight.isReleased ? nil : record(flight.assignment, loss)
            rest(flight.assignment.trial, loss, conclusion)
            let isTop = flight.assignment.rung + 1 == scheduler?.levels.count
            if isTop, loss.isFinite, let other = best?.add(flight.assignment.trial, loss) {
                discardAll(other)
            }
        } else {
            fail(flight, failure)
        }
        if phase == .running { fillSlots() }
    }

    private mutating func forget(_ flight: Flight) {
        flights[flight.assignment.id] = nil
        landed.append(flight.assignment.id)
        if let waited = flight.assignment.inPlace { inPlace[waited] = nil }
    }

    /// A result enters its rung.
    private mutating func record(_ assignment: Assignment, _ loss: Loss) -> Conclusion {
        failuresInARow = 0
        let verdict = scheduler?.record(assignment.trial, rung: assignment.rung, loss: loss)
        note(assignment, loss)
        searcher?.observe(assignment.trial, rung: assignment.rung, loss: loss)
        let parent = obey(verdict, on: assignment)
        if parent != nil || !loss.isFinite { explorer?.leave(assignment.trial) }
        if !loss.isFinite { return .diverged(rung: assignment.rung) }
        trials[assignment.trial.number].result = (assignment.rung, loss)
        let isTop = assignment.rung + 1 == scheduler?.levels.count
        trials[assignment.trial.number].isOut = isTop || verdict == .stops || parent != nil
        if isTop { return .completed }
        if let parent { return .replaced(rung: assignment.rung, parent: parent) }
        return verdict == .stops ? .stopped(rung: assignment.rung) : .paused(rung: assignment.rung)
    }

    /// Notes whether a result stops the study.
    private mutating func note(_ assignment: Assignment, _ loss: Loss) {
        let before = trials[assignment.trial.number].result.flatMap { scheduler?.levels[$0.rung] } ?? .none
        stopReason = stop?.take(assignment.trial, loss, units: assignment.to.units - before.units)
    }

    /// No process has the trial any more: what is superfluous goes. `conclusion`: what its result has led to, if that
    /// was not said before.
    private mutating func rest(_ trial: TrialID, _ loss: Loss, _ conclusion: Conclusion?) {
        let isWanted = loss.isFinite && (plan?.keep == nil || !trials[trial.number].isReplaced)
        if isWanted { discardSuperseded(trial) } else { discardAll(trial) }
        if let conclusion { decisions.append(.conclude(trial: trial, conclusion)) }
        saving.remove(trial)
        settle(trial)
    }

    // MARK: What to run next

    /// `get_job` of the paper, for each free worker; `places`: how many may be in flight, `nil`: as the plan says, once
    /// as many are free as share a task.
    mutating func fillSlots(upTo places: Int? = nil) {
        guard let plan else { return }
        if let stopReason { return finish(.stopped(stopReason)) }
        makeRoom()
        let isDue = places != nil || plan.parallel - flights.count >= min(plan.together, plan.parallel)
        while isDue, flights.count < places ?? plan.parallel {
            let saving = saving
            if let next = again.popFirst() {
                launch(
                    next.trial, rung: next.rung, reason: next.reason, retries: next.retries,
                    displacements: next.displacements)
            } else if let birth = births.popFirst() {
                begin(birth)
            } else if let promotion = scheduler?.promote(except: saving.contains) {
                launch(
                    promotion.trial, rung: promotion.rung, reason: promotion.reason)
            } else if !sampleTrial(plan) {
                break
            }
        }
        if flights.isEmpty, wanted == nil {
            discardUnwanted()
            finish(.completed)
        }
    }

    /// Samples and launches a new trial, or finds that there are no more.
    ///
    /// - Returns: whether that changed anything.
    private mutating func sampleTrial(_ plan: Plan) -> Bool {
        let trial = TrialID(trials.count)
        guard !isClosed, !isHeldBack, let rung = scheduler?.entry(of: trial),
            searcher?.awaits(trial) == false
        else { return false }
        if let parent = scheduler?.parent(ofNew: trial), let birth = birth(of: parent) {
            share(birth)
            scheduler?.admit(trial)
            begin(birth)
            return true
        }
        guard let configuration = searcher?.propose(for: trial) else {
            // Who waited for more trials may go on now.
            close()
            return true
        }
        trials.append(TrialState())
        scheduler?.admit(trial)
        explorer?.enter(trial, configuration)
        decisions.append(.sample(trial: trial, configuration: configuration))
        launch(trial, rung: rung, reason: .new)
        if trials.count == plan.trials { close() }
        return true
    }

    /// No further trial is sampled.
    mutating func close() {
        isClosed = true
        scheduler?.close()
    }

    /// A promoted trial goes on in the process that waits with it.
    private mutating func launch(
        _ promotion: Promotion, from resource: Resource, inPlace attempt: AttemptID
    ) {
        guard let target = scheduler?.levels[promotion.rung] else { return }
        launch(
            Assignment(
                id: AssignmentID(assignmentCount), trial: promotion.trial, rung: promotion.rung,
                from: resource, to: target, start: nil, inPlace: attempt,
                reason: promotion.reason))
    }

    /// A trial starts from its newest checkpoint.
    mutating func launch(
        _ trial: TrialID, rung: Int, reason: Assignment.Reason, retries: Int = 0, displacements: Int = 0
    ) {
        guard let target = scheduler?.levels[rung] else { return }
        let start = trials[trial.number].checkpoint
        launch(
            Assignment(
                id: AssignmentID(assignmentCount), trial: trial, rung: rung,
                from: start?.resource ?? .none, to: target, start: start, reason: reason),
            retries: retries, displacements: displacements)
    }

    private mutating func launch(_ assignment: Assignment, retries: Int = 0, displacements: Int = 0) {
        assignmentCount += 1
        if let waiting = assignment.inPlace { inPlace[waiting] = assignment.id }
        flights[assignment.id] = Flight(
            assignment: assignment, retries: retries, displacements: displacements)
        decisions.append(.evaluate(assignment))
    }

    mutating func finish(_ outcome: StudyOutcome) {
        phase = .over(outcome)
        (flights, again, births) = ([:], [], [])
        decisions.append(.finish(outcome))
    }
}
