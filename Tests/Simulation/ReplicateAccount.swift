import Tuning

/// How the replicates of trials must follow each other, and what they have in common, by the promises alone.
struct ReplicateAccount {
    /// The metrics of a result, as values to minimise, and by how much it breaks the study's bounds.
    typealias Result = (losses: [Double], violation: Double)

    private struct Trial {
        var current = 0
        var results: [Int: Result] = [:]
        var failed: Set<Int> = []

        mutating func close(with result: Result?) {
            if let result { results[current] = result } else { failed.insert(current) }
        }

        func next(of count: Int) -> Int? {
            (0..<count).first { results[$0] == nil && !failed.contains($0) }
        }
    }

    private let rule: ReplicatePlan?
    private var trials: [TrialID: Trial] = [:]
    private var aggregates: [TrialID: Result] = [:]

    init(_ plan: Plan) { rule = plan.replicates }

    /// An assignment begins.
    ///
    /// - Parameter result: that of the assignment before, if this one is for the next replicate.
    /// - Returns: what is wrong with that.
    mutating func begin(_ work: Assignment, after result: Result?) -> String? {
        guard let rule, work.rung >= rule.fromRung else {
            return work.replicate == nil ? nil : "\(work.id) is a replicate, and should not be"
        }
        var trial = trials[work.trial] ?? Trial()
        var expected: Int? = trial.current
        switch work.reason {
        case .new, .promoted, .unstopped, .retained, .advised, .finished:
            trial.results = [:]
            expected = (0..<rule.count).first { !trial.failed.contains($0) }
        case .replicate:
            trial.close(with: result)
            if result == nil, !maySpare(trial.failed.count) {
                return "\(work.id) begins, and too many replicates of trial \(work.trial) have failed"
            }
            expected = trial.next(of: rule.count)
        case .retry, .continued, .relaunched: break
        }
        trial.current = expected ?? 0
        trials[work.trial] = trial
        return work.replicate == expected
            ? nil : "\(work.id) trains replicate \(work.replicate ?? -1), and \(expected ?? -1) was due"
    }

    private func maySpare(_ failed: Int) -> Bool {
        rule.map { $0.aggregate != .worst && 2 * failed <= $0.count } ?? false
    }

    /// The study says what a trial's replicates have in common.
    ///
    /// - Parameters:
    ///   - value: that in the first metric, as a value to minimise; `nil`: it is not a finite number.
    ///   - result: that of the last replicate; `nil`: it failed.
    /// - Returns: what is wrong with that.
    mutating func aggregate(_ id: TrialID, _ value: Double?, after result: Result?) -> String? {
        guard let rule, var trial = trials[id] else { return "trial \(id) has no replicates" }
        trial.close(with: result)
        trials[id] = trial
        if let next = trial.next(of: rule.count) { return "replicate \(next) of trial \(id) was due" }
        if result == nil, !maySpare(trial.failed.count) {
            return "trial \(id) has a result, and too many of its replicates have failed"
        }
        var all = ReplicateAccount.aggregate(Array(trial.results.values), rule.aggregate)
        let isRight =
            value.map { abs($0 - all.losses[0]) <= 1e-9 * max(1, abs($0)) } ?? !all.losses[0].isFinite
        // Sums in another order differ in the last digit, and ranks must not.
        if isRight, let value { all.losses[0] = value }
        aggregates[id] = all
        return isRight
            ? nil : "the result of trial \(id) is \(value ?? .infinity), and \(all.losses[0]) was due"
    }

    private static func aggregate(_ results: [Result], _ how: ReplicatePlan.Aggregate) -> Result {
        let sorted = results.sorted { left, right in
            (left.violation, left.losses[0]) < (right.violation, right.losses[0])
        }
        switch how {
        case .worst: return sorted[sorted.count - 1]
        case .mean: return mean(sorted)
        case .median: return mean(Array(sorted[(sorted.count - 1) / 2...sorted.count / 2]))
        }
    }

    private static func mean(_ results: [Result]) -> Result {
        guard results.count > 1 else { return results[0] }
        guard results.allSatisfy({ $0.losses[0].isFinite }) else { return ([.infinity], .infinity) }
        let count = Double(results.count)
        return (
            results[0].losses.indices.map { index in results.reduce(0) { $0 + $1.losses[index] / count } },
            results.reduce(0) { $0 + $1.violation / count }
        )
    }

    /// The aggregate that a trial is concluded with; `nil`: it is trained once.
    mutating func takeAggregate(of trial: TrialID) -> Result? { aggregates.removeValue(forKey: trial) }

    /// A trial failed: one of its replicates did.
    ///
    /// - Returns: what is wrong with that.
    func fail(_ work: Assignment) -> String? {
        guard work.replicate != nil, let trial = trials[work.trial] else { return nil }
        return maySpare(trial.failed.count + 1)
            ? "trial \(work.trial) failed, and could have gone on with other replicates" : nil
    }

    /// The user wants a failed trial to be tried again, from the start.
    mutating func forget(_ trial: TrialID) { trials[trial] = nil }
}
