/// Random search: every trial is an independent draw from the space.
///
/// Trial n draws from stream n of the seed, so its configuration depends on nothing else and there is no state.
public struct RandomSearcher: Searcher {
    private let sampler: SpaceSampler
    private let seed: UInt64

    /// Random search over a space.
    public init(space: SearchSpace, seed: UInt64) {
        sampler = SpaceSampler(space)
        self.seed = seed
    }

    /// The configuration of a trial; `nil` if no draw satisfies the constraints.
    public func propose(for trial: TrialID) -> Configuration? {
        var random = Random(seed: seed, stream: UInt64(truncatingIfNeeded: trial.number))
        return sampler.draw(&random)
    }
}
