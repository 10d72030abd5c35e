/// How a study is run: what is no part of the study itself, and may differ each time that it is resumed.
package struct RunSettings: Hashable, Sendable {
    /// Where its tasks run; `nil`: neither the study file nor a file of defaults says.
    package var cluster: ClusterKind?
    /// What its controller may ask of Slurm and of the file system.
    package var limits = RequestLimits()
    /// Whom to tell of news; `nil`: nobody.
    package var notify: NotifyRule?

    /// The settings of a study whose file says nothing.
    package init() {}
}

/// Where tasks run, in the words of `--cluster`.
package enum ClusterKind: String, Hashable, Sendable, CaseIterable {
    /// Slurm, by libslurm where that can be used.
    case slurm
    /// Slurm, by its commands.
    case slurmCommands = "slurm-commands"
    /// Processes of this machine.
    case local
}

/// What a controller may ask of a site.
package struct RequestLimits: Hashable, Sendable {
    /// Submissions of arrays in any hour; at least 1.
    package var submissionsPerHour: Int
    /// Tasks that wait or run at once; at least 1, `nil`: as many as the site takes.
    package var queuedTasks: Int?
    /// Requests to Slurm in any minute, submissions included; at least 1.
    package var requestsPerMinute: Int
    /// Files and directories below the study's directory; `nil`: any number.
    package var files: Int?

    /// The limits; each has a default that no site minds.
    package init(
        submissionsPerHour: Int = Defaults.submissionsPerHour, queuedTasks: Int? = nil,
        requestsPerMinute: Int = Defaults.requestsPerMinute, files: Int? = nil
    ) {
        self.submissionsPerHour = submissionsPerHour
        self.queuedTasks = queuedTasks
        self.requestsPerMinute = requestsPerMinute
        self.files = files
    }
}

/// The command that tells people of a study's news.
package struct NotifyRule: Hashable, Sendable {
    /// The program and its arguments; at least the program.
    package var command: [String]
    /// What it is started for; not empty.
    package var kinds: Set<StudyNews.Kind>

    /// A rule from its parts.
    package init(command: [String], kinds: Set<StudyNews.Kind> = Set(Defaults.notifyOn)) {
        self.command = command
        self.kinds = kinds
    }
}

/// What people are told of while a study runs.
package enum StudyNews {
    /// The kinds of news, in the words of `notify.on`.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A trial is better than all before.
        case best
        /// The study ended without success: the cluster refused its jobs, or too many trials failed in a row.
        case failed
        /// The study ended early: a stop condition holds, or someone cancelled it.
        case stopped
        /// The study is complete.
        case done
        /// Something is in the controller's way that a person may have to remove.
        case stalled
    }
}
