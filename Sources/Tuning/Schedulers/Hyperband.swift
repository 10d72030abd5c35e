/// Hyperband: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, "Hyperband: A Novel Bandit-Based Approach to
/// Hyperparameter Optimization", JMLR 18-185, 2018, Algorithm 1. Bracket s, from s_max down to 0, is synchronous
/// Successive Halving of n = ⌈(B/R)·η^s/(s+1)⌉ trials from resource R·η^−s on, with B = (s_max+1)·R. Level k here is at
/// R·η^(k−s_max), so bracket s begins at level s_max − s.
///
/// Deviations:
/// - Resources are whole units: a level is at ⌊R/η^(s_max−k)⌋.
/// - The paper ends after bracket 0. A study continues with bracket s_max until it has all its trials.
/// - The paper runs one bracket after the other. Here the next begins when a worker would be idle.
/// - A failed or diverged trial counts as the worst; a cancelled one leaves its place empty.
public struct Hyperband: BracketScheduler {
    /// The resource of each rung, from the lowest up.
    public let levels: [Resource]
    var brackets: HalvingBrackets

    /// Hyperband with these settings.
    public init(_ plan: HyperbandPlan) {
        levels = plan.levels
        let top = levels.count - 1
        brackets = HalvingBrackets(
            (0...top).map {
                HalvingBrackets.Shape(first: $0, size: plan.configurations(bracket: top - $0))
            },
            top: top, reductionFactor: plan.reductionFactor)
    }
}
