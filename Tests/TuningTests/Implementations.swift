import Testing
import Tuning

/// Every searcher, for the suite that each has to pass. A new one is added here; the compiler asks for it
/// at `plan`.
enum SearcherUnderTest: CaseIterable, Sendable {
    case random, list

    /// A new searcher.
    func make(_ space: SearchSpace, seed: UInt64) -> any Searcher {
        switch plan(space, seed: seed) {
        case .random(let seed): RandomSearcher(space: space, seed: seed)
        case .list(let configurations, let seed): ListSearcher(configurations, seed: seed)
        case .external: ExternalSearcher()
        }
    }

    /// The plan that asks for it.
    func plan(_ space: SearchSpace, seed: UInt64) -> SearcherPlan {
        switch self {
        case .random: .random(seed: seed)
        case .list:
            .list(
                (0..<100).compactMap { RandomSearcher(space: space, seed: 1).propose(for: TrialID($0)) },
                seed: seed)
        }
    }
}
