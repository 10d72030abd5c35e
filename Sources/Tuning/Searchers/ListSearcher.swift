/// Draws from a list of configurations without replacement: each order is equally likely, and the seed says which.
public struct ListSearcher: Searcher {
    private let configurations: [Configuration]
    private let order: [Int]

    /// Draws from these configurations.
    public init(_ configurations: [Configuration], seed: UInt64) {
        self.configurations = configurations
        order = ListSearcher.order(of: configurations.count, seed: seed)
    }

    /// The configuration of a trial; `nil` when the list is exhausted.
    public func propose(for trial: TrialID) -> Configuration? {
        trial.number < order.count ? configurations[order[trial.number]] : nil
    }

    /// Which of so many configurations each trial gets, trial 0 first: a shuffle after Fisher and Yates.
    public static func order(of count: Int, seed: UInt64) -> [Int] {
        var random = Random(seed: seed, stream: 0)
        var order = Array(0..<count)
        for last in order.indices.dropFirst().reversed() {
            order.swapAt(last, Int(random.below(UInt64(last + 1))))
        }
        return order
    }
}
