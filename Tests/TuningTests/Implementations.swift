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

/// Every scheduler, with settings, for the suite that each has to pass.
struct SchedulerUnderTest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var plan: SchedulerPlan

    static let all = [
        SchedulerUnderTest(testDescription: "none", plan: .none(maxResource: Resource(9))),
        asha(1, 27, 3), asha(1, 64, 2), asha(2, 100, 4, s: 1), asha(5, 5, 2), asha(1, 5, 5),
    ]

    private static func asha(_ r: Int, _ R: Int, _ eta: Int, s: Int = 0) -> SchedulerUnderTest {
        SchedulerUnderTest(
            testDescription: "asha, r \(r), R \(R), η \(eta), s \(s)",
            plan: .asha(
                ASHAPlan(
                    minResource: Resource(r), maxResource: Resource(R), reductionFactor: eta,
                    earlyStoppingRate: s)))
    }

    /// A new scheduler. A new kind of plan is added here; the compiler asks for it.
    func make() -> any Scheduler {
        switch plan {
        case .asha(let plan): ASHA(plan)
        case .none(let resource): NoScheduler(maxResource: resource)
        }
    }
}
