import DequeModule

/// A study whose plan is accepted. It runs until it has an outcome; after that it answers questions, and waits for the user
/// to open it again.
struct RunningStudy: Sendable {
    /// What the study is to do.
    var plan: Plan
    /// The resource of each rung, from the lowest up.
    var levels: [Resource]
    /// Why it ended; `nil`: it runs.
    var outcome: StudyOutcome?
    /// What the present event has led to, in order.
    var decisions: [Decision] = []
    /// The assignments that were over with the last event.
    private(set) var landed: [AssignmentID] = []

    var searcher: any Searcher
    /// What the searcher has been told.
    var history = SearcherHistory()
    /// How many of the plan's points the study began with; the searcher proposes these itself.
    let firstPoints: Int
    var scheduler: any Scheduler
    /// What a scheduler outside is told, oldest first; empty if there is none.
    var steps: [ScheduledStep] = []
    /// The state of the population, if the scheduler has one.
    var population: Population?

    /// How many prior trials the searcher has been told of.
    var priorCount = 0
    /// The trials by number.
    var trials: [TrialState] = []
    /// Whether all trials are sampled.
    var isClosed = false
    var flights: [AssignmentID: Flight] = [:]
    /// The assignments that processes in place are to go on with, until they do, by the attempts that waited.
    private var inPlace: [AttemptID: AssignmentID] = [:]
    /// Whether commands wait at their target for what follows, as far as is known.
    private(set) var commandWaits = true
    /// The assignments to launch again, in order.
    var relaunches: Deque<Relaunch> = []
    private(set) var assignmentCount = 0

    var failures = FailureStreaks()
    /// The complete trials whose checkpoints are kept.
    var best: BestTrials
    /// What checkpoints have, and may have.
    var quota: Quota
    /// How many trials are settled.
    var settledCount = 0
    var stopRule: StopRule
    /// Which of its conditions has stopped it.
    var stopReason: StopReason?
    var faults = Faults()

    /// Whether the user wants nothing new to start.
    var isPaused = false
    /// Whether the user has given a study that is over something to do.
    var isAsked = false
    /// The requests of the user that were granted.
    var granted: Set<String> = []
    /// The configurations that the user has added, and that no trial has yet.
    var added: Deque<AddedConfiguration> = []
    /// The trials that go to the top of the ladder as soon as they rest, because the user wants it.
    var finishing: Set<TrialID> = []
    /// The last assignments of the trials that failed for good, by trial.
    var failed: [TrialID: Assignment] = [:]
    /// What was in flight when the study ended, in the order of the assignments; empty while it runs.
    var interrupted: [Flight] = []
    /// What was to be launched again when the study ended; empty while it runs.
    var relaunched: Deque<Relaunch> = []
    /// The children that were to start when the study ended; empty while it runs.
    var childrenLeft: Deque<Child> = []

    /// A study that has not begun.
    init(_ plan: Plan) {
        self.plan = plan
        searcher = plan.makeSearcher()
        firstPoints = plan.points.count
        scheduler = plan.scheduler.scheduler(objectives: plan.objectives.count)
        levels = scheduler.levels
        if case .pbt(let pbt) = plan.scheduler { population = Population(Explorer(plan.space, pbt)) }
        best = BestTrials(count: plan.keep)
        quota = Quota(limit: plan.quota)
        stopRule = StopRule(plan.stop ?? StopPlan(), goal: plan.objective.goal)
    }

    /// Its first decisions.
    mutating func begin() -> [Decision] {
        fillSlots()
        return decisions
    }

    /// Takes in an event; see `Study.apply`.
    mutating func apply(_ event: Event) -> [Decision] {
        decisions = []
        landed = []
        if case .wished(let wish) = event {
            grant(wish)
            return decisions
        }
        guard outcome == nil else {
            noteAfterEnd(event)
            return []
        }
        switch event {
        case .wished: break
        case .learned(let prior): learn(prior)
        // A plan is accepted once; what becomes of arrays is the shell's affair.
        case .accepted, .submitted: break
        // A fact for people.
        case .code: break
        case .started(let fact): started(fact)
        case .reported(let report): reported(report)
        case .checkpointed(let checkpoint, let bytes): checkpointed(checkpoint, bytes)
        case .resumed(let attempt, let checkpoint, let bytes): resumed(attempt, checkpoint, bytes)
        case .waited(let attempt): waited(attempt)
        case .doesNotWait: commandWaits = false
        case .askedAhead(let room): fillSlots(upTo: flights.count + max(0, room))
        case .crowded(let count): crowded(by: count)
        case .ended(let fact): ended(fact)
        case .lost(let fact): lost(fact)
        case .refused(let reason): finish(.refused(reason: reason))
        case .cancelled: finish(.cancelled)
        case .stopped(let reason): finish(.stopped(reason))
        case .proposed(let trial, let configuration): proposed(trial, configuration)
        case .advised(let advice): advised(advice)
        }
        return decisions
    }

    // MARK: Events

    private mutating func started(_ fact: AttemptStarted) {
        guard let flight = current(fact.attempt) else { return }
        flights[flight.assignment.id]?.start()
    }

