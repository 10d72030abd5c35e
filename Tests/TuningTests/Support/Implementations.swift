import Testing
import Tuning

/// Every searcher, for the suite that each must pass. Add a new one here; `plan` does not compile without it.
enum SearcherUnderTest: CaseIterable, Sendable {
    case random, list, grid, sobol, tpe, bohb, priorband, evolution

    /// Searchers that propose no configuration twice while another is left, and propose all.
    static let exhaustive = allCases.filter { $0 != .random && $0 != .list }

    /// Searchers whose proposals depend on results.
    static let learning = [SearcherUnderTest.tpe, .bohb, .priorband, .evolution]

    /// A new searcher.
    func make(_ space: SearchSpace, seed: UInt64) -> any Searcher {
        plan(space, seed: seed).searcher(over: space)
    }

    /// The plan for it.
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
        case .priorband: .priorband(PriorBandPlan(seed: seed))
        case .evolution: .evolution(EvolutionPlan(seed: seed, population: 8, sample: 3))
        }
    }
}
