import Tuning

/// Which configurations the trials of a study may have.
struct ConfigurationAccount {
    let plan: Plan

    /// Whether no configuration was left: every draw from the space was tried, or all of the grid.
    ///
    /// - Parameter sampled: how many trials the plan's searcher has given a configuration of the plan's space.
    func isExhausted(after sampled: Int, _ seen: Set<Configuration>) -> Bool {
        if case .grid(let grid) = plan.searcher {
            return grid.combinations(over: plan.space).map { sampled <= $0 + plan.points.count } ?? false
        }
        let sampler = SpaceSampler(plan.space)
        var random = Tuning.Random(seed: 0, stream: 0)
        return (0..<500).allSatisfy { _ in sampler.draw(&random).map { seen.contains($0) } ?? true }
    }

    /// A configuration must belong to the space: a value of its domain for each active parameter, no other parameters,
    /// and all constraints satisfied. For one of the points, it must have the point's values.
    ///
    /// - Returns: what is wrong with it.
    func complaint(_ configuration: Configuration, of trial: TrialID, isDrawn: Bool) -> String? {
        let space = plan.space
        let values = space.parameters.allSatisfy { parameter in
            let value = configuration[parameter.name]
            return (value != nil) == parameter.isActive(in: configuration)
                && value.map(parameter.domain.contains) != false
        }
        guard values, configuration.values.count <= space.parameters.count, space.allows(configuration)
        else {
            return
                "trial \(trial) has the configuration \(configuration.values), which the space does not allow"
        }
        // A point that the constraints forbid is replaced by a draw.
        guard !isDrawn, space.constraints.isEmpty, plan.points.indices.contains(trial.number) else {
            return nil
        }
        let isItsPoint = plan.points[trial.number].values.allSatisfy { name, value in
            configuration[name] == nil || configuration[name] == value
        }
        return isItsPoint
            ? nil : "trial \(trial) has the configuration \(configuration.values), which is not its point's"
    }
}