    private mutating func reported(_ report: Report) {
        guard let flight = current(report.attempt) else { return }
        let work = flight.assignment
        guard report.resource <= work.to, flight.result == nil else { return }
        let loss = Loss(of: report, in: plan)
        if report.resource == work.to, let loss {
            flights[work.id]?.reach(loss)
            return
        }
        if report.resource > work.from { flights[work.id]?.advance() }
        if report.resource < work.to, let loss, work.replicate ?? 0 == 0 {
            scheduler.observe(work.trial, at: report.resource, loss: loss)
        }
    }

    /// The answer to a waiting command. Its trial continues in place if it may be promoted now and commands are known
    /// to wait. Otherwise the command is to leave, and its slot is free when it has left.
    private mutating func waited(_ attempt: AttemptID) {
        guard let flight = current(attempt), case .reached(let own) = flight.stage else { return }
        let work = flight.assignment
        guard let loss = result(of: work, own) else {
            flights[work.id]?.release()
            decisions.append(.release(attempt, save: own.isFinite))
            return
        }
        let conclusion = record(work, loss)
        decisions.append(.conclude(trial: work.trial, conclusion))
        let mayGoOn = conclusion == .paused(rung: work.rung)
        if mayGoOn, work.replicate == nil, commandWaits, stopReason == nil, !isPaused,
            let promotion = scheduler.promote(work.trial, from: work.rung)
        {
            forget(flight)
            launch(promotion, from: work.to, inPlace: attempt)
        } else {
            flights[work.id]?.release()
            if mayGoOn { trials[work.trial.number].stage = .saving }
            // A command with a complete trial saves, too: that is the model that the user wants.
            decisions.append(.release(attempt, save: own.isFinite))
        }
        fillSlots()
    }

    private mutating func ended(_ fact: AttemptEnded) {
        if fact.ending != .wentOn, let next = inPlace[fact.attempt], let flight = flights[next] {
            // It was to continue, but had ended before it knew.
            land(flight, Failure(rule: .relaunch, why: "its command had ended before it was told to go on"))
            return
        }
        guard let flight = current(fact.attempt) else { return }
        // Only the cluster knows why it was asked to leave: `lost` follows, or a later start of the task.
        if fact.ending.awaitsCluster && flight.result == nil {
            let command = fact.ending == .left ? Flight.Command.left : .crashed(fact.failure.reason)
            flights[flight.assignment.id]?.end(command)
            return
        }
        if countSetup(fact, flight) { return }
        land(flight, fact.failure)
    }

    private mutating func lost(_ fact: AssignmentLost) {
        guard let flight = flights[fact.assignment] else { return }
        land(flight, fact.failure(of: flight.command))
    }

    /// The flight of an attempt, unless a later start of its task has superseded it. Any message shows that an attempt
    /// started, and so supersedes the earlier ones.
    mutating func current(_ attempt: AttemptID) -> Flight? {
        guard var flight = flights[attempt.assignment], attempt.epoch >= flight.epoch else {
            return nil
        }
        flight.supersede(by: attempt.epoch)
        flights[attempt.assignment] = flight
        if let waited = flight.assignment.inPlace { inPlace[waited] = nil }
        return flight
    }

    // MARK: What becomes of an assignment

    /// An assignment is over. A result counts even if the command failed afterwards.
    private mutating func land(_ flight: Flight, _ failure: Failure) {
        forget(flight)
        if !rest(flight) { fail(flight, failure) }
        if outcome == nil { fillSlots() }
    }

    mutating func forget(_ flight: Flight) {
        flights[flight.assignment.id] = nil
        landed.append(flight.assignment.id)
        if let waited = flight.assignment.inPlace { inPlace[waited] = nil }
    }

    /// A result enters its rung.
    mutating func record(_ work: Assignment, _ loss: Loss) -> Conclusion {
        let trial = work.trial.number
        tellAggregate(work, loss)
        if trials[trial].stage != .underway {
            faults.note("trial \(trial) has a result in rung \(work.rung), and was not on its way there")
        }
        failures.trials = 0
        let verdict = scheduler.record(work.trial, rung: work.rung, loss: loss)
        note(work, loss)
        observe(work.trial, rung: work.rung, loss)
        let exploited = exploited(verdict, by: work)
        if exploited != nil || !loss.isFinite { population?.explorer.leave(work.trial) }
        guard loss.isFinite else {
            trials[trial].stage = .diverged
            return .diverged(rung: work.rung)
        }
        trials[trial].result = (work.rung, loss)
        if isTop(work) {
            trials[trial].stage = .out
            return .completed
        }
        if let exploited {
            trials[trial].stage = .replaced
            return .replaced(rung: work.rung, parent: exploited)
        }
        trials[trial].stage = verdict == .stops ? .out : .paused
        return verdict == .stops ? .stopped(rung: work.rung) : .paused(rung: work.rung)
    }

    private func isTop(_ work: Assignment) -> Bool { work.rung + 1 == levels.count }

