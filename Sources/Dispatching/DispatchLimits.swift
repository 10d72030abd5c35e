/// Every limit of the dispatcher, with its reason.
package enum DispatchLimits {
    // MARK: Queue times

    /// How much the newest sample weighs in a mean.
    static let weight = 0.2
    /// Trials differ: an assignment is taken to need this many times what others needed.
    static let margin = 1.5
    /// Another task is worth its wait in the queue where that is less than this share of the work.
    static let smallWait = 0.05
    /// How long a start and a last checkpoint take on top of the work, in seconds.
    static let overhead = 60.0
    /// The least time for which a worker stays that may get other work, in seconds: little compared with the start of a
    /// task, and more than what results that come together lie apart.
    static let moment = 1.0
    /// The seconds of work that a worker is given at once, where one assignment takes less than half of it: far longer
    /// than the answer to a question, so that asking costs little, and short enough that decisions stay fresh.
    static let aheadTime = 0.25
    /// The most assignments that a worker is given at once: what it has ahead, nobody else can do.
    static let mostAhead = 100
    /// What all workers have ahead is at most one part in so many of what was learned: what is decided early is decided
    /// on less, and a tenth less makes little difference to who is promoted.
    static let aheadShare = 10

    // MARK: Submissions

    /// The first and the longest wait after the cluster could not take a request.
    package static let backOff = (first: Duration.seconds(1), longest: Duration.seconds(60))
    /// The longest rest while tasks wait in the cluster's queue, where each assignment has a task of its own: it costs the
    /// study nothing, and the people who ask the controller to stop hardly anything.
    package static let longestWave = Duration.seconds(1)
    /// The longest study name within a job's name: the queue is read in columns.
    static let jobNameStudy = 40

    // MARK: Memory

    /// How many assignments that are over are remembered: the last words of a worker come within seconds of each other,
    /// and so many end in that time at most. What comes later is looked up.
    package static let remembered = 10_000
}
