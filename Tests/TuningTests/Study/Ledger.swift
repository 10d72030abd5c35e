import Oracles
import Tuning

/// Follows a study by its events and decisions alone, and records every violation of a study's rules.
///
/// It shares no code with `Study`; for a scheduler's decisions, it asks the oracle.
struct Ledger {
    /// The violations, in words; empty if there are none.
    var violations: [String] { found.list }
    /// The running assignments.
    var flights: [AssignmentID: Assignment] = [:]
    /// The assignments that have a result, whose commands were asked to leave and have not left yet.
    private(set) var released: [AssignmentID: TrialID] = [:]
    /// How each trial came to rest last.
    private(set) var conclusions: [TrialID: Conclusion] = [:]
    /// Why the study ended.
    private(set) var outcome: StudyOutcome?
    /// How many trials were sampled.
    private(set) var trialCount = 0
    /// The greatest number of assignments that ran at the same time, before any was asked for ahead.
    private(set) var mostInFlight = 0
    private var (wasAskedAhead, found) = (false, Violations())
    private let plan: Plan
    private let levels: [Resource]
    private var rule: any SchedulerOracle
    /// Whether the oracle knows that no trial is left.
    private var isClosed = false
    private var assignmentCount = 0
    /// The first rung of the newest trial.
    private var entry: Int?
    private var trials: [AssignmentID: TrialID] = [:]
    private var (starts, targets): ([AssignmentID: Resource], [AssignmentID: Resource]) = ([:], [:])
    var epochs: [AssignmentID: Int] = [:]
    private var losses: [AssignmentID: Double] = [:]
    private var tries: [AssignmentID: Int] = [:]
    private var parents: [TrialID: TrialID] = [:]
    var published: Set<CheckpointID> = []
    var discarded: Set<CheckpointID> = []
    var quota: QuotaAccount
    private var inPlace = InPlaceAccount()
    var progress = SavedProgress()
    /// The starts whose commands have left.
    private var left: Set<AttemptID> = []
    /// The assignments that were interrupted from outside.
    private var interrupted: Set<AssignmentID> = []
    /// The assignments that no worker has begun.
    private var givenBack: Set<AssignmentID> = []
    /// Lost assignments that are to be tried again when there is a place.
    private var waiting: [AssignmentID: Assignment] = [:]

    init(_ plan: Plan) {
        self.plan = plan
        levels = plan.scheduler.levels
        rule = plan.scheduler.oracle
        quota = QuotaAccount(plan)
    }

    /// Adds an event and all decisions that followed it.
    mutating func enter(_ event: Event, _ decisions: [Decision]) {
        found.require(outcome == nil || decisions.isEmpty, "after the end \(event) led to \(decisions)")
        let before = flights.count + released.count
        note(event)
        for decision in decisions { enter(decision) }
        if let id = landed(with: event), let flight = flights.removeValue(forKey: id) {
            waiting[id] = flight
        }
        for flight in flights.values {
            if let start = flight.start, discarded.contains(start) {
                found.add("\(start) was discarded, and \(flight) needs it")
            }
        }
        let slots = flights.count + released.count
        if case .askedAhead(let room) = event {
            wasAskedAhead = true
            found.require(slots <= before + room, "\(slots) in flight after \(before) and \(event)")
        } else {
            found.require(slots <= max(plan.parallel, before), "\(slots) in flight after \(event)")
        }
        if !wasAskedAhead { mostInFlight = max(mostInFlight, slots) }
        let busy = Set(flights.values.map(\.trial)).union(released.values)
        if outcome ?? .completed == .completed,
            let complaint = quota.complaint(trials, conclusions, busy: busy, isOver: outcome != nil)
        {
            found.add("\(complaint) after \(event)")
        }
        guard outcome == nil else { return }
        found.require(slots > 0, "nothing in flight and no end after \(event)")
        if slots < plan.parallel { checkIdle(after: event) }
    }

    /// Compares the study's state with this one.
    mutating func compare(with study: Study) {
        let own = (Array(flights.keys) + released.keys).sorted()
        found.require(study.inFlight == own, "in flight: \(study.inFlight), not \(own)")
        found.require(study.trialCount == trialCount, "\(study.trialCount) trials, not \(trialCount)")
        found.require(
            study.phase == outcome.map(Study.Phase.over) ?? .running, "the phase is \(study.phase)")
        found.require(study.faults.count == 0, "a fault: \(study.faults.newest ?? "")")
    }

