/// What the study decided. The shell records decisions in the transaction that records the event,
/// and carries them out after the commit.
public enum Decision: Hashable, Codable, Sendable {
    /// A new trial with this configuration; with a parent, it starts from what that had learned.
    case sample(trial: TrialID, configuration: Configuration, parent: TrialID? = nil)
    /// Run this assignment.
    case evaluate(Assignment)
    /// The command of an attempt, which waits with its result, is to leave. `save`: it saves what it has learned
    /// first, since the trial may be promoted later, or is complete.
    case release(AttemptID, save: Bool)
    /// No assignment will need this checkpoint; it may be removed.
    case discard(CheckpointID)
    /// A trial's state changed for good, or it left a rung without being promoted.
    case conclude(trial: TrialID, Conclusion)
    /// The study is over; whatever still runs is to be cancelled.
    case finish(StudyOutcome)
}

/// What a task is to do.
public struct Assignment: Hashable, Codable, Sendable {
    /// Its number.
    public var id: AssignmentID
    /// The trial.
    public var trial: TrialID
    /// The rung it leads to, 0 for the lowest.
    public var rung: Int
    /// The resource the trial has when it starts: that of `start`, or of the process in place, or 0.
    public var from: Resource
    /// The resource it is to reach.
    public var to: Resource
    /// The checkpoint to start from; `nil`: from the start, or in place.
    public var start: CheckpointID?
    /// The attempt whose process has what the trial has learned and goes on with it; `nil`: a new process begins.
    public var inPlace: AttemptID?
    /// Why it was decided.
    public var reason: Reason

    /// Why an assignment was decided.
    public enum Reason: Hashable, Codable, Sendable {
        /// A new trial.
        case new
        /// Promoted: it was among the best `kept` of the `results` in the rung below.
        case promoted(results: Int, kept: Int)
        /// Goes on, not being stopped: `results` are those that it was compared with in the rung below.
        case unstopped(results: Int)
        /// Goes on, having been compared with `results` others, although a child of the trial `despite` was to take its
        /// place: there is no checkpoint of that to go on from, or no trial is left.
        case retained(results: Int, despite: TrialID)
        /// Retried, because the assignment before it came to nothing; why, in a sentence.
        case retry(of: AssignmentID, why: String)
        /// Goes on from the checkpoint that the assignment before it saved until it was cut short; why it was, in
        /// a sentence.
        case continued(of: AssignmentID, why: String)
        /// The assignment before it was to go on in place, and its process ended first; why, in a sentence. It starts in
        /// a process of its own, and no try is used up.
        case relaunched(of: AssignmentID, why: String)
    }

    /// An assignment from its parts.
    public init(
        id: AssignmentID, trial: TrialID, rung: Int, from: Resource, to: Resource,
        start: CheckpointID?, inPlace: AttemptID? = nil, reason: Reason
    ) {
        self.id = id
        self.trial = trial
        self.rung = rung
        self.from = from
        self.to = to
        self.start = start
        self.inPlace = inPlace
        self.reason = reason
    }
}

/// How a trial came to rest.
public enum Conclusion: Hashable, Codable, Sendable {
    /// It reached the top rung.
    case completed
    /// It has a result in this rung and waits there; it goes on if it is promoted later.
    case paused(rung: Int)
    /// It has a result in this rung, and was stopped for good because of it.
    case stopped(rung: Int)
    /// It has a result in this rung, and a child of another trial takes its place because of it.
    case replaced(rung: Int, parent: TrialID)
    /// Its objective, or one of several, was not a finite number in this rung; it is ranked last there and not promoted.
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
    /// One of its stop conditions holds; what it has is kept.
    case stopped(StopReason)
    /// Too many trials failed in a row: the last one's reason.
    case tooManyFailures(count: Int, last: String)
    /// The cluster refused the jobs for good.
    case refused(reason: String)
}
