import RealModule

/// PriorBand's way to sample: Mallik, Bergman, Hvarfner, Stoll, Janowski, Lindauer, Nardi, Hutter, "PriorBand: Practical
/// Hyperparameter Optimization in the Age of Deep Learning", NeurIPS 2023, arXiv 2306.12370, section 5. A new trial is
/// drawn uniformly, from the priors of the space's author, or near the incumbent, the best trial so far. With η for the
/// reduction factor:
///
/// - A trial that enters at rung r is uniform with probability 1/(1 + η^r). So half of the trials that enter at the lowest
///   rung are uniform, whatever the priors say.
/// - Once a rung has η results, the rest is shared between the priors and the incumbent. The best ⌊n/η⌋ of the n results
///   in the highest such rung decide: the share is proportional to how likely each of the two distributions makes them,
///   summed with the weights ⌊n/η⌋, …, 2, 1 from the best.
/// - Near the incumbent, each parameter has another value with probability ½: a choice any other one, a number one
///   around the incumbent's.
///
/// Deviations:
/// - The incumbent counts as soon as a rung has η results. The paper also waits until a trial is complete, and until
///   as much is spent as a bracket of Successive Halving costs.
/// - The incumbent is the best trial of that rung, not of all rungs.
/// - A number's prior is normal on its quantiles, with the width that the study file gives it. A choice has its prior's
///   value with probability ½ + 1/(2k) for k values, as in random search. A parameter without a prior is uniform.
/// - The paper's variant with a model is not here.
/// - A configuration that was proposed before, or is not allowed, is drawn again, in the same way.
public struct PriorBand: Searcher {
    private let plan: PriorBandPlan
    private var memory: ModelMemory
    private let uniform: SpaceSampler
    private let prior: Vicinity

    /// The sampler over a space.
    public init(space: SearchSpace, _ plan: PriorBandPlan) {
        self.plan = plan
        memory = ModelMemory(space)
        uniform = SpaceSampler(space.withoutPriors)
        prior = Vicinity(priorsOf: memory.cube)
    }

    /// A configuration for a trial that enters at the lowest rung.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        propose(for: trial, enteringAt: 0)
    }

    /// A uniform configuration, one from the priors or one near the incumbent. `nil` if all were proposed.
    public mutating func propose(for trial: TrialID, enteringAt rung: Int) -> Configuration? {
        if memory.isExhausted { return nil }
        var random = Random(seed: plan.seed, stream: UInt64(truncatingIfNeeded: trial.number))
        let source = source(of: rung, &random)
        let (cube, uniform, prior) = (memory.cube, uniform, prior)
        return memory.propose(
            for: trial,
            by: { random in
                switch source {
                case .uniform: uniform.draw(&random) ?? Configuration()
                case .prior: cube.configuration(at: prior.sample(&random))
                case .incumbent(let best): PriorBand.child(of: best, cube, &random)
                }
            }, &random)
    }

    /// Adds a result.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        memory.observe(trial, rung: rung, loss: loss)
    }

    /// A trial that failed is on its way again.
    public mutating func retract(_ trial: TrialID, rung: Int) { memory.retract(trial, rung: rung) }

    /// A trial has a configuration that was not proposed here. It may become the incumbent, too.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        memory.adopt(configuration, for: trial)
    }

    /// Others have tried a configuration. It may become the incumbent, too.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        memory.learn(configuration, of: trial)
    }

    // MARK: The shares

    /// Where a trial comes from.
    private enum Source {
        case uniform
        case prior
        /// Near this point.
        case incumbent([Double])
    }

    private func source(of rung: Int, _ random: inout Random) -> Source {
        let odds = Double.pow(Double(plan.reductionFactor), rung)
        if random.unit() * (1 + odds) < 1 { return .uniform }
        let drawn = random.unit()
        guard let incumbent, drawn < incumbent.share else { return .prior }
        return .incumbent(incumbent.point)
    }

    /// The incumbent, and its share of the trials that are not uniform; `nil` before any rung has η results.
    private var incumbent: (point: [Double], share: Double)? {
        guard let results = memory.history.highest(with: plan.reductionFactor) else { return nil }
        let best = results.prefix(results.count / plan.reductionFactor).prefix { $0.loss.isFinite }
            .map { memory.history.point(of: $0.trial) }
        guard let first = best.first else { return nil }
        let near = Vicinity(of: first, memory.cube)
        let weights = best.indices.map { Double.log(Double(best.count - $0)) }
        let prior = sumOfExponentials(zip(best, weights).map { self.prior.logDensity(at: $0) + $1 })
        let incumbent = sumOfExponentials(zip(best, weights).map { near.logDensity(at: $0) + $1 })
        return (first, 1 / (1 + Double.exp(prior - incumbent)))
    }

    /// The logarithm of the sum of the exponentials of some numbers; at least one.
    private func sumOfExponentials(_ numbers: [Double]) -> Double {
        let greatest = numbers.reduce(-.infinity, max)
        return greatest + Double.log(numbers.reduce(0) { $0 + Double.exp($1 - greatest) })
    }

    // MARK: The incumbent

    private static func child(
        of point: [Double], _ cube: UnitCube, _ random: inout Random
    ) -> Configuration {
        let changed = point.indices.filter {
            !point[$0].isNaN && cube.axes[$0] != .choice(1) && random.unit() < mutationRate
        }
        return cube.child(
            of: cube.configuration(at: point), changing: Set(changed), width: mutationWidth, &random)
    }

    /// How likely each parameter changes, and the standard deviation of a number's change on the unit interval.
    private static let mutationRate = 0.5
    fileprivate static let mutationWidth = 0.25
}

