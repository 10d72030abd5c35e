/// Proposes configurations. Only the seed and the calls decide which.
public protocol Searcher: Sendable {
    /// The configuration of a new trial; `nil` when the space is exhausted.
    ///
    /// Trials are numbered in the order of the calls. A trial that was proposed and of which nothing was observed is
    /// pending. But for random search, no configuration is proposed twice as long as there is another.
    mutating func propose(for trial: TrialID) -> Configuration?

    /// Takes in the result of a trial at a rung. A trial that diverged there, or failed on its way, has `Loss.worst`; one
    /// that was cancelled has none, and stays pending.
    mutating func observe(_ trial: TrialID, rung: Int, loss: Loss)

    /// A new trial has a configuration that was not proposed here; its results will be observed as those of others.
    mutating func adopt(_ configuration: Configuration, for trial: TrialID)

    /// Whether it has to be asked outside for the configuration of this trial, before it can propose it.
    func awaits(_ trial: TrialID) -> Bool

    /// Takes in the answer of an external searcher for a trial; `nil`: it has no more configurations.
    mutating func answer(_ configuration: Configuration?, for trial: TrialID)

    /// What an external searcher has to know before it is asked, oldest first.
    var history: [ExternalSearcher.Experience] { get }
}

extension Searcher {
    /// Nothing depends on results.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {}

    /// Nothing depends on what others propose.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {}

    /// It is not outside.
    public func awaits(_ trial: TrialID) -> Bool { false }

    /// Nobody is asked.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {}

    /// Nobody is asked.
    public var history: [ExternalSearcher.Experience] { [] }
}

extension Plan {
    /// The searcher that this plan describes, over its space, after its points.
    func makeSearcher() -> any Searcher {
        let searcher = searcher.searcher(over: space)
        return points.isEmpty
            ? searcher : PointsSearcher(points, of: space, seed: self.searcher.seed, then: searcher)
    }
}

extension SearcherPlan {
    /// The seed of its draws; 0 where nothing is drawn.
    public var seed: UInt64 {
        switch self {
        case .random(let seed), .list(_, let seed): seed
        case .grid: 0
        case .sobol(let plan): plan.seed
        case .tpe(let plan): plan.seed
        case .bohb(let plan): plan.seed
        case .evolution(let plan): plan.seed
        case .external(let plan): plan.seed
        case .nearest(_, let plan): plan.seed
        }
    }

    /// The same plan with another seed; the plan itself where nothing is drawn.
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

    /// The searcher that this plan describes, over a space.
    public func searcher(over space: SearchSpace) -> any Searcher {
        switch self {
        case .random(let seed): RandomSearcher(space: space, seed: seed)
        case .list(let configurations, let seed): ListSearcher(configurations, seed: seed)
        case .grid(let plan): GridSearcher(space: space, plan)
        case .sobol(let plan): SobolSearcher(space: space, plan)
        case .tpe(let plan): TPE(space: space, plan)
        case .bohb(let plan): BOHB(space: space, plan)
        case .evolution(let plan): RegularisedEvolution(space: space, plan)
        case .external: ExternalSearcher()
        case .nearest(let configurations, let plan):
            NearestSearcher(configurations, of: space, to: plan.searcher(over: space))
        }
    }
}
