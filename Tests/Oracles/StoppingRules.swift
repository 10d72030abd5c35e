package import Tuning

/// The oracle of ASHA's stopping variant.
package struct StoppingRule: SchedulerOracle {
    private let eta: Int
    private let delay: Int
    private var rungs: [[RungResult]]
    /// The trials that may continue, and their next rungs.
    private var due: [Promoted] = []

    /// The rule with these settings, on a ladder with this many rungs.
    package init(_ plan: ASHAPlan, rungCount: Int) {
        eta = plan.reductionFactor
        delay = plan.delay ?? 0
        rungs = Array(repeating: [], count: rungCount)
    }

    /// It continues if it is among the best of its rung and of all rungs that it has passed.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        rungs[k].append(RungResult(trial: trial, losses: losses, violation: violation))
        guard losses[0].isFinite, k + 1 < rungs.count else { return false }
        for rung in rungs[0...k] where rung.count >= delay {
            let best = rung.ranked().prefix(max(1, rung.count / eta))
            if !best.contains(where: { $0.trial == trial }) { return true }
        }
        let n = rungs[k].count
        due.append(
            Promoted(trial: trial, rung: k + 1, results: n, kept: n < delay ? nil : max(1, n / eta)))
        return false
    }

    /// It counts no longer.
    package mutating func retract(_ trial: Int, rung k: Int) { rungs[k].removeAll { $0.trial == trial } }

    /// The next of those that go on.
    package mutating func getJob(except held: Set<Int>) -> Promoted? { due.takeNext(except: held) }

    /// Whether it goes on.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? { due.take(trial) }
}

/// The oracle of the median stopping rule.
package struct MedianRule: SchedulerOracle {
    private let minTrials: Int
    private let rungCount: Int
    /// The results of each trial, level by level.
    private var curves: [Int: [Double]] = [:]
    private var due: [Promoted] = []

    /// The rule with these settings, with this many levels.
    package init(_ plan: MedianStoppingPlan, rungCount: Int) {
        minTrials = plan.minTrials
        self.rungCount = rungCount
    }

    /// It continues unless its best is worse than the median of the completed trials' averages.
    package mutating func update(_ trial: Int, rung k: Int, losses: [Double], violation: Double) -> Bool {
        let loss = losses[0]
        curves[trial, default: []].append(loss)
        guard loss.isFinite, k + 1 < rungCount else { return false }
        let complete = curves.values.filter { $0.count == rungCount && $0.allSatisfy(\.isFinite) }
        let averages = complete.map { $0.prefix(k + 1).reduce(0, +) / Double(k + 1) }.sorted()
        let best = curves[trial, default: []].min() ?? .infinity
        if averages.count >= minTrials {
            let middle = averages.count / 2
            let median =
                averages.count % 2 == 1 ? averages[middle] : (averages[middle - 1] + averages[middle]) / 2
            if best > median { return true }
        }
        due.append(Promoted(trial: trial, rung: k + 1, results: averages.count, kept: nil))
        return false
    }

    /// It counted nowhere, and its course goes on where it was.
    package mutating func retract(_ trial: Int, rung k: Int) { curves[trial]?.removeLast() }

    /// The next of those that go on.
    package mutating func getJob(except held: Set<Int>) -> Promoted? { due.takeNext(except: held) }

    /// Whether it goes on.
    package mutating func promote(_ trial: Int, from k: Int) -> Promoted? { due.take(trial) }
}

extension [Promoted] {
    /// Removes the promotion to the highest rung; if equal, the one with the lowest number.
    fileprivate mutating func takeNext(except held: Set<Int>) -> Promoted? {
        let free = filter { !held.contains($0.trial) }
        let next = free.sorted { $0.rung == $1.rung ? $0.trial < $1.trial : $0.rung > $1.rung }.first
        return next.flatMap { take($0.trial) }
    }

    /// Removes a trial's promotion.
    fileprivate mutating func take(_ trial: Int) -> Promoted? {
        firstIndex { $0.trial == trial }.map { remove(at: $0) }
    }
}
