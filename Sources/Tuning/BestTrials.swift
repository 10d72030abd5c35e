/// The best of the trials that are complete: of complete trials these alone keep their checkpoints.
struct BestTrials: Sendable {
    /// How many.
    private let count: Int
    /// The best, the best first; of equals the lower number.
    private var trials: [(loss: Loss, trial: TrialID)] = []

    /// None yet of so many.
    init(count: Int) { self.count = count }

    /// A trial is complete. Takes O(log `count`) to find its place, and moves what is behind it.
    ///
    /// - Returns: the trial that is not among the best, this one or another; `nil`: there is room for all.
    mutating func add(_ trial: TrialID, _ loss: Loss) -> TrialID? {
        var (low, high) = (0, trials.count)
        while low < high {
            let middle = (low + high) / 2
            let other = trials[middle]
            if (other.loss, other.trial) < (loss, trial) { low = middle + 1 } else { high = middle }
        }
        trials.insert((loss, trial), at: low)
        return trials.count > count ? trials.removeLast().trial : nil
    }
}
