/// Which checkpoints nobody needs any more.
extension Study {
    /// At the end nobody goes on any more: the best are those that came furthest, and of these the better.
    mutating func discardUnwanted() {
        guard plan?.keep != nil || quota?.isExceeded == true else { return }
        let saved = trials.indices.filter { trials[$0].checkpoint != nil }
        let rungs = Dictionary(grouping: saved) { trials[$0].result?.rung ?? -1 }
        let ranked = rungs.sorted { $0.key > $1.key }.flatMap { _, numbers in
            numbers.map { Place(loss: trials[$0].result?.loss ?? .worst, trial: TrialID($0)) }.ranked()
        }
        if let keep = plan?.keep {
            for place in ranked.dropFirst(keep) { discardAll(place.trial) }
        } else {
            for place in ranked.dropFirst().reversed() where quota?.isExceeded == true {
                discardAll(place.trial)
            }
        }
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
        quota?.add(checkpoint, bytes: bytes)
        trials[trial].adopt(checkpoint)
        makeRoom()
        if wasHeldBack, !isHeldBack { fillSlots() }
    }

    // MARK: The quota

    /// What checkpoints have that may all be needed still, if that is more than they may have: then a new trial starts
    /// only where nothing else is in flight.
    public var shortage: (bytes: Int, quota: Int)? {
        guard phase == .running, !isClosed, let quota, quota.isExceeded else { return nil }
        return (quota.bytes, quota.limit)
    }

    /// Whether new trials wait until there is room for what they save.
    var isHeldBack: Bool { quota?.isExceeded == true && !flights.isEmpty }

    /// An attempt has published a checkpoint that is nobody's: it came late, or one that goes further is known. What has
    /// no quota leaves it where it is.
    mutating func discardStray(_ checkpoint: CheckpointID) {
        if let quota, !quota.has(checkpoint) { decisions.append(.discard(checkpoint)) }
    }

    /// Discards what nobody can need any more, the worst first, as long as there is more than the quota. The best of the
    /// trials that rest for ever keep theirs.
    mutating func makeRoom() {
        guard quota?.isExceeded == true, let plan else { return }
        // As long as there is room, nobody asks who of those that pause rests for ever.
        while let trial = scheduler?.ruleOut(ofAtMost: isClosed ? trials.count : plan.trials) {
            trials[trial.number].isOut = true
            if !saving.contains(trial) { settle(trial) }
        }
        while quota?.isExceeded == true, settledCount > plan.keep ?? 1, let trial = quota?.popWorst() {
            if trials[trial.number].isSettled { discardAll(trial) }
        }
    }

    /// A trial rests. If that is for ever, its checkpoint is one of those that may go.
    mutating func settle(_ trial: TrialID) {
        let state = trials[trial.number]
        guard quota != nil, state.isOut, !state.isSettled, let checkpoint = state.checkpoint,
            let result = state.result, !mayHaveChildren(from: checkpoint)
        else { return }
        quota?.settle(Place(loss: result.loss, trial: trial), rung: result.rung)
        trials[trial.number].isSettled = true
        settledCount += 1
    }

    /// Whether a child may start from this checkpoint of a trial that is complete: where there is something left to
    /// train. Who was replaced is nobody's parent any more, and what its children share stays theirs.
    private func mayHaveChildren(from checkpoint: CheckpointID) -> Bool {
        guard explorer != nil, !isClosed, let top = scheduler?.levels.last else { return false }
        return checkpoint.resource < top
    }

    mutating func discardSuperseded(_ trial: TrialID) {
        let superseded = trials[trial.number].superseded
        trials[trial.number].superseded = []
        for checkpoint in superseded { discard(checkpoint) }
    }

    mutating func discardAll(_ trial: TrialID) {
        discardSuperseded(trial)
        if let checkpoint = trials[trial.number].checkpoint { discard(checkpoint) }
        trials[trial.number].checkpoint = nil
        if trials[trial.number].isSettled { settledCount -= 1 }
        trials[trial.number].isSettled = false
    }

    /// A trial needs a checkpoint no more; that of a parent stays as long as another does.
    mutating func discard(_ checkpoint: CheckpointID) {
        guard let others = shares[checkpoint] else {
            quota?.remove(checkpoint)
            return decisions.append(.discard(checkpoint))
        }
        shares[checkpoint] = others > 1 ? others - 1 : nil
    }
}
