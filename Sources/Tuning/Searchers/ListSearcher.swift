/// Draws from a list of configurations without replacement. The seed decides the order; all orders are equally likely.
public struct ListSearcher: Searcher {
    private let configurations: [Configuration]
    private let order: [Int]

    /// Draws from these configurations.
    public init(_ configurations: [Configuration], seed: UInt64) {
        self.configurations = configurations
        order = ListSearcher.order(of: configurations, seed: seed)
    }

    /// The configuration of a trial; `nil` if the list is exhausted.
    public func propose(for trial: TrialID) -> Configuration? {
        trial.number < order.count ? configurations[order[trial.number]] : nil
    }

    /// The index of each trial's configuration, beginning with trial 0.
    ///
    /// The configurations are sorted by a random key that depends only on the seed and on the configuration itself. So
    /// all orders are equally likely, and one seed draws the configurations that two lists share in the same order.
    public static func order(of configurations: [Configuration], seed: UInt64) -> [Int] {
        var copies: [Configuration: UInt64] = [:]
        let keys = configurations.map { configuration in
            let copy = copies[configuration, default: 0]
            copies[configuration] = copy + 1
            var random = Random(seed: seed, stream: configuration.identity &+ copy)
            return random.bits()
        }
        return configurations.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
}

extension Configuration {
    /// A number that is the same for equal configurations on every machine, and most likely differs for others: FNV-1a
    /// over the names and values, by name.
    fileprivate var identity: UInt64 {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            // A zero byte ends each text, because neither contains one.
            for byte in [Array(name.utf8), Array(value.identity.utf8)].joined(separator: [0]) + [0] {
                sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        return sum
    }
}

extension ParameterValue {
    /// A text that is the same for equal values, such as 1 and 1.0.
    fileprivate var identity: String {
        if case .float(let value) = self, let whole = Int(exactly: value) { return "\(whole)" }
        return description
    }
}
