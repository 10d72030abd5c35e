import Testing
import Tuning

/// Every searcher, for the suite that each has to pass. A new one is added here; the compiler asks for it
/// at `plan`.
enum SearcherUnderTest: CaseIterable, Sendable {
    case random, list, grid, sobol, tpe, bohb, evolution

    /// Those that propose no configuration twice as long as there is another, and all there are.
    static let exhaustive = allCases.filter { $0 != .random && $0 != .list }

    /// Those whose proposals depend on results.
    static let learning = [SearcherUnderTest.tpe, .bohb, .evolution]

    /// A new searcher.
    func make(_ space: SearchSpace, seed: UInt64) -> any Searcher {
        switch plan(space, seed: seed) {
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

    /// The plan that asks for it.
    func plan(_ space: SearchSpace, seed: UInt64) -> SearcherPlan {
        switch self {
        case .random: .random(seed: seed)
        case .list:
            .list(
                (0..<100).compactMap { RandomSearcher(space: space, seed: 1).propose(for: TrialID($0)) },
                seed: seed)
        case .grid: .grid(GridPlan())
        case .sobol: .sobol(SobolPlan(seed: seed))
        case .tpe: .tpe(TPEPlan(seed: seed))
        case .bohb: .bohb(BOHBPlan(seed: seed))
        case .evolution: .evolution(EvolutionPlan(seed: seed, population: 8, sample: 3))
        }
    }
}
