/// Trials that start as children of others.
extension Study {
    /// Does what a verdict says of a trial that yields to another.
    ///
    /// - Returns: the other, if a child of it takes the place.
    mutating func obey(_ verdict: Verdict?, on work: Assignment) -> TrialID? {
        guard case .yields(let parent)? = verdict else { return nil }
        guard let birth = birth(of: parent) else {
            scheduler?.keep(work.trial, rung: work.rung, despite: parent)
            return nil
        }
        share(birth)
        births.append(birth)
        scheduler?.replace(work.trial)
        trials[work.trial.number].isReplaced = true
        return parent
    }

    /// What a child of a trial would start from; `nil`: there is no checkpoint, nothing left to train from it, or no trial
    /// left.
    func birth(of parent: TrialID) -> Birth? {
        let state = trials[parent.number]
        guard let plan, trials.count + births.count < plan.trials, let checkpoint = state.checkpoint,
            let result = state.result, let configuration = explorer?.configurations[parent],
            let rung = scheduler?.levels.firstIndex(where: { $0 > checkpoint.resource })
        else { return nil }
        return Birth(
            parent: parent, configuration: configuration, checkpoint: checkpoint, result: result, rung: rung
        )
    }

    /// Keeps what a child is to start from: its parent may be gone when there is a place.
    mutating func share(_ birth: Birth) { shares[birth.checkpoint, default: 0] += 1 }

    /// A child starts: what it shares of its parent is now its own to discard.
    mutating func begin(_ birth: Birth) {
        let trial = TrialID(trials.count)
        guard let configuration = explorer?.child(trial, of: birth.configuration) else { return }
        trials.append(TrialState(checkpoint: birth.checkpoint, result: birth.result))
        explorer?.enter(trial, configuration)
        searcher?.adopt(configuration, for: trial)
        scheduler?.adopt(trial, loss: birth.result.loss)
        decisions.append(.sample(trial: trial, configuration: configuration, parent: birth.parent))
        launch(trial, rung: birth.rung, reason: .new)
        if trials.count == plan?.trials { close() }
    }
}
