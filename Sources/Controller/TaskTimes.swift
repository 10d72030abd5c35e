import StudyFile
import Tuning

/// How long tasks wait in the queue, and how long a unit of resource takes, as learned from what this controller has
/// seen: it tells which work a worker that waits is given.
struct TaskTimes {
    /// How the study is run.
    let mode: Execution.Mode
    /// How many assignments may be in flight.
    private let parallel: Int
    /// The resource of each rung, from the lowest up.
    private let levels: [Resource]
    /// How many assignments have taught how long they take.
    private var lessons = 0
    /// The seconds of one unit: a mean in which the last assignments weigh most. `nil`: nothing was learned yet.
    private(set) var seconds: Double?
    /// The seconds of one assignment, in the same way.
    private(set) var work: Double?
    /// The seconds from a task's submission to its start, in the same way.
    private(set) var wait: Double?
    /// When the arrays were submitted that have no task running yet, in seconds since 1970.
    private var submitted: [ArrayToken: Double] = [:]

    init(mode: Execution.Mode, parallel: Int, levels: [Resource] = []) {
        self.mode = mode
        self.parallel = parallel
        self.levels = levels
    }

    /// How much the newest assignment weighs.
    private static let weight = 0.2
    /// Trials differ: an assignment is taken to need this many times what others needed.
    private static let margin = 1.5
    /// In mode `auto`, another task is worth its wait in the queue where that is less than this share of the work.
    private static let smallWait = 0.05
    /// What a start and a last checkpoint take besides, in seconds.
    private static let overhead = 60.0
    /// In mode `auto`, the least time for which a worker stays that may get other work, in seconds: little beside the start
    /// of a task, and more than what results that come together lie apart.
    private static let moment = 1.0
    /// The seconds of work that a worker is given at once, where one assignment takes less than half of it: far longer
    /// than the answer to a question, so that asking costs little, and short enough that decisions stay fresh.
    private static let aheadTime = 0.25
    /// The most assignments that a worker is given at once: what it has ahead, nobody else can do.
    private static let mostAhead = 100
    /// What all workers have ahead is at most one part in so many of what was learned: what is decided early is decided
    /// on less, and a tenth less makes little difference to who is promoted.
    private static let aheadShare = 10

    /// Whether it is of use how long assignments take: where workers stay.
    var learns: Bool { mode != .rung }

    /// An assignment of so many units took so long.
    mutating func learn(units: Int, seconds spent: Double) {
        guard units > 0, spent.isFinite, spent >= 0 else { return }
        lessons += 1
        let sample = spent / Double(units)
        seconds = TaskTimes.mean(seconds, sample)
        work = TaskTimes.mean(work, spent)
    }

    /// A mean in which the last samples weigh most, with one sample more; `before`: without it, `nil` if it is the first.
    static func mean(_ before: Double?, _ sample: Double) -> Double {
        before.map { $0 + weight * (sample - $0) } ?? sample
    }

    /// An array was submitted.
    mutating func submitted(_ token: ArrayToken, at moment: Double) {
        if mode == .auto { submitted[token] = moment }
    }

    /// The first task of an array has started.
    mutating func started(_ token: ArrayToken, at moment: Double) {
        guard let before = submitted.removeValue(forKey: token) else { return }
        wait = TaskTimes.mean(wait, max(0, moment - before))
    }

    /// How many assignments a worker that waits is given at once, at least 1.
    var ahead: Int {
        guard let work else { return 1 }
        let known = lessons / (TaskTimes.aheadShare * parallel)
        let quick = TaskTimes.aheadTime / max(work, 1e-9)
        return max(1, min(known, TaskTimes.mostAhead, Int(min(quick, Double(TaskTimes.mostAhead)))))
    }

    /// Whether a task is likely to have the time for another assignment.
    func mayWork(before end: Double?, now: Double) -> Bool {
        fits(seconds: work ?? 0, before: end, now: now)
    }

    /// What a worker that waits is to do.
    enum Advice {
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
    ///   - isRepeat: whether it came to nothing before, or was cut short; asked only where that matters.
    ///   - end: when the task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    func advice(
        from: Resource, to: Resource, isRepeat: @autoclosure () throws -> Bool = false,
        before end: Double?, now: Double
    ) rethrows -> Advice {
        let needed = Double(to.units - from.units) * (seconds ?? 0)
        guard fits(seconds: needed, before: end, now: now) else { return .wait }
        if end != nil, sparesRepeats, try isRepeat() { return .wait }
        // What is short is given ahead, and no task waits so little that it were worth one.
        guard mode == .auto, ahead == 1, let wait, seconds != nil else { return .take }
        return wait < TaskTimes.smallWait * needed ? .leave : .take
    }

    /// Whether what came to nothing before is not given to a worker that waits: in mode `auto` it has the whole time of
    /// a task once more, as the study's time limit may be no more than its longest assignment needs.
    private var sparesRepeats: Bool { mode == .auto && ahead == 1 }

    /// Whether a trial that waits at a rung may go on to the next in its process: in mode `auto` only where that is
    /// likely to be done before its task is to leave, as in a task of its own.
    ///
    /// - Parameters:
    ///   - from: the resource that the trial has.
    ///   - secondsLeft: how long the task has until it is to leave; `nil`: not known.
    func mayGoOn(from: Resource, secondsLeft: Double?) -> Bool {
        guard mode == .auto, let secondsLeft, let seconds, let next = levels.first(where: { $0 > from })
        else { return true }
        return Double(next.units - from.units) * seconds * TaskTimes.margin < secondsLeft
    }

    /// How long a worker is kept for which there is nothing to do, in seconds; `nil`: for as long as it stays by itself.
    ///
    /// In mode `auto` a worker that may get other work is kept for as long as another task would wait to start: so what
    /// waiting costs is never more than what it spares. Others hold an allocation for nothing.
    ///
    /// - Parameters:
    ///   - mayGetWork: whether there is likely to be work for it, other than by chance.
    ///   - end: when its task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    func patience(mayGetWork: Bool, before end: Double?, now: Double) -> Double? {
        guard mode == .auto else { return nil }
        guard mayGetWork, let wait, let choice, choice.takesWork, mayWork(before: end, now: now) else {
            return 0
        }
        return max(TaskTimes.moment, wait)
    }

    /// What is done in mode `auto`.
    struct Choice {
        /// Whether tasks take other work when theirs is done.
        let takesWork: Bool
        /// Whether that is because of what was measured.
        let isMeasured: Bool
        /// The choice and its reason, in a sentence.
        let why: String
    }

    /// In mode `auto`: what is done at present, and why; `nil`: another mode.
    var choice: Choice? {
        guard mode == .auto else { return nil }
        guard let wait, let work else {
            return Choice(
                takesWork: true, isMeasured: false,
                why:
                    "each task runs several trials in turn, until the queue wait and the time for a trial are known"
            )
        }
        let takesWork = wait >= TaskTimes.smallWait * work
        let what = takesWork ? "each task runs several trials in turn" : "one task for each assignment"
        let (waits, works) = (TaskTimes.words(wait), TaskTimes.words(work))
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
        return now + seconds * TaskTimes.margin + TaskTimes.overhead < end
    }
}
