/// The meaning of Slurm's reasons for a waiting task, in squeue's words.
package enum WaitingReason {
    /// Whether time does not lift the reason: the task requests more than a partition, an account or a QOS ever gives,
    /// or something that does not exist. Limits on all tasks together, such as `QOSMaxJobsPerUserLimit`, are lifted as
    /// tasks end.
    package static func isLasting(_ reason: String) -> Bool {
        if lasting.contains(reason) || reason.hasPrefix("QOSMin") { return true }
        guard reason.hasPrefix("QOSMax") || reason.hasPrefix("AssocMax") else { return false }
        return ["PerJob", "PerNode", "WallDuration"].contains { reason.contains($0) }
    }

    /// Whether the user or an operator holds the task.
    package static func isHeld(_ reason: String) -> Bool { reason.lowercased().contains("held") }

    /// Whether the task never starts unless a person acts.
    package static func needsSomebody(_ reason: String) -> Bool {
        isLasting(reason) || isHeld(reason) || closed.contains(reason)
    }

    /// Whether a refusal that names this limit is about the number of jobs, not about what a job requests.
    package static func isAboutCount(_ words: String) -> Bool {
        words.contains("Submit") || words.contains("MaxJobs")
    }

    /// Whether a refusal that names this limit also counts other users' jobs.
    package static func isShared(_ words: String) -> Bool {
        words.contains("Grp") || words.contains("PerAccount")
    }

    private static let lasting: Set<String> = [
        "AccountNotAllowed", "BadConstraints", "DependencyNeverSatisfied", "InvalidAccount", "InvalidQOS",
        "MaxMemPerLimit", "PartitionNodeLimit", "PartitionTimeLimit", "QOSNotAllowed", "ReservationDeleted",
    ]

    /// Operators close partitions, and open them again.
    private static let closed: Set<String> = ["PartitionDown", "PartitionInactive"]
}
