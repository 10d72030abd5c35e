import RealModule

/// The settings of `GridSearcher`.
public struct GridPlan: Hashable, Codable, Sendable {
    /// The greatest number of values of a parameter, by its name; at least 1.
    public var resolutions: [String: Int]
    /// The greatest number of values of each other parameter, except choices, of which all are tried; at least 1.
    public var resolution: Int

    /// The settings of grid search.
    public init(resolutions: [String: Int] = [:], resolution: Int = 5) {
        self.resolutions = resolutions
        self.resolution = resolution
    }
}

/// The settings of `SobolSearcher`.
public struct SobolPlan: Hashable, Codable, Sendable {
    /// The seed of the scrambling.
    public var seed: UInt64
    /// Whether the sequence is scrambled.
    public var scramble: Bool

    /// The settings of quasi-random search.
    public init(seed: UInt64, scramble: Bool = true) {
        self.seed = seed
        self.scramble = scramble
    }
}

/// The settings of `TPE`, after Bergstra et al. 2011.
public struct TPEPlan: Hashable, Codable, Sendable {
    /// The seed of all draws.
    public var seed: UInt64
    /// How many results are needed before the model is used; until then trials are random. At least 1.
    public var startupTrials: Int
    /// γ: the share of the results that counts as good; above 0, below 1.
    public var gamma: Double
    /// How many candidates are drawn from l for each group of parameters; at least 1.
    public var candidates: Int
    /// The weight of the prior compared with a point; above 0.
    public var priorWeight: Double
    /// The weight of each good result in l.
    public var weights: GoodWeights
    /// The share of trials that are random even if there is a model; from 0 to 1.
    public var randomFraction: Double
    /// How many results a rung needs for the model to learn from it instead of from those below, once there is a model;
    /// `nil` for as many as `startupTrials`. At least 1.
    public var rungResults: Int?

    /// The settings of the tree-structured Parzen estimator.
    public init(
        seed: UInt64, startupTrials: Int = 10, gamma: Double = 0.12, candidates: Int = 24,
        priorWeight: Double = 2, weights: GoodWeights = .rank, randomFraction: Double = 0,
        rungResults: Int? = nil
    ) {
        self.seed = seed
        self.startupTrials = startupTrials
        self.gamma = gamma
        self.candidates = candidates
        self.priorWeight = priorWeight
        self.weights = weights
        self.randomFraction = randomFraction
        self.rungResults = rungResults
    }
}

extension TPEPlan {
    private enum Key: String, CodingKey {
        case seed, startupTrials, gamma, candidates, priorWeight, weights, randomFraction, rungResults
    }

    /// Reads the settings; those of an older study without these fields have equal weights, no random trials once
    /// there is a model, and one number of results for all rungs.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        self.init(
            seed: try fields.decode(UInt64.self, forKey: .seed),
            startupTrials: try fields.decode(Int.self, forKey: .startupTrials),
            gamma: try fields.decode(Double.self, forKey: .gamma),
            candidates: try fields.decode(Int.self, forKey: .candidates),
            priorWeight: try fields.decode(Double.self, forKey: .priorWeight),
            weights: try fields.decodeIfPresent(GoodWeights.self, forKey: .weights) ?? .equal,
            randomFraction: try fields.decodeIfPresent(Double.self, forKey: .randomFraction) ?? 0,
            rungResults: try fields.decodeIfPresent(Int.self, forKey: .rungResults))
    }

    /// Writes the settings; those that older versions had not are left out where they change nothing.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(seed, forKey: .seed)
        try fields.encode(startupTrials, forKey: .startupTrials)
        try fields.encode(gamma, forKey: .gamma)
        try fields.encode(candidates, forKey: .candidates)
        try fields.encode(priorWeight, forKey: .priorWeight)
        if weights != .equal { try fields.encode(weights, forKey: .weights) }
        if randomFraction != 0 { try fields.encode(randomFraction, forKey: .randomFraction) }
        try fields.encodeIfPresent(rungResults, forKey: .rungResults)
    }
}

/// The weight of each good result in l, the density of the good configurations.
public enum GoodWeights: String, Hashable, Codable, Sendable, CaseIterable {
    /// ln(n + ½) − ln i for the i-th best of n, as for parents in CMA-ES (Hansen 2016, arXiv 1604.00772, equation 49).
    case rank
    /// Equal weights, as in Bergstra et al. 2011.
    case equal

    /// The weights of this many results, from the best: above 0, with a mean of 1.
    ///
    /// - Parameter count: 0 or greater.
    func of(_ count: Int) -> [Double] {
        guard self == .rank else { return Array(repeating: 1, count: count) }
        let raw = (0..<count).map { Double.log(Double(count) + 0.5) - Double.log(Double($0 + 1)) }
        let mean = raw.reduce(0, +) / Double(count)
        return raw.map { $0 / mean }
    }
}

/// The settings of `BOHB`, after Falkner, Klein and Hutter 2018.
public struct BOHBPlan: Hashable, Codable, Sendable {
    /// The seed of all draws.
    public var seed: UInt64
    /// N_min: how many points a density needs; `nil` for one more than there are parameters. At least 2.
    public var minPointsInModel: Int?
    /// q, in percent: how many of the results count as good; 1 to 99.
    public var topPercent: Int
    /// ρ: the share of trials that are random; from 0 to 1.
    public var randomFraction: Double
    /// N_s: how many candidates are drawn from l; at least 1.
    public var samples: Int
    /// The factor on the widths of l's kernels when candidates are drawn; at least 1.
    public var bandwidthFactor: Double
    /// The least width of a kernel; above 0.
    public var minBandwidth: Double

    /// The settings of BOHB's model.
    public init(
        seed: UInt64, minPointsInModel: Int? = nil, topPercent: Int = 15, randomFraction: Double = 1 / 3.0,
        samples: Int = 64, bandwidthFactor: Double = 3, minBandwidth: Double = 1e-3
    ) {
        self.seed = seed
        self.minPointsInModel = minPointsInModel
        self.topPercent = topPercent
        self.randomFraction = randomFraction
        self.samples = samples
        self.bandwidthFactor = bandwidthFactor
        self.minBandwidth = minBandwidth
    }
}

/// The settings of `PriorBand`, after Mallik et al. 2023.
public struct PriorBandPlan: Hashable, Codable, Sendable {
    /// The seed of all draws.
    public var seed: UInt64
    /// η of the scheduler: the higher the rung that a trial enters at, the seldomer it is uniform. At least 2.
    public var reductionFactor: Int

    /// The settings of PriorBand.
    public init(seed: UInt64, reductionFactor: Int = 3) {
        self.seed = seed
        self.reductionFactor = reductionFactor
    }
}

/// The settings of `RegularisedEvolution`, after Real, Aggarwal, Huang and Le 2019.
public struct EvolutionPlan: Hashable, Codable, Sendable {
    /// The seed of all draws.
    public var seed: UInt64
    /// P: how many trials are alive; at least 2.
    public var population: Int
    /// S: how many of them are drawn, of which the best is the parent; 1 to P.
    public var sample: Int

    /// The settings of regularised evolution.
    public init(seed: UInt64, population: Int = 20, sample: Int = 5) {
        self.seed = seed
        self.population = population
        self.sample = sample
    }
}
