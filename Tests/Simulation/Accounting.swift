import Oracles
import Tuning

/// Checks a log by the guarantees alone: every trial is accounted for exactly once, and every promotion was the right
/// one at its time, according to the scheduler's oracle, which sorts all results again for each question.
struct Accounting {
    private var plan: Plan
    /// Whether the user wants nothing new to start.
    private var isPaused = false
    /// How many trials that the user has added have not begun; they come before the searcher's.
    private var addedLeft = 0
    /// The trials that the user wants trained to the end, and that have not been sent there.
    private var finishing: Set<TrialID> = []
    /// The last result of each trial.
    private var results = ResultAccount()
    /// The last assignment of each trial.
    private var last: [TrialID: Assignment] = [:]
    private let ledger: Ledger
    private var sampled = 0
    /// How many of them came from another space or searcher than the plan has now.
    private var sampledBefore = 0
    private var seen: Set<Configuration> = []
    private var assignments = 0
    private var open: [TrialID: Assignment] = [:]
    private var trials: [AssignmentID: TrialID] = [:]
    /// The trials whose commands were asked to save and leave and have not left yet.
    private var saving: [AssignmentID: TrialID] = [:]
    private var conclusions: [TrialID: Conclusion] = [:]
    private var epochs: [AssignmentID: Int] = [:]
    private var losses: [AssignmentID: [Double]] = [:]
    /// By how much each breaks the study's bounds, as a share of their limits.
    private var violations: [AssignmentID: Double] = [:]
    private var rule: any SchedulerOracle
    private var quota: QuotaAccount
    private var inPlace = InPlaceAccount()
    private var replicates: ReplicateAccount
    /// The first rung of the newest trial.
    private var entry: Int?
    private var outcome: StudyOutcome?
    /// The newest checkpoint of each trial, or of its parent when it began.
    private var saved: [TrialID: Resource] = [:]

    init(plan: Plan, ledger: Ledger) {
        self.plan = plan
        self.ledger = ledger
        rule = plan.scheduler.oracle
        quota = QuotaAccount(plan)
        replicates = ReplicateAccount(plan)
    }

    mutating func take(_ event: Event, _ decisions: [Decision]) {
        see(event)
        for decision in decisions { carry(decision, because: event) }
        guard outcome ?? .completed == .completed else { return }
        let busy = Set(open.keys).union(saving.values)
        let complaint = quota.complaint(trials, conclusions, busy: busy, isOver: outcome != nil)
        ledger.check(complaint == nil, complaint ?? "")
    }

    func finish() {
        ledger.check(outcome != nil, "the log has no end")
        guard outcome == .completed else { return }
        let hasAll = rule.needsAllTrials ? sampled == plan.trials : rule.entry(sampled) == nil
        ledger.check(
            sampled <= plan.trials && (hasAll || isExhausted),
            "\(sampled) trials were sampled, not \(plan.trials)")
        var rule = rule
        let due = rule.getJob(except: [])
        ledger.check(due == nil, "the study is complete, and \(due.map { "\($0)" } ?? "") was due")
        ledger.check(open.isEmpty, "assignments of the trials \(open.keys.sorted()) never ended")
        for number in 0..<sampled {
            ledger.check(conclusions[TrialID(number)] != nil, "trial \(number) has no conclusion")
        }
    }

    // MARK: Events

