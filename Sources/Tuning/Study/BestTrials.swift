import Algorithms

/// The best of the complete trials: of complete trials only these keep their checkpoints. With several metrics they are
/// ranked as in a rung.
struct BestTrials: Sendable {
    /// How many; at least 1, `nil`: all.
    private let count: Int?
    /// The best, the best first; of equals the lower number. Empty where all are kept.
    private var trials: [RankedResult] = []

    /// None yet of so many.
    init(count: Int?) { self.count = count }

    /// A trial is complete. Takes O(log `count`) to find where it stands, and moves what is behind it; with several
    /// metrics all are ranked again.
    ///
    /// - Returns: the trial that is not among the best, this one or another; `nil`: there is room for all.
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
