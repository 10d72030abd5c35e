/// Proposes configurations.
public protocol Searcher: Sendable {
    /// The configuration of a new trial; `nil` when the space is exhausted.
    ///
    /// Trials are numbered in the order of the calls.
    mutating func propose(for trial: TrialID) -> Configuration?
}

extension SearcherPlan {
    /// The searcher that this plan describes, over a space.
    func searcher(over space: SearchSpace) -> any Searcher {
        switch self {
        case .random(let seed): RandomSearcher(space: space, seed: seed)
        case .list(let configurations, let seed): ListSearcher(configurations, seed: seed)
        }
    }
}
