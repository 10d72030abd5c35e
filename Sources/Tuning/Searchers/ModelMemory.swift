/// The memory of a searcher with a model: its proposals and their results.
struct ModelMemory: Sendable {
    let cube: UnitCube
    private(set) var history = History()
    private var proposed: ProposedConfigurations

    /// An empty memory for a space.
    init(_ space: SearchSpace) {
        cube = UnitCube(space)
        proposed = ProposedConfigurations(space)
    }

    /// Whether all configurations were proposed.
    var isExhausted: Bool { proposed.isExhausted }

    /// The first of a model's configurations that is new and allowed; before there is a model, a random one. After many
    /// that are not, any other configuration; `nil` if there is none.
    mutating func propose(
        for trial: TrialID, by model: ((inout Random) -> Configuration)?, _ random: inout Random
    ) -> Configuration? {
        for _ in 0..<TuningLimits.redraws {
            guard let drawn = model?(&random) ?? cube.random(&random) else { continue }
            if proposed.insert(drawn) { return noted(drawn, trial) }
        }
        return proposed.another(&random).map { noted($0, trial) }
    }

    /// Adds a result.
    mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        history.observe(trial, rung: rung, loss: loss)
    }

    /// A trial that failed is on its way again.
    mutating func retract(_ trial: TrialID, rung: Int) { history.retract(trial, rung: rung) }

    /// A trial has a configuration that the model did not propose. The model learns from it, too.
    mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        _ = proposed.insert(configuration)
        _ = noted(configuration, trial)
    }

    /// Others have tried a configuration. It may be proposed again: what they found need not hold here.
    mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        history.learn(trial, at: cube.point(of: configuration))
    }

    private mutating func noted(_ configuration: Configuration, _ trial: TrialID) -> Configuration {
        history.propose(trial, at: cube.point(of: configuration))
        return configuration
    }
}
