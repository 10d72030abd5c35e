/// How well the ranking of trials in one rung predicts that in the next: Spearman's rank correlation of the trials with
/// a result in both.
public struct RankAgreement: Hashable, Sendable {
    /// The lower of the two rungs.
    public let rung: Int
    /// How many trials have a finite result in both.
    public let trials: Int
    /// From −1, the reverse ranking, to 1, the same; 0 if all results of a rung are equal.
    public let correlation: Double

    /// With fewer trials, a ranking says nothing.
    public static let fewestTrials = 8
    /// This many are enough: the standard error of the correlation, 1/√(n − 1), is then 0.03.
    public static let mostTrials = 1_000
    /// Below this, the lower rung says little about the next.
    public static let leastCorrelation = 0.25

    /// Whether there are enough trials, and their rankings do not agree.
    public var isPoor: Bool {
        trials >= RankAgreement.fewestTrials && correlation < RankAgreement.leastCorrelation
    }

    /// The agreement of two rungs.
    ///
    /// - Parameter pairs: for each trial, the objective in the lower rung and in the next; finite.
    public init(rung: Int, pairs: [(lower: Double, upper: Double)]) {
        self.rung = rung
        trials = pairs.count
        correlation = RankAgreement.pearson(
            RankAgreement.ranks(pairs.map(\.lower)), RankAgreement.ranks(pairs.map(\.upper)))
    }

    /// The rank of each value, from 1; equal values share the mean of their ranks.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = values
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }

    private static func pearson(_ one: [Double], _ other: [Double]) -> Double {
        let mean = Double(one.count + 1) / 2
        let products = zip(one, other).map { ($0 - mean) * ($1 - mean) }.reduce(0, +)
        let squares = [one, other].map { $0.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) }
        return squares.contains(0) ? 0 : products / (squares[0] * squares[1]).squareRoot()
    }
}

extension RankAgreement: CustomStringConvertible {
    /// What it means, in words and numbers.
    public var description: String {
        let tenths = (correlation * 100).rounded() / 100
        return
            "the ranking in rung \(rung) says little about that in rung \(rung + 1): Spearman's rank correlation is "
            + "\(tenths) over \(trials) trials; a greater min_resource would compare trials when it means more"
    }
}
