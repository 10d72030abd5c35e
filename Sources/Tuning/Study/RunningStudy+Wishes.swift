import DequeModule

/// What the user asks of a study that has begun, and what follows from it.
///
/// | the study is | it may be asked to                                             | what follows             |
/// |--------------|----------------------------------------------------------------|--------------------------|
/// | running      | change; try failed trials again; drop trials; add one; pause    | it stays running         |
/// | paused       | the same; resume                                               | running, once it resumes |
/// | over         | change its plan; open again; try failed trials again; add one   | running, but for a change |
/// | any of these | discard checkpoints that nothing unfinished can need            | it stays as it is        |
///
/// What is in flight when a wish comes keeps its target, its configuration and its checkpoint.
extension RunningStudy {
    /// Takes in a wish. One that was granted before, or cannot be granted, changes nothing.
    mutating func grant(_ wish: Wish) {
        guard !hasGranted(wish.id), objection(to: wish.kind) == nil else { return }
        if !wish.id.isEmpty { granted.insert(wish.id) }
        if outcome != nil { isAsked = isAsked || gives(wish.kind) }
        switch wish.kind {
        case .changed(let change): self.change(change)
        case .reopened: reopen()
        case .retried(let trials): retry(trials)
        case .paused: isPaused = true
        case .resumed:
            isPaused = false
            if outcome == nil { fillSlots() }
        case .dropped(let trials): for trial in trials { drop(trial) }
        case .added(let configuration): add(configuration)
        case .finished(let count): finishBest(count)
        case .cleaned(let keep): clean(keeping: keep)
        }
    }

    /// Whether a wish gives a study that is over something to do.
    private func gives(_ wish: Wish.Kind) -> Bool {
        switch wish {
        case .changed(let change):
            outcome != .completed || change.scheduler != nil || change.stop != nil
                || change.trials.map { $0 > trials.count } ?? false
                || (change.searcher != nil || change.space != nil) && plan.trials > trials.count
        case .retried, .added, .resumed, .finished: true
        case .reopened, .paused, .dropped, .cleaned: false
        }
    }

    /// Whether a request was granted before.
    func hasGranted(_ id: String) -> Bool { granted.contains(id) }

    /// Why a wish cannot be granted, and the way out, in a sentence; `nil`: it can.
    func objection(to wish: Wish.Kind) -> String? {
        switch wish {
        case .changed(let change): objection(to: change)
        case .reopened: outcome == nil ? "the study is not over" : nil
        case .retried(let numbers): numbers.lazy.compactMap(objectionToRetrying).first
        case .paused: objectionToPausing
        case .resumed: objectionToResuming
        case .dropped(let numbers): numbers.lazy.compactMap(objectionToDropping).first
        case .added(let configuration): objection(toAdding: configuration)
        case .finished(let count): objection(toFinishing: count)
        case .cleaned(let keep):
            keep < 0 ? "\(keep) trials cannot keep their checkpoints; say how many may: 0 or more" : nil
        }
    }

    private var objectionToPausing: String? {
        if outcome != nil { return "the study is over: nothing of it runs" }
        return isPaused ? "the study is paused already" : nil
    }

    private var objectionToResuming: String? {
        if isPaused { return nil }
        if outcome == nil { return "the study is not paused: it goes on as it is" }
        return outcome == .completed
            ? "the study is complete; give it more to do first, such as: stune set DIR trials=NUMBER" : nil
    }

    /// See `Study.wouldGoOn`.
    var wouldGoOn: Bool {
        switch outcome {
        case nil, .cancelled, .tooManyFailures, .refused: true
        case .completed: isAsked
        case .stopped(.wallTime), .stopped(.hours): isAsked
        case .stopped: stopRule.holding == nil
        }
    }

    // MARK: A changed plan

    private func objection(to change: Change) -> String? {
        let begun = trials.count + added.count + (population?.children.count ?? 0) + childrenLeft.count
        if let most = change.trials, most < begun {
            return
                "trials: \(begun) trials have begun or are about to, so it cannot be \(most); say at least \(begun)"
        }
        if let plan = change.scheduler, !canGrow(to: plan), !isOtherProgram(plan) {
            return
                "scheduler: only max_resource may change, and only so that the rungs there are stay and others come "
                + "above them (rungs now: \(RunningStudy.words(levels)); with the change: "
                + "\(RunningStudy.words(plan.levels))); begin another study for that with 'stune fork'"
        }
        return objection(toSearcher: change.searcher) ?? objection(toSpace: change.space)
            ?? objection(
                toPoints: change.points, in: change.space ?? plan.space,
                trials: change.trials ?? plan.trials,
                begun: begun)
    }

