package import Tuning

/// The best k trials of a study so far, each by its best value. As no trial's best value gets worse, a trial that
/// dropped out can return only with a new value. So only k trials are kept.
package struct Leaders: Sendable {
    /// The mean and deviation of the best k, from some moment on.
    package struct Standing: Hashable, Sendable {
        /// Its beginning, in seconds from the study's start.
        package var seconds: Double
        /// The mean of their values. It never gets worse.
        package var mean: Double
        /// The sample standard deviation of their values: the squares are divided by k − 1.
        package var deviation: Double

        /// A standing from its parts.
        package init(seconds: Double, mean: Double, deviation: Double) {
            self.seconds = seconds
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// The allowed k: a deviation needs two, and each new value is compared with all k.
    package static let counts = 2...1_000

    private let count: Int
    private let sign: Double
    /// The trials, the best first.
    private var best: [(trial: TrialID, loss: Double)] = []
    /// Each change of the mean or the deviation, in the order of time, once there are k trials.
    package private(set) var standings: [Standing] = []

    /// No trials yet.
    ///
    /// - Parameter count: how many trials to follow, in `counts`.
    package init(_ count: Int, goal: Objective.Goal) {
        self.count = count
        sign = goal == .minimize ? 1 : -1
    }

    /// Adds a value of a trial; one that is not finite changes nothing. Takes O(k).
    package mutating func see(_ value: Double, of trial: TrialID, at seconds: Double) {
        let loss = sign * value
        guard value.isFinite, best.count < count || loss < best[count - 1].loss else { return }
        if let place = best.firstIndex(where: { $0.trial == trial }) {
            guard loss < best[place].loss else { return }
            best.remove(at: place)
        } else if best.count == count {
            best.removeLast()
        }
        best.insert((trial, loss), at: best.firstIndex { loss < $0.loss } ?? best.count)
        if best.count == count { standings.append(standing(at: seconds)) }
    }

    private func standing(at seconds: Double) -> Standing {
        let mean = best.reduce(0) { $0 + $1.loss } / Double(count)
        let squares = best.reduce(0) { $0 + ($1.loss - mean) * ($1.loss - mean) }
        return Standing(
            seconds: seconds, mean: sign * mean, deviation: (squares / Double(count - 1)).squareRoot())
    }
}
