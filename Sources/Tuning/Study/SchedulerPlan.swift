/// The scheduler with its settings.
public enum SchedulerPlan: Hashable, Codable, Sendable {
    /// ASHA, promoting variant (Li et al. 2018, arXiv 1810.05934, Algorithm 2).
    case asha(ASHAPlan)
    /// ASHA over several brackets (the same paper).
    case asyncHyperband(AsyncHyperbandPlan)
    /// ASHA, stopping variant.
    case ashaStopping(ASHAPlan)
    /// Synchronous Successive Halving (the same paper, Algorithm 1).
    case successiveHalving(SuccessiveHalvingPlan)
    /// Hyperband (Li et al., JMLR 18-185, 2018, Algorithm 1).
    case hyperband(HyperbandPlan)
    /// PASHA (Bohdal et al., ICLR 2023, Algorithm 1).
    case pasha(ASHAPlan)
    /// The median stopping rule (Golovin et al. 2017, section 3.2.1).
    case medianStopping(MedianStoppingPlan)
    /// Population Based Training (Jaderberg et al. 2017, arXiv 1711.09846).
    case pbt(PBTPlan)
    /// A separate program decides, and ASHA while it cannot be asked.
    case external(ExternalSchedulerPlan)
    /// Every trial runs to `maxResource` in one assignment.
    case none(maxResource: Resource)

    /// How to start the separate program that decides; `nil` for a built-in scheduler.
    public var external: ExternalSchedulerPlan? {
        if case .external(let plan) = self { plan } else { nil }
    }

    /// Whether trials may be children of others.
    public var hasChildren: Bool {
        if case .pbt = self { true } else { false }
    }

    /// Whether it ranks whole results, so that several metrics and bounds count. The others compute with the numbers of one
    /// metric.
    public var ranksWholeResults: Bool {
        switch self {
        case .asha, .asyncHyperband, .ashaStopping, .successiveHalving, .hyperband, .none: true
        case .pasha, .medianStopping, .pbt, .external: false
        }
    }

    /// η: each rung keeps the best 1/η; `nil` for schedulers that have no such rule.
    public var reductionFactor: Int? {
        switch self {
        case .asha(let plan), .ashaStopping(let plan), .pasha(let plan): plan.reductionFactor
        case .asyncHyperband(let plan): plan.asha.reductionFactor
        case .successiveHalving(let plan): plan.ladder.reductionFactor
        case .hyperband(let plan): plan.reductionFactor
        case .external(let plan): plan.asha.reductionFactor
        case .medianStopping, .pbt, .none: nil
        }
    }

    /// The resource at which a trial is complete, as the study file gives it.
    public var maxResource: Resource {
        switch self {
        case .asha(let plan), .ashaStopping(let plan), .pasha(let plan): plan.maxResource
        case .asyncHyperband(let plan): plan.asha.maxResource
        case .successiveHalving(let plan): plan.ladder.maxResource
        case .hyperband(let plan): plan.maxResource
        case .medianStopping(let plan): plan.maxResource
        case .pbt(let plan): plan.maxResource
        case .external(let plan): plan.asha.maxResource
        case .none(let resource): resource
        }
    }
}

/// The settings of ASHA, under the paper's names r, R, η and s.
public struct ASHAPlan: Hashable, Codable, Sendable {
    /// r: the least resource a trial gets; at least 1.
    public var minResource: Resource
    /// R: the greatest resource of a trial; not less than `minResource`.
    public var maxResource: Resource
    /// η: each rung keeps the best 1/η, and has η times the resource of the one below unless `spacing` differs; at
    /// least 2.
    public var reductionFactor: Int
    /// s: the minimum early-stopping rate: the s lowest rungs are left out. 0 or greater.
    public var earlyStoppingRate: Int
    /// How many results a rung needs before it promotes; at least 1, `nil` for no minimum.
    public var delay: Int?
    /// How many trials may be on their way to the lowest rung; at least 1, `nil` for no limit except the places.
    public var maxPending: Int?
    /// Where the rungs are; `nil` for the paper's rungs, as in every log without this field.
    public var spacing: RungSpacing?

    /// The settings of ASHA.
    public init(
        minResource: Resource, maxResource: Resource, reductionFactor: Int,
        earlyStoppingRate: Int = 0, delay: Int? = nil, maxPending: Int? = nil,
        spacing: RungSpacing? = nil
    ) {
        self.minResource = minResource
        self.maxResource = maxResource
        self.reductionFactor = reductionFactor
        self.earlyStoppingRate = earlyStoppingRate
        self.delay = delay
        self.maxPending = maxPending
        self.spacing = spacing
    }

