/// Proposes configurations. They depend only on the seed and the calls.
public protocol Searcher: Sendable {
    /// The configuration of a new trial; `nil` if the space is exhausted.
    ///
    /// Trials are numbered in the order of the calls. A proposed trial without a result is pending. Except in random
    /// search, no configuration is proposed twice while another is left.
    mutating func propose(for trial: TrialID) -> Configuration?

    /// The same for a trial whose first rung is this one, not always the lowest.
    mutating func propose(for trial: TrialID, enteringAt rung: Int) -> Configuration?

    /// Adds the result of a trial at a rung. A trial that diverged there or failed on the way has `Loss.worst`. A
    /// cancelled trial has no result and stays pending.
    mutating func observe(_ trial: TrialID, rung: Int, loss: Loss)

    /// A trial that had failed on its way to a rung is on its way there again: its `Loss.worst` counts no longer.
    mutating func retract(_ trial: TrialID, rung: Int)

    /// A new trial has a configuration that was not proposed here, or another one than was just proposed for it. Its
    /// results are observed like those of others.
    mutating func adopt(_ configuration: Configuration, for trial: TrialID)

    /// Others have tried a configuration before the study began. It may be proposed again. Its results are observed like
    /// those of trials.
    ///
    /// - Parameter trial: a number below 0, which no other prior trial has.
    mutating func learn(_ configuration: Configuration, of trial: TrialID)

    /// Whether an external searcher must be asked for this trial's configuration before it can be proposed.
    func awaits(_ trial: TrialID) -> Bool

    /// Takes the answer of an external searcher for a trial; `nil` if it has no more configurations.
    mutating func answer(_ configuration: Configuration?, for trial: TrialID)

    /// What an external searcher must know before it is asked, oldest first.
    var history: [ExternalSearcher.Experience] { get }
}

extension Searcher {
    /// Where a trial enters makes no difference.
    public mutating func propose(for trial: TrialID, enteringAt rung: Int) -> Configuration? {
        propose(for: trial)
    }

    /// Does nothing, for searchers that do not use results.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {}

    /// A later result stands for the trial in any case.
    public mutating func retract(_ trial: TrialID, rung: Int) {}

    /// Does nothing, for searchers that do not use others' proposals.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {}

    /// Does nothing, for searchers that do not use results.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {}

    /// False for searchers that are not external.
    public func awaits(_ trial: TrialID) -> Bool { false }

    /// Does nothing, for searchers that are not external.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {}

    /// Empty for searchers that are not external.
    public var history: [ExternalSearcher.Experience] { [] }
}

extension Plan {
    /// The searcher of this plan over its space, after the plan's points.
    func makeSearcher() -> any Searcher {
        let searcher = searcher.searcher(over: space)
        return points.isEmpty
            ? searcher : PointsSearcher(points, of: space, seed: self.searcher.seed, then: searcher)
    }
}

extension SearcherPlan {
    /// The seed of its draws; 0 if nothing is drawn.
    public var seed: UInt64 {
        switch self {
        case .random(let seed), .list(_, let seed): seed
        case .grid: 0
        case .sobol(let plan): plan.seed
        case .tpe(let plan): plan.seed
        case .bohb(let plan): plan.seed
        case .priorband(let plan): plan.seed
        case .evolution(let plan): plan.seed
        case .external(let plan): plan.seed
        case .nearest(_, let plan): plan.seed
        }
    }

    /// Its name, and the settings that people ask for, such as `bohb, a share of 0.33 at random, seed 7`.
    public var words: String {
        switch self {
        case .random(let seed): "random, seed \(seed)"
        case .list(let configurations, let seed):
            "one of \(configurations.count) configurations, seed \(seed)"
        case .grid: "grid"
        case .sobol(let plan): "sobol, seed \(plan.seed)"
        case .tpe(let plan):
            "tpe, "
                + (plan.randomFraction > 0
                    ? "a share of \((plan.randomFraction * 100).rounded() / 100) at random, " : "")
                + "seed \(plan.seed)"
        case .bohb(let plan):
            "bohb, a share of \((plan.randomFraction * 100).rounded() / 100) at random, seed \(plan.seed)"
        case .priorband(let plan): "priorband, seed \(plan.seed)"
        case .evolution(let plan): "evolution, seed \(plan.seed)"
        case .external(let plan):
            "\(plan.sampler.map { "optuna's \($0)" } ?? "a program of its own"), seed \(plan.seed)"
        case .nearest(_, let plan): "the nearest to \(plan.words)"
        }
    }

    /// How to start the separate program that proposes; `nil` for a built-in searcher.
    public var external: ExternalPlan? {
        switch self {
        case .external(let plan): plan
        case .nearest(_, let plan): plan.external
        case .random, .list, .grid, .sobol, .tpe, .bohb, .priorband, .evolution: nil
        }
    }

    /// Whether it learns from results, so that prior results make a difference.
    public var learns: Bool {
        switch self {
        case .random, .list, .grid, .sobol: false
        case .tpe, .bohb, .priorband, .evolution, .external: true
        case .nearest(_, let plan): plan.learns
        }
    }

    /// The same plan with another seed; unchanged if nothing is drawn.
    public func seeded(_ seed: UInt64) -> SearcherPlan {
        switch self {
        case .random: return .random(seed: seed)
        case .list(let configurations, _): return .list(configurations, seed: seed)
        case .grid: return self
        case .sobol(var plan):
            plan.seed = seed
            return .sobol(plan)
        case .tpe(var plan):
            plan.seed = seed
            return .tpe(plan)
        case .bohb(var plan):
            plan.seed = seed
            return .bohb(plan)
        case .priorband(var plan):
            plan.seed = seed
            return .priorband(plan)
        case .evolution(var plan):
            plan.seed = seed
            return .evolution(plan)
        case .nearest(let configurations, let plan):
            return .nearest(of: configurations, to: plan.seeded(seed))
        case .external(var plan):
            plan.seed = seed
            return .external(plan)
        }
    }

    /// The searcher of this plan over a space.
    public func searcher(over space: SearchSpace) -> any Searcher {
        switch self {
        case .random(let seed): RandomSearcher(space: space, seed: seed)
        case .list(let configurations, let seed): ListSearcher(configurations, seed: seed)
        case .grid(let plan): GridSearcher(space: space, plan)
        case .sobol(let plan): SobolSearcher(space: space, plan)
        case .tpe(let plan): TPE(space: space, plan)
        case .bohb(let plan): BOHB(space: space, plan)
        case .priorband(let plan): PriorBand(space: space, plan)
        case .evolution(let plan): RegularisedEvolution(space: space, plan)
        case .external: ExternalSearcher()
        case .nearest(let configurations, let plan):
            NearestSearcher(configurations, of: space, to: plan.searcher(over: space))
        }
    }
}
