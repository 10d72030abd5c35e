/// Draws from a list of configurations without replacement. The seed decides the order; all orders are equally likely.
public struct ListSearcher: Searcher {
    private let configurations: [Configuration]
    private let order: [Int]

    /// Draws from these configurations.
    public init(_ configurations: [Configuration], seed: UInt64) {
        self.configurations = configurations
        order = ListSearcher.order(of: configurations.count, seed: seed)
    }

    /// The configuration of a trial; `nil` if the list is exhausted.
    public func propose(for trial: TrialID) -> Configuration? {
        trial.number < order.count ? configurations[order[trial.number]] : nil
    }

    /// The index of each trial's configuration, beginning with trial 0: a Fisher–Yates shuffle.
    public static func order(of count: Int, seed: UInt64) -> [Int] {
        var random = Random(seed: seed, stream: 0)
        var order = Array(0..<count)
        for last in order.indices.dropFirst().reversed() {
            order.swapAt(last, Int(random.below(UInt64(last + 1))))
        }
        return order
    }
}
