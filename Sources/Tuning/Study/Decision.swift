/// What the study decided. The shell records decisions in the transaction that records the event,
/// and carries them out after the commit.
public enum Decision: Hashable, Codable, Sendable {
    /// A new trial with this configuration. With a parent, it starts from the parent's checkpoint.
    case sample(trial: TrialID, configuration: Configuration, parent: TrialID? = nil)
    /// Run this assignment.
    case evaluate(Assignment)
    /// The command of an attempt that waits with its result is to leave. `save`: after saving what it has learned,
    /// because the trial may be promoted later or is complete.
    case release(AttemptID, save: Bool)
    /// No assignment will need this checkpoint; it may be removed.
    case discard(CheckpointID)
    /// What the replicates of a trial have in common is its result in the rung that it is on its way to, in the metric's own
    /// units; `nil`: it is not a finite number. A conclusion follows.
    case aggregate(trial: TrialID, value: Double?, violation: Double?)
    /// A trial's state changed for good, or it left a rung without being promoted.
    case conclude(trial: TrialID, Conclusion)
    /// The study is over; whatever still runs is to be cancelled.
    case finish(StudyOutcome)
}

/// The work of a task.
public struct Assignment: Hashable, Codable, Sendable {
    /// Its number.
    public var id: AssignmentID
    /// The trial.
    public var trial: TrialID
    /// The rung that it leads to; 0 is the lowest.
    public var rung: Int
    /// The resource that the trial has when it starts: from `start` or the process in place, otherwise 0.
    public var from: Resource
    /// The resource to reach.
    public var to: Resource
    /// The checkpoint to start from; `nil` to start at zero, or in place.
    public var start: CheckpointID?
    /// The attempt whose process holds the trial and continues with it; `nil` if a new process begins.
    public var inPlace: AttemptID?
    /// Why it was decided.
    public var reason: Reason
    /// Which of the trial's replicates trains, from 0; `nil` where a trial is trained once.
    public var replicate: Int?

    /// Why an assignment was decided.
    public enum Reason: Hashable, Codable, Sendable {
        /// A new trial.
        case new
        /// Promoted: it was among the best `kept` of the `results` in the rung below.
        case promoted(results: Int, kept: Int)
        /// It was not stopped; `results` is the number of results that it was compared with in the rung below.
        case unstopped(results: Int)
        /// It was compared with `results` others and continues, although a child of the trial `despite` was to take its
        /// place: that trial has no usable checkpoint, or no trial is left.
        case retained(results: Int, despite: TrialID)
        /// A scheduler outside sends it on from this rung, or ASHA while that cannot be asked.
        case advised(from: Int)
        /// Retried because the previous assignment was lost or failed; the sentence says why.
        case retry(of: AssignmentID, why: String)
        /// Continues from a checkpoint of the previous assignment, which was interrupted; the sentence says why.
        case continued(of: AssignmentID, why: String)
        /// The previous assignment was to continue in place, but its process ended first; the sentence says why. This
        /// one starts in a new process and uses up no try.
        case relaunched(of: AssignmentID, why: String)
        /// Goes from this rung to the top of the ladder, because the user wants the best trained to the end.
        case finished(from: Int)
        /// The next replicate of the trial; the previous assignment was that of the one before.
        case replicate(of: AssignmentID)
    }

    /// An assignment from its parts.
    public init(
        id: AssignmentID, trial: TrialID, rung: Int, from: Resource, to: Resource,
        start: CheckpointID?, inPlace: AttemptID? = nil, reason: Reason, replicate: Int? = nil
    ) {
        self.id = id
        self.trial = trial
        self.rung = rung
        self.from = from
        self.to = to
        self.start = start
        self.inPlace = inPlace
        self.reason = reason
        self.replicate = replicate
    }
}

/// How a trial came to rest.
public enum Conclusion: Hashable, Codable, Sendable {
    /// It reached the top rung.
    case completed
    /// It has a result in this rung and waits there; it continues if it is promoted later.
    case paused(rung: Int)
    /// It has a result in this rung and was stopped for good because of it.
    case stopped(rung: Int)
    /// It has a result in this rung, and a child of another trial takes its place because of it.
    case replaced(rung: Int, parent: TrialID)
    /// Its objective, or one of several, was not a finite number in this rung. It is ranked last there and never
    /// promoted.
    case diverged(rung: Int)
    /// It failed, for this reason, and is not tried again.
    case failed(reason: String)
    /// The user cancelled its task; it is not tried again.
    case cancelled
}

/// Why a study ended.
public enum StudyOutcome: Hashable, Codable, Sendable {
    /// All trials are sampled, and none can be promoted any more.
    case completed
    /// The user asked for it.
    case cancelled
    /// One of its stop conditions holds; its results are kept.
    case stopped(StopReason)
    /// Too many trials failed in a row: the last one's reason.
    case tooManyFailures(count: Int, last: String)
    /// The cluster refused the jobs for good.
    case refused(reason: String)
}
