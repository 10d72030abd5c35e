package import Tuning

/// What a cluster says about one task at one moment.
package struct TaskSighting: Hashable, Sendable {
    /// The task.
    package var task: TaskID
    /// The token of its array, according to the cluster; `nil` if it keeps none.
    package var token: ArrayToken?
    /// Its state.
    package var state: TaskState
    /// The cluster's word for the state, such as `RUNNING` or `NODE_FAIL`.
    package var stateName: String
    /// How often the cluster has started it again.
    package var restarts: Int
    /// Why it waits, such as `Resources`; empty if there is no reason.
    package var reason: String
    /// The nodes that it runs on; empty if it does not run.
    package var nodes: String
    /// Seconds since it started; 0 if it has not.
    package var elapsedSeconds: Int
    /// Its time limit in minutes; `nil` if there is none or it is not known.
    package var timeLimitMinutes: Int?
    /// The partition; empty if the cluster has none.
    package var partition: String
    /// The job's name.
    package var jobName: String
    /// The owner's name.
    package var user: String
    /// Whether it runs, and the cluster will end it before its time limit: it is being preempted.
    package var endsEarly = false

    /// The sighting without what changes only with time.
    package var timeless: TaskSighting {
        var sighting = self
        sighting.elapsedSeconds = 0
        return sighting
    }

    /// A sighting from its parts.
    package init(
        task: TaskID, token: ArrayToken? = nil, state: TaskState, stateName: String, restarts: Int = 0,
        reason: String = "",
        nodes: String = "", elapsedSeconds: Int = 0, timeLimitMinutes: Int? = nil,
        partition: String = "", jobName: String = "", user: String = ""
    ) {
        self.task = task
        self.token = token
        self.state = state
        self.stateName = stateName
        self.restarts = restarts
        self.reason = reason
        self.nodes = nodes
        self.elapsedSeconds = elapsedSeconds
        self.timeLimitMinutes = timeLimitMinutes
        self.partition = partition
        self.jobName = jobName
        self.user = user
    }
}

/// The states of a task that have different rules.
package enum TaskState: Hashable, Sendable, CaseIterable {
    /// Waiting to start, also after a requeue.
    case pending
    /// Started and not over; suspended and completing count as running.
    case running
    /// Over, by itself, with exit code 0.
    case completed
    /// Over, by itself, with another exit code.
    case failed
    /// Over: cancelled by the user or an operator.
    case cancelled
    /// Over: its node failed, it was preempted, or it could not be launched.
    case displaced
    /// Over: it used more memory than allowed.
    case outOfMemory
    /// Over: it reached its time limit or deadline.
    case timedOut

    /// Whether it will not run again without a new submission.
    package var isOver: Bool { self != .pending && self != .running }
}
