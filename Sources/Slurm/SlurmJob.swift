/// One record of Slurm's queue: one task, or several waiting tasks of an array in the same state.
package struct SlurmJob: Hashable, Sendable {
    /// The job id; for a task that has started, it differs from the array's.
    package var id: UInt32
    /// The array's job id; the job's own if it is not an array.
    package var array: UInt32
    /// The task's indices; empty if the job is not an array.
    package var indices: [Int]
    /// The base state.
    package var state: State
    /// Slurm's word for the state, as squeue prints it.
    package var stateName: String
    /// Why it waits or how it ended; empty if Slurm gives no reason.
    package var reason: String
    /// The owner's number.
    package var user: UInt32
    /// The job's name.
    package var name: String
    /// The job's comment.
    package var comment: String
    /// The partition.
    package var partition: String
    /// The nodes, such as `n[1-4]`; empty before it starts.
    package var nodes: String
    /// The time limit in minutes; `nil` for none.
    package var timeLimitMinutes: Int?
    /// When it started, in seconds since 1970; 0 if it has not.
    package var startTime: Int64
    /// When it ends at the latest, or ended, in seconds since 1970; 0 if not known.
    package var endTime: Int64
    /// When slurmctld answered, by the clock of the other times.
    package var answerTime: Int64
    /// How often it was restarted.
    package var restarts: Int
    /// The batch script's path, before 23.02 also its arguments, separated by single spaces; empty if there is none.
    package var command: String
    /// The jobs that it waits for, such as `afterany:4820`; empty for none.
    package var dependency: String
    /// Whether it has a batch script.
    package var isBatch: Bool

    /// Slurm's base states, combined with the flags above them.
    package enum State: Hashable, Sendable, CaseIterable {
        /// Waiting, also after a requeue.
        case pending
        /// Running, suspended, or completing.
        case running
        /// Over with exit code 0.
        case completed
        /// Over with another exit code.
        case failed
        /// Cancelled by its owner or an operator.
        case cancelled
        /// Its time limit or deadline was reached.
        case timeout
        /// A node failed, it was preempted, or a node did not boot.
        case displaced
        /// It used more memory than allowed.
        case outOfMemory
    }

    /// Whether it runs and will end before its time limit, such as during a preemption's grace time. A job without a
    /// limit ends after a year.
    package var endsEarly: Bool {
        guard state == .running, stateName == "RUNNING", startTime > 0, endTime > 0 else { return false }
        let limit = timeLimitMinutes.map { Int64($0) * 60 } ?? 364 * 86_400
        // Allows for rounding and adjusted clocks.
        return endTime < startTime + limit - 5
    }

    /// Whether it will not run again by itself.
    package var isOver: Bool { state != .pending && state != .running }
}

extension SlurmJob.State {
    /// The state that Slurm's word means. A job that is completing, or will be queued again, is not over.
    init(word: String) {
        switch word {
        case "PENDING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT": self = .pending
        case "COMPLETED": self = .completed
        case "CANCELLED", "REVOKED": self = .cancelled
        case "TIMEOUT", "DEADLINE": self = .timeout
        case "NODE_FAIL", "PREEMPTED", "BOOT_FAIL": self = .displaced
        case "OUT_OF_MEMORY": self = .outOfMemory
        case "FAILED", "UNKNOWN": self = .failed
        default: self = .running
        }
    }
}

/// Why Slurm did not carry out a request.
package struct SlurmError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of error.
    package enum Trouble: Hashable, Sendable {
        /// Slurm refused the request, and would refuse it again.
        case refused
        /// A later try may succeed: all errors not known to be of another kind.
        case busy
        /// A limit is reached: fewer jobs at once, or a later try, may succeed.
        case overLimit
        /// The request was sent and no reply came.
        case doubtful
    }

    /// The kind of error.
    package var trouble: Trouble
    /// Slurm's error number.
    package var code: Int32
    /// Slurm's words.
    package var reason: String

    /// An error from its parts.
    package init(trouble: Trouble, code: Int32, reason: String) {
        self.trouble = trouble
        self.code = code
        self.reason = reason
    }

    /// Slurm's number for an unspecified error, such as a submit plugin's refusal without a message.
    package static let unspecified: Int32 = -1
    /// Used when a Slurm command printed no message with a known number.
    package static let unnumbered: Int32 = 0
    /// Slurm's number for an array larger than the site allows.
    package static let invalidArray: Int32 = 2081
    /// Slurm's numbers for what an account or a QOS does not allow.
    package static let policies: Set<Int32> = [policy, 2074]
    /// Slurm's number for a request beyond the limits of an account or a QOS.
    package static let policy: Int32 = 2050

    /// Slurm's message, with the number if there is one.
    package var description: String {
        code == SlurmError.unnumbered ? reason : "\(reason) (Slurm error \(code))"
    }
}

/// A job array to submit, in the units of slurm.h.
package struct SlurmSubmission: Sendable {
    /// The job's name.
    package var name: String
    /// The batch script, with its first line.
    package var script: String
    /// The indices.
    package var indices: [Int]
    /// The directory that the script starts in.
    package var workingDirectory: String
    /// Slurm's pattern for the output file; see `SlurmSubmission.literal` for parts to take literally.
    package var output: String
    /// The job's comment.
    package var comment: String
    /// The environment, each as `NAME=VALUE`.
    package var environment: [String]
    /// See sbatch's options of the same names.
    package var partition, account, qos, constraint, reservation, nodelist, exclude, licenses: String?
    /// See sbatch's option of the same name.
    package var wckey: String?
    /// See sbatch's options of the same names.
    package var gres, gpus, gpusPerNode, gpusPerTask: String?
    /// Minutes.
    package var timeLimitMinutes: UInt32?
    /// See sbatch's options of the same names.
    package var minNodes, maxNodes, ntasks, ntasksPerNode, cpusPerTask, cpusPerGPU: UInt32?
    /// MiB.
    package var memoryPerNodeMiB, memoryPerCPUMiB, memoryPerGPUMiB: UInt64?
    /// Lowers the priority.
    package var nice: Int32 = 0
    /// Whether to share nodes with no other job.
    package var exclusive = false
    /// Whether it may be requeued; `nil` for the site's default.
    package var requeue: Bool?
    /// Seconds before the time limit at which the batch script gets SIGUSR1; Slurm may send it a minute earlier.
    package var warningSeconds: UInt32?

    /// A submission with the required fields only.
    package init(
        name: String, script: String, indices: [Int], workingDirectory: String, output: String,
        comment: String, environment: [String]
    ) {
        self.name = name
        self.script = script
        self.indices = indices
        self.workingDirectory = workingDirectory
        self.output = output
        self.comment = comment
        self.environment = environment
    }

    /// A path for Slurm to take literally within a pattern, where `%` and `\` are special. If it contains a `\`, Slurm
    /// replaces nothing in the whole pattern, so such a path cannot have one file for each task.
    package static func literal(_ path: String) -> String {
        path.replacing("\\", with: "\\\\").replacing("%", with: "%%")
    }
}
