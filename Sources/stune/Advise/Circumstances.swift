import Tuning

/// What is known of a study before it runs.
struct Circumstances {
    /// How many seconds a unit of resource takes, above 0.
    let secondsPerUnit: Double
    /// How many tasks run at once; at least 1.
    let workers: Int
    /// How long the study may take, in seconds; `nil` if nothing limits it.
    let seconds: Double?
    /// How long a task waits in the queue, in seconds.
    let queueWait: Double

    /// R, the resource of a complete trial.
    private let most: Double
    /// What a trial is trained on average, as a share of R.
    private let share: Double
    private let trials: Int

    /// The circumstances of a study.
    init(
        _ plan: Plan, secondsPerUnit: Double, workers: Int? = nil, seconds: Double? = nil,
        queueWait: Double = 0
    ) {
        self.secondsPerUnit = secondsPerUnit
        self.workers = workers ?? plan.parallel
        self.seconds = seconds
        self.queueWait = queueWait
        most = Double(plan.scheduler.levels.last?.units ?? plan.scheduler.maxResource.units)
        share = Circumstances.share(of: plan.scheduler)
        trials = plan.trials
    }

    /// What a full training takes, in seconds.
    var training: Double { most * secondsPerUnit }

    /// For how many trainings, one after the other, there is time; without a limit, for as many as the study's trials take.
    var trainings: Double {
        seconds.map { $0 / training } ?? Double(trials) * share / Double(workers)
    }

    /// How many trials there is time for, if all workers train all the time; `nil` if nothing limits the time.
    ///
    /// - Parameter scheduler: the scheduler that stops most of them.
    func trials(under scheduler: SchedulerPlan) -> Int? {
        guard let seconds else { return nil }
        let each = Circumstances.share(of: scheduler) * training
        return max(1, Int((seconds * Double(workers) / each).rounded(.down)))
    }

    /// What a trial is trained on average, as a share of R: with rungs, each passes on one in η.
    static func share(of scheduler: SchedulerPlan) -> Double {
        let levels = scheduler.levels.map { Double($0.units) }
        guard let most = levels.last else { return 1 }
        switch scheduler {
        case .none: return 1
        // Nobody can say how many are stopped, and where; half is what the table of docs/choosing.md has at most.
        case .medianStopping, .pbt: return 0.5
        case .asha, .asyncHyperband, .ashaStopping, .successiveHalving, .hyperband, .pasha, .external:
            let factor = Double(scheduler.reductionFactor ?? 3)
            func climb(from rung: Int) -> Double {
                var (spent, part) = (levels[rung], 1.0)
                for level in levels.indices.dropFirst(rung + 1) {
                    part /= factor
                    spent += part * (levels[level] - levels[level - 1])
                }
                return spent / most
            }
            let weights = Circumstances.weights(of: scheduler, rungs: levels.count)
            let sum = weights.reduce(0, +)
            return zip(weights.indices, weights).reduce(0) { $0 + climb(from: $1.0) * $1.1 } / sum
        }
    }

    /// How many trials enter at each rung, in proportion.
    private static func weights(of scheduler: SchedulerPlan, rungs: Int) -> [Double] {
        switch scheduler {
        case .asyncHyperband(let plan): return plan.weights.map(Double.init)
        case .hyperband(let plan):
            return (0..<rungs).map { Double(plan.configurations(bracket: rungs - 1 - $0)) }
        default: return [1]
        }
    }
}
