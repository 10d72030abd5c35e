/// Which checkpoints nobody needs any more.
extension Study {
    /// At the end nobody goes on any more: the best are those that came furthest, and of these the better.
    mutating func discardUnwanted() {
        guard let keep = plan?.keep else { return }
        let saved = trials.indices.filter { trials[$0].checkpoint != nil }
        let rungs = Dictionary(grouping: saved) { trials[$0].result?.rung ?? -1 }
        let ranked = rungs.sorted { $0.key > $1.key }.flatMap { _, numbers in
            numbers.map { Place(loss: trials[$0].result?.loss ?? .worst, trial: TrialID($0)) }.ranked()
        }
        for place in ranked.dropFirst(keep) { discardAll(place.trial) }
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
