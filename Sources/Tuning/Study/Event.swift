/// A fact from outside. The log is a sequence of these, and the study's state is their fold.
///
/// The log is kept for years: a case may be added, but none changed or removed (`EventCompatibilityTests` reads one of
/// each as first written).
public enum Event: Hashable, Codable, Sendable {
    /// The study file was read and found valid.
    case accepted(Plan)
    /// The cluster accepted a job array.
    case submitted(ArraySubmitted)
    /// The cluster refused a job array for good; no assignment of the study can run.
    case refused(reason: String)
    /// A worker claimed an attempt and is about to start the command.
    case started(AttemptStarted)
    /// An attempt reported metrics.
    case reported(Report)
    /// An attempt published a checkpoint. `bytes`: the size of its files, 0 or more; `nil` if not known.
    case checkpointed(CheckpointID, bytes: Int? = nil)
    /// An attempt resumes from an earlier start's checkpoint, instead of where its assignment starts. The log may not
    /// have that checkpoint yet. `bytes`: as above.
    case resumed(AttemptID, from: CheckpointID, bytes: Int? = nil)
    /// An attempt has reported at its target, and its command waits for the answer.
    case waited(AttemptID)
    /// The study's command does not wait at its target: this attempt was told to continue, and its command ended there
    /// with code 0. From now on no command is waited for.
    case doesNotWait(AttemptID)
    /// Workers that stay have asked for work ahead, since an assignment takes them less time than to ask for it: as
    /// many as `room` more may be in flight than are, whatever `parallel` says.
    case askedAhead(room: Int)
    /// The study's directory has more files than the site allows: so many checkpoints have to go. 0: no longer.
    case crowded(checkpoints: Int)
    /// A worker says how its attempt ended.
    case ended(AttemptEnded)
    /// The cluster says that a task is over, and no worker said how its attempt ended.
    case lost(AssignmentLost)
    /// The user asked for the study to stop.
    case cancelled
    /// The study has used up its time, or what it may use of the cluster.
    case stopped(StopReason)
    /// A searcher outside has answered for a trial; no configuration: it has no more.
    case proposed(trial: TrialID, configuration: Configuration?)
    /// A scheduler outside says what is to happen next.
    case advised(Advice)
    /// The user asks for something that changes a study which has begun.
    case wished(Wish)
    /// Others have found this before the study began. It comes before `accepted`, so that the first proposals know of it.
    case learned(PriorResults)
    /// The code of the study's command, as a controller has found it at its start. No decision depends on it.
    case code(CommandCode)
}

/// The cluster took a job array.
public struct ArraySubmitted: Hashable, Codable, Sendable {
    /// The array's token, which is in the manifest and in the job's name.
    public var token: String
    /// The cluster's own id of the array.
    public var job: UInt32

    /// A fact from its parts.
    public init(token: String, job: UInt32) {
        self.token = token
        self.job = job
    }
}

/// A worker claimed an attempt.
public struct AttemptStarted: Hashable, Codable, Sendable {
    /// The attempt.
    public var attempt: AttemptID
    /// The cluster's id of the task, such as `4821_17`.
    public var task: String
    /// The host it runs on.
    public var host: String
    /// The directory of the attempt's logs, relative to the study directory.
    public var directory: String

    /// A fact from its parts.
    public init(attempt: AttemptID, task: String, host: String, directory: String) {
        self.attempt = attempt
        self.task = task
        self.host = host
        self.directory = directory
    }
}

/// Metrics of one attempt at one resource level.
public struct Report: Hashable, Codable, Sendable {
    /// The attempt that reported.
    public var attempt: AttemptID
    /// The resource at which the metrics were measured.
    public var resource: Resource
    /// The metrics by name. Values that are not finite are in `nonFinite` instead.
    public var metrics: [String: Double]
    /// The metrics that were not a finite number, with the word that was sent: `nan`, `inf`, `-inf`.
    public var nonFinite: [String: String]

