/// The results of a rung, split into the best ⌊n/η⌋ and the others.
protocol ResultShare: Sendable {
    /// η: the best 1/η of the results are on the better side.
    var reductionFactor: Int { get }
    /// The least number on the better side, once there are that many results.
    var least: Int { get }
    /// How many results must be in before any is on the better side.
    var delay: Int { get }
    /// n: the number of results, including failed and diverged trials.
    var results: Int { get }

    /// Adds a result.
    mutating func add(_ result: RankedResult)

    /// Takes back a result that is not a finite number.
    mutating func retract(_ result: RankedResult)

    /// Whether an added result is among the best. One that is not a finite number never is.
    func contains(_ result: RankedResult) -> Bool
}

extension ResultShare {
    /// ⌊n/η⌋: how many of the results are among the best.
    var kept: Int { results < delay ? 0 : max(min(least, results), results / reductionFactor) }
}

/// The results of a rung of a study with several metrics. Every query takes O(n); see `ParetoFronts`.
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

    /// The best wanted one of the best; `nil` if none is. Results that are not finite come last and are left out.
    func best(where isWanted: (TrialID) -> Bool) -> TrialID? { fronts.best(of: kept, where: isWanted) }

    mutating func add(_ result: RankedResult) {
        results += 1
        if result.loss.isFinite { fronts.add(result) }
    }

    /// It is in no front.
    mutating func retract(_ result: RankedResult) { results -= 1 }

    func contains(_ result: RankedResult) -> Bool { best { $0 == result.trial } != nil }
}
