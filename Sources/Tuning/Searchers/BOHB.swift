/// The model of BOHB: Falkner, Klein, Hutter, "BOHB: Robust and Efficient Hyperparameter Optimization at Scale", ICML
/// 2018, arXiv 1807.01774, section 4.1 and Algorithm 2. It uses the results of the largest budget that has enough, and
/// makes two kernel density estimates: l of the good configurations and g of the bad ones. It draws candidates from l
/// with wider kernels, and proposes the one with the greatest l/g. The scheduler decides which trial gets which budget;
/// in the paper that is Hyperband.
///
/// Deviations:
/// - Kernels are truncated at the borders of the unit cube and normalised to integrate to 1, instead of losing what is
///   outside.
/// - λ of a choice's kernel is at most 1 − 1/k for k values, where all are equally likely.
/// - An inactive parameter has no coordinate. As in the authors' program, it gets that of another point of the same
///   density, or a random one if no point has one. It does not enter the proposal.
/// - A configuration that was proposed before, or is not allowed, is drawn again.
public struct BOHB: Searcher {
    private let plan: BOHBPlan
    private var memory: ModelMemory

    /// The model over a space.
    public init(space: SearchSpace, _ plan: BOHBPlan) {
        self.plan = plan
        memory = ModelMemory(space)
    }

    /// Algorithm 2: with probability ρ, or while no budget has enough points, a random configuration; otherwise the
    /// best of N_s candidates. `nil` if all configurations were proposed.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        if memory.isExhausted { return nil }
        var random = Random(seed: plan.seed, stream: UInt64(truncatingIfNeeded: trial.number))
        let isRandom = random.unit() < plan.randomFraction
        let results = isRandom ? nil : memory.history.highest(with: minPoints + 2)
        let model = results.map { densities(of: $0, &random) }
        return memory.propose(for: trial, by: model.map { $0.suggest }, &random)
    }

    /// Adds a result.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        memory.observe(trial, rung: rung, loss: loss)
    }

    /// A trial that failed is on its way again.
    public mutating func retract(_ trial: TrialID, rung: Int) { memory.retract(trial, rung: rung) }

    /// A trial has a configuration that was not proposed here. The model learns from it, too.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        memory.adopt(configuration, for: trial)
    }

    /// Others have tried a configuration. The model learns from it, too.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        memory.learn(configuration, of: trial)
    }

    // MARK: The model

    /// N_min.
    private var minPoints: Int { plan.minPointsInModel ?? memory.cube.parameters.count + 1 }

    /// Equation 3: of N_b results, sorted from the best, max(N_min, q·N_b) are good and max(N_min, N_b − N_b,l) are
    /// bad.
    private func densities(of results: [RankedResult], _ random: inout Random) -> Model {
        let goodCount = max(minPoints, plan.topPercent * results.count / 100)
        let badCount = max(minPoints, results.count - goodCount)
        return Model(
            cube: memory.cube, plan: plan,
            good: density(results.prefix(goodCount), &random),
            bad: density(results.suffix(badCount), &random))
    }

    private func density(
        _ results: ArraySlice<RankedResult>, _ random: inout Random
    ) -> ParzenEstimator {
        let known = results.map { memory.history.point(of: $0.trial) }
        var points = known
        for axis in memory.cube.axes.indices {
            let coordinates = known.map { $0[axis] }.filter { !$0.isNaN }
            for row in points.indices where points[row][axis].isNaN {
                points[row][axis] =
                    coordinates.isEmpty
                    ? memory.cube.coordinate(axis, &random)
                    : coordinates[Int(random.below(UInt64(coordinates.count)))]
            }
        }
        return ParzenEstimator(bohb: points, axes: memory.cube.axes, minWidth: plan.minBandwidth)
    }
}

extension BOHB {
    /// l and g.
    fileprivate struct Model {
        let cube: UnitCube
        let plan: BOHBPlan
        let good: ParzenEstimator
        let bad: ParzenEstimator

        /// The candidate with the greatest l/g.
        func suggest(_ random: inout Random) -> Configuration {
            var best: (point: [Double], ratio: Double) = ([], -.infinity)
            for _ in 0..<plan.samples {
                let drawn = good.sample(&random, stretch: plan.bandwidthFactor)
                let settled = drawn.enumerated().map { cube.settled($0, $1) }
                let ratio = good.logDensity(at: settled) - bad.logDensity(at: settled)
                if ratio > best.ratio || best.point.isEmpty { best = (settled, ratio) }
            }
            return cube.configuration(at: best.point)
        }
    }
}
