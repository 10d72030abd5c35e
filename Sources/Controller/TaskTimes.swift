import StudyFile
import Tuning

/// How long tasks wait in the queue, and how long a unit of resource takes, as learned from what this controller has
/// seen: it tells which work a worker that waits is given.
struct TaskTimes {
    /// How the study is run.
    let mode: Execution.Mode
    /// How many assignments may be in flight.
    private let parallel: Int
    /// How many assignments have taught how long they take.
    private var lessons = 0
    /// The seconds of one unit: a mean in which the last assignments weigh most. `nil`: nothing was learned yet.
    private(set) var seconds: Double?
    /// The seconds of one assignment, in the same way.
    private(set) var work: Double?
    /// The seconds from a task's submission to its start, in the same way.
    private(set) var wait: Double?
    /// When the arrays were submitted that have no task running yet, in seconds since 1970.
    private var submitted: [String: Double] = [:]

    init(mode: Execution.Mode, parallel: Int) {
        self.mode = mode
        self.parallel = parallel
    }

    /// How much the newest assignment weighs.
    private static let weight = 0.2
    /// Trials differ: an assignment is taken to need this many times what others needed.
    private static let margin = 1.5
    /// In mode `auto`, another task is worth its wait in the queue where that is less than this share of the work.
    private static let smallWait = 0.05
    /// What a start and a last checkpoint take besides, in seconds.
    private static let overhead = 60.0
    /// The seconds of work that a worker is given at once, where one assignment takes less than half of it: far longer
    /// than the answer to a question, so that asking costs little, and short enough that decisions stay fresh.
    private static let aheadTime = 0.25
    /// The most assignments that a worker is given at once: what it has ahead, nobody else can do.
    private static let mostAhead = 100
    /// What all workers have ahead is at most one part in so many of what was learned: what is decided early is decided
    /// on less, and a tenth less makes little difference to who is promoted.
    private static let aheadShare = 10

    /// An assignment of so many units took so long.
    mutating func learn(units: Int, seconds spent: Double) {
        guard units > 0, spent.isFinite, spent >= 0 else { return }
        lessons += 1
        let sample = spent / Double(units)
        seconds = TaskTimes.mean(seconds, sample)
        work = TaskTimes.mean(work, spent)
    }

    private static func mean(_ before: Double?, _ sample: Double) -> Double {
        before.map { $0 + weight * (sample - $0) } ?? sample
    }

    /// An array was submitted.
    mutating func submitted(_ token: String, at moment: Double) {
        if mode == .auto { submitted[token] = moment }
    }

    /// The first task of an array has started.
    mutating func started(_ token: String, at moment: Double) {
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
    ///   - end: when the task ends, in seconds since 1970; `nil`: not known.
    ///   - now: the time, in the same way.
    func advice(from: Resource, to: Resource, before end: Double?, now: Double) -> Advice {
        let needed = Double(to.units - from.units) * (seconds ?? 0)
        guard fits(seconds: needed, before: end, now: now) else { return .wait }
        // What is short is given ahead, and no task waits so little that it were worth one.
        guard mode == .auto, ahead == 1, let wait, seconds != nil else { return .take }
        return wait < TaskTimes.smallWait * needed ? .leave : .take
    }

    /// In mode `auto`: what is done at present, and why; `nil`: not known yet, or another mode.
    var choice: (takesWork: Bool, why: String)? {
        guard mode == .auto, let wait, let work else { return nil }
        let takesWork = wait >= TaskTimes.smallWait * work
        let what = takesWork ? "tasks take other work when theirs is done" : "a task for each assignment"
        let (waits, works) = (TaskTimes.words(wait), TaskTimes.words(work))
        return (takesWork, "\(what): one waits \(waits) to start, and works \(works)")
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
