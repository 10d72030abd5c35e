import DequeModule

/// Regularised evolution: Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier Architecture Search",
/// AAAI 2019, arXiv 1802.01548, Algorithm 1. The population are the P trials that had a result last. Of S of them, drawn
/// with replacement, the best is the parent; its child differs from it in one parameter.
///
/// Deviations:
/// - The paper's mutations change an architecture. Here one active parameter, each equally likely, gets another value:
///   a choice any of the others; a number one that is drawn around its old quantile with a standard deviation of 0.1,
///   cut off at the borders. A parameter that becomes active by that is drawn as by random search.
/// - As many trials run at once as there are workers: a new trial is random as long as fewer than P have a result.
/// - A trial joins the population with its first result, in the order of arrival. With several rungs the one that came
///   farther is the better one, and of those that came as far the one with the smaller loss.
/// - Of equals the one with the lower number is the better one; the paper leaves ties open.
/// - A child that was proposed before, or is not allowed, is made again, from another parent.
public struct RegularisedEvolution: Searcher {
    private let plan: EvolutionPlan
    private let cube: UnitCube
    private var configurations: [TrialID: Configuration] = [:]
    /// How good each trial is that has a result.
    private var fitness: [TrialID: Fitness] = [:]
    /// The trials alive, the oldest first.
    private var population: Deque<TrialID> = []
    private var proposed: ProposedConfigurations

    /// Evolution in a space.
    public init(space: SearchSpace, _ plan: EvolutionPlan) {
        self.plan = plan
        cube = UnitCube(space)
        proposed = ProposedConfigurations(space)
    }

    /// A child of the best of S trials; a random configuration as long as the population is not complete. `nil` when all
    /// were proposed.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        if proposed.isExhausted { return nil }
        var random = Random(seed: plan.seed, stream: UInt64(truncatingIfNeeded: trial.number))
        for _ in 0..<TuningLimits.redraws {
            let isGrown = population.count == plan.population
            guard let drawn = isGrown ? mutate(parent(&random), &random) : cube.random(&random) else {
                continue
            }
            if proposed.insert(drawn) {
                configurations[trial] = drawn
                return drawn
            }
        }
        configurations[trial] = proposed.another(&random)
        return configurations[trial]
    }

    /// A trained model joins the population on its right, and the oldest leaves it on its left.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        guard configurations[trial] != nil else { return }
        if fitness[trial] == nil {
            population.append(trial)
            if population.count > plan.population { population.removeFirst() }
        }
        fitness[trial] = Fitness(rung: rung, loss: loss, trial: trial)
    }

    /// A trial has a configuration that was not proposed here: it may become a parent as well.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        _ = proposed.insert(configuration)
        configurations[trial] = configuration
    }

    /// The best of S trials, drawn with replacement.
    private func parent(_ random: inout Random) -> Configuration {
        var best: Fitness?
        for _ in 0..<plan.sample {
            let drawn = population[Int(random.below(UInt64(population.count)))]
            guard let candidate = fitness[drawn] else { continue }
            best = best.map { min($0, candidate) } ?? candidate
        }
        return best.flatMap { configurations[$0.trial] } ?? Configuration()
    }

    /// A copy of the parent in which one parameter has another value.
    private func mutate(_ parent: Configuration, _ random: inout Random) -> Configuration? {
        let point = cube.point(of: parent)
        let mutable = point.indices.filter { !point[$0].isNaN && cube.axes[$0] != .choice(1) }
        guard !mutable.isEmpty else { return nil }
        let changed = mutable[Int(random.below(UInt64(mutable.count)))]
        var child = Configuration()
        for (index, parameter) in cube.parameters.enumerated() where parameter.isActive(in: child) {
            child.values[parameter.name] =
                index == changed
                ? cube.value(index, at: neighbour(of: point[index], cube.axes[index], &random))
                : parent[parameter.name] ?? parameter.draw(&random)
        }
        return child
    }

    private func neighbour(
        of coordinate: Double, _ axis: UnitCube.Axis, _ random: inout Random
    ) -> Double {
        switch axis {
        case .number: return random.normal(around: coordinate, width: 0.1)
        case .choice(let count):
            let drawn = Double(random.below(UInt64(count - 1)))
            return drawn < coordinate ? drawn : drawn + 1
        }
    }

    /// How good a trial is: the better first.
    private struct Fitness: Comparable {
        let rung: Int
        let loss: Loss
        let trial: TrialID

        static func < (left: Fitness, right: Fitness) -> Bool {
            (-left.rung, left.loss, left.trial) < (-right.rung, right.loss, right.trial)
        }
    }
}
