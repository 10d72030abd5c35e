import DequeModule

/// Regularised evolution: Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier Architecture Search",
/// AAAI 2019, arXiv 1802.01548, Algorithm 1. The population are the P trials that had their first result last. S of
/// them are drawn with replacement, and the best is the parent. Its child differs from it in one parameter.
///
/// Deviations:
/// - The paper's mutations change an architecture. Here one active parameter, each equally likely, gets another value.
///   For a choice, it is any of the others; for a number, it is drawn around its old quantile with a standard deviation
///   of 0.1, truncated at the borders. A parameter that becomes active is drawn as in random search.
/// - As many trials run at the same time as there are workers. A new trial is random while fewer than P have a result.
/// - A trial joins the population with its first result, in the order of arrival. With several rungs, the trial that
///   reached the higher one is better; on the same rung, the one with the smaller loss.
/// - Of equal trials, the one with the lower number is better; the paper leaves ties open.
/// - A child that was proposed before, or is not allowed, is made again, from another parent.
public struct RegularisedEvolution: Searcher {
    private let plan: EvolutionPlan
    private let cube: UnitCube
    private var configurations: [TrialID: Configuration] = [:]
    /// The fitness of each trial with a result.
    private var fitness: [TrialID: Fitness] = [:]
    /// The trials alive, from the oldest.
    private var population: Deque<TrialID> = []
    private var proposed: ProposedConfigurations

    /// Evolution in a space.
    public init(space: SearchSpace, _ plan: EvolutionPlan) {
        self.plan = plan
        cube = UnitCube(space)
        proposed = ProposedConfigurations(space)
    }

    /// A child of the best of S trials; a random configuration while the population is incomplete. `nil` if all
    /// configurations were proposed.
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

    /// A trained model joins the population on the right, and the oldest leaves on the left.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        guard configurations[trial] != nil else { return }
        if fitness[trial] == nil {
            population.append(trial)
            if population.count > plan.population { population.removeFirst() }
        }
        fitness[trial] = Fitness(rung: rung, loss: loss, trial: trial)
    }

    /// A trial has a configuration that was not proposed here. It may become a parent, too.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        _ = proposed.insert(configuration)
        configurations[trial] = configuration
    }

    /// Others have tried a configuration. It joins the population with its first result.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {
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
        return cube.child(of: parent, changing: [changed], width: 0.1, &random)
    }

    /// How good a trial is; better ones sort first.
    private struct Fitness: Comparable {
        let rung: Int
        let loss: Loss
        let trial: TrialID

        static func < (left: Fitness, right: Fitness) -> Bool {
            (-left.rung, left.loss, left.trial) < (-right.rung, right.loss, right.trial)
        }
    }
}
