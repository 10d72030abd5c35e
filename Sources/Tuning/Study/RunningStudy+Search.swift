/// What a study does with an external searcher.
extension RunningStudy {
    /// An external searcher has answered for a trial; `nil`: it has no more configurations.
    mutating func proposed(_ trial: TrialID, _ configuration: Configuration?) {
        guard searcher.awaits(trial) else { return }
        searcher.answer(configuration, for: trial)
        // Trials that share a task begin together.
        if plan.together == 1 || wanted == nil { fillSlots() }
    }

    /// The trial for which an external searcher must be asked, because there is a place for it; `nil` for none.
    var wanted: TrialID? {
        guard outcome == nil, stopReason == nil, !isPaused, !isClosed, !isHeldBack,
            scheduler.entry(of: TrialID(trials.count)) != nil
        else { return nil }
        let free = quota.isExceeded ? 1 : plan.parallel - flights.count - relaunches.count
        let places = min(free, plan.trials - trials.count)
        return (0..<max(0, places)).lazy.map { TrialID(self.trials.count + $0) }.first(
            where: searcher.awaits)
    }
}
