package import StudyFile
package import Tuning

/// Where tasks run. Every implementation passes the same conformance suite (`ClusterConformance`).
///
/// A cluster only carries out; what is worth running is decided elsewhere. All its calls may be
/// repeated after a doubtful reply.
package protocol Cluster: Sendable {
    /// How large an array may be and how large its indices: an index is below this. At least 2.
    func maxArraySize() async throws(ClusterError) -> Int

    /// Submits an array. On return the cluster has it; its tasks may have started already.
    ///
    /// - Throws: `ClusterError.refused` when no retry can help, `.busy` when a later one may,
    ///   `.overLimit` when a smaller array or a later try may,
    ///   `.doubtful` when the cluster may or may not have taken it: then ask `find`.
    func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID

    /// The arrays with this token that the cluster knows, oldest first: none, one, or two when a
    /// doubtful submission was repeated.
    func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID]

    /// What the cluster knows of the tasks of these arrays. A task that it no longer knows is absent.
    func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting]

    /// Cancels tasks. A task that is over already is no error.
    func cancel(_ tasks: [TaskID]) async throws(ClusterError)

    /// Tells the workers of running tasks that the cluster will end them soon: they let their commands save and leave.
    func warn(_ tasks: [TaskID]) async throws(ClusterError)

    /// Whether a job of this number runs, waits or is suspended; `nil` from a cluster that cannot know. A
    /// controller's lease is as good as the job that holds it.
    func isRunning(job: UInt32) async throws(ClusterError) -> Bool?
}

extension Cluster {
    /// What ends nothing by itself has nothing to tell.
    package func warn(_ tasks: [TaskID]) async throws(ClusterError) {}
}

/// The cluster's own id of an array: Slurm's array job id.
package struct ArrayID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The number; never 0.
    package let number: UInt32

    /// An array's id from its number.
    package init(_ number: UInt32) { self.number = number }

    /// The bare number.
    package var description: String { String(number) }

    /// Orders by number.
    package static func < (left: ArrayID, right: ArrayID) -> Bool { left.number < right.number }
}

/// One task of an array.
package struct TaskID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The array.
    package let array: ArrayID
    /// The index in the array, 0 or greater.
    package let index: Int

    /// A task's id from its parts.
    package init(array: ArrayID, index: Int) {
        self.array = array
        self.index = index
    }

    /// As Slurm prints it: `4821_17`.
    package var description: String { "\(array)_\(index)" }

    /// Orders by array, then by index.
    package static func < (left: TaskID, right: TaskID) -> Bool {
        (left.array, left.index) < (right.array, right.index)
    }
}

/// An array to submit.
package struct TaskArray: Sendable {
    /// The token: the manifest's name, and part of the job's name and comment.
    package var token: ArrayToken
    /// The job's name, which carries study, rung and token. See `JobName`.
    package var name: String
    /// The indices, ascending, unique, each below the cluster's `maxArraySize`.
    package var indices: [Int]
    /// The lanes of each task by its index, as the manifest names them; a task that is not here has one, of its own
    /// index.
    package var lanes: [Int: [Int]]
    /// The worker's program and arguments. Each argument arrives literally, whatever it contains.
    package var command: [String]
    /// The directory the worker starts in: where the study's command is meant to run.
    package var workingDirectory: String
    /// The directory for what the tasks print outside any attempt, one file each.
    package var logDirectory: String
    /// The study's directory, so that readers of the queue find it.
    package var studyDirectory: String
    /// What is asked for each task.
    package var options: BatchOptions

    /// An array from its parts.
    package init(
        token: ArrayToken, name: String, indices: [Int], lanes: [Int: [Int]] = [:], command: [String],
        workingDirectory: String, logDirectory: String, studyDirectory: String,
        options: BatchOptions
    ) {
        self.token = token
        self.name = name
        self.indices = indices
        self.lanes = lanes
        self.command = command
        self.workingDirectory = workingDirectory
        self.logDirectory = logDirectory
        self.studyDirectory = studyDirectory
        self.options = options
    }
}

/// What a cluster says of one task at one moment.
package struct TaskSighting: Hashable, Sendable {
    /// The task.
    package var task: TaskID
    /// The token of its array, as the cluster has it; `nil` where it keeps none.
    package var token: ArrayToken?
    /// Its state.
    package var state: TaskState
    /// The cluster's word for the state, as `RUNNING` or `NODE_FAIL`.
    package var stateName: String
    /// How often the cluster has started it again.
    package var restarts: Int
    /// Why it waits, as `Resources`; empty when there is nothing to say.
    package var reason: String
    /// The nodes it runs on; empty when it does not run.
    package var nodes: String
    /// Seconds since it started; 0 when it has not.
    package var elapsedSeconds: Int
    /// Its time limit in minutes; `nil`: none, or not known.
    package var timeLimitMinutes: Int?
    /// The partition; empty where a cluster has none.
    package var partition: String
    /// The job's name.
    package var jobName: String
    /// The owner's name.
    package var user: String
    /// Whether it runs, and the cluster will end it before its time limit: it is being preempted.
    package var endsEarly = false

    /// What does not change by time alone.
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

/// The states of a task that have rules of their own.
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
    /// Over: it used more memory than it may.
    case outOfMemory
    /// Over: it reached its time limit or deadline.
    case timedOut

    /// Whether it will not run again without a new submission.
    package var isOver: Bool { self != .pending && self != .running }
}

/// Why a cluster could not do what was asked.
package enum ClusterError: Error, Hashable, CustomStringConvertible {
    /// Asked in vain, and again would be in vain: the cluster's reason, as `Invalid partition`.
    case refused(reason: String)
    /// A later try may succeed: the cluster is away or slow.
    case busy(reason: String)
    /// A limit on the number of tasks is reached: fewer at once, or a later try, may succeed.
    case overLimit(reason: String)
    /// The request was sent and its reply never came. It may have been carried out.
    case doubtful(reason: String)

    /// The reason in words.
    package var description: String {
        switch self {
        case .refused(let reason): "the cluster refused the request: \(reason)"
        case .busy(let reason): "the cluster is busy: \(reason)"
        case .overLimit(let reason): "a limit of the cluster is reached: \(reason)"
        case .doubtful(let reason): "the cluster did not answer: \(reason)"
        }
    }
}