    /// A report from its parts.
    public init(
        attempt: AttemptID, resource: Resource, metrics: [String: Double],
        nonFinite: [String: String] = [:]
    ) {
        self.attempt = attempt
        self.resource = resource
        self.metrics = metrics
        self.nonFinite = nonFinite
    }
}

/// A checkpoint of an attempt at a resource level.
public struct CheckpointID: Hashable, Codable, Sendable {
    /// The attempt that wrote it.
    public var attempt: AttemptID
    /// The resource it holds.
    public var resource: Resource

    /// A checkpoint's identity from its parts.
    public init(attempt: AttemptID, resource: Resource) {
        self.attempt = attempt
        self.resource = resource
    }
}

/// A worker's report on how an attempt ended.
public struct AttemptEnded: Hashable, Codable, Sendable {
    /// The attempt.
    public var attempt: AttemptID
    /// How it ended.
    public var ending: Ending
    /// The last lines of its standard error; empty if it finished.
    public var stderrTail: String
    /// What its processes used; `nil` if the worker does not say. No decision depends on it.
    public var used: Usage?

    /// A fact from its parts.
    public init(attempt: AttemptID, ending: Ending, stderrTail: String = "", used: Usage? = nil) {
        self.attempt = attempt
        self.ending = ending
        self.stderrTail = stderrTail
        self.used = used
    }
}

/// How the training command of an attempt ended: different facts with different rules.
public enum Ending: Hashable, Codable, Sendable {
    /// It exited with code 0 after a report at the assignment's target.
    case finished
    /// It exited with this code, not 0.
    case exited(code: Int)
    /// A signal killed it.
    case signalled(number: Int)
    /// It could not be started, for example because the program does not exist.
    case notStarted(reason: String)
    /// It ended before its target because it was asked to: its task was cancelled, preempted, or near its time limit.
    /// The cluster says which; until then nothing follows.
    case left
    /// It exited with code 0 and never reported.
    case noReport
    /// It exited with code 0, but its reports cannot be used; the sentence says why.
    case badReport(reason: String)
    /// It has not ended: the same process continued with the trial's next assignment.
    case wentOn
    /// It exited with code 0 after it was told to continue, without a report at the new target. The promotion starts in
    /// a new process.
    case paused
    /// It was not begun: its worker had it as work ahead, and gave it back.
    case givenBack
    /// It was not begun: a line of the study's setup failed on the task's node; the sentence says which and how.
    case setupFailed(reason: String)
    /// It crashed after the cluster had told its task to end; the sentence says how. The cluster says why the task
    /// ended; until then nothing follows.
    case crashedLeaving(reason: String)

    /// Whether only the cluster knows why its command was asked to leave, and so what follows.
    public var awaitsCluster: Bool {
        switch self {
        case .left, .crashedLeaving: true
        default: false
        }
    }
}

/// A task is over, and no worker has reported how.
public struct AssignmentLost: Hashable, Codable, Sendable {
    /// The assignment of the task.
    public var assignment: AssignmentID
    /// What the cluster says became of the task.
    public var fate: TaskFate
    /// The cluster's state in its own word, as `NODE_FAIL`.
    public var state: String
    /// Whether its task had too little time or memory, and another task asks for more; `nil`: no.
    public var mayHaveMore: Bool?

    /// A fact from its parts.
    public init(assignment: AssignmentID, fate: TaskFate, state: String, mayHaveMore: Bool? = nil) {
        self.assignment = assignment
        self.fate = fate
        self.state = state
        self.mayHaveMore = mayHaveMore
    }
}

/// What became of a task, in the few kinds that have rules of their own.
public enum TaskFate: String, Hashable, Codable, Sendable, CaseIterable {
    /// It ended by itself, with or without an error, but its worker sent no last message.
    case silent
    /// The user or an operator cancelled it. It is not retried.
    case cancelled
    /// Its node failed, it was preempted, or it could not be launched: not its own fault.
    case displaced
    /// It used more memory than allowed.
    case outOfMemory
    /// It reached its time limit or deadline.
    case timedOut
    /// The cluster no longer knows it.
    case vanished
}
