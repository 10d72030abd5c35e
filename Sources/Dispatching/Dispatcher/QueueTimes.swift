package import Tuning

/// How long tasks wait in the queue, and how long a unit of resource takes, as learned from what this controller has
/// seen: it tells which work a worker that waits is given.
package struct QueueTimes: Sendable {
    /// How tasks are used.
    package let use: DispatchPlan.TaskUse
    /// How many assignments may be in flight.
    private let parallel: Int
    /// The resource of each rung, from the lowest up.
    private let levels: [Resource]
    /// How many assignments have taught how long they take.
    private var lessons = 0
    /// The seconds of one unit: a mean in which the last assignments weigh most. `nil`: nothing was learned yet.
    package private(set) var seconds: Double?
    /// The seconds of one assignment, in the same way.
    package private(set) var work: Double?
    /// The seconds from a task's submission to its start, in the same way.
    package private(set) var wait: Double?
    /// When the arrays were submitted that have no task running yet, in seconds since 1970.
    private var submitted: [ArrayToken: Double] = [:]

    /// Nothing is known yet.
    package init(_ use: DispatchPlan.TaskUse, parallel: Int, levels: [Resource] = []) {
        self.use = use
        self.parallel = parallel
        self.levels = levels
    }

    /// Whether it is of use how long assignments take: where workers stay.
    package var learns: Bool { use != .single }

    /// An assignment of so many units took so long.
    package mutating func learn(units: Int, seconds spent: Double) {
        guard units > 0, spent.isFinite, spent >= 0 else { return }
        lessons += 1
        let sample = spent / Double(units)
        seconds = QueueTimes.mean(seconds, sample)
        work = QueueTimes.mean(work, spent)
    }

    /// A mean in which the last samples weigh most, with one sample more; `before`: without it, `nil` if it is the first.
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

    /// Whether the start of a task of this array would tell anything.
    package func awaits(_ token: ArrayToken) -> Bool { submitted[token] != nil }

    /// How many assignments a worker that waits is given at once, at least 1.
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

    /// What a worker that waits is to do.
    package enum Advice: Hashable, Sendable {
        /// Take this work.
        case take
        /// Leave, and let another task do it.
        case leave
        /// Wait for other work: for this its time is too short.
        case wait
    }

    /// What a worker that waits is to do with this work.
    ///
    /// - Parameters:
    ///   - from: the resource it begins at.
    ///   - to: the resource it leads to.
    ///   - isRepeat: whether it came to nothing before, or was cut short.
    ///   - end: when the task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    package func advice(
        from: Resource, to: Resource, isRepeat: Bool = false, before end: Double?, now: Double
    ) -> Advice {
        let needed = Double(to.units - from.units) * (seconds ?? 0)
        guard fits(seconds: needed, before: end, now: now) else { return .wait }
        if end != nil, sparesRepeats, isRepeat { return .wait }
        // What is short is given ahead, and no task waits so little that it were worth one.
        guard use == .measured, ahead == 1, let wait, seconds != nil else { return .take }
        return wait < DispatchLimits.smallWait * needed ? .leave : .take
    }

    /// Whether what came to nothing before is not given to a worker that waits: where stune measures, it has the whole
    /// time of a task once more, as the study's time limit may be no more than its longest assignment needs.
    private var sparesRepeats: Bool { use == .measured && ahead == 1 }

    /// Whether a trial that waits at a rung may go on to the next in its process: where stune measures, only if that is
    /// likely to be done before its task is to leave, as in a task of its own.
    ///
    /// - Parameters:
    ///   - from: the resource that the trial has.
    ///   - secondsLeft: how long the task has until it is to leave; `nil`: not known.
    package func mayGoOn(from: Resource, secondsLeft: Double?) -> Bool {
        guard use == .measured, let secondsLeft, let seconds, let next = levels.first(where: { $0 > from })
        else { return true }
        return Double(next.units - from.units) * seconds * DispatchLimits.margin < secondsLeft
    }

    /// How long a worker is kept for which there is nothing to do, in seconds; `nil`: for as long as it stays by itself.
    ///
    /// Where stune measures, a worker that may get other work is kept for as long as another task would wait to start: so
    /// what waiting costs is never more than what it spares. Others hold an allocation for nothing.
    ///
    /// - Parameters:
    ///   - mayGetWork: whether there is likely to be work for it, other than by chance.
    ///   - end: when its task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    package func patience(mayGetWork: Bool, before end: Double?, now: Double) -> Double? {
        guard use == .measured else { return nil }
        guard mayGetWork, let wait, let choice, choice.takesWork, mayWork(before: end, now: now) else {
            return 0
        }
        return max(DispatchLimits.moment, wait)
    }

    /// What is done where stune measures.
    package struct Choice: Hashable, Sendable {
        /// Whether tasks take other work when theirs is done.
        package let takesWork: Bool
        /// Whether that is because of what was measured.
        package let isMeasured: Bool
        /// The choice and its reason, in a sentence.
        package let why: String
    }

    /// Where stune measures: what is done at present, and why; `nil`: it does not.
    package var choice: Choice? {
        guard use == .measured else { return nil }
        guard let wait, let work else {
            return Choice(
                takesWork: true, isMeasured: false,
                why:
                    "each task runs several trials in turn, until the queue wait and the time for a trial are known"
            )
        }
        let takesWork = wait >= DispatchLimits.smallWait * work
        let what = takesWork ? "each task runs several trials in turn" : "one task for each assignment"
        let (waits, works) = (QueueTimes.words(wait), QueueTimes.words(work))
        return Choice(
            takesWork: takesWork, isMeasured: true,
            why: "\(what): queue wait ≈ \(waits), work ≈ \(works)")
    }

    private static func words(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(min(seconds, 1e9))) s"
    }

    /// Whether work is likely to be done before a task ends. What is cut short goes on elsewhere from its checkpoint, so
    /// a wrong guess costs a launch.
    ///
    /// - Parameters:
    ///   - seconds: how long such work took on average.
    ///   - end: when the task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    private func fits(seconds: Double, before end: Double?, now: Double) -> Bool {
        guard let end else { return true }
        return now + seconds * DispatchLimits.margin + DispatchLimits.overhead < end
    }
}
