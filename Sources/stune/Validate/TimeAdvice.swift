import StudyFile
import Tuning

/// Whether the tasks' time limit is too short for the study's ladder, judged by the rate of finished work.
struct TimeAdvice: CustomStringConvertible {
    /// The time limit, in seconds.
    private let limit: Double
    /// How many seconds a unit of resource takes.
    private let rate: Double
    /// The longest step of the ladder.
    private let step: (from: Resource, to: Resource)

    /// The advice; `nil` if the time suffices or the rate is not known.
    init?(_ spec: StudySpec, secondsPerUnit: Double?) {
        guard let minutes = spec.batch.timeMinutes, let rate = secondsPerUnit else { return nil }
        let levels = spec.plan.scheduler.levels
        let steps = zip([Resource.none] + levels, levels).map { (from: $0, to: $1) }
        guard let step = steps.max(by: { $0.to.units - $0.from.units < $1.to.units - $1.from.units }) else {
            return nil
        }
        (limit, self.rate, self.step) = (Double(minutes) * 60, rate, step)
        guard needed > limit else { return nil }
    }

    private var needed: Double { Double(step.to.units - step.from.units) * rate }

    /// A sentence with the numbers and what to do.
    var description: String {
        "slurm.time is \(Numbers.span(limit)), and training from resource \(step.from) to \(step.to) takes about "
            + "\(Numbers.span(needed)), at \(Numbers.span(rate)) for a unit of resource: tasks are cut short there. "
            + "Ask for more time, or save checkpoints often"
    }
}