    /// Checks what must hold when a study is over.
    mutating func close() {
        guard let outcome else { return found.add("the study did not end") }
        guard outcome == .completed else { return }
        found.require(
            !rule.needsAllTrials || trialCount == plan.trials,
            "it ended as completed with \(trialCount) trials")
        found.require(
            rule.needsAllTrials || rule.entry(trialCount) == nil && rule.unbornCount == 0,
            "it ended with \(trialCount) trials, and more were due")
        for number in 0..<trialCount {
            found.require(conclusions[TrialID(number)] != nil, "trial \(number) came to no conclusion")
        }
        if let promotion = rule.getJob() { found.add("it ended, and \(promotion) was due") }
    }

    // MARK: Events

    private mutating func note(_ event: Event) {
        switch event {
        case .started(let fact): raise(fact.attempt)
        case .reported(let report):
            raise(report.attempt)
            let id = report.attempt.assignment
            guard let flight = flights[id], report.attempt.epoch == epochs[id, default: 0],
                losses[id] == nil
            else { return }
            inPlace.take(report)
            if report.resource < flight.to, let loss = Loss(of: report, in: plan) {
                rule.observe(flight.trial.number, at: report.resource.units, loss: loss.value)
            }
            guard report.resource == flight.to else { return }
            losses[id] = Loss(of: report, in: plan)?.value
        case .checkpointed(let checkpoint, let bytes):
            raise(checkpoint.attempt)
            published.insert(checkpoint)
            if outcome == nil { quota.publish(checkpoint, bytes: bytes) }
            guard let flight = flights[checkpoint.attempt.assignment],
                checkpoint.attempt.epoch == epochs[flight.id, default: 0]
            else { return }
            progress.take(checkpoint, of: flight)
        case .resumed(let attempt, let checkpoint, let bytes): resumed(attempt, checkpoint, bytes)
        case .ended(let fact):
            raise(fact.attempt)
            if fact.attempt.epoch == epochs[fact.attempt.assignment] {
                released[fact.attempt.assignment] = nil
            }
            if fact.ending == .left { left.insert(fact.attempt) }
            if fact.ending == .givenBack { givenBack.insert(fact.attempt.assignment) }
        case .doesNotWait(let attempt): complain(inPlace.learn(from: attempt))
        case .lost(let fact):
            let id = fact.assignment
            released[id] = nil
            let hasLeft = left.contains(AttemptID(assignment: id, epoch: epochs[id, default: 0]))
            switch fact.fate {
            case .displaced, .timedOut: interrupted.insert(id)
            case .silent, .vanished: if hasLeft { interrupted.insert(id) }
            case .cancelled, .outOfMemory: break
            }
        default: break
        }
    }

    /// The assignment that an event has ended.
    private func landed(with event: Event) -> AssignmentID? {
        switch event {
        case .lost(let fact): return fact.assignment
        case .ended(let fact):
            let id = fact.attempt.assignment
            if fact.ending != .wentOn,
                let next = flights.values.first(where: { $0.inPlace == fact.attempt })
            {
                return next.id
            }
            guard fact.attempt.epoch == epochs[id], !fact.ending.awaitsCluster || losses[id] != nil else {
                return nil
            }
            return id
        default: return nil
        }
    }

    mutating func raise(_ attempt: AttemptID) {
        epochs[attempt.assignment] = max(epochs[attempt.assignment, default: 0], attempt.epoch)
    }

    // MARK: Decisions

    private mutating func enter(_ decision: Decision) {
        found.require(outcome == nil, "\(decision) after the end")
        switch decision {
        case .sample(let trial, _, let parent): sample(trial, of: parent)
        case .evaluate(let assignment): launch(assignment)
        case .conclude(let trial, let conclusion): conclude(trial, conclusion)
        case .release(let attempt, let save): release(attempt, save)
        case .discard(let checkpoint): discard(checkpoint)
        case .aggregate: break
        case .finish(let outcome):
            self.outcome = outcome
            (flights, released, waiting) = ([:], [:], [:])
        }
    }

