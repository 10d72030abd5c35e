package import Tuning

/// How long tasks wait in the queue and how long a unit of resource takes, as measured by this controller. Decides
/// which work a waiting worker is given.
package struct QueueTimes: Sendable {
    /// How tasks are used.
    package let use: DispatchPlan.TaskUse
    /// How many assignments may be in flight.
    private let parallel: Int
    /// The resource of each rung, from the lowest up.
    private let levels: [Resource]
    /// Work that takes less than this, in seconds, is too short for a task of its own.
    private let shortWork: Double
    /// How many assignments have taught how long they take.
    private var lessons = 0
    /// The seconds of one unit: a mean in which the last assignments weigh most. `nil`: nothing was learned yet.
    package private(set) var seconds: Double?
    /// The seconds of one assignment; the same mean.
    package private(set) var work: Double?
    /// The seconds from a task's submission to its start; the same mean.
    package private(set) var wait: Double?
    /// When the arrays were submitted that have no task running yet, in seconds since 1970.
    private var submitted: [ArrayToken: Double] = [:]

    /// Nothing is known yet.
    package init(
        _ use: DispatchPlan.TaskUse, parallel: Int, levels: [Resource] = [], shortWork: Double = 0
    ) {
        self.use = use
        self.parallel = parallel
        self.levels = levels
        self.shortWork = shortWork
    }

    /// Nothing is known yet of a study.
    init(_ plan: DispatchPlan) {
        self.init(
            plan.use, parallel: plan.parallel, levels: plan.levels, shortWork: plan.shortWork)
    }

    /// Whether it is of use how long assignments take: where workers stay.
    package var learns: Bool { use != .single }

    /// An assignment of this many units took this long.
    package mutating func learn(units: Int, seconds spent: Double) {
        guard units > 0, spent.isFinite, spent >= 0 else { return }
        lessons += 1
        let sample = spent / Double(units)
        seconds = QueueTimes.mean(seconds, sample)
        work = QueueTimes.mean(work, spent)
    }

    /// A mean with more weight on the last samples, with one more sample; `before`: the mean so far, `nil` for the
    /// first sample.
    static func mean(_ before: Double?, _ sample: Double) -> Double {
        before.map { $0 + DispatchLimits.weight * (sample - $0) } ?? sample
    }

    /// An array was submitted; `moment` is in seconds since 1970.
    package mutating func submitted(_ token: ArrayToken, at moment: Double) {
        if use == .measured { submitted[token] = moment }
    }

    /// The first task of an array has started; `moment` is in seconds since 1970.
    package mutating func started(_ token: ArrayToken, at moment: Double) {
        guard let before = submitted.removeValue(forKey: token) else { return }
        wait = QueueTimes.mean(wait, max(0, moment - before))
    }

    /// Whether the start of a task of this array would be measured.
    package func awaits(_ token: ArrayToken) -> Bool { submitted[token] != nil }

    /// How many assignments a waiting worker is given at once, at least 1.
    package var ahead: Int {
        guard let work else { return 1 }
        let known = lessons / (DispatchLimits.aheadShare * parallel)
        let quick = DispatchLimits.aheadTime / max(work, 1e-9)
        let most = DispatchLimits.mostAhead
        return max(1, min(known, most, Int(min(quick, Double(most)))))
    }

    /// Whether a task is likely to have the time for another assignment.
    package func mayWork(before end: Double?, now: Double) -> Bool {
        fits(seconds: work ?? 0, before: end, now: now)
    }

    /// What a waiting worker should do.
    package enum Advice: Hashable, Sendable {
        /// Take this work.
        case take
        /// Leave, and let another task do it.
        case leave
        /// Wait for other work, because the time is too short for this.
        case wait
    }

    /// What a waiting worker should do about this work.
    ///
    /// - Parameters:
    ///   - from: the resource that it begins at.
    ///   - to: the resource that it leads to.
    ///   - isRepeat: whether it was lost or interrupted before.
    ///   - end: when the task ends, in seconds since 1970; `nil` if not known.
    ///   - now: the current time, likewise.
    package func advice(
        from: Resource, to: Resource, isRepeat: Bool = false, before end: Double?, now: Double
    ) -> Advice {
        let needed = Double(to.units - from.units) * (seconds ?? 0)
        guard fits(seconds: needed, before: end, now: now) else { return .wait }
        if end != nil, sparesRepeats, isRepeat { return .wait }
        // What is short is given ahead, and no task waits so little that it were worth one.
        guard use == .measured, ahead == 1, let wait, seconds != nil else { return .take }
        return wait < DispatchLimits.smallWait * needed && needed >= shortWork ? .leave : .take
    }

    /// Whether what came to nothing before is not given to a worker that waits: where stune measures, it has the whole
    /// time of a task once more, as the study's time limit may be no more than its longest assignment needs.
    private var sparesRepeats: Bool { use == .measured && ahead == 1 }

    /// Whether a trial that waits at a rung may continue in its process. If stune measures, only if it is likely to
    /// finish before its task is to leave, as in its own task.
    ///
    /// - Parameters:
    ///   - from: the resource that the trial has.
    ///   - secondsLeft: how long the task has until it is to leave; `nil` if not known.
    package func mayGoOn(from: Resource, secondsLeft: Double?) -> Bool {
        guard use == .measured, let secondsLeft, let seconds, let next = levels.first(where: { $0 > from })
        else { return true }
        return Double(next.units - from.units) * seconds * DispatchLimits.margin < secondsLeft
    }

    /// How long to keep a worker without work, in seconds; `nil`: for as long as it stays by itself.
    ///
    /// If stune measures, a worker that may get other work is kept for as long as another task would wait to start, so
    /// waiting never costs more than it saves. Other workers would hold an allocation for nothing.
    ///
    /// - Parameters:
    ///   - mayGetWork: whether work for it is likely, other than by chance.
    ///   - end: when its task ends, in seconds since 1970; `nil` if not known.
    ///   - now: the current time, likewise.
    package func patience(mayGetWork: Bool, before end: Double?, now: Double) -> Double? {
        guard use == .measured else { return nil }
        guard mayGetWork, let wait, let choice, choice.takesWork, mayWork(before: end, now: now) else {
            return 0
        }
        return max(DispatchLimits.moment, wait)
    }

    /// The current choice, if stune measures.
    package struct Choice: Hashable, Sendable {
        /// Whether tasks take other work after their own.
        package let takesWork: Bool
        /// Whether the choice follows from measurements.
        package let isMeasured: Bool
        /// The choice and its reason, as a sentence.
        package let why: String
    }

    /// The current choice and why; `nil` if stune does not measure.
    package var choice: Choice? {
        guard use == .measured else { return nil }
        guard let wait, let work else {
            return Choice(
                takesWork: true, isMeasured: false,
                why:
                    "each task runs several trials in turn, until the queue wait and the time for a trial are known"
            )
        }
        let takesWork = wait >= DispatchLimits.smallWait * work || work < shortWork
        let what = takesWork ? "each task runs several trials in turn" : "one task for each assignment"
        let (waits, works) = (QueueTimes.words(wait), QueueTimes.words(work))
        return Choice(
            takesWork: takesWork, isMeasured: true,
            why: "\(what): queue wait ≈ \(waits), work ≈ \(works)")
    }

    private static func words(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(min(seconds, 1e9))) s"
    }

    /// Whether work is likely to finish before a task ends. Interrupted work continues elsewhere from its checkpoint,
    /// so a wrong guess costs a launch.
    ///
    /// - Parameters:
    ///   - seconds: the mean duration of such work.
    ///   - end: when the task ends, in seconds since 1970; `nil` if not known.
    ///   - now: the current time, likewise.
    private func fits(seconds: Double, before end: Double?, now: Double) -> Bool {
        guard let end else { return true }
        return now + seconds * DispatchLimits.margin + DispatchLimits.overhead < end
    }
}