    /// An attempt's message counts unless a later start of the same task has reported.
    private mutating func see(_ event: Event) {
        switch event {
        case .started(let fact): _ = isCurrent(fact.attempt)
        case .checkpointed(let checkpoint, let bytes):
            if outcome == nil { quota.publish(checkpoint, bytes: bytes) }
            guard isCurrent(checkpoint.attempt), let trial = trials[checkpoint.attempt.assignment],
                isInFlight(checkpoint.attempt.assignment)
            else { return }
            saved[trial] = max(saved[trial] ?? .none, checkpoint.resource)
        case .ended(let fact):
            guard isCurrent(fact.attempt) else { return }
            saving[fact.attempt.assignment] = nil
            if isInFlight(fact.attempt.assignment) { complain(inPlace.end(fact)) }
        case .reported(let report):
            guard isCurrent(report.attempt), losses[report.attempt.assignment] == nil,
                let assignment = open.values.first(where: { $0.id == report.attempt.assignment })
            else { return }
            inPlace.take(report)
            let isFirst = assignment.replicate ?? 0 == 0
            if isFirst, report.resource < assignment.to, let loss = Loss(of: report, in: plan) {
                rule.observe(assignment.trial.number, at: report.resource.units, loss: loss.value)
            }
            guard report.resource == assignment.to else { return }
            // All metrics, as values to minimise; if one is not a number, there is no result.
            let values = plan.objectives.map { objective -> Double in
                let value = report.metrics[objective.metric] ?? .nan
                return objective.goal == .minimize ? value : -value
            }
            losses[assignment.id] = values.allSatisfy(\.isFinite) ? values : [.infinity]
            let violation = plan.bounds.reduce(0.0) { sum, bound in
                guard let value = report.metrics[bound.metric] else { return .infinity }
                let excess = bound.side == .atMost ? value - bound.limit : bound.limit - value
                return sum + max(0, excess) / abs(bound.limit)
            }
            if !violation.isFinite { losses[assignment.id] = [.infinity] }
            violations[assignment.id] = violation
        case .waited(let attempt):
            _ = isCurrent(attempt)
            complain(inPlace.wait(attempt))
        case .doesNotWait(let attempt): complain(inPlace.learn(from: attempt))
        case .resumed(let attempt, let checkpoint, let bytes):
            guard outcome == nil, isCurrent(attempt), isInFlight(attempt.assignment),
                let trial = trials[attempt.assignment]
            else { return }
            quota.adopt(checkpoint, bytes: bytes)
            saved[trial] = max(saved[trial] ?? .none, checkpoint.resource)
        case .lost(let fact): saving[fact.assignment] = nil
        case .advised(let advice): if outcome == nil { rule.advise(advice) }
        case .wished(let wish): grant(wish.kind)
        case .accepted, .submitted, .refused, .askedAhead, .crowded, .cancelled, .stopped, .proposed,
            .learned, .code:
            break
        }
    }

    /// What the user asks for changes what is right from now on.
    private mutating func grant(_ wish: Wish.Kind) {
        // What is asked for after the end holds once the study is opened again.
        guard outcome == nil else { return }
        switch wish {
        case .changed(let change):
            if let scheduler = change.scheduler { grow(to: scheduler) }
            plan = change.applied(to: plan)
            if change.space != nil || change.searcher != nil { sampledBefore = sampled }
            if sampled < plan.trials { rule.reopen() } else { rule.close() }
        case .added:
            (plan.trials, addedLeft) = (plan.trials + 1, addedLeft + 1)
            rule.reopen()
        case .finished(let count):
            finishing = results.best(count, conclusions)
            plan.trials = sampled + addedLeft
            if addedLeft == 0 { rule.close() }
        case .paused: isPaused = true
        case .resumed: isPaused = false
        case .retried(let trials):
            for trial in trials {
                guard case .failed? = conclusions[trial], let work = last[trial] else {
                    ledger.check(false, "trial \(trial) is tried again, and has not failed")
                    continue
                }
                (conclusions[trial], open[trial]) = (nil, work)
                replicates.forget(trial)
                rule.retract(trial.number, rung: work.rung)
            }
        case .reopened, .dropped, .cleaned: break
        }
    }

    /// What was complete rests below the new top.
    private mutating func grow(to scheduler: SchedulerPlan) {
        // Another program climbs the same ladder.
        guard scheduler.external == nil else { return }
        let top = plan.scheduler.levels.count - 1
        for (trial, conclusion) in conclusions where conclusion == .completed {
            conclusions[trial] = .paused(rung: top)
        }
        rule.grow(toRungs: scheduler.levels.count)
    }

    private func complain(_ what: String?) { ledger.check(what == nil, what ?? "") }

    /// Whether a command runs an assignment or still saves its result.
    private func isInFlight(_ id: AssignmentID) -> Bool {
        saving[id] != nil || open.values.contains { $0.id == id }
    }

    private mutating func isCurrent(_ attempt: AttemptID) -> Bool {
        guard attempt.epoch >= epochs[attempt.assignment] ?? 0 else { return false }
        epochs[attempt.assignment] = attempt.epoch
        return true
    }

    // MARK: Decisions

