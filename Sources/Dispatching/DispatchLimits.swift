/// Every limit of the dispatcher, with its reason.
package enum DispatchLimits {
    // MARK: Queue times

    /// The weight of the newest sample in a mean.
    static let weight = 0.2
    /// Trials differ, so an assignment is assumed to need this many times the mean.
    static let margin = 1.5
    /// Another task is worth its queue wait if that is less than this share of the work.
    static let smallWait = 0.05
    /// The time for a start and a last checkpoint on top of the work, in seconds.
    static let overhead = 60.0
    /// The least time that a worker that may get other work stays, in seconds: short compared with the start of a task,
    /// and longer than the gap between results that come together.
    static let moment = 1.0
    /// The seconds of work that a worker is given at once, if one assignment takes less than half of it: far longer
    /// than the answer to a question, so that asking costs little, and short enough that decisions stay fresh.
    static let aheadTime = 0.25
    /// The most assignments that a worker is given at once: no other worker can do them.
    static let mostAhead = 100
    /// The work ahead of all workers is at most one part in this many of the finished work. Early decisions use fewer
    /// results, and a tenth less makes little difference to promotions.
    static let aheadShare = 10

    // MARK: Needs

    /// How many attempts have to tell what they needed before others are asked for by it: the first ones to end are the
    /// fastest, and perhaps the smallest.
    static let enoughNeeds = 5
    /// How many attempts on the way to a rung are remembered: trials of an hour ago may have been of another kind.
    static let recentNeeds = 40

    // MARK: Submissions

    /// The first and the longest wait after the cluster could not accept a request.
    package static let backOff = (first: Duration.seconds(1), longest: Duration.seconds(60))
    /// The longest rest while tasks wait in the queue and each assignment has its own task: it costs the study nothing,
    /// and hardly delays a request to stop the controller.
    package static let longestWave = Duration.seconds(1)
    /// The greatest length of the study's name in a job's name, because the queue is read in columns.
    static let jobNameStudy = 40

    // MARK: Memory

    /// How many finished assignments to remember. A worker's last messages come within seconds of each other, and at
    /// most this many assignments end in that time. Later ones are looked up in the store.
    package static let remembered = 10_000
}
