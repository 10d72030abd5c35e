/// What of a study has to do with a searcher outside.
extension Study {
    /// A searcher outside has answered for a trial; `nil`: it has no more.
    mutating func proposed(_ trial: TrialID, _ configuration: Configuration?) {
        guard let plan, searcher?.awaits(trial) == true else { return }
        searcher?.answer(configuration, for: trial)
        // What shares a task begins together.
        if plan.together == 1 || wanted == nil { fillSlots() }
    }

    /// The trial for which the searcher has to be asked outside, since there is a place for it; `nil`: for none.
    public var wanted: TrialID? {
        guard phase == .running, stopReason == nil, !isClosed, !isHeldBack, let plan, let searcher,
            scheduler?.entry(of: TrialID(trials.count)) != nil
        else { return nil }
        let free = quota?.isExceeded == true ? 1 : plan.parallel - flights.count - again.count
        let places = min(free, plan.trials - trials.count)
        return (0..<max(0, places)).lazy.map { TrialID(self.trials.count + $0) }.first(
            where: searcher.awaits)
    }

    /// What whoever is asked for configurations outside has to know, oldest first.
    public var searchHistory: [ExternalSearcher.Experience] { searcher?.history ?? [] }
}
