/// The median stopping rule: Golovin, Solnik, Moitra, Kochanski, Karro, Sculley, "Google Vizier: A Service for
/// Black-Box Optimization", KDD 2017, section 3.2.1: a trial is stopped at step s if its best objective so far is
/// strictly worse than the median of the running averages, up to s, of all completed trials.
///
/// Deviations:
/// - Steps are the levels: the multiples of an interval, from the least resource on. Reports in between decide nothing.
/// - A trial is completed when it has reached the top level; stopped trials do not count.
/// - No trial is stopped before the number of completed trials in the plan is reached.
/// - A result that is not a finite number stops its trial.
public struct MedianStopping: Scheduler {
    /// The results of a trial so far.
    private struct Course {
        var best = Loss.worst
        var sum = 0.0
        /// The running average of the results at each level.
        var averages: [Double] = []
    }

    /// The levels at which trials are judged, from the lowest up.
    public let levels: [Resource]
    private let minTrials: Int
    private var courses: [TrialID: Course] = [:]
    /// The running averages of the completed trials, by level.
    private var completed: [RunningMedian]
    private var onward = WaitingPromotions()

    /// The rule with these settings.
    public init(_ plan: MedianStoppingPlan) {
        levels = plan.levels
        minTrials = plan.minTrials
        completed = levels.map { _ in RunningMedian() }
    }

    /// Judges a trial at a level.
    @discardableResult
    public mutating func record(_ trial: TrialID, rung: Int, loss: Loss) -> Verdict {
        var course = courses.removeValue(forKey: trial) ?? Course()
        guard loss.isFinite else {
            // One that failed may be tried again.
            courses[trial] = course
            return .stops
        }
        course.best = min(course.best, loss)
        course.sum += loss.value
        course.averages.append(course.sum / Double(course.averages.count + 1))
        if rung == levels.count - 1 {
            for (level, average) in course.averages.enumerated() { completed[level].add(average) }
            return .waits
        }
        let count = completed[rung].count
        if count >= minTrials, let median = completed[rung].median, course.best.value > median {
            return .stops
        }
        courses[trial] = course
        onward.add(Promotion(trial: trial, rung: rung + 1, results: count, ground: .unstopped))
        return .waits
    }

    /// A trial that failed is on its way again: it counted nowhere.
    public mutating func retract(_ trial: TrialID, rung: Int) -> Bool { true }

    /// The trial has ended.
    public mutating func withdraw(_ trial: TrialID, rung: Int) { courses[trial] = nil }

    /// The next trial that continues.
    public mutating func promote(except isHeld: (TrialID) -> Bool) -> Promotion? {
        onward.next(except: isHeld)
    }

    /// Whether it continues.
    public mutating func promote(_ trial: TrialID, from rung: Int) -> Promotion? { onward.take(trial) }
}
