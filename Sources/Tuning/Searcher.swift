/// Proposes configurations.
public protocol Searcher: Sendable {
    /// The configuration of a new trial; `nil` when the space is exhausted.
    ///
    /// Trials are numbered in the order of the calls.
    mutating func propose(for trial: TrialID) -> Configuration?

    /// Whether it has to be asked outside for the configuration of this trial, before it can propose it.
    func awaits(_ trial: TrialID) -> Bool

    /// What was answered outside for a trial; `nil`: there are no more.
    mutating func answer(_ configuration: Configuration?, for trial: TrialID)

    /// What whoever is asked outside has to know, oldest first.
    var history: [ExternalSearcher.Experience] { get }
}

extension Searcher {
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
    /// The seed of its draws.
    public var seed: UInt64 {
        switch self {
        case .random(let seed), .list(_, let seed): seed
        case .external(let plan): plan.seed
        }
    }

    /// The searcher that this plan describes, over a space.
    func searcher(over space: SearchSpace) -> any Searcher {
        switch self {
        case .random(let seed): RandomSearcher(space: space, seed: seed)
        case .list(let configurations, let seed): ListSearcher(configurations, seed: seed)
        case .external: ExternalSearcher()
        }
    }
}