    private mutating func carry(_ decision: Decision, because event: Event) {
        switch decision {
        case .sample(let trial, let configuration, let parent):
            seen.insert(configuration)
            ledger.check(trial.number == sampled, "trial \(trial) is sampled as number \(sampled)")
            complain(
                ConfigurationAccount(plan: plan).complaint(configuration, of: trial, isDrawn: parent != nil)
            )
            if let parent { return bear(trial, of: parent) }
            ledger.check(rule.unbornCount == 0, "trial \(trial) is sampled, and a child was due")
            let due = rule.getJob(except: held)
            ledger.check(due == nil, "trial \(trial) is sampled, and \(due.map { "\($0)" } ?? "") was due")
            ledger.check(
                !quota.isFull || open.isEmpty && saving.isEmpty,
                "trial \(trial) is sampled, and there is no room for what it saves")
            entry = rule.entry(trial.number)
            rule.admit(trial.number)
            sampled += 1
            addedLeft = max(0, addedLeft - 1)
        case .evaluate(let assignment): begin(assignment)
        case .conclude(let trial, let conclusion): end(trial, conclusion)
        case .finish(let outcome):
            ledger.check(self.outcome == nil, "the study ends twice")
            self.outcome = outcome
        case .release(let attempt, let save):
            ledger.check(
                losses[attempt.assignment] != nil, "\(attempt) is told to leave, and has no result")
            if save, let trial = trials[attempt.assignment] { saving[attempt.assignment] = trial }
        case .discard(let checkpoint): quota.discard(checkpoint)
        case .aggregate(let trial, let value, _):
            let sign = plan.objective.goal == .minimize ? 1.0 : -1
            complain(replicates.aggregate(trial, value.map { sign * $0 }, after: result(of: open[trial])))
        }
    }

    /// What an assignment has brought; `nil`: nothing.
    private func result(of assignment: Assignment?) -> ReplicateAccount.Result? {
        guard let id = assignment?.id, let losses = losses[id] else { return nil }
        return (losses, losses[0].isFinite ? violations[id] ?? 0 : .infinity)
    }

    private mutating func begin(_ assignment: Assignment) {
        ledger.check(
            assignment.id.number == assignments, "assignment \(assignment.id) is number \(assignments)")
        assignments += 1
        complain(inPlace.begin(assignment))
        complain(replicates.begin(assignment, after: result(of: open[assignment.trial])))
        let trial = assignment.trial
        ledger.check(!isPaused, "assignment \(assignment.id) begins while the study is paused")
        last[trial] = assignment
        switch assignment.reason {
        case .new:
            ledger.check(open[trial] == nil && conclusions[trial] == nil, "trial \(trial) begins twice")
            if let start = assignment.start {
                // A child begins with a checkpoint, and goes to the next level above it.
                let next = plan.scheduler.levels.firstIndex { $0 > start.resource }
                ledger.check(
                    entry == nil && assignment.rung == next && assignment.from == start.resource
                        && trials[start.attempt.assignment] != nil,
                    "trial \(trial) begins at rung \(assignment.rung) with \(start)")
            } else {
                ledger.check(
                    assignment.rung == entry, "trial \(trial) begins at rung \(assignment.rung)")
            }
            if sampled == plan.trials { rule.close() }
        case .retry(let old, _), .continued(let old, _), .relaunched(let old, _), .replicate(let old):
            ledger.check(
                open[trial]?.id == old, "\(assignment.id) goes on with \(old), which is not in flight")
        case .finished:
            sendToTop(assignment)
        case .promoted, .unstopped, .retained, .advised:
            let rung = assignment.rungBefore
            ledger.check(
                open[trial] == nil && conclusions[trial] == .paused(rung: rung),
                "trial \(trial) is promoted from rung \(rung), where it does not rest")
            let due = due(assignment)
            ledger.check(
                due == Promoted(assignment),
                "trial \(trial) is promoted from rung \(rung), where \(due.map { "\($0)" } ?? "nobody") was due"
            )
        }
        ledger.check(
            !saving.values.contains(trial), "trial \(trial) begins, and its last command still saves")
        if assignment.inPlace == nil { saved[trial] = assignment.start?.resource }
        open[trial] = assignment
        trials[assignment.id] = trial
    }

    /// The user wants it there.
    private mutating func sendToTop(_ assignment: Assignment) {
        let (trial, rung) = (assignment.trial, results.rung(of: assignment.trial))
        ledger.check(
            finishing.remove(trial) != nil, "trial \(trial) is sent to the top, and nobody has asked for it"
        )
        ledger.check(
            open[trial] == nil && conclusions[trial] == .paused(rung: rung)
                && assignment.to == plan.scheduler.levels.last,
            "\(assignment) is sent to the top from rung \(rung), where its trial does not rest")
        rule.release(trial.number, from: rung)
    }

