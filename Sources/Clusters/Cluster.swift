package import Dispatching
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

    /// Nobody asks about these arrays any more: their tasks are over, and nothing is left of them in the spool.
    func forget(_ arrays: Set<ArrayID>) async

    /// Whether a job of this number runs, waits or is suspended; `nil` from a cluster that cannot know. A
    /// controller's lease is as good as the job that holds it.
    func isRunning(job: UInt32) async throws(ClusterError) -> Bool?
}

extension Cluster {
    /// What ends nothing by itself has nothing to tell.
    package func warn(_ tasks: [TaskID]) async throws(ClusterError) {}

    /// What keeps no record of its own has nothing to forget.
    package func forget(_ arrays: Set<ArrayID>) async {}
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