    private mutating func release(_ attempt: AttemptID, _ save: Bool) {
        let id = attempt.assignment
        guard let trial = trials[id], let loss = losses[id] else {
            return found.add("\(attempt) is released without a result")
        }
        found.require(flights[id] == nil, "\(attempt) is released before it is concluded")
        found.require(save == loss.isFinite, "\(attempt) is released, to save: \(save)")
        released[id] = trial
    }

    /// The trials that may not continue yet.
    private var held: Set<Int> { Set(released.values.map(\.number)) }

    private mutating func sample(_ trial: TrialID, of parent: TrialID?) {
        found.require(trial.number == trialCount, "trial \(trial) is sampled out of turn")
        found.require(trialCount < plan.trials, "trial \(trial) is one too many")
        let held = held
        if rule.unbornCount == 0, let promotion = rule.getJob(except: held) {
            found.add("trial \(trial) is sampled, and \(promotion) was due")
        }
        if let parent {
            let expected = rule.bear(trial.number)
            found.require(
                expected == parent.number, "trial \(trial) is a child of \(parent), not \(expected ?? -1)")
            parents[trial] = parent
            entry = nil
            trialCount += 1
            return
        }
        found.require(rule.unbornCount == 0, "trial \(trial) is sampled, and a child was due")
        found.require(
            !quota.isFull || flights.isEmpty && released.isEmpty,
            "trial \(trial) is sampled, and there is no room")
        entry = rule.entry(trial.number)
        found.require(entry != nil, "trial \(trial) is sampled, and none may start")
        rule.admit(trial.number)
        trialCount += 1
    }

    /// The study closes admission when its last trial has started.
    private mutating func closeIfFull() {
        guard trialCount == plan.trials, !isClosed else { return }
        isClosed = true
        rule.close()
    }

    private mutating func launch(_ work: Assignment) {
        found.require(work.id.number == assignmentCount, "\(work) is out of turn")
        found.require(work.trial.number < trialCount, "\(work) is of no trial")
        found.require(
            levels.indices.contains(work.rung) && levels[work.rung] == work.to, "\(work): wrong target")
        found.require(
            work.from == place(of: work), "\(work) does not start from its checkpoint, or in place")
        found.require(work.from < work.to, "\(work) has nothing to do")
        if let start = work.start { checkStart(start, of: work) }
        complain(inPlace.begin(work))
        checkReason(of: work)
        found.require(
            !flights.values.contains { $0.trial == work.trial }, "\(work): the trial is in flight already")
        assignmentCount += 1
        flights[work.id] = work
        trials[work.id] = work.trial
        starts[work.id] = work.from
        targets[work.id] = work.to
    }

    /// Where the assignment begins: at its checkpoint, or at the resource that the waiting process has reached.
    private func place(of work: Assignment) -> Resource {
        guard let waiting = work.inPlace else { return work.start?.resource ?? .none }
        return targets[waiting.assignment] ?? .none
    }

    private mutating func checkStart(_ start: CheckpointID, of work: Assignment) {
        found.require(published.contains(start), "\(work) starts from what nobody published")
        found.require(!discarded.contains(start), "\(work) starts from what was discarded")
        // A child starts from its parent's checkpoint, which may come from an earlier ancestor.
        let line = sequence(first: work.trial) { [parents] in parents[$0] }
        found.require(
            trials[start.attempt.assignment].map(line.contains) == true,
            "\(work) starts from another trial's checkpoint")
    }

    private mutating func checkReason(of work: Assignment) {
        switch work.reason {
        case .new:
            // A child is on its way to the next level above its checkpoint.
            let due = parents[work.trial] == nil ? entry : levels.firstIndex { $0 > work.from }
            found.require(
                work.rung == due && work.trial.number == trialCount - 1, "\(work) is not new")
            found.require(
                (work.start == nil) == (parents[work.trial] == nil), "\(work) starts from \(work.from)")
            closeIfFull()
        case .finished, .replicate, .advised: found.add("\(work) is for no reason that this study has")
        case .promoted, .unstopped, .retained:
            found.require(
                conclusions[work.trial] == .paused(rung: work.rung - 1), "\(work) did not wait below")
            let held = held
            let due =
                work.inPlace == nil
                ? rule.getJob(except: held) : rule.promote(work.trial.number, from: work.rung - 1)
            found.require(
                due == Promoted(work), "\(work), where the paper has \(due.map { "\($0)" } ?? "nobody")")
        case .retry(let old, _):
            checkNext(work, after: old)
            found.require(
                !interrupted.contains(old) || !hasProgress(work, old), "\(work) uses up a try for nothing")
            tries[work.id] = tries[old, default: 1] + (givenBack.contains(old) ? 0 : 1)
            let most = plan.maxRetries + TuningLimits.displacements + 1
            found.require(
                tries[work.id, default: 1] <= most, "\(work) is try \(tries[work.id, default: 1])")
        case .continued(let old, _), .relaunched(let old, _):
            if case .continued = work.reason {
                found.require(interrupted.contains(old), "\(work) goes on, and was not cut short")
                found.require(hasProgress(work, old), "\(work) goes on from where it was")
            }
            checkNext(work, after: old)
            tries[work.id] = tries[old, default: 1]
        }
    }

