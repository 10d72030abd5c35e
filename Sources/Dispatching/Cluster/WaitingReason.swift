/// What Slurm's reasons for a task that waits mean, in the words of squeue.
package enum WaitingReason {
    /// Whether no time lifts it: the task asks for more than a partition, an account or a QOS ever gives, or for what
    /// is not there. Limits on all tasks together, as `QOSMaxJobsPerUserLimit`, are lifted as tasks end.
    package static func isLasting(_ reason: String) -> Bool {
        if lasting.contains(reason) || reason.hasPrefix("QOSMin") { return true }
        guard reason.hasPrefix("QOSMax") || reason.hasPrefix("AssocMax") else { return false }
        return ["PerJob", "PerNode", "WallDuration"].contains { reason.contains($0) }
    }

    /// Whether the user or an operator holds the task.
    package static func isHeld(_ reason: String) -> Bool { reason.lowercased().contains("held") }

    /// Whether a person has to act, or the task never starts.
    package static func needsSomebody(_ reason: String) -> Bool {
        isLasting(reason) || isHeld(reason) || closed.contains(reason)
    }

    /// Whether a refusal that names this limit is about how many jobs there are, and not about what a job asks for.
    package static func isAboutCount(_ words: String) -> Bool {
        words.contains("Submit") || words.contains("MaxJobs")
    }

    /// Whether a refusal that names this limit counts other people's jobs too.
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
