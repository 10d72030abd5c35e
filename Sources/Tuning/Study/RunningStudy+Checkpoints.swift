/// Which checkpoints are kept, and which are discarded.
extension RunningStudy {
    /// An attempt has published a checkpoint: its trial starts from there next.
    mutating func checkpointed(_ checkpoint: CheckpointID, _ bytes: Int?) {
        guard let flight = current(checkpoint.attempt) else { return discardStray(checkpoint) }
        let trial = flight.assignment.trial.number
        let previous = trials[trial].checkpoint
        // A retry may save an earlier resource again; the newest is the one that goes furthest.
        guard checkpoint.resource >= previous?.resource ?? .none,
            checkpoint.resource <= flight.assignment.to, checkpoint != previous
        else { return discardStray(checkpoint) }
        let wasHeldBack = isHeldBack
        trials[trial].checkpoint = checkpoint
        quota.add(checkpoint, bytes: bytes)
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

    /// A start of a task goes on from what an earlier one has saved. As long as the assignment is in flight, that is kept:
    /// the start after it may need it too.
    mutating func resumed(_ attempt: AttemptID, _ checkpoint: CheckpointID, _ bytes: Int?) {
        let earlier = checkpoint.attempt
        guard let flight = current(attempt), earlier.assignment == attempt.assignment,
            earlier.epoch < attempt.epoch, checkpoint.resource < flight.assignment.to
        else { return }
        let wasHeldBack = isHeldBack
        let trial = flight.assignment.trial.number
        guard !trials[trial].has(checkpoint) else { return }
        quota.add(checkpoint, bytes: bytes)
        trials[trial].adopt(checkpoint)
        makeRoom()
        if wasHeldBack, !isHeldBack { fillSlots() }
    }

    /// So many checkpoints have to go, since the study's directory has too many files.
    mutating func crowded(by count: Int) {
        let wasHeldBack = isHeldBack
        if !quota.isLimited {
            quota.watchFiles()
            for trial in trials.indices { settle(TrialID(trial)) }
        }
        quota.crowd = max(0, count)
        makeRoom()
        if wasHeldBack, !isHeldBack { fillSlots() }
    }

    /// At the end no trial goes on any more: the best are those that came furthest, and of these the better.
    mutating func discardUnwanted() {
        guard plan.keep != nil || quota.isExceeded else { return }
        let ranked = rankedWithCheckpoint
        if let keep = plan.keep {
            for result in ranked.dropFirst(keep) { discardAll(result.trial) }
        } else {
            for result in ranked.dropFirst().reversed() where quota.isExceeded {
                discardAll(result.trial)
            }
        }
    }

    /// The trials that have a checkpoint: those that came furthest first, and of these the better.
    private var rankedWithCheckpoint: [RankedResult] {
        let saved = trials.indices.filter { trials[$0].checkpoint != nil }
        let rungs = Dictionary(grouping: saved) { trials[$0].result?.rung ?? -1 }
        return rungs.sorted { $0.key > $1.key }.flatMap { _, numbers in
            numbers.map { number in
                RankedResult(loss: trials[number].result?.loss ?? .worst, trial: TrialID(number))
            }.ranked()
        }
    }

    // MARK: Cleaning

    /// The user wants to have room: of the trials that nothing unfinished can start from, only the best keep theirs. A
    /// trial that is promoted later without one is trained again from the start.
    mutating func clean(keeping keep: Int) {
        let (active, wasHeldBack) = (trialsInHand, isHeldBack)
        for result in rankedWithCheckpoint.dropFirst(keep)
        where !active.contains(result.trial) && !mayContinue(result.trial) {
            discardAll(result.trial)
        }
        if outcome == nil, wasHeldBack, !isHeldBack { fillSlots() }
    }

    /// The trials that a process has, or that are about to get one, now or when the study is opened again.
    private var trialsInHand: Set<TrialID> {
        let flying = (Array(flights.values) + interrupted).map(\.assignment.trial)
        return Set(flying + (relaunches + relaunched).map(\.trial)).union(finishing)
    }

    /// Whether a trial may start from its checkpoint again, or a child of it may, without a further change of the study.
    private func mayContinue(_ trial: TrialID) -> Bool {
        switch trials[trial.number].stage {
        case .underway, .saving, .leaving: true
        case .paused: wouldGoOn
        case .out, .replaced, .settled:
            wouldGoOn && trials[trial.number].checkpoint.map(mayHaveChildren) ?? false
        case .diverged, .gone: false
        }
    }

    // MARK: After the end

    /// What the last tasks of a study that is over still say. It decides nothing, but a study that is opened again goes on
    /// from it: a command that is cancelled saves what it has learned, and may have come to its target.
    mutating func noteAfterEnd(_ event: Event) {
        switch event {
        case .checkpointed(let checkpoint, let bytes): saved(checkpoint, bytes)
        case .reported(let report):
            guard let index = lastFlight(report.attempt), let loss = Loss(of: report, in: plan),
                report.resource == interrupted[index].assignment.to
            else { return }
            interrupted[index].reach(loss)
        default: return
        }
    }

    private mutating func saved(_ checkpoint: CheckpointID, _ bytes: Int?) {
        guard let index = lastFlight(checkpoint.attempt) else { return }
        let work = interrupted[index].assignment
        let previous = trials[work.trial.number].checkpoint
        guard checkpoint.resource > previous?.resource ?? .none, checkpoint.resource <= work.to else {
            return
        }
        trials[work.trial.number].checkpoint = checkpoint
        quota.add(checkpoint, bytes: bytes)
        if let previous { trials[work.trial.number].superseded.append(previous) }
    }

    /// The assignment of an attempt among those that were in flight at the end.
    private mutating func lastFlight(_ attempt: AttemptID) -> Int? {
        let found = interrupted.firstIndex { $0.assignment.id == attempt.assignment }
        guard let found, attempt.epoch >= interrupted[found].epoch else { return nil }
        interrupted[found].supersede(by: attempt.epoch)
        return found
    }

    // MARK: The quota

    /// See `Study.shortage`.
    var shortage: (bytes: Int, quota: Int)? {
        guard outcome == nil, !isClosed, quota.isExceeded, let limit = quota.limit else { return nil }
        return (quota.bytes, limit)
    }

    /// Whether new trials wait until there is room for what they save.
    var isHeldBack: Bool { quota.isExceeded && !flights.isEmpty }

    /// An attempt has published a checkpoint that no trial starts from: it came late, or one that goes further is known.
    /// Without a quota it stays where it is.
    private mutating func discardStray(_ checkpoint: CheckpointID) {
        if quota.lacks(checkpoint) { decisions.append(.discard(checkpoint)) }
    }

    /// Discards checkpoints of trials that never go on, the worst first, as long as there is more than the quota. The best
    /// of these trials keep theirs.
    mutating func makeRoom() {
        guard quota.isExceeded else { return }
        // As long as there is room, the scheduler is not asked which paused trials will never go on.
        while let trial = scheduler.ruleOut(ofAtMost: isClosed ? trials.count : plan.trials) {
            ruleOut(trial)
        }
        while quota.isExceeded, settledCount > plan.keep ?? 1, let trial = quota.popWorst() {
            if trials[trial.number].stage == .settled { discardAll(trial) }
        }
    }

    /// A trial with a result will never be promoted from there.
    private mutating func ruleOut(_ trial: TrialID) {
        switch trials[trial.number].stage {
        case .saving: trials[trial.number].stage = .leaving
        case .paused, .diverged:
            trials[trial.number].stage = .out
            settle(trial)
        // It counts among the results of the rung that it was on its way to.
        case .gone: break
        case .underway, .leaving, .out, .replaced, .settled:
            faults.note("trial \(trial) is ruled out, and is \(trials[trial.number].stage)")
        }
    }

    /// A trial that never goes on is settled where its checkpoint may go for the quota's sake.
    mutating func settle(_ trial: TrialID) {
        let state = trials[trial.number]
        guard quota.isLimited, state.stage == .out || state.stage == .replaced,
            let checkpoint = state.checkpoint, let result = state.result,
            !mayHaveChildren(from: checkpoint)
        else { return }
        quota.settle(RankedResult(loss: result.loss, trial: trial), rung: result.rung)
        trials[trial.number].stage = .settled
        settledCount += 1
    }

    /// Whether a child may start from this checkpoint of a trial that never goes on: there is something left to train.
    /// A member that was replaced has no more children, and what its children share of it stays theirs.
    private func mayHaveChildren(from checkpoint: CheckpointID) -> Bool {
        guard population != nil, !isClosed, let top = levels.last else { return false }
        return checkpoint.resource < top
    }

    mutating func discardSuperseded(_ trial: TrialID) {
        let superseded = trials[trial.number].superseded
        trials[trial.number].superseded = []
        for checkpoint in superseded { discard(checkpoint) }
    }

    mutating func discardAll(_ trial: TrialID) {
        discardSuperseded(trial)
        discardNewest(trial)
        for checkpoint in trials[trial.number].replicas?.aside ?? [] {
            if let checkpoint { discard(checkpoint) }
        }
        trials[trial.number].replicas?.forgetCheckpoints()
        if trials[trial.number].stage == .settled {
            trials[trial.number].stage = .out
            settledCount -= 1
        }
    }

    mutating func discardNewest(_ trial: TrialID) {
        if let checkpoint = trials[trial.number].checkpoint { discard(checkpoint) }
        trials[trial.number].checkpoint = nil
    }

    /// A trial does not need a checkpoint any more. It stays as long as another trial shares it.
    private mutating func discard(_ checkpoint: CheckpointID) {
        if population?.release(checkpoint) == true { return }
        quota.remove(checkpoint)
        decisions.append(.discard(checkpoint))
    }
}
