/// The results of a rung, of which the best ⌊n/η⌋ are told from the others.
protocol ResultShare: Sendable {
    /// η: the best 1/η of the results are on the better side.
    var reductionFactor: Int { get }
    /// How many are on the better side at the least, once there are so many.
    var least: Int { get }
    /// How many results must be in before any is on the better side.
    var delay: Int { get }
    /// n: the number of results, of failed and diverged trials too.
    var results: Int { get }

    /// Takes in a result.
    mutating func add(_ result: RankedResult)

    /// Whether a result that was taken in is among the best. One that is not a finite number never is.
    func contains(_ result: RankedResult) -> Bool
}

extension ResultShare {
    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { results < delay ? 0 : max(min(least, results), results / reductionFactor) }
}

/// The results of a rung of a study with several metrics. All that it is asked takes O(n), as `ParetoFronts` says.
struct ParetoShare: ResultShare {
    let reductionFactor: Int
    let least: Int
    let delay: Int
    private(set) var results = 0
    private var fronts = ParetoFronts()

    init(reductionFactor: Int, least: Int = 0, delay: Int = 0) {
        self.reductionFactor = reductionFactor
        self.least = least
        self.delay = delay
    }

    /// Of the best, the best that is wanted; `nil`: none is. Those that are not finite come after all others, and are
    /// left out.
    func best(where isWanted: (TrialID) -> Bool) -> TrialID? { fronts.best(of: kept, where: isWanted) }

    mutating func add(_ result: RankedResult) {
        results += 1
        if result.loss.isFinite { fronts.add(result) }
    }

    func contains(_ result: RankedResult) -> Bool { best { $0 == result.trial } != nil }
}
