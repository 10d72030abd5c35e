import Algorithms

/// What a model has to learn from: the points that were proposed, and the results there.
struct History: Sendable {
    /// The points by trial; empty for a trial whose configuration is not known.
    private var points: [[Double]] = []
    /// The results of each rung, the best first.
    private(set) var rungs: [[RankedResult]] = []
    /// The trials without any result, in order.
    private(set) var pending: [TrialID] = []

    /// A trial was proposed; once more where it has got another configuration than that.
    mutating func propose(_ trial: TrialID, at point: [Double]) {
        if trial.number < points.count, !points[trial.number].isEmpty {
            points[trial.number] = point
            return
        }
        while points.count <= trial.number { points.append([]) }
        points[trial.number] = point
        pending.append(trial)
    }

    /// A trial has a result at a rung. Takes O(log n) to find its place, and moves what is behind it.
    mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        guard trial.number < points.count, !points[trial.number].isEmpty else { return }
        if let index = pending.lastIndex(of: trial) { pending.remove(at: index) }
        while rungs.count <= rung { rungs.append([]) }
        let result = RankedResult(loss: loss, trial: trial)
        rungs[rung].insert(result, at: rungs[rung].partitioningIndex { $0 >= result })
    }

    /// The point of a trial that was proposed.
    func point(of trial: TrialID) -> [Double] { points[trial.number] }

    /// The results of the highest rung that has so many, the best first; `nil` when none has.
    func highest(with count: Int) -> [RankedResult]? { rungs.last { $0.count >= count } }
}
