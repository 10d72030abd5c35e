/// Trials that came far are trained several times, each time with another seed, and are compared by what the replicates have
/// in common: a good result of one run may be luck.
public struct ReplicatePlan: Hashable, Codable, Sendable {
    /// How often a trial is trained to each rung from `fromRung` on; at least 2.
    public var count: Int
    /// The lowest rung with replicates; 0 is the lowest of the ladder.
    public var fromRung: Int
    /// What counts as the result of a trial.
    public var aggregate: Aggregate

    /// How the results of the replicates become one.
    public enum Aggregate: String, Hashable, Codable, Sendable, CaseIterable {
        /// Their mean, in each metric.
        case mean
        /// Their median; of an even number, the mean of the two in the middle.
        case median
        /// The worst of them.
        case worst
    }

    /// A plan from its parts.
    public init(count: Int, fromRung: Int, aggregate: Aggregate) {
        self.count = count
        self.fromRung = fromRung
        self.aggregate = aggregate
    }

    /// The result of a trial whose replicates have these. With `mean` and `worst`, one that is not finite makes it the worst.
    func result(of losses: [Loss]) -> Loss {
        let sorted = losses.sorted()
        guard let last = sorted.last else { return .worst }
        switch aggregate {
        case .worst: return last
        case .mean: return ReplicatePlan.mean(sorted)
        case .median:
            let middle = sorted.count / 2
            return sorted.count % 2 == 1
                ? sorted[middle] : ReplicatePlan.mean(Array(sorted[middle - 1...middle]))
        }
    }

    private static func mean(_ losses: [Loss]) -> Loss {
        guard losses.allSatisfy(\.isFinite), let first = losses.first else { return .worst }
        let count = Double(losses.count)
        // Divided before they are added: the sum of large numbers may not be finite.
        return Loss(
            value: losses.reduce(0) { $0 + $1.value / count },
            further: first.further.indices.map { index in
                losses.reduce(0) { $0 + $1.further[index] / count }
            }, violation: losses.reduce(0) { $0 + $1.violation / count })
    }
}

/// The replicates of a trial, of which one at a time trains.
struct Replicas: Sendable {
    /// The replicate that trains, or is to train next.
    private(set) var current = 0
    /// Their results in the rung that the trial is on its way to; `nil`: to come, or it failed.
    private var losses: [Loss?]
    /// Those that failed for good: they do not go on to any rung.
    private var failed: Set<Int> = []
    /// The checkpoints that all but the current one go on from.
    private(set) var aside: [CheckpointID?]

    init(count: Int) {
        losses = Array(repeating: nil, count: count)
        aside = Array(repeating: nil, count: count)
    }

    /// The trial is promoted: all that have not failed train on, from the first.
    mutating func begin() { losses = losses.map { _ in nil } }

    /// The current one has its result.
    mutating func record(_ loss: Loss) { losses[current] = loss }

    /// The current one failed for good.
    mutating func fail() {
        losses[current] = nil
        failed.insert(current)
    }

    /// The next one without a result that has not failed; `nil`: all have one.
    var next: Int? { losses.indices.first { losses[$0] == nil && !failed.contains($0) } }

    /// Whether enough of them are left: at least half.
    var areEnough: Bool { 2 * failed.count <= losses.count }

    /// The results so far.
    var results: [Loss] { losses.compactMap(\.self) }

    /// Another one is the current one from now on.
    ///
    /// - Parameter checkpoint: the newest checkpoint of the current one.
    /// - Returns: the newest checkpoint of the other.
    mutating func turn(to other: Int, from checkpoint: CheckpointID?) -> CheckpointID? {
        aside[current] = checkpoint
        current = other
        defer { aside[other] = nil }
        return aside[other]
    }

    /// The first that has not failed: the trial's checkpoint is its.
    var first: Int { losses.indices.first { !failed.contains($0) } ?? 0 }

    /// None has a checkpoint any more.
    mutating func forgetCheckpoints() { aside = aside.map { _ in nil } }
}

/// How a trial's replicates follow each other.
///
/// From the rung `fromRung` on, an assignment is one replicate's. The first goes on from the trial's checkpoint; the others
/// begin at zero, and go on from their own checkpoints in the rungs above. They train one after the other, so a trial has one
/// assignment in flight as ever. The trial has its result when all have theirs:
///
/// | the current replicate         | others are to come                  | it is the last                            |
/// |-------------------------------|-------------------------------------|-------------------------------------------|
/// | has a result                  | the next one is launched            | the aggregate enters the rung             |
/// | failed for good               | the next one is launched, if half are left and not the worst counts; or else the trial fails | the aggregate of the others enters the rung, on the same condition |
extension RunningStudy {
    /// Whether assignments to a rung are replicates.
    func isReplicated(_ rung: Int) -> Bool { plan.replicates.map { rung >= $0.fromRung } ?? false }

