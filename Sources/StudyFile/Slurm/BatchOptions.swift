/// The resources that a study requests from Slurm for each task, in sbatch's own words and units.
///
/// The parser has checked every value's form. Only the cluster knows whether a partition or an account exists. `nil`
/// and empty mean: not requested, the site's default applies.
package struct BatchOptions: Hashable, Codable, Sendable {
    /// The time limit in minutes, as Slurm counts it; at least 1.
    package var timeMinutes: UInt32?
    /// How many seconds before its time limit a task asks its command to save and leave; at least 1.
    package var leaveSeconds: Int?
    /// The partitions, separated by commas.
    package var partition: String?
    /// The account to charge.
    package var account: String?
    /// The quality of service.
    package var qos: String?
    /// The least number of nodes; at least 1.
    package var minNodes: UInt32?
    /// The greatest number of nodes; not less than `minNodes`.
    package var maxNodes: UInt32?
    /// The number of tasks that srun starts; at least 1.
    package var ntasks: UInt32?
    /// The number of tasks on each node; at least 1.
    package var ntasksPerNode: UInt16?
    /// The processors of each task; at least 1.
    package var cpusPerTask: UInt16?
    /// The memory of each node in MiB; 0 means all of it. Excludes `memoryPerCPUMiB`.
    package var memoryMiB: UInt64?
    /// The memory of each processor in MiB. Excludes `memoryMiB`.
    package var memoryPerCPUMiB: UInt64?
    /// The memory of a retry after running out of memory, in percent of the previous try's; at least 100.
    package var retryMemoryPercent: Int?
    /// Generic resources of each node, such as `gpu:a100:2`.
    package var gres: String?
    /// GPUs of the whole task, such as `2` or `a100:2`.
    package var gpus: String?
    /// GPUs of each node.
    package var gpusPerNode: String?
    /// GPUs of each srun task.
    package var gpusPerTask: String?
    /// Processors for each GPU; at least 1.
    package var cpusPerGPU: UInt16?
    /// Memory for each GPU in MiB.
    package var memoryPerGPUMiB: UInt64?
    /// Features that the nodes must have.
    package var constraint: String?
    /// The reservation to run in.
    package var reservation: String?
    /// Nodes that must be in the allocation.
    package var nodelist: String?
    /// Nodes that must not be in the allocation.
    package var exclude: String?
    /// Whether to share nodes with no other job.
    package var exclusive: Bool = false
    /// How much to lower the priority; a negative number raises it, where that is allowed.
    package var nice: Int32?
    /// A comment on the job. The array's token is added to it.
    package var comment: String?
    /// Licences, such as `matlab:1`.
    package var licenses: String?
    /// Environment variables for each task, in addition to the controller's.
    package var environment: [String: String] = [:]
    /// Shell lines that run before the worker, such as `module load python`.
    package var setup: [String] = []
    /// The options that depend on parameters or rungs; their own fields are not set.
    package var choices = OptionChoices()
    /// The options that stune chooses; their own fields are not set.
    package var automatic = AutomaticOptions()
    /// Which of the options come from a site's or a user's file of defaults.
    package var defaults = DefaultedOptions()

    /// Options that request nothing.
    package init() {}

    /// The same with what stune has chosen: minutes and MiB, where they are not 0.
    package func asking(minutes: Int, mebibytes: Int) -> BatchOptions {
        var chosen = self
        chosen.automatic = AutomaticOptions()
        if minutes > 0 { chosen.timeMinutes = UInt32(clamping: minutes) }
        if mebibytes > 0 { chosen.memoryMiB = UInt64(mebibytes) }
        return chosen
    }

    /// The options for a trial that ran out of memory this many times.
    package func afterOutOfMemory(times: Int) -> BatchOptions {
        guard let retryMemoryPercent, times > 0 else { return self }
        var more = self
        for _ in 0..<times {
            more.memoryMiB = memory(more.memoryMiB, retryMemoryPercent)
            more.memoryPerCPUMiB = memory(more.memoryPerCPUMiB, retryMemoryPercent)
            more.memoryPerGPUMiB = memory(more.memoryPerGPUMiB, retryMemoryPercent)
        }
        return more
    }

    /// A percentage of a memory, rounded up. No value stays no value, and all of a node stays all of it.
    private func memory(_ mebibytes: UInt64?, _ percent: Int) -> UInt64? {
        mebibytes.map {
            min(UInt64(StudyFileLimits.memoryMiB.upperBound), ($0 * UInt64(percent) + 99) / 100)
        }
    }
}
