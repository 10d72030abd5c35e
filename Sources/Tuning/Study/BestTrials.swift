import Algorithms

/// The best of the trials that are complete: of complete trials these alone keep their checkpoints. With several
/// metrics they are ranked as in a rung.
struct BestTrials: Sendable {
    /// How many.
    private let count: Int
    /// The best, the best first; of equals the lower number.
    private var trials: [Place] = []

    /// None yet of so many.
    init(count: Int) { self.count = count }

    /// A trial is complete. Takes O(log `count`) to find its place, and moves what is behind it; with several metrics
    /// all are ranked anew.
    ///
    /// - Returns: the trial that is not among the best, this one or another; `nil`: there is room for all.
    mutating func add(_ trial: TrialID, _ loss: Loss) -> TrialID? {
        let place = Place(loss: loss, trial: trial)
        if loss.further.isEmpty {
            trials.insert(place, at: trials.partitioningIndex { $0 >= place })
        } else {
            trials = (trials + [place]).ranked()
        }
        return trials.count > count ? trials.removeLast().trial : nil
    }
}
