/// What the core needs to know about a study: everything that decisions depend on, and nothing else.
///
/// Two studies with equal plans and equal events decide equally. The study file has more (the command, the Slurm
/// options), which only the shell needs.
public struct Plan: Hashable, Codable, Sendable {
    /// The metric that trials are compared by, or the first of several.
    public var objective: Objective
    /// The further metrics, if trials are compared by several; empty by default.
    public var others: [Objective]
    /// The bounds that trials are to keep; empty by default.
    public var bounds: [MetricBound]
    /// The hyperparameters and their domains.
    public var space: SearchSpace
    /// The searcher, which proposes configurations.
    public var searcher: SearcherPlan
    /// The scheduler, which decides which trial gets more resource.
    public var scheduler: SchedulerPlan
    /// The greatest number of sampled configurations; at least 1.
    public var trials: Int
    /// The greatest number of running assignments; at least 1.
    public var parallel: Int
    /// How often an assignment is retried after its attempt crashed or was lost; 0 or greater.
    public var maxRetries: Int
    /// The study stops when this many trials have failed in a row; at least 1.
    public var maxFailures: Int
    /// How many of the best trials that cannot continue keep their checkpoint; at least 1, `nil` for all.
    public var keep: Int?
    /// The limit on the bytes of all checkpoints. Above it, checkpoints that cannot be needed are deleted, the worst
    /// first. At least 1, `nil` for no limit.
    public var quota: Int?
    /// How many places must be free before they are filled, because assignments decided together share a task; at least
    /// 1.
    public var together: Int
    /// Configurations to try before the searcher's, each perhaps partial. The values are within their domains.
    public var points: [Configuration]
    /// What ends the study early; `nil` for nothing.
    public var stop: StopPlan?
    /// Which trials are trained several times; `nil` for none.
    public var replicates: ReplicatePlan?

    /// A plan from its parts. The study file's parser has checked their ranges.
    public init(
        objective: Objective, space: SearchSpace, searcher: SearcherPlan,
        scheduler: SchedulerPlan, trials: Int, parallel: Int, maxRetries: Int = 1,
        maxFailures: Int = 8, keep: Int? = nil, together: Int = 1,
        points: [Configuration] = [], stop: StopPlan? = nil, others: [Objective] = [], quota: Int? = nil,
        bounds: [MetricBound] = [], replicates: ReplicatePlan? = nil
    ) {
        self.objective = objective
        self.others = others
        self.bounds = bounds
        self.quota = quota
        self.space = space
        self.searcher = searcher
        self.scheduler = scheduler
        self.trials = trials
        self.parallel = parallel
        self.maxRetries = maxRetries
        self.maxFailures = maxFailures
        self.keep = keep
        self.together = together
        self.points = points
        self.stop = stop
        self.replicates = replicates
    }
}

extension Plan {
    private enum Key: String, CodingKey {
        case objective, space, searcher, scheduler, trials, parallel, maxRetries, maxFailures, keep,
            together, points, stop, others, quota, bounds, replicates
    }

    /// Reads a plan of this version or an older one.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        self.init(
            objective: try fields.decode(Objective.self, forKey: .objective),
            space: try fields.decode(SearchSpace.self, forKey: .space),
            searcher: try fields.decode(SearcherPlan.self, forKey: .searcher),
            scheduler: try fields.decode(SchedulerPlan.self, forKey: .scheduler),
            trials: try fields.decode(Int.self, forKey: .trials),
            parallel: try fields.decode(Int.self, forKey: .parallel),
            maxRetries: try fields.decode(Int.self, forKey: .maxRetries),
            maxFailures: try fields.decode(Int.self, forKey: .maxFailures),
            keep: try fields.decodeIfPresent(Int.self, forKey: .keep),
            together: try fields.decodeIfPresent(Int.self, forKey: .together) ?? 1,
            points: try fields.decodeIfPresent([Configuration].self, forKey: .points) ?? [],
            stop: try fields.decodeIfPresent(StopPlan.self, forKey: .stop),
            others: try fields.decodeIfPresent([Objective].self, forKey: .others) ?? [],
            quota: try fields.decodeIfPresent(Int.self, forKey: .quota),
            bounds: try fields.decodeIfPresent([MetricBound].self, forKey: .bounds) ?? [],
            replicates: try fields.decodeIfPresent(ReplicatePlan.self, forKey: .replicates))
    }

    /// Writes a plan; one without new fields in the same form as before.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(objective, forKey: .objective)
        try fields.encode(space, forKey: .space)
        try fields.encode(searcher, forKey: .searcher)
        try fields.encode(scheduler, forKey: .scheduler)
        try fields.encode(trials, forKey: .trials)
        try fields.encode(parallel, forKey: .parallel)
        try fields.encode(maxRetries, forKey: .maxRetries)
        try fields.encode(maxFailures, forKey: .maxFailures)
        try fields.encodeIfPresent(keep, forKey: .keep)
        if together > 1 { try fields.encode(together, forKey: .together) }
        if !points.isEmpty { try fields.encode(points, forKey: .points) }
        try fields.encodeIfPresent(stop, forKey: .stop)
        if !others.isEmpty { try fields.encode(others, forKey: .others) }
        try fields.encodeIfPresent(quota, forKey: .quota)
        if !bounds.isEmpty { try fields.encode(bounds, forKey: .bounds) }
        try fields.encodeIfPresent(replicates, forKey: .replicates)
    }
}

extension Plan {
    /// All metrics that trials are compared by, in the order of the study file; at least one.
    public var objectives: [Objective] { [objective] + others }
}

/// The metric that trials are compared by, and which way is better.
public struct Objective: Hashable, Codable, Sendable {
    /// Which way is better.
    public enum Goal: String, Hashable, Codable, Sendable, CaseIterable {
        /// Smaller is better, as with a loss.
        case minimize
        /// Greater is better, as with an accuracy.
        case maximize
    }

    /// The metric's name in the reports.
    public var metric: String
    /// Which way is better.
    public var goal: Goal

    /// An objective from its parts.
    public init(metric: String, goal: Goal) {
        self.metric = metric
        self.goal = goal
    }
}

/// Which searcher proposes configurations, with its settings.
public enum SearcherPlan: Hashable, Codable, Sendable {
    /// Independent draws from the space. The same seed gives the same configurations.
    case random(seed: UInt64)
    /// Draws from a list without replacement, in an order that depends on the seed. No study file can request it; it
    /// draws recorded configurations.
    case list([Configuration], seed: UInt64)
    /// The combinations of some values of each parameter, in order.
    case grid(GridPlan)
    /// The points of a Sobol' sequence (Joe and Kuo 2008).
    case sobol(SobolPlan)
    /// The tree-structured Parzen estimator (Bergstra et al. 2011).
    case tpe(TPEPlan)
    /// The model of BOHB (Falkner, Klein and Hutter 2018, arXiv 1807.01774).
    case bohb(BOHBPlan)
    /// PriorBand's shares of uniform trials, the author's priors and the incumbent (Mallik et al. 2023, arXiv 2306.12370).
    case priorband(PriorBandPlan)
    /// Regularised evolution (Real et al. 2019, arXiv 1802.01548).
    case evolution(EvolutionPlan)
    /// From a list, the configuration nearest to another searcher's proposal. No study file can request it.
    indirect case nearest(of: [Configuration], to: SearcherPlan)
    /// A separate program proposes.
    case external(ExternalPlan)
}
