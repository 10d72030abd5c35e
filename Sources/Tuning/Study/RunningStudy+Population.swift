/// Members of a population that exploit better ones.
extension RunningStudy {
    /// The scheduler as one with a population; `nil` if it has none.
    private var populationScheduler: (any PopulationScheduler)? {
        get { population == nil ? nil : scheduler as? any PopulationScheduler }
        set { if let newValue { scheduler = newValue } }
    }

    /// Carries out a verdict about a member that is to exploit another.
    ///
    /// - Returns: the other member, if its child takes the place; `nil` if the member does not exploit, or cannot.
    mutating func exploited(_ verdict: Verdict, by work: Assignment) -> TrialID? {
        guard case .exploits(let better) = verdict else { return nil }
        guard let child = child(of: better) else {
            populationScheduler?.goOn(work.trial, from: work.rung, insteadOf: better)
            return nil
        }
        // The parent may be gone when there is a place for the child.
        population?.share(child.checkpoint)
        population?.children.append(child)
        populationScheduler?.exploit(better, inPlaceOf: work.trial)
        return better
    }

    /// Starts the next trial as a child of a member, if the scheduler prefers that to a new configuration.
    ///
    /// - Returns: whether it does and a child can start.
    mutating func beginExploiting(_ trial: TrialID) -> Bool {
        guard let better = populationScheduler?.exploited(byNew: trial), let child = child(of: better)
        else {
            return false
        }
        population?.share(child.checkpoint)
        populationScheduler?.admit(trial, exploiting: better)
        start(child)
        return true
    }

    /// The child that takes the place of an exploiting member starts.
    mutating func begin(_ child: Child) {
        let trial = TrialID(trials.count)
        populationScheduler?.join(trial)
        start(child)
    }

    private mutating func start(_ child: Child) {
        let trial = TrialID(trials.count)
        guard let configuration = population?.explorer.child(trial, of: child.configuration) else {
            return faults.note("trial \(trial) is a child, and there is no population")
        }
        trials.append(TrialState(checkpoint: child.checkpoint, result: child.result))
        population?.explorer.enter(trial, configuration)
        adopt(configuration, for: trial)
        decisions.append(.sample(trial: trial, configuration: configuration, parent: child.parent))
        launch(trial, rung: child.rung, reason: .new)
        if trials.count == plan.trials { close() }
    }

    /// The possible child of a trial; `nil` if there is no checkpoint, nothing left to train from it, or no trial left.
    private func child(of parent: TrialID) -> Child? {
        let state = trials[parent.number]
        guard let population, trials.count + population.children.count < plan.trials,
            let checkpoint = state.checkpoint, let result = state.result,
            let configuration = population.explorer.configurations[parent],
            let rung = levels.firstIndex(where: { $0 > checkpoint.resource })
        else { return nil }
        return Child(
            parent: parent, configuration: configuration, checkpoint: checkpoint, result: result, rung: rung
        )
    }
}