    /// The oracle's answer to a promotion. The log does not say when a study finds that no configuration is left to
    /// sample, so a promotion that was not allowed before may be allowed now.
    private mutating func due(_ assignment: Assignment) -> Promoted? {
        let held = held
        let ask = { (rule: inout any SchedulerOracle) in
            assignment.inPlace == nil
                ? rule.getJob(except: held)
                : rule.promote(assignment.trial.number, from: assignment.rungBefore)
        }
        let before = rule
        let due = ask(&rule)
        if due == Promoted(assignment) || !isExhausted { return due }
        rule = before
        rule.close()
        return ask(&rule)
    }

    private mutating func end(_ trial: TrialID, _ conclusion: Conclusion) {
        guard let assignment = open.removeValue(forKey: trial) else {
            return ledger.check(false, "trial \(trial) is concluded, and was not in flight")
        }
        ledger.check(true, "")
        conclusions[trial] = conclusion
        if case .failed = conclusion {
            complain(inPlace.fail(assignment.id))
            complain(replicates.fail(assignment))
        }
        let aggregate = replicates.takeAggregate(of: trial)
        let loss = aggregate?.losses ?? losses[assignment.id]
        let violation = aggregate?.violation ?? violations[assignment.id] ?? 0
        var stops = false
        if conclusion == .cancelled {
            rule.withdraw(trial.number, rung: assignment.rung)
        } else {
            stops = rule.update(
                trial.number, rung: assignment.rung, losses: loss ?? [.infinity],
                violation: loss?[0].isFinite == true ? violation : 0)
            if let successor = rule.successor {
                follow(trial, assignment.rung, conclusion, TrialID(successor))
            }
        }
        switch conclusion {
        case .replaced(let rung, let parent):
            ledger.check(
                rung == assignment.rung && loss != nil && rule.successor == parent.number,
                "trial \(trial) yields in rung \(rung) to \(parent)")
        case .completed, .paused, .stopped, .diverged:
            results.note(trial, rung: assignment.rung, loss)
            ledger.check(
                loss != nil, "trial \(trial) rests in rung \(assignment.rung) without a report there")
            let isOut = conclusion == .stopped(rung: assignment.rung)
            ledger.check(stops == isOut, "trial \(trial) is \(conclusion), and to be stopped: \(stops)")
        case .failed:
            ledger.check(
                loss == nil, "trial \(trial) failed in rung \(assignment.rung), and had a report there")
        case .cancelled: break
        }
    }

    /// A trial was to be replaced, and the conclusion says whether it is. It must be if its successor has a checkpoint.
    private mutating func follow(
        _ trial: TrialID, _ rung: Int, _ conclusion: Conclusion, _ successor: TrialID
    ) {
        if case .replaced = conclusion { return rule.replace(trial.number) }
        ledger.check(
            sampled + rule.unbornCount >= plan.trials || !hasCheckpoint(successor),
            "trial \(trial) does not yield to trial \(successor), which has a checkpoint")
        rule.keep(trial.number, rung: rung)
    }

    /// A child of another begins.
    private mutating func bear(_ trial: TrialID, of parent: TrialID) {
        // A child that takes no trial's place waits for those that continue.
        if rule.unbornCount == 0 {
            let due = rule.getJob(except: held)
            ledger.check(due == nil, "trial \(trial) is sampled, and \(due.map { "\($0)" } ?? "") was due")
        }
        let expected = rule.bear(trial.number)
        ledger.check(
            expected == parent.number, "trial \(trial) is a child of \(parent), not of \(expected ?? -1)")
        entry = nil
        sampled += 1
    }

    /// Whether a child could start from this trial, as far as the log shows. A checkpoint at a target without a result
    /// there is discarded.
    private func hasCheckpoint(_ trial: TrialID) -> Bool {
        guard let saved = saved[trial], let top = plan.scheduler.levels.last else { return false }
        return saved < top && open[trial].map { saved < $0.to } != false
    }

    /// The trials that may not continue yet.
    private var held: Set<Int> { Set(saving.values.map(\.number)) }

    /// Whether no configuration was left.
    private var isExhausted: Bool {
        ConfigurationAccount(plan: plan).isExhausted(after: sampled - sampledBefore, seen)
    }
}

extension Assignment {
    /// The rung that its trial leaves, if it was promoted.
    fileprivate var rungBefore: Int {
        if case .advised(let rung) = reason { rung } else { rung - 1 }
    }
}