    /// How often a trial is trained to a rung.
    private func count(_ rung: Int) -> Int { isReplicated(rung) ? plan.replicates?.count ?? 1 : 1 }

    /// How much resource a trial has used to get from its last result to one in a rung.
    func units(of work: Assignment) -> Int {
        let before = trials[work.trial.number].result
        let trained = before.map { count($0.rung) * levels[$0.rung].units } ?? 0
        return count(work.rung) * work.to.units - trained
    }

    /// A trial starts on its way to a rung, or is on its way there again.
    ///
    /// - Returns: the replicate that trains; `nil` where there are none.
    mutating func replicate(_ trial: TrialID, rung: Int, _ reason: Assignment.Reason) -> Int? {
        guard isReplicated(rung), let count = plan.replicates?.count else { return nil }
        switch reason {
        case .new, .promoted, .unstopped, .retained, .advised, .finished:
            trials[trial.number].replicas?.begin()
        case .retry, .continued, .relaunched, .replicate: break
        }
        if trials[trial.number].replicas == nil { trials[trial.number].replicas = Replicas(count: count) }
        return trials[trial.number].replicas?.current
    }

    /// An assignment has its result.
    ///
    /// - Returns: the trial's result; `nil`: other replicates are to come.
    mutating func result(of work: Assignment, _ loss: Loss) -> Loss? {
        guard work.replicate != nil, let rule = plan.replicates else { return loss }
        trials[work.trial.number].replicas?.record(loss)
        guard let replicas = trials[work.trial.number].replicas, replicas.next == nil else { return nil }
        return rule.result(of: replicas.results)
    }

    /// The process of an assignment is gone; if it had a result, that counts.
    ///
    /// - Returns: whether it had one.
    mutating func rest(_ flight: Flight) -> Bool {
        let work = flight.assignment
        switch flight.stage {
        case .working: return false
        case .reached(let own):
            if let loss = result(of: work, own) {
                rest(work, loss, record(work, loss))
            } else {
                launchNextReplicate(after: work)
            }
        case .released(let own):
            if let loss = result(of: work, own) {
                rest(work, loss, nil)
            } else {
                launchNextReplicate(after: work)
            }
        }
        return true
    }

    /// Says what the replicates have in common, because no report has it.
    mutating func tellAggregate(_ work: Assignment, _ loss: Loss) {
        guard work.replicate != nil else { return }
        decisions.append(
            .aggregate(
                trial: work.trial, value: loss.isFinite ? loss.value(for: plan.objective.goal) : nil,
                violation: plan.bounds.isEmpty || !loss.isFinite ? nil : loss.violation))
    }

    /// The next replicate of a trial is launched when there is a place.
    mutating func launchNextReplicate(after work: Assignment) {
        let number = work.trial.number
        guard let next = trials[number].replicas?.next else {
            return faults.note("trial \(work.trial) has no replicate to come")
        }
        discardSuperseded(work.trial)
        turn(work.trial, to: next)
        launchLater(work, .replicate(of: work.id), after: Tries())
    }

    /// A trial rests: its checkpoint is that of its first replicate.
    mutating func rejoinReplicates(of trial: TrialID) {
        guard let first = trials[trial.number].replicas?.first else { return }
        turn(trial, to: first)
    }

    private mutating func turn(_ trial: TrialID, to other: Int) {
        guard let replicas = trials[trial.number].replicas, replicas.current != other else { return }
        let checkpoint = trials[trial.number].checkpoint
        trials[trial.number].checkpoint = trials[trial.number].replicas?.turn(to: other, from: checkpoint)
    }

    /// A replicate failed for good. The trial goes on without it, if it may.
    ///
    /// - Returns: whether it does.
    mutating func goOnWithout(_ work: Assignment) -> Bool {
        guard work.replicate != nil, let rule = plan.replicates, rule.aggregate != .worst else {
            return false
        }
        let number = work.trial.number
        trials[number].replicas?.fail()
        guard let replicas = trials[number].replicas, replicas.areEnough else { return false }
        discardNewest(work.trial)
        if replicas.next != nil {
            launchNextReplicate(after: work)
        } else {
            let loss = rule.result(of: replicas.results)
            rest(work, loss, record(work, loss))
        }
        return true
    }
}
