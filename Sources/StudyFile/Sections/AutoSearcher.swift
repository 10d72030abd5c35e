import Tuning

/// The searcher that a study gets if its file names none, or `auto` (decision 0096).
///
/// It is chosen when the file is read. A plan in the log says which searcher its study has, whatever a later version
/// chooses.
enum AutoSearcher {
    /// The searcher for a study.
    ///
    /// - Parameter objectives: the number of metrics that trials are compared by. A model learns from one only.
    static func plan(seed: UInt64, objectives: Int, _ scheduler: SchedulerPlan) -> SearcherPlan {
        // A population begins before there are results to learn from.
        if objectives > 1 || scheduler.hasChildren { return .random(seed: seed) }
        return .tpe(scheduler.levels.count == 1 ? TPEPlan(seed: seed) : overRungs(seed: seed))
    }

    /// TPE that is not misled by low rungs: a third of the trials is random, as in BOHB, and four results in a higher rung
    /// count more than all below.
    private static func overRungs(seed: UInt64) -> TPEPlan {
        TPEPlan(seed: seed, randomFraction: 1 / 3.0, rungResults: 4)
    }

    /// Whether a study whose file names no searcher may have begun with this one, in this version or an older one.
    static func mayHaveChosen(_ plan: SearcherPlan) -> Bool {
        let seed = plan.seed
        return [.random(seed: seed), .tpe(TPEPlan(seed: seed)), .tpe(overRungs(seed: seed))].contains(plan)
    }
}
