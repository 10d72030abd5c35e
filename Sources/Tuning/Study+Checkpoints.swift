/// Which checkpoints nobody needs any more.
extension Study {
    /// At the end nobody goes on any more: the best are those that came furthest, and of these the better.
    mutating func discardUnwanted() {
        guard let keep = plan?.keep else { return }
        let saved = trials.indices.filter { trials[$0].checkpoint != nil }
        let ranked = saved.sorted { one, other in
            let (first, second) = (trials[one].result, trials[other].result)
            return (-(first?.rung ?? -1), first?.loss ?? .worst, one)
                < (-(second?.rung ?? -1), second?.loss ?? .worst, other)
        }
        for number in ranked.dropFirst(keep) { discardAll(TrialID(number)) }
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
    }

    /// A trial needs a checkpoint no more; that of a parent stays as long as another does.
    mutating func discard(_ checkpoint: CheckpointID) {
        guard let others = shares[checkpoint] else { return decisions.append(.discard(checkpoint)) }
        shares[checkpoint] = others > 1 ? others - 1 : nil
    }
}
