import Curves
import Tuning

/// A value that was better than all before it, and when it was measured.
package struct Improvement: Hashable, Sendable {
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

/// What the trials of one study have shown so far.
final class Findings: @unchecked Sendable {
    // Unchecked: all access is from the simulation's one thread.
    private let goal: Objective.Goal
    private var best = Loss.worst
    private var trials: Set<TrialID> = []
    /// Each value that was better than all before, in the order of time.
    private(set) var improvements: [Improvement] = []

    init(goal: Objective.Goal) { self.goal = goal }

    /// How many trials were begun.
    var trialCount: Int { trials.count }

    /// A trial was given to a task.
    func begin(_ trial: TrialID) { trials.insert(trial) }

    /// A value was measured.
    func see(_ step: TrainingStep, at moment: Duration) {
        let loss = Loss(value: goal == .minimize ? step.value : -step.value)
        guard step.isTrue, loss < best else { return }
        best = loss
        improvements.append(Improvement(seconds: moment.seconds, value: step.value))
    }
}
