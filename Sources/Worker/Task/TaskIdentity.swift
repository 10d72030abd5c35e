import Spool
package import Tuning

/// Which task of which array this process is, from the cluster's environment.
package struct TaskIdentity: Hashable, Sendable {
    /// The array's token.
    package var token: ArrayToken
    /// The task's index in the array.
    package var index: Int
    /// The cluster's number of the array; 0 if not known.
    package var array: UInt32
    /// How often the cluster has restarted the task.
    package var epoch: Int

    /// The identity from the variables that Slurm (or the local cluster) sets.
    ///
    /// - Throws: a sentence, if the index is not known.
    package init(
        token: ArrayToken, index: Int?, environment: [String: String]
    ) throws(WorkerError) {
        guard let index = index ?? environment["SLURM_ARRAY_TASK_ID"].flatMap(Int.init), index >= 0 else {
            throw .usage("which task of the array is this? SLURM_ARRAY_TASK_ID is not set; give --index")
        }
        self.token = token
        self.index = index
        array = environment["SLURM_ARRAY_JOB_ID"].flatMap(UInt32.init) ?? 0
        epoch = max(0, environment["SLURM_RESTART_COUNT"].flatMap(Int.init) ?? 0)
    }
}

/// Why a worker could not do its work. `exitCode` is documented in docs/spool.md.
package enum WorkerError: Error, Hashable, CustomStringConvertible {
    /// Wrong arguments.
    case usage(String)
    /// The array is over, so this task has nothing to do.
    case finished
    /// The manifest cannot be seen from this node, or cannot be read.
    case noManifest(String)
    /// The study's directory is gone.
    case studyGone(String)
    /// Another user may have written what is to be run, so nothing is run.
    case untrusted(String)
    /// Some messages could not be published. They stay in the attempt's directory.
    case unpublished(String)
    /// The attempt's directory cannot be used.
    case directory(String)

    /// The process's exit code: 0 nothing to do, 64 wrong arguments, 74 messages could not be published, 75 try again
    /// on another node, 76 the study is gone, 77 another user may have written what is to be run.
    package var exitCode: Int32 {
        switch self {
        case .finished: 0
        case .usage: 64
        case .noManifest: 75
        case .unpublished, .directory: 74
        case .studyGone: 76
        case .untrusted: 77
        }
    }

    /// A sentence.
    package var description: String {
        switch self {
        case .finished: "nothing to do: the array is over"
        case .usage(let why), .noManifest(let why), .studyGone(let why), .untrusted(let why),
            .unpublished(let why), .directory(let why):
            why
        }
    }
}
