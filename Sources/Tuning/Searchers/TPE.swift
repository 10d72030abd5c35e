/// The Tree-structured Parzen Estimator: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for Hyper-Parameter
/// Optimization", NeurIPS 2011, section 4. The results are split into the best γ of them and the others; l is the
/// density of the good configurations and g that of the others. Candidates are drawn from l, and the one with the
/// greatest l/g is proposed: there the expected improvement is greatest (equation 5).
///
/// Deviations:
/// - l and g are joint densities of all parameters that are active together (Falkner, Klein, Hutter 2018, arXiv
///   1807.01774, section 4.1), instead of one for each parameter. Parameters with the same conditions form a group. The
///   tree is descended group by group, as far as the values chosen so far make groups active.
/// - In l, the better of the good results have more weight (`GoodWeights`). Watanabe 2023 (arXiv 2304.11127) found that
///   weights by improvement help; weights by rank do not depend on outliers or the scale of the results.
/// - At most 25 results are good, so that l becomes narrower as results come in. The least width of a kernel differs
///   (`Bandwidths.swift`).
/// - The prior counts as two results by default. It is uniform over the quantiles of each domain, instead of the
///   domain's own density.
/// - A trial without a result counts among the others, so that running trials repel new ones; so does a failed one.
/// - A share of the trials may be random even if there is a model, as in BOHB. By default there is none.
/// - If trials have results at several rungs, those of the highest rung with enough results are used. The first model
///   may need more results than the rungs above (`TPEPlan.rungResults`).
/// - The density of whole numbers and other steps is taken in the middle of their part of the axis.
/// - A configuration that was proposed before, or is not allowed, is drawn again.
public struct TPE: Searcher {
    private let plan: TPEPlan
    /// The indices of the parameters in each group, parents first.
    private let groups: [[Int]]
    private var memory: ModelMemory

    /// The estimator over a space.
    public init(space: SearchSpace, _ plan: TPEPlan) {
        self.plan = plan
        memory = ModelMemory(space)
        groups = memory.cube.groups
    }

    /// The configuration with the greatest l/g; a random one at the start, and for the random share. `nil` if all
    /// configurations were proposed.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        if memory.isExhausted { return nil }
        var random = Random(seed: plan.seed, stream: UInt64(truncatingIfNeeded: trial.number))
        let results = memory.history.highest(
            with: plan.rungResults ?? plan.startupTrials, onceOneHas: plan.startupTrials)
        // No random number is drawn for nothing: without a model, or without a random share, trials are as before.
        let isRandom = results != nil && plan.randomFraction > 0 && random.unit() < plan.randomFraction
        let model = isRandom ? nil : results.map(self.model)
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

    /// Splits the results, sorted from the best, at the quantile γ, and estimates l and g of each group.
    private func model(_ results: [RankedResult]) -> Model {
        let count = min(Int((plan.gamma * Double(results.count)).rounded(.up)), TPE.mostGood)
        let good = results.prefix(count).prefix { $0.loss.isFinite }.map(\.trial)
        let others = results.dropFirst(good.count).map(\.trial) + memory.history.pending
        let weights = plan.weights.of(good.count)
        let equal = GoodWeights.equal.of(others.count)
        return Model(
            cube: memory.cube, candidates: plan.candidates,
            groups: groups.map { group in
                Model.Group(
                    parameters: group, good: estimator(good, weights, group),
                    others: estimator(others, equal, group))
            })
    }

    /// The density of the trials in which a group is active.
    private func estimator(
        _ trials: [TrialID], _ weights: [Double], _ group: [Int]
    ) -> ParzenEstimator {
        var active: (points: [[Double]], weights: [Double]) = ([], [])
        for (trial, weight) in zip(trials, weights) {
            let point = memory.history.point(of: trial)
            if point[group[0]].isNaN { continue }
            active.points.append(group.map { point[$0] })
            active.weights.append(weight)
        }
        return ParzenEstimator(
            tpe: active.points, weights: active.weights, axes: group.map { memory.cube.axes[$0] },
            priorWeight: plan.priorWeight)
    }

    /// The greatest number of good results, so that l narrows as the search does.
    private static let mostGood = 25
}

extension TPE {
    /// l and g of all groups.
    fileprivate struct Model {
        /// l and g of the parameters with these indices.
        struct Group {
            let parameters: [Int]
            let good: ParzenEstimator
            let others: ParzenEstimator
        }

        let cube: UnitCube
        let candidates: Int
        let groups: [Group]

        /// The best candidate, group by group.
        func suggest(_ random: inout Random) -> Configuration {
            var point = [Double](repeating: .nan, count: cube.parameters.count)
            var configuration = Configuration()
            for group in groups where cube.parameters[group.parameters[0]].isActive(in: configuration) {
                let best = candidate(group, &random)
                for (index, coordinate) in zip(group.parameters, best) { point[index] = coordinate }
                configuration = cube.configuration(at: point)
            }
            return configuration
        }

        /// Of several candidates from l, the one with the greatest l/g.
        private func candidate(_ group: Group, _ random: inout Random) -> [Double] {
            var best: (point: [Double], ratio: Double) = ([], -.infinity)
            for _ in 0..<candidates {
                let drawn = zip(group.parameters, group.good.sample(&random)).map { cube.settled($0, $1) }
                let ratio = group.good.logDensity(at: drawn) - group.others.logDensity(at: drawn)
                if ratio > best.ratio || best.point.isEmpty { best = (drawn, ratio) }
            }
            return best.point
        }
    }
}

extension UnitCube {
    /// The indices of parameters that are active together because they have the same conditions, group by group,
    /// parents first.
    var groups: [[Int]] {
        var groups: [[Int]] = []
        for index in parameters.indices {
            let conditions = Set(parameters[index].conditions)
            if let place = groups.firstIndex(where: { Set(parameters[$0[0]].conditions) == conditions }) {
                groups[place].append(index)
            } else {
                groups.append([index])
            }
        }
        return groups
    }
}
