/// Tries given configurations first: trial k gets the k-th of them while there are any. Then another searcher proposes.
///
/// A point may be partial. Its missing values are drawn from the trial's own stream of the seed, as in random search,
/// so that the whole configuration satisfies the constraints. If no such draw is found, the point is skipped, and the
/// other searcher proposes in its place.
public struct PointsSearcher: Searcher {
    private let points: [Configuration]
    private let sampler: SpaceSampler
    private let seed: UInt64
    private var searcher: any Searcher

    /// Tries these points of a space, then the proposals of a searcher.
    public init(_ points: [Configuration], of space: SearchSpace, seed: UInt64, then searcher: any Searcher)
    {
        self.points = points
        sampler = SpaceSampler(space)
        self.seed = seed
        self.searcher = searcher
    }

    /// The configuration of a trial; `nil` if the points are used up and the other searcher has none.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        propose(for: trial, enteringAt: 0)
    }

    /// The same for a trial that may enter above the lowest rung.
    public mutating func propose(for trial: TrialID, enteringAt rung: Int) -> Configuration? {
        guard let point = point(for: trial) else {
            return searcher.propose(for: trial, enteringAt: rung)
        }
        searcher.adopt(point, for: trial)
        return point
    }

    private func point(for trial: TrialID) -> Configuration? {
        guard points.indices.contains(trial.number) else { return nil }
        var random = Random(seed: seed, stream: UInt64(trial.number))
        return sampler.draw(&random, given: points[trial.number])
    }

    /// Points need no question.
    public func awaits(_ trial: TrialID) -> Bool { searcher.awaits(trial) && point(for: trial) == nil }

    /// Passes the answer to the other searcher.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {
        searcher.answer(configuration, for: trial)
    }

    /// The history for the other searcher.
    public var history: [ExternalSearcher.Experience] { searcher.history }

    /// The other searcher learns from points as from its own proposals.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        searcher.observe(trial, rung: rung, loss: loss)
    }

    /// The other searcher learns from it.
    public mutating func learn(_ configuration: Configuration, of trial: TrialID) {
        searcher.learn(configuration, of: trial)
    }

    /// The other searcher forgets it.
    public mutating func retract(_ trial: TrialID, rung: Int) { searcher.retract(trial, rung: rung) }

    /// The other searcher learns from it.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        searcher.adopt(configuration, for: trial)
    }
}