/// A density on the unit cube around one point: a kernel of `ParzenEstimator`.
private struct Vicinity: Sendable {
    private let axes: [UnitCube.Axis]
    private let center: [Double]
    private let widths: [Double]

    /// A kernel for which a number is as good as uniform.
    private static let wide = 100.0

    /// The author's priors; uniform for parameters without one.
    init(priorsOf cube: UnitCube) {
        axes = cube.axes
        center = cube.parameters.enumerated().map { index, parameter in
            parameter.prior.map { cube.coordinate(index, of: $0.value) }
                ?? Vicinity.middle(cube.axes[index])
        }
        widths = zip(cube.axes, cube.parameters).map { Vicinity.width($0, number: $1.prior?.width) }
    }

    /// What is near a configuration; uniform for parameters that are not active in it.
    init(of point: [Double], _ cube: UnitCube) {
        axes = cube.axes
        center = zip(cube.axes, point).map { $1.isNaN ? Vicinity.middle($0) : $1 }
        widths = zip(cube.axes, point).map {
            Vicinity.width($0, number: $1.isNaN ? nil : PriorBand.mutationWidth)
        }
    }

    private static func middle(_ axis: UnitCube.Axis) -> Double { axis == .number ? 0.5 : 0 }

    /// The kernel's width; `nil` for a number: uniform.
    private static func width(_ axis: UnitCube.Axis, number: Double?) -> Double {
        switch axis {
        case .number: number ?? wide
        case .choice(let count): (1 - 1 / Double(count)) / (number == nil ? 1 : 2)
        }
    }

    /// The logarithm of the density of a point in its active parameters.
    func logDensity(at point: [Double]) -> Double {
        let active = point.indices.filter { !point[$0].isNaN }
        return kernel(active).logDensity(at: active.map { point[$0] })
    }

    /// A point, with a coordinate for each parameter, active or not.
    func sample(_ random: inout Random) -> [Double] { kernel(Array(axes.indices)).sample(&random) }

    private func kernel(_ indices: [Int]) -> ParzenEstimator {
        ParzenEstimator(
            axes: indices.map { axes[$0] }, points: [indices.map { center[$0] }], weights: [1],
            widths: [indices.map { widths[$0] }], priorWeight: 0)
    }
}

extension SearchSpace {
    /// The same space, where nobody expects anything.
    fileprivate var withoutPriors: SearchSpace {
        var space = self
        for index in space.parameters.indices { space.parameters[index].prior = nil }
        return space
    }
}
