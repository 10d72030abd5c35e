/// Synchronous Successive Halving: Jamieson and Talwalkar 2016 (arXiv 1502.07943), in the form of Li et al., arXiv
/// 1810.05934, Algorithm 1, `SuccessiveHalving(n, r, R, η, s)`: rung i has n_i = ⌊n·η^−i⌋ trials at resource r·η^(s+i),
/// and is closed when all their results are in.
///
/// Deviations:
/// - A study may have more trials than a bracket. Then another bracket follows, which begins when a worker would be
///   idle.
/// - A failed or diverged trial counts as the worst; a cancelled one leaves its place empty.
public struct SuccessiveHalving: BracketScheduler {
    /// The resource of each rung, from the lowest up.
    public let levels: [Resource]
    var brackets: HalvingBrackets

    /// Successive Halving with these settings.
    public init(_ plan: SuccessiveHalvingPlan) {
        levels = plan.ladder.rungs
        brackets = HalvingBrackets(
            [HalvingBrackets.Shape(first: 0, size: plan.configurations)], top: levels.count - 1,
            reductionFactor: plan.ladder.reductionFactor)
    }
}
