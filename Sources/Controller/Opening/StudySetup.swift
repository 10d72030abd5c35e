package import OutsidePrograms
package import Spool
package import StudyFile
package import Tuning

/// A controller's settings at its start.
package struct StudySetup: Sendable {
    /// The study as its file describes it.
    package var spec: StudySpec
    /// The settings that the file names. For the others, a study keeps what it began with.
    package var named = NamedSettings()
    /// Whether the controller stays, so that waiting workers are answered at once.
    package var stays = true
    /// The study's directory.
    package var directory: StudyDirectory
    /// Where the study's command runs: the absolute path of the study file's directory.
    package var workingDirectory: String
    /// The absolute path of the study file, for the command that resumes the study; `nil` if not known.
    package var studyFile: String?
    /// The absolute path of `stune-worker`.
    package var worker: String
    /// The pace that suits the cluster.
    package var pace: Pace
    /// What may be asked of the site; `nil`: anything.
    package var limits: RequestLimits?
    /// `slurm` or `local`: readers of the study ask the same.
    package var clusterName: String
    /// The clocks that waits and records go by.
    package var time: any TimeSource = SystemTime()
    /// Whether the store is gone with the process: a study that only pretends to be one is not resumed.
    package var forgetsStore = false
    /// Whether a copy of the study's store may serve where that is lost or damaged.
    package var restores = false
    /// The text of the study file, which is kept with the study; `nil`: not known.
    package var studyText: String?
    /// Whether a study that is over is opened again.
    package var reopening = Reopening.never
    /// Reads the prior results that the study begins with. A study that has begun does not need them again.
    package var priors: @Sendable () throws -> [PriorResults] = { [] }
    /// Which code the command is now; `nil`: nobody has looked.
    package var code: CommandCode?
    /// The searcher outside, where the study has one. Its owner ends it.
    package var searcher: (any OutsideProgram)?
    /// The scheduler outside, likewise.
    package var scheduler: (any OutsideProgram)?
    /// Rung when either of them has an answer.
    package var news: Bell { searcher?.news ?? scheduler?.news ?? Bell() }
    /// Draws the tokens of new arrays, which nobody can guess.
    package var drawToken: @Sendable () -> ArrayToken = { ArrayToken(bits: .random(in: .min ... .max)) }

    /// Whether a study that is over is opened again.
    package enum Reopening: Sendable {
        /// It stays as it ended.
        case never
        /// Where the user has given it something to do since.
        case ifAsked
        /// Also where it had ended before it was complete, unless the stop condition that ended it still holds.
        case ifUnfinished
    }

    /// A setup from its parts.
    package init(
        spec: StudySpec, directory: StudyDirectory, workingDirectory: String, worker: String, pace: Pace,
        clusterName: String
    ) {
        self.spec = spec
        self.directory = directory
        self.workingDirectory = workingDirectory
        self.worker = worker
        self.pace = pace
        self.clusterName = clusterName
    }

    /// How tasks are used. Without a controller that stays to answer workers, the choice that is left to stune is one
    /// task for each assignment.
    var execution: Execution {
        var execution = spec.execution
        if execution.mode == .auto, !stays { execution.mode = .rung }
        return execution
    }
}