    /// The resource of each rung from the lowest up, without the lowest s.
    public var rungs: [Resource] {
        let ladder = RungLadder(from: minResource, to: maxResource, reductionFactor: reductionFactor)
        return Array(ladder.levels(spacing ?? .paper).dropFirst(earlyStoppingRate))
    }
}

/// The settings of asynchronous Hyperband.
public struct AsyncHyperbandPlan: Hashable, Codable, Sendable {
    /// The ladder of bracket 0, and the settings of each bracket.
    public var asha: ASHAPlan
    /// The greatest number of brackets; at least 1, `nil` for one for each rung.
    public var brackets: Int?
    /// The seed for the choice of brackets.
    public var seed: UInt64

    /// The settings of asynchronous Hyperband.
    public init(asha: ASHAPlan, brackets: Int? = nil, seed: UInt64 = 0) {
        self.asha = asha
        self.brackets = brackets
        self.seed = seed
    }

    /// The number of trials that Hyperband gives bracket 0, 1, …: the odds of drawing it.
    ///
    /// Bracket s here has one rung less than s − 1; Hyperband counts s in the opposite direction.
    public var weights: [Int] {
        let rungs = asha.rungs.count
        return (0..<min(brackets ?? rungs, rungs)).map {
            HyperbandPlan.configurations(
                bracket: rungs - 1 - $0, of: rungs, reductionFactor: asha.reductionFactor)
        }
    }
}

/// The settings of synchronous Successive Halving.
public struct SuccessiveHalvingPlan: Hashable, Codable, Sendable {
    /// r, R, η and s, as in ASHA; `delay` and `maxPending` are not used.
    public var ladder: ASHAPlan
    /// n: the trials of a bracket; at least 1, `nil` for all of the study.
    public var configurations: Int?

    /// The settings of Successive Halving.
    public init(ladder: ASHAPlan, configurations: Int? = nil) {
        self.ladder = ladder
        self.configurations = configurations
    }
}

/// The settings of Hyperband, under the paper's names R and η.
public struct HyperbandPlan: Hashable, Codable, Sendable {
    /// The least resource of a trial, 1 in the paper; at least 1.
    public var minResource: Resource
    /// R: the greatest resource of a trial; not less than `minResource`.
    public var maxResource: Resource
    /// η: each rung keeps the best 1/η; at least 2.
    public var reductionFactor: Int

    /// The settings of Hyperband.
    public init(minResource: Resource, maxResource: Resource, reductionFactor: Int) {
        self.minResource = minResource
        self.maxResource = maxResource
        self.reductionFactor = reductionFactor
    }

    /// The resource of each rung from the lowest up: ⌊R/η^k⌋ for k from s_max down to 0, with s_max = ⌊log_η(R/r)⌋. In
    /// whole numbers.
    public var levels: [Resource] {
        RungLadder(from: minResource, to: maxResource, reductionFactor: reductionFactor).levels(.full)
    }

    /// n of bracket s, from 0 to s_max.
    public func configurations(bracket s: Int) -> Int {
        HyperbandPlan.configurations(bracket: s, of: levels.count, reductionFactor: reductionFactor)
    }

    /// ⌈count·η^s/(s+1)⌉ with `count` = s_max + 1 brackets, in whole numbers. η^s is at most R/r.
    static func configurations(bracket s: Int, of count: Int, reductionFactor: Int) -> Int {
        let power = (0..<s).reduce(1) { power, _ in power * reductionFactor }
        return (count * power + s) / (s + 1)
    }
}

/// The settings of the median stopping rule.
public struct MedianStoppingPlan: Hashable, Codable, Sendable {
    /// The least resource at which trials are judged; at least 1.
    public var minResource: Resource
    /// The resource at which a trial is complete; not less than `minResource`.
    public var maxResource: Resource
    /// Trials are judged at each multiple of this; at least 1.
    public var interval: Int
    /// How many trials must be complete before any is stopped; at least 1.
    public var minTrials: Int

    /// The settings of the median stopping rule.
    public init(minResource: Resource, maxResource: Resource, interval: Int, minTrials: Int) {
        self.minResource = minResource
        self.maxResource = maxResource
        self.interval = interval
        self.minTrials = minTrials
    }

    /// The multiples of the interval from `minResource` on and below `maxResource`, and `maxResource`.
    public var levels: [Resource] {
        let first = (minResource.units + interval - 1) / interval * interval
        return stride(from: first, to: maxResource.units, by: interval).map { Resource($0) } + [maxResource]
    }
}