    /// Why these points cannot be the study's; `nil`: they can.
    private func objection(
        toPoints points: [Configuration]?, in space: SearchSpace, trials most: Int, begun: Int
    ) -> String? {
        guard let points else { return nil }
        // A parameter that is no more is no more in the points either.
        let known = Set(space.parameters.map(\.name))
        let kept = plan.points.map { Configuration($0.values.filter { known.contains($0.key) }) }
        guard points.starts(with: kept) else {
            return
                "points: they come in order, so only further ones at the end may be given; keep the \(plan.points.count) "
                + "of before as they were"
        }
        if let why = objectionToGivenTrials { return "points: \(why)" }
        let more = points.count - plan.points.count
        if begun + more > most {
            return
                "points: \(begun) trials have begun or are about to, and \(more) points make \(begun + more), but "
                + "trials is \(most); say trials: \(begun + more) or more"
        }
        return nil
    }

    private static func words(_ levels: [Resource]) -> String {
        levels.count > 12
            ? "\(levels.count) from \(levels[0])" : levels.map(\.description).joined(separator: ", ")
    }

    private func canGrow(to plan: SchedulerPlan) -> Bool {
        var grown = scheduler
        return grown.grow(to: plan)
    }

    /// Whether another scheduler is another program on the same ladder. It is told all that is known, as one is that starts
    /// anew.
    private func isOtherProgram(_ other: SchedulerPlan) -> Bool {
        guard let now = scheduler as? ExternalScheduler, let other = other.external else { return false }
        return now.levels == other.levels && plan.scheduler.external?.asha == other.asha
    }

    private mutating func change(_ change: Change) {
        let before = plan
        plan = change.applied(to: plan)
        if let scheduler = change.scheduler, !isOtherProgram(scheduler) { grow(to: scheduler) }
        if change.searcher != nil || change.space != nil { changeSearcher() }
        if let points = change.points {
            added += points.dropFirst(before.points.count).map { AddedConfiguration($0, isExtra: false) }
        }
        if change.checkpoints != nil { changeCheckpoints(from: before) }
        if change.stop != nil { stopReason = stopRule.change(to: plan.stop ?? StopPlan()) }
        if change.trials != nil {
            if trials.count < plan.trials { openForTrials() } else if !isClosed { close() }
        }
        guard outcome == nil else { return }
        makeRoom()
        fillSlots()
    }

    /// More trials may begin than was known. A searcher that has no more says so again when it is asked.
    mutating func openForTrials() {
        guard isClosed else { return }
        isClosed = false
        scheduler.reopen()
    }

    /// The ladder grows at its top: what was complete has a result in a rung like any other, and may be promoted.
    private mutating func grow(to plan: SchedulerPlan) {
        let top = levels.count - 1
        guard scheduler.grow(to: plan) else { return }
        levels = scheduler.levels
        for number in trials.indices where trials[number].result?.rung == top {
            switch trials[number].stage {
            case .out: trials[number].stage = .paused
            case .settled:
                trials[number].stage = .paused
                settledCount -= 1
            case .underway, .saving, .paused, .leaving, .replaced, .diverged, .gone: break
            }
        }
        best = BestTrials(count: self.plan.keep)
    }

    private mutating func changeCheckpoints(from before: Plan) {
        if plan.keep != before.keep {
            best = BestTrials(count: plan.keep)
            let flying = Set(flights.values.map(\.assignment.trial.number))
            for number in trials.indices
            where isComplete(number) && !flying.contains(number) && trials[number].checkpoint != nil {
                guard let loss = trials[number].result?.loss else { continue }
                if let other = best.add(TrialID(number), loss) { discardAll(other) }
            }
        }
        quota.limit = plan.quota
        guard before.quota == nil, plan.quota != nil else { return }
        for number in trials.indices { settle(TrialID(number)) }
    }

    /// Whether a trial is at the top of the ladder; its command may not have left yet.
    private func isComplete(_ number: Int) -> Bool {
        guard trials[number].result?.rung == levels.count - 1 else { return false }
        let stage = trials[number].stage
        return stage == .out || stage == .settled
    }

    // MARK: A study that is over

    /// The study goes on where it ended.
    private mutating func reopen() {
        let (left, relaunched) = (interrupted, self.relaunched)
        outcome = nil
        isAsked = false
        (interrupted, self.relaunched, failures.trials, failures.setups) = ([], [], 0, 0)
        population?.children = childrenLeft
        childrenLeft = []
        relaunches = relaunched + relaunches
        for flight in left {
            let work = flight.assignment
            if rest(flight) { continue }
            trials[work.trial.number].stepBack(below: work.to)
            launchLater(
                work, .continued(of: work.id, why: "the study had ended, and goes on"),
                after: flight.tries)
        }
        stopReason = stopRule.holding
        if trials.count < plan.trials { openForTrials() }
        fillSlots()
    }

