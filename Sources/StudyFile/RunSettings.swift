/// How a study is run: settings that are not part of the study and may differ each time that it is resumed.
package struct RunSettings: Hashable, Sendable {
    /// Where its tasks run; `nil` if neither the study file nor a file of defaults says.
    package var cluster: ClusterKind?
    /// Limits on its controller's requests to Slurm and the file system.
    package var limits = RequestLimits()
    /// The command for notifications; `nil` for none.
    package var notify: NotifyRule?
    /// Which files are the study's code, and whether trials run a copy of them.
    package var code = CodeRule()

    /// The settings of a study whose file sets none.
    package init() {}
}

/// Where tasks run, by the values of `--cluster`.
package enum ClusterKind: String, Hashable, Sendable, CaseIterable {
    /// Slurm, by libslurm if it can be used.
    case slurm
    /// Slurm, by its commands.
    case slurmCommands = "slurm-commands"
    /// Processes of this machine.
    case local
}

/// Limits on a controller's use of a site.
package struct RequestLimits: Hashable, Sendable {
    /// Submissions of arrays per hour; at least 1.
    package var submissionsPerHour: Int
    /// Tasks that wait or run at the same time; at least 1. `nil`: as many as the site accepts.
    package var queuedTasks: Int?
    /// Requests to Slurm per minute, including submissions; at least 1.
    package var requestsPerMinute: Int
    /// Files and directories below the study's directory; `nil` for any number.
    package var files: Int?
    /// Work that takes less than so many minutes is too short for a task of its own in mode `auto`; 0: any may have one.
    package var taskMinutes: Int

    /// The limits. The defaults are acceptable at every site.
    package init(
        submissionsPerHour: Int = Defaults.submissionsPerHour, queuedTasks: Int? = nil,
        requestsPerMinute: Int = Defaults.requestsPerMinute, files: Int? = nil,
        taskMinutes: Int = Defaults.taskMinutes
    ) {
        self.submissionsPerHour = submissionsPerHour
        self.queuedTasks = queuedTasks
        self.requestsPerMinute = requestsPerMinute
        self.files = files
        self.taskMinutes = taskMinutes
    }
}

/// Which files are a study's code.
package struct CodeRule: Hashable, Sendable {
    /// The files and directories that belong to the code besides those that the command names: absolute paths, or relative
    /// to the study file's directory.
    package var include: [String] = []
    /// Whether the code is copied into the study's directory once, and all trials run the copy.
    package var isSnapshot = false

    /// The code that the command names, run where it is.
    package init() {}
}

/// The command that notifies people about a study.
package struct NotifyRule: Hashable, Sendable {
    /// The program and its arguments; at least the program.
    package var command: [String]
    /// The kinds of news that start it; not empty.
    package var kinds: Set<StudyNews.Kind>

    /// A rule from its parts.
    package init(command: [String], kinds: Set<StudyNews.Kind> = Set(Defaults.notifyOn)) {
        self.command = command
        self.kinds = kinds
    }
}

/// News about a running study.
package enum StudyNews {
    /// The kinds of news, by the values of `notify.on`.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A trial is better than all before it.
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