    /// Checks whether a result stops the study.
    private mutating func note(_ work: Assignment, _ loss: Loss) {
        stopReason = stopRule.take(work.trial, loss, units: units(of: work))
    }

    /// No process has the trial any more: checkpoints that are not needed are discarded.
    ///
    /// - Parameter conclusion: what its result has led to, if that was not said before.
    mutating func rest(_ work: Assignment, _ loss: Loss, _ conclusion: Conclusion?) {
        let trial = work.trial
        let stage = trials[trial.number].stage
        let isWanted = loss.isFinite && (plan.keep == nil || stage != .replaced)
        if isWanted { discardSuperseded(trial) } else { discardAll(trial) }
        rejoinReplicates(of: trial)
        if let conclusion { decisions.append(.conclude(trial: trial, conclusion)) }
        switch stage {
        case .saving: trials[trial.number].stage = .paused
        case .leaving: trials[trial.number].stage = .out
        case .paused, .out, .replaced, .diverged, .settled: break
        case .underway, .gone: faults.note("trial \(trial) rests, and is \(stage)")
        }
        settle(trial)
        if isTop(work), loss.isFinite, let other = best.add(trial, loss) { discardAll(other) }
    }

    // MARK: What to run next

    /// `get_job` of the paper, for each free worker.
    ///
    /// - Parameter places: how many may be in flight; `nil`: as the plan says, once as many are free as share a task.
    mutating func fillSlots(upTo places: Int? = nil) {
        if let stopReason { return finish(.stopped(stopReason)) }
        makeRoom()
        if isPaused { return }
        let isDue = places != nil || plan.parallel - flights.count >= min(plan.together, plan.parallel)
        while isDue, flights.count < places ?? plan.parallel {
            if let next = relaunches.popFirst() {
                launch(next.trial, rung: next.rung, reason: next.reason, after: next.tries)
            } else if startFinishing() {
                continue
            } else if let child = population?.children.popFirst() {
                begin(child)
            } else if let promotion = promote() {
                launch(promotion.trial, rung: promotion.rung, reason: promotion.reason)
            } else if !sampleTrial() {
                break
            }
        }
        if flights.isEmpty, wanted == nil, choices == nil {
            discardUnwanted()
            finish(.completed)
        }
    }

    /// The next trial to promote, of those whose commands do not save any more.
    private mutating func promote() -> Promotion? {
        let trials = trials
        return scheduler.promote { trials[$0.number].stage == .saving }
    }

    /// Samples and launches a new trial, or finds that there are no more.
    ///
    /// - Returns: whether that changed anything.
    private mutating func sampleTrial() -> Bool {
        let trial = TrialID(trials.count)
        guard !isClosed, !isHeldBack, let rung = scheduler.entry(of: trial) else { return false }
        if startAdded(trial, rung: rung) { return true }
        guard !searcher.awaits(trial) else { return false }
        if beginExploiting(trial) { return true }
        guard let configuration = searcher.propose(for: trial, enteringAt: rung) else {
            // Trials that wait for more trials may go on now.
            close()
            return true
        }
        history.adopt(configuration, for: trial)
        begin(trial, configuration, rung: rung)
        return true
    }

    /// A new trial begins with a configuration.
    mutating func begin(_ trial: TrialID, _ configuration: Configuration, rung: Int) {
        trials.append(TrialState())
        scheduler.admit(trial)
        tell(.trial(trial, configuration))
        population?.explorer.enter(trial, configuration)
        decisions.append(.sample(trial: trial, configuration: configuration))
        launch(trial, rung: rung, reason: .new)
        if trials.count == plan.trials { close() }
    }

    /// No further trial is sampled.
    mutating func close() {
        isClosed = true
        scheduler.close()
    }

    /// A trial starts from its newest checkpoint.
    mutating func launch(
        _ trial: TrialID, rung: Int, reason: Assignment.Reason, after tries: Tries = Tries()
    ) {
        let start = trials[trial.number].checkpoint
        let replicate = replicate(trial, rung: rung, reason)
        launch(
            Assignment(
                id: AssignmentID(assignmentCount), trial: trial, rung: rung,
                from: start?.resource ?? .none, to: levels[rung], start: start, reason: reason,
                replicate: replicate),
            after: tries)
    }

    mutating func launch(_ work: Assignment, after tries: Tries = Tries()) {
        switch trials[work.trial.number].stage {
        case .underway, .paused: trials[work.trial.number].stage = .underway
        case let stage: faults.note("\(work) is launched, and its trial is \(stage)")
        }
        assignmentCount += 1
        if let waiting = work.inPlace { inPlace[waiting] = work.id }
        flights[work.id] = Flight(work, after: tries)
        tell(.running(work.trial, rung: work.rung))
        decisions.append(.evaluate(work))
    }

    mutating func finish(_ outcome: StudyOutcome) {
        self.outcome = outcome
        interrupted = flights.values.sorted { $0.assignment.id < $1.assignment.id }
        relaunched = relaunches
        childrenLeft = population?.children ?? []
        (flights, relaunches, inPlace) = ([:], [], [:])
        population?.children = []
        decisions.append(.finish(outcome))
    }
}
