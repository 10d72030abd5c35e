/// Tries given configurations first: trial k gets the k-th of them, as long as there are any; then another searcher
/// proposes.
///
/// A point may be partial. What it leaves open is drawn from the trial's own stream of the seed, as by random search,
/// so that the whole configuration keeps the constraints. A point for which no such draw is found is left out, and the
/// other searcher proposes in its place.
public struct PointsSearcher: Searcher {
    private let points: [Configuration]
    private let sampler: SpaceSampler
    private let seed: UInt64
    private var searcher: any Searcher

    /// Tries these points of a space, then what a searcher proposes.
    public init(_ points: [Configuration], of space: SearchSpace, seed: UInt64, then searcher: any Searcher)
    {
        self.points = points
        sampler = SpaceSampler(space)
        self.seed = seed
        self.searcher = searcher
    }

    /// The configuration of a trial; `nil` when the points are used up and the other searcher has none.
    public mutating func propose(for trial: TrialID) -> Configuration? {
        guard let point = point(for: trial) else { return searcher.propose(for: trial) }
        searcher.adopt(point, for: trial)
        return point
    }

    private func point(for trial: TrialID) -> Configuration? {
        guard points.indices.contains(trial.number) else { return nil }
        var random = Random(seed: seed, stream: UInt64(trial.number))
        return sampler.draw(&random, given: points[trial.number])
    }

    /// Points are here.
    public func awaits(_ trial: TrialID) -> Bool { searcher.awaits(trial) && point(for: trial) == nil }

    /// The answer is for the other searcher.
    public mutating func answer(_ configuration: Configuration?, for trial: TrialID) {
        searcher.answer(configuration, for: trial)
    }

    /// What the other searcher has to know.
    public var history: [ExternalSearcher.Experience] { searcher.history }

    /// The other searcher learns from points as from its own proposals.
    public mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        searcher.observe(trial, rung: rung, loss: loss)
    }

    /// The other searcher learns from it.
    public mutating func adopt(_ configuration: Configuration, for trial: TrialID) {
        searcher.adopt(configuration, for: trial)
    }
}
