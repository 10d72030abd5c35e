/// The settings of Population Based Training.
public struct PBTPlan: Hashable, Codable, Sendable {
    /// How a member finds a better one.
    public enum Exploit: Hashable, Codable, Sendable {
        /// A member among the worst this many percent, from 1 to 50, copies one drawn from the best this many percent.
        case truncation(percent: Int)
        /// A member copies one drawn from all others if that is better: the paper's binary tournament.
        case tournament
    }

    /// How a child's hyperparameters follow from its parent's.
    public enum Explore: Hashable, Codable, Sendable {
        /// Numbers are multiplied by 1 plus or minus this many percent, from 1 to 99.
        case perturb(percent: Int)
        /// Each is drawn again with the plan's probability.
        case resample
    }

    /// The results by which members are compared.
    public enum Comparison: String, Hashable, Codable, Sendable {
        /// Those at the same resource.
        case sameResource
        /// The newest, whatever their resource. Studies of older versions continue with this; no study file can request
        /// it.
        case newest
    }

    /// The number of members; at least 1.
    public var population: Int
    /// The resource at which a member is complete; at least 1.
    public var maxResource: Resource
    /// Members are ready at each multiple of this; at least 1.
    public var interval: Int
    /// How a member finds a better one.
    public var exploit: Exploit
    /// How a child's hyperparameters are made.
    public var explore: Explore
    /// The probability, in percent, of drawing again what is not perturbed: a choice, or each hyperparameter; 0 to 100.
    public var resamplePercent: Int
    /// The seed of all draws.
    public var seed: UInt64
    /// Which results members are compared by.
    public var comparison: Comparison

    /// The percentage that the paper's truncation selection takes as the best.
    public static let truncation = 20
    /// By how many percent the paper's perturbation changes a number.
    public static let perturbation = 20
    /// The default percentage of values drawn again.
    public static let resampling = 25

    /// The settings of Population Based Training.
    public init(
        population: Int, maxResource: Resource, interval: Int,
        exploit: Exploit = .truncation(percent: PBTPlan.truncation),
        explore: Explore = .perturb(percent: PBTPlan.perturbation),
        resamplePercent: Int = PBTPlan.resampling, seed: UInt64 = 0,
        comparison: Comparison = .sameResource
    ) {
        self.population = population
        self.maxResource = maxResource
        self.interval = interval
        self.exploit = exploit
        self.explore = explore
        self.resamplePercent = resamplePercent
        self.seed = seed
        self.comparison = comparison
    }

    /// The multiples of the interval below `maxResource`, and `maxResource`.
    public var levels: [Resource] {
        stride(from: interval, to: maxResource.units, by: interval).map { Resource($0) } + [maxResource]
    }

    /// A member's random stream at a level. No searcher uses the same streams, whatever the seed.
    func random(exploiting trial: TrialID, at rung: Int) -> Random {
        Random(seed: seed, stream: PBTPlan.stream(trial) | UInt64(rung + 1))
    }

    /// The random stream for a child's hyperparameters.
    func random(exploring child: TrialID) -> Random {
        Random(seed: seed, stream: PBTPlan.stream(child))
    }

    /// The first of a trial's streams: 2^63 + n·2^20; the last 20 bits are the level.
    private static func stream(_ trial: TrialID) -> UInt64 { 1 << 63 | UInt64(trial.number) << 20 }
}

extension PBTPlan {
    private enum Key: String, CodingKey {
        case population, maxResource, interval, exploit, explore, resamplePercent, seed, comparison
    }

    /// Reads the settings. A log that does not say what members are compared by is of an older version.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        self.init(
            population: try fields.decode(Int.self, forKey: .population),
            maxResource: try fields.decode(Resource.self, forKey: .maxResource),
            interval: try fields.decode(Int.self, forKey: .interval),
            exploit: try fields.decode(Exploit.self, forKey: .exploit),
            explore: try fields.decode(Explore.self, forKey: .explore),
            resamplePercent: try fields.decode(Int.self, forKey: .resamplePercent),
            seed: try fields.decode(UInt64.self, forKey: .seed),
            comparison: try fields.decodeIfPresent(Comparison.self, forKey: .comparison) ?? .newest)
    }

    /// Writes the settings; those of an older version in the same form as before.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(population, forKey: .population)
        try fields.encode(maxResource, forKey: .maxResource)
        try fields.encode(interval, forKey: .interval)
        try fields.encode(exploit, forKey: .exploit)
        try fields.encode(explore, forKey: .explore)
        try fields.encode(resamplePercent, forKey: .resamplePercent)
        try fields.encode(seed, forKey: .seed)
        if comparison != .newest { try fields.encode(comparison, forKey: .comparison) }
    }
}
