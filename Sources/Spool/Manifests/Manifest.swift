import FoundationEssentials
package import Tuning

/// All assignments of one array. It is durable before the array is submitted, so a task needs nothing else: no job id,
/// no database and no running controller.
package struct Manifest: Hashable, Codable, Sendable {
    /// The version of the format that this code writes, and the only one that it reads.
    package static let version = 1

    /// The version of the format.
    package var version = Manifest.version
    /// The study's name, shown to people.
    package var study: String
    /// The array's token.
    package var token: ArrayToken
    /// The metric that every report must have.
    package var metric: String
    /// Further metrics that every report must have, in a study with several; `nil` for none.
    package var otherMetrics: [String]?
    /// The training command with its placeholders.
    package var command: CommandTemplate
    /// The directory that the command starts in.
    package var workingDirectory: String
    /// What a worker does after an assignment; `nil` to leave.
    package var stay: Stay?
    /// At which multiples of the resource the command also saves; `nil` to save only when necessary.
    package var saveEvery: Int?
    /// The separate directory of each trial; `nil` if all commands start in `workingDirectory`.
    package var workspace: Workspace?
    /// Where the command shows its metrics, if it does not report them.
    package var reports: ReportSource?
    /// The container that commands run in; `nil`: none.
    package var container: Container?
    /// The layout of the attempts' files (`StudyDirectory.Layout`); `nil` for the first layout.
    package var layout: Int?
    /// Whether a worker packs the output and reports of finished commands; `nil` for no.
    package var packs: Bool?
    /// The assignments of the array's lanes, in the order of their indices.
    package var entries: [Entry]

    /// What a worker waits for instead of leaving, and how long.
    package struct Stay: Hashable, Codable, Sendable {
        /// Whether it takes other work after its own; if not, only its trial may continue in place.
        package var reuse: Bool
        /// How many seconds it waits for an answer, 1 or more.
        package var seconds: Int

        /// A stay from its parts.
        package init(reuse: Bool, seconds: Int) {
            self.reuse = reuse
            self.seconds = seconds
        }
    }

    /// The assignment of one lane of a task.
    package struct Entry: Hashable, Codable, Sendable {
        /// The lane's index, unique within the array.
        package var index: Int
        /// The index of its task in the cluster; `nil` if equal to the lane's.
        package var task: Int?
        /// The trial.
        package var trial: TrialID
        /// The rung that the assignment leads to.
        package var rung: Int
        /// The trial's hyperparameters.
        package var configuration: Configuration
        /// The resource that the trial has reached already.
        package var from: Resource
        /// The resource to train to and to report at.
        package var to: Resource
        /// The checkpoint to resume from, relative to the study directory; `nil` to start at zero.
        package var resume: String?
        /// Whether the command may wait at its target, if the worker stays; `nil` for yes. `false`: it is known not to
        /// wait, and nobody waits for it.
        package var mayWait: Bool?
        /// Which of the trial's replicates trains, from 0; `nil` where the trial is trained once.
        package var replicate: Int?

        /// An entry from its parts.
        package init(
            index: Int, task: Int? = nil, trial: TrialID, rung: Int, configuration: Configuration,
            from: Resource, to: Resource, resume: String?, mayWait: Bool? = nil, replicate: Int? = nil
        ) {
            self.index = index
            self.task = task
            self.trial = trial
            self.rung = rung
            self.configuration = configuration
            self.from = from
            self.to = to
            self.resume = resume
            self.mayWait = mayWait
            self.replicate = replicate
        }
    }

    /// A manifest from its parts.
    package init(
        study: String, token: ArrayToken, metric: String, otherMetrics: [String]? = nil,
        command: CommandTemplate,
        workingDirectory: String, stay: Stay? = nil, saveEvery: Int? = nil, workspace: Workspace? = nil,
        reports: ReportSource? = nil, layout: Int? = StudyDirectory.Layout.flat.rawValue,
        packs: Bool? = nil, container: Container? = nil,
        entries: [Entry]
    ) {
        self.study = study
        self.token = token
        self.metric = metric
        self.otherMetrics = otherMetrics
        self.command = command
        self.workingDirectory = workingDirectory
        self.stay = stay
        self.saveEvery = saveEvery
        self.workspace = workspace
        self.reports = reports
        self.layout = layout
        self.packs = packs
        self.container = container
        self.entries = entries
    }

    /// All metrics that every report must have.
    package var metrics: [String] { [metric] + (otherMetrics ?? []) }

    /// The lanes of the task with this index; empty if the array has no such task.
    package func lanes(of task: Int) -> [Entry] { entries.filter { ($0.task ?? $0.index) == task } }

    /// Makes the manifest durable, and creates the directories for claims and answers. Repeating it is harmless.
    package func publish(in study: StudyDirectory) throws(FileError) {
        try study.files.createDirectory(study.claims(token))
        if stay != nil { try study.files.createDirectory(study.directives(token)) }
        // Other nodes may not see a file that was replaced just now, and a task that starts looks for it.
        let (path, text) = (study.manifest(token), text)
        let there = try? study.files.read(path, limit: SpoolLimits.manifestBytes)
        if there != text { try study.files.publish(text, at: path) }
    }

    /// Reads the manifest of an array.
    ///
    /// - Throws: `SpoolError.file` if it does not exist (yet) or cannot be read, `.malformed` if the file is not a
    ///   manifest of this version.
    package static func read(
        _ token: ArrayToken, in study: StudyDirectory
    ) throws(SpoolError) -> Manifest {
        let path = study.manifest(token)
        let manifest = try SpoolJSON.read(path, on: study.files, limit: SpoolLimits.manifestBytes) {
            Manifest(plain: $0)
        }
        guard manifest.version == version else {
            throw .malformed(path: path, reason: "format \(manifest.version), and this reads \(version)")
        }
        guard manifest.token == token else {
            throw .malformed(path: path, reason: "it is of the array \(manifest.token)")
        }
        return manifest
    }
}
