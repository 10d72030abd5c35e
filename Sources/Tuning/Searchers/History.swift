import Algorithms

/// What a model learns from: the proposed points and their results.
struct History: Sendable {
    /// The points by trial; empty if a trial's configuration is not known.
    private var points: [[Double]] = []
    /// The points of prior trials, whose numbers are below 0.
    private var priorPoints: [TrialID: [Double]] = [:]
    /// The results of each rung, from the best to the worst.
    private(set) var rungs: [[RankedResult]] = []
    /// The trials without a result, in order.
    private(set) var pending: [TrialID] = []

    /// A trial was proposed, or has got another configuration than the proposed one.
    mutating func propose(_ trial: TrialID, at point: [Double]) {
        if trial.number < points.count, !points[trial.number].isEmpty {
            points[trial.number] = point
            return
        }
        while points.count <= trial.number { points.append([]) }
        points[trial.number] = point
        pending.append(trial)
    }

    /// Others have tried a point. It is never pending.
    mutating func learn(_ trial: TrialID, at point: [Double]) { priorPoints[trial] = point }

    /// A trial has a result at a rung. Finding its place takes O(log n), moving what follows O(n).
    mutating func observe(_ trial: TrialID, rung: Int, loss: Loss) {
        guard isKnown(trial) else { return }
        if let index = pending.lastIndex(of: trial) { pending.remove(at: index) }
        while rungs.count <= rung { rungs.append([]) }
        let result = RankedResult(loss: loss, trial: trial)
        rungs[rung].insert(result, at: rungs[rung].partitioningIndex { $0 >= result })
    }

    /// Takes back the result of a trial that failed. One without any other result is pending again.
    mutating func retract(_ trial: TrialID, rung: Int) {
        guard rungs.indices.contains(rung), isKnown(trial) else { return }
        rungs[rung].removeAll { $0.trial == trial && !$0.loss.isFinite }
        let hasResult = rungs.contains { $0.contains { $0.trial == trial } }
        guard !hasResult, !pending.contains(trial) else { return }
        pending.insert(trial, at: pending.partitioningIndex { $0 > trial })
    }

    private func isKnown(_ trial: TrialID) -> Bool {
        if trial.number < 0 { return priorPoints[trial] != nil }
        return trial.number < points.count && !points[trial.number].isEmpty
    }

    /// The point of a trial that is known.
    func point(of trial: TrialID) -> [Double] {
        trial.number < 0 ? priorPoints[trial] ?? [] : points[trial.number]
    }

    /// The results of the highest rung with at least this many, from the best; `nil` if no rung has.
    func highest(with count: Int) -> [RankedResult]? { rungs.last { $0.count >= count } }

    /// The same, but `nil` until some rung has as many results as the first model needs.
    func highest(with count: Int, onceOneHas first: Int) -> [RankedResult]? {
        rungs.contains { $0.count >= first } ? highest(with: count) : nil
    }
}
