package import Dispatching
package import StudyFile
package import Tuning

/// Where tasks run. Every implementation passes the same conformance suite (`ClusterConformance`).
///
/// A cluster only carries out requests and decides nothing. All calls may be repeated after a doubtful reply.
package protocol Cluster: Sendable {
    /// The greatest size of an array and the limit of its indices: every index is below this. At least 2.
    func maxArraySize() async throws(ClusterError) -> Int

    /// Submits an array. After the return the cluster has it, and its tasks may have started already.
    ///
    /// - Throws: `ClusterError.refused` if no retry can help, `.busy` if a later one may, `.overLimit` if a smaller
    ///   array or a later try may, `.doubtful` if the cluster may or may not have taken it: then ask `find`.
    func submit(_ array: TaskArray) async throws(ClusterError) -> ArrayID

    /// The arrays with this token that the cluster knows, oldest first: none, one, or two if a doubtful submission was
    /// repeated.
    func find(_ token: ArrayToken) async throws(ClusterError) -> [ArrayID]

    /// How many requests to the site one call of `sightings` or `find` takes, at least 1. Each other call takes one, and
    /// `cancel` and `warn` one for each array or task.
    var requestsPerLook: Int { get }

    /// What the cluster knows about the tasks of these arrays. A task that it no longer knows is absent.
    func sightings(of arrays: Set<ArrayID>) async throws(ClusterError) -> [TaskSighting]

    /// Cancels tasks. A task that is over is no error.
    func cancel(_ tasks: [TaskID]) async throws(ClusterError)

    /// Tells the workers of running tasks that the cluster will end them soon, so that their commands can save and
    /// leave.
    func warn(_ tasks: [TaskID]) async throws(ClusterError)

    /// Forgets these arrays: their tasks are over, their spool files are removed, and nobody will ask about them.
    func forget(_ arrays: Set<ArrayID>) async

    /// Whether a job of this number runs, waits or is suspended; `nil` from a cluster that cannot know. A controller's
    /// lease counts only as long as the job that holds it.
    func isRunning(job: UInt32) async throws(ClusterError) -> Bool?
}

extension Cluster {
    /// A single request.
    package var requestsPerLook: Int { 1 }

    /// Does nothing, for clusters that never end tasks by themselves.
    package func warn(_ tasks: [TaskID]) async throws(ClusterError) {}

    /// Does nothing, for clusters without records of their own.
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
    /// The lanes of each task by its index, as in the manifest. A task without an entry has one lane, with its own
    /// index.
    package var lanes: [Int: [Int]]
    /// The worker's program and arguments. Each argument arrives unchanged, whatever it contains.
    package var command: [String]
    /// The directory that the worker starts in, where the study's command is to run.
    package var workingDirectory: String
    /// The directory for what the tasks print outside any attempt, one file each.
    package var logDirectory: String
    /// The study's directory, so that programs that read the queue can find it.
    package var studyDirectory: String
    /// The resources requested for each task.
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

/// Why a cluster did not carry out a request.
package enum ClusterError: Error, Hashable, CustomStringConvertible {
    /// Repeating the request cannot help; the cluster's reason, such as `Invalid partition`.
    case refused(reason: String)
    /// A later try may succeed: the cluster is away or slow.
    case busy(reason: String)
    /// A limit on the number of tasks is reached: fewer at once, or a later try, may succeed.
    case overLimit(reason: String)
    /// The request was sent and its reply was lost, so it may have been carried out.
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
