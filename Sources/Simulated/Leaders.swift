package import Tuning

/// The best k trials of a study so far, each by the best value that it has measured until then. Since no trial's best
/// value becomes worse, who has dropped out can come back only by a value that is new: k trials are all that is kept.
package struct Leaders: Sendable {
    /// What the best k are worth together, from some moment on.
    package struct Standing: Hashable, Sendable {
        /// From when on, in seconds from the study's start.
        package var seconds: Double
        /// The mean of their values. It never becomes worse.
        package var mean: Double
        /// The standard deviation of their values as of a sample: the squares are divided by k − 1.
        package var deviation: Double

        /// A standing from its parts.
        package init(seconds: Double, mean: Double, deviation: Double) {
            self.seconds = seconds
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// How many there can be: a deviation needs two, and each value is compared with all of them.
    package static let counts = 2...1_000

    private let count: Int
    private let sign: Double
    /// The best one first.
    private var best: [(trial: TrialID, loss: Double)] = []
    /// Each change of the mean or the deviation in the order of time, from when on there are k.
    package private(set) var standings: [Standing] = []

    /// Nobody yet.
    ///
    /// - Parameter count: how many to look at, in `counts`.
    package init(_ count: Int, goal: Objective.Goal) {
        self.count = count
        sign = goal == .minimize ? 1 : -1
    }

    /// Takes in a value that a trial has measured; one that is not finite changes nothing. Takes O(k).
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
