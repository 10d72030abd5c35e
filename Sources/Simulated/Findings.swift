import Curves
import Tuning

/// A value that was better than all before it, and when it was measured.
package struct Improvement: Hashable, Sendable, Encodable {
    /// When it was measured, in seconds from the study's start.
    package var seconds: Double
    /// The value.
    package var value: Double

    /// An improvement from its parts.
    package init(seconds: Double, value: Double) {
        self.seconds = seconds
        self.value = value
    }
}

/// The results of one study so far.
final class Findings: @unchecked Sendable {
    // Unchecked because all access is from the simulation's one thread.
    private let criteria: Criteria
    private let names: [String]
    private var best = Loss.worst
    private var trials: Set<TrialID> = []
    /// Each value of the first metric that was better than all before, in the order of time.
    private(set) var improvements: [Improvement] = []

    /// Each growth of the hypervolume, with its new value, in the order of time.
    private(set) var growths: [Improvement] = []
    private var hypervolume: Hypervolume?
    private var leaders: Leaders?
    private let maxResource: Resource
    private var complete: Set<TrialID> = []

    /// Empty findings of results that are judged by these criteria. What breaks bounds does not count as found.
    ///
    /// - Parameters:
    ///   - frame: where to measure the hypervolume; `nil` to leave it out.
    ///   - maxResource: the resource of a complete trial.
    ///   - top: how many of the best trials to follow together, in `Leaders.counts`; `nil` for none.
    init(_ criteria: Criteria, frame: LossFrame?, maxResource: Resource, top: Int?) {
        self.criteria = criteria
        names = criteria.metrics
        self.maxResource = maxResource
        hypervolume = frame.map { Hypervolume(in: $0) }
        leaders = top.map { Leaders($0, goal: criteria.objectives[0].goal) }
    }

    /// How many trials have begun.
    var trialCount: Int { trials.count }

    /// How many trials have reached the greatest resource.
    var completeCount: Int { complete.count }

    /// The best trials together, in the order of time; empty if not requested.
    var standings: [Leaders.Standing] { leaders?.standings ?? [] }

    /// A trial was given to a task.
    func begin(_ trial: TrialID) { trials.insert(trial) }

    /// A trial measured a value.
    func see(_ step: TrainingStep, of trial: TrialID, at moment: Duration) {
        if step.resource >= maxResource { complete.insert(trial) }
        guard step.isTrue, keepsBounds(step) else { return }
        leaders?.see(step.value, of: trial, at: moment.seconds)
        let losses = zip(criteria.objectives, [step.value] + step.others).map {
            $0.goal == .minimize ? $1 : -$1
        }
        if hypervolume?.add(losses) == true {
            growths.append(Improvement(seconds: moment.seconds, value: hypervolume?.share ?? 0))
        }
        let loss = Loss(value: losses[0])
        guard loss < best else { return }
        best = loss
        improvements.append(Improvement(seconds: moment.seconds, value: step.value))
    }

    private func keepsBounds(_ step: TrainingStep) -> Bool {
        guard !criteria.bounds.isEmpty else { return true }
        let metrics = Dictionary(uniqueKeysWithValues: zip(names, [step.value] + step.others))
        return criteria.violation(of: metrics.filter { $0.value.isFinite }) == 0
    }
}
