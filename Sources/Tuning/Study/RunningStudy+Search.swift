/// What a study tells its searcher, and how another takes its place.
extension RunningStudy {
    /// The searcher learns a result.
    mutating func observe(_ trial: TrialID, rung: Int, _ loss: Loss) {
        searcher.observe(trial, rung: rung, loss: loss)
        history.observe(trial, rung: rung, loss: loss)
        tell(.result(trial, rung: rung, loss))
    }

    /// The searcher learns a configuration that it has not proposed.
    mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        searcher.adopt(configuration, for: trial)
        history.adopt(configuration, for: trial)
    }

    /// Why another searcher cannot go on; `nil`: it can.
    func objection(toSearcher other: SearcherPlan?) -> String? {
        guard let other else { return nil }
        // Another program is told all that is known, as one is that starts anew.
        if (plan.searcher.external == nil) != (other.external == nil) {
            return
                "searcher: a program of its own proposes all trials of a study or none, so it cannot be changed; "
                + "begin another study for that with 'stune fork'"
        }
        return history.isComplete ? nil : "searcher: \(RunningStudy.tooLarge)"
    }

    /// Why the space cannot become another; `nil`: it can.
    func objection(toSpace other: SearchSpace?) -> String? {
        guard let other else { return nil }
        if population != nil {
            return
                "parameters: a population explores from its members' values, so its space cannot change; begin another "
                + "study for that with 'stune fork'"
        }
        if plan.searcher.external != nil {
            return
                "parameters: the searcher is a program of its own, and was told the space when it began; begin another "
                + "study for that with 'stune fork'"
        }
        let old = Dictionary(plan.space.parameters.map { ($0.name, $0) }) { first, _ in first }
        for parameter in other.parameters where !trials.isEmpty {
            guard let known = old[parameter.name] else {
                if parameter.before != nil { continue }
                return
                    "parameters: '\(parameter.name)' is new, and \(trials.count) trials have begun without it; say with "
                    + "'before' which value it had for them, such as: \(parameter.name): {…, before: 0}"
            }
            if let value = known.before, value != parameter.before {
                return
                    "parameters: trials that began before the study had '\(parameter.name)' count with the value "
                    + "\(value); keep 'before: \(value)'"
            }
        }
        let waiting = plan.points.prefix(firstPoints).dropFirst(trials.count) + added.map(\.configuration)
        let names = Set(other.parameters.map(\.name))
        if let point = waiting.first(where: {
            !other.hasDomains(for: $0) || !names.isSuperset(of: $0.values.keys)
        }) {
            return
                "parameters: a point or an added trial that has not begun has a value outside the changed domains, or of a "
                + "parameter that is no more (\(point.words)); let it begin first"
        }
        return history.isComplete ? nil : "parameters: \(RunningStudy.tooLarge)"
    }

    private static let tooLarge =
        "the study is too large: what a searcher would have to learn again is kept for "
        + "\(SearcherHistory.limit) trials and results; begin another study with 'stune fork'"

    /// The plan's searcher proposes from the next trial on, knowing all that the one before was told.
    mutating func changeSearcher() {
        var other = plan.searcher.searcher(over: plan.space)
        if trials.count < firstPoints {
            other = PointsSearcher(
                Array(plan.points.prefix(firstPoints)), of: plan.space, seed: plan.searcher.seed,
                then: other)
        }
        history.teach(&other, in: plan.space)
        searcher = other
        if trials.count < plan.trials { openForTrials() }
    }
}

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
