import Algorithms

/// The best complete trials. Of all complete trials, only these keep their checkpoints. With several metrics, they are
/// ranked as in a rung.
struct BestTrials: Sendable {
    /// How many to keep; at least 1, `nil` for all.
    private let count: Int?
    /// The trials, from the best; if equal, the lower number first. Empty if all are kept.
    private var trials: [RankedResult] = []

    /// An empty list for this many.
    init(count: Int?) { self.count = count }

    /// Adds a complete trial. Finding its place takes O(log `count`), moving what follows O(`count`); with several
    /// metrics, all are ranked again.
    ///
    /// - Returns: the trial that drops out, this one or another; `nil` if there is room for all.
    mutating func add(_ trial: TrialID, _ loss: Loss) -> TrialID? {
        guard let count else { return nil }
        let result = RankedResult(loss: loss, trial: trial)
        if loss.further.isEmpty {
            trials.insert(result, at: trials.partitioningIndex { $0 >= result })
        } else {
            trials = (trials + [result]).ranked()
        }
        return trials.count > count ? trials.removeLast().trial : nil
    }
}