    // MARK: Trials that failed

    private func objectionToRetrying(_ trial: TrialID) -> String? {
        guard trials.indices.contains(trial.number) else { return noSuch(trial) }
        guard let failed = failed[trial] else {
            return "trial \(trial) has not failed; 'stune trials DIR' lists what became of each"
        }
        var probe = scheduler
        if !probe.retract(trial, rung: failed.rung) {
            return
                "trial \(trial) cannot be tried again: others were chosen without it; add its configuration as a "
                + "new trial with 'stune add'"
        }
        return nil
    }

    private func noSuch(_ trial: TrialID) -> String {
        "there is no trial \(trial): the study has \(trials.count), from 0"
    }

    private mutating func retry(_ numbers: [TrialID]) {
        for trial in numbers {
            guard let work = failed.removeValue(forKey: trial) else { continue }
            guard scheduler.retract(trial, rung: work.rung) else {
                faults.note("trial \(trial) is tried again, and its scheduler does not take it back")
                continue
            }
            searcher.retract(trial, rung: work.rung)
            history.retract(trial, rung: work.rung)
            trials[trial.number].stage = .underway
            trials[trial.number].replicas = nil
            launchLater(work, .retry(of: work.id, why: "the user asks for it again"), after: Tries())
        }
        failures.trials = 0
        guard outcome == nil else { return }
        fillSlots()
    }

    // MARK: Trials that are not wanted, and those that are

    private func objectionToDropping(_ trial: TrialID) -> String? {
        guard trials.indices.contains(trial.number) else { return noSuch(trial) }
        if relaunches.contains(where: { $0.trial == trial }) || flightInTraining(trial) != nil {
            return nil
        }
        return "trial \(trial) does not train, so there is nothing to cancel"
    }

    private func flightInTraining(_ trial: TrialID) -> Flight? {
        flights.values.first { flight in
            if case .working = flight.stage { flight.assignment.trial == trial } else { false }
        }
    }

    private mutating func drop(_ trial: TrialID) {
        let failure = Failure(rule: .obey, why: "the user does not want it")
        if let flight = flightInTraining(trial) {
            forget(flight)
            fail(flight, failure)
        } else if let index = relaunches.firstIndex(where: { $0.trial == trial }) {
            let waiting = relaunches.remove(at: index)
            giveUp(trial, onItsWayTo: waiting.rung)
        }
        if outcome == nil { fillSlots() }
    }

    /// Why no trial of this study can have a configuration that its user gives; `nil`: it can.
    private var objectionToGivenTrials: String? {
        if population != nil { return "a population makes its own members, so no trial can be added to it" }
        if plan.searcher.external != nil {
            return
                "the searcher is a program of its own, which numbers its trials, so none can be added between them"
        }
        return nil
    }

    private func objection(toAdding configuration: Configuration) -> String? {
        if let why = objectionToGivenTrials { return why }
        if !plan.space.hasDomains(for: configuration) {
            return
                "a value is not possible in this study's space (\(configuration.words)): give one of its domain"
        }
        var random = Random(seed: plan.searcher.seed, stream: UInt64(trials.count))
        guard SpaceSampler(plan.space).draw(&random, given: configuration) != nil else {
            return "no configuration with these values keeps the study's constraints"
        }
        return nil
    }

    private mutating func add(_ configuration: Configuration) {
        added.append(AddedConfiguration(configuration, isExtra: true))
        plan.trials += 1
        if outcome == nil {
            openForTrials()
            fillSlots()
        }
    }

    /// Starts the next trial of those that the user has added. The points that the study began with come before them.
    ///
    /// - Returns: whether one was started, or is no more.
    mutating func startAdded(_ trial: TrialID, rung: Int) -> Bool {
        guard trial.number >= firstPoints, let next = added.popFirst() else { return false }
        var random = Random(seed: plan.searcher.seed, stream: UInt64(trial.number))
        guard let configuration = SpaceSampler(plan.space).draw(&random, given: next.configuration) else {
            faults.note(
                "trial \(trial) was added, and no configuration with its values keeps the constraints")
            if next.isExtra { plan.trials -= 1 }
            if trials.count >= plan.trials, !isClosed { close() }
            return true
        }
        adopt(configuration, for: trial)
        begin(trial, configuration, rung: rung)
        return true
    }
}

/// A configuration that the user gives a study that has begun.
struct AddedConfiguration: Sendable {
    /// Its values; what it leaves open is drawn at random.
    let configuration: Configuration
    /// Whether its trial is one more than `trials` said.
    let isExtra: Bool

    init(_ configuration: Configuration, isExtra: Bool) {
        self.configuration = configuration
        self.isExtra = isExtra
    }
}