    private mutating func complain(_ what: String?) {
        if let what { found.add(what) }
    }

    private func hasProgress(_ work: Assignment, _ old: AssignmentID) -> Bool {
        progress.below(old) == work.from && starts[old, default: .none] < work.from
    }

    /// What must hold for every assignment that repeats an earlier one.
    private mutating func checkNext(_ work: Assignment, after old: AssignmentID) {
        let before = flights.removeValue(forKey: old) ?? waiting.removeValue(forKey: old)
        found.require(before?.trial == work.trial, "\(work) follows what is not in flight")
        found.require(before?.to == work.to && before?.rung == work.rung, "\(work) has another target")
        found.require(losses[old] == nil, "\(work) follows what has a result")
    }

    private mutating func conclude(_ trial: TrialID, _ conclusion: Conclusion) {
        guard let flight = flights.values.first(where: { $0.trial == trial }) else {
            return found.add("trial \(trial) is concluded and was not in flight")
        }
        flights[flight.id] = nil
        conclusions[trial] = conclusion
        if case .failed = conclusion { complain(inPlace.fail(flight.id)) }
        let loss = losses[flight.id]
        let isTop = flight.rung == levels.count - 1
        var stops = false
        if conclusion == .cancelled {
            rule.withdraw(trial.number, rung: flight.rung)
        } else {
            stops = rule.update(trial.number, rung: flight.rung, loss: loss ?? .infinity)
        }
        if let successor = rule.successor, conclusion != .cancelled {
            if case .replaced(_, TrialID(successor)) = conclusion {
                rule.replace(trial.number)
            } else {
                rule.keep(trial.number, rung: flight.rung)
            }
        }
        switch conclusion {
        case .completed: found.require(loss?.isFinite == true && isTop, "trial \(trial) is not complete")
        case .paused(let rung):
            found.require(
                loss?.isFinite == true && !isTop && !stops && rung == flight.rung,
                "trial \(trial) cannot pause")
        case .stopped(let rung):
            found.require(
                loss?.isFinite == true && !isTop && stops && rung == flight.rung,
                "trial \(trial) is not stopped")
        case .replaced(let rung, let parent):
            found.require(
                loss?.isFinite == true && !isTop && rung == flight.rung && rule.successor == parent.number,
                "trial \(trial) is not replaced")
        case .diverged(let rung):
            found.require(loss == .infinity && rung == flight.rung, "trial \(trial) did not diverge")
        case .failed, .cancelled: found.require(loss == nil, "trial \(trial) has a result")
        }
    }

    private mutating func discard(_ checkpoint: CheckpointID) {
        found.require(published.contains(checkpoint), "\(checkpoint) is discarded and was not published")
        // With a quota, checkpoints that no trial uses are discarded when the study learns of them.
        found.require(
            discarded.insert(checkpoint).inserted || plan.quota != nil, "\(checkpoint) is discarded twice")
        quota.discard(checkpoint)
    }

    /// A free slot is right only if no trial may start and none may be promoted.
    private mutating func checkIdle(after event: Event) {
        let mayStart = trialCount < plan.trials && rule.entry(trialCount) != nil && !quota.isFull
        found.require(!mayStart, "a slot is free after \(event), and trials are left")
        found.require(waiting.isEmpty, "a slot is free after \(event), and \(waiting) is due")
        var probe = rule
        if let promotion = probe.getJob(except: held) {
            found.add("a slot is free after \(event), and \(promotion) is due")
        }
    }
}
