package import Tuning

/// The paths of a study, all below one directory on the shared filesystem. `docs/spool.md` describes them for authors
/// of workers in other languages.
package struct StudyDirectory: Sendable {
    /// The absolute path of the directory.
    package let path: String
    /// The file system that it lies on.
    package let files: any FileSystem
    /// How the files of attempts are named.
    package var layout = Layout.flat
    private let database: String

    /// How the files of attempts are named. A study keeps the layout that it began with.
    package enum Layout: Int, Hashable, Sendable {
        /// `trials/0/17/ATTEMPT/` with a directory `checkpoints` in it: studies of stune 0.1.
        case nested = 1
        /// `live/17.ATTEMPT/` while the command runs, and `trials/0/17.ATTEMPT/` for its checkpoints.
        case flat = 2
    }

    /// The study directory at this absolute path.
    ///
    /// - Parameter files: `nil` for this machine's, following no link within the directory.
    /// - Parameter database: where SQLite's files are; by default in the directory itself.
    package init(_ path: String, on files: (any FileSystem)? = nil, database: String? = nil) {
        self.path = path
        self.files = files ?? SystemFiles(below: path)
        self.database = database ?? path
    }

    /// The study file as it was accepted.
    package var studyFile: String { "\(path)/study.yaml" }
    /// The store made by the controller of a lease's epoch: `study.db` for epoch 0, else, for example, `study.7.db`.
    /// Only the controller opens it.
    package func store(_ epoch: Int) -> String {
        epoch == 0 ? "\(database)/study.db" : "\(database)/study.\(epoch).db"
    }
    /// The copy of the store that readers open.
    package var snapshot: String { "\(database)/snapshot.db" }
    /// The copy of another study's snapshot from which this study begins, made by `stune fork`.
    package var forked: String { "\(path)/forked.db" }
    /// The path of that other study's directory, as a line of text.
    package var forkedFrom: String { "\(path)/forked-from" }
    /// What the controller is waiting for.
    package var trouble: String { "\(path)/trouble" }
    /// Why the last notification could not be sent.
    package var notifyTrouble: String { "\(path)/notify-trouble" }
    /// Stores that `stune run --restore` replaced: damaged ones, or ones that are not the newest.
    package var lost: String { "\(path)/lost" }
    /// The checkpoints of the attempts, in blocks of trials.
    package var trials: String { "\(path)/trials" }
    /// What running commands read and write, one directory for each process.
    package var live: String { "\(path)/live" }
    /// What finished commands and tasks have printed and reported.
    package var outputs: String { "\(path)/outputs" }
    /// The copies of the code that trials run, if they do not run it where it is.
    package var code: String { "\(path)/code" }
    /// The records of who may be the controller.
    package var leases: String { "\(path)/lease" }
    /// What the tasks print outside any attempt.
    package var logs: String { "\(path)/logs" }
    /// The part that controller and workers share.
    package var spool: String { "\(path)/spool" }
    /// One manifest for each array, named after its token.
    package var manifests: String { "\(spool)/manifests" }
    /// One directory for each array, with one file for each claimed attempt.
    package var claims: String { "\(spool)/claims" }
    /// One directory for each array, with one file for each question of a waiting worker.
    package var directives: String { "\(spool)/directives" }
    /// The inbox, one directory for each shard.
    package var inbox: String { "\(spool)/inbox" }
    /// Exists once the study is over. Workers that start later have nothing to do.
    package var over: String { "\(spool)/over" }
    /// The tokens of finished arrays: no task of them can start any more, and their files in the spool are removed.
    package var finished: String { "\(spool)/finished" }
    /// Incoming files that could not be read.
    package var quarantine: String { "\(spool)/quarantine" }

    /// The manifest of an array.
    package func manifest(_ token: ArrayToken) -> String { "\(manifests)/\(token).json" }

    /// The directory of the claims on an array's tasks.
    package func claims(_ token: ArrayToken) -> String { "\(claims)/\(token)" }

    /// The directory of the answers to an array's workers.
    package func directives(_ token: ArrayToken) -> String { "\(directives)/\(token)" }

    /// The answer to a question of the worker that runs an attempt.
    package func directive(_ attempt: Turn, _ question: Directive.Question) -> String {
        "\(directives(attempt.token))/\(attempt.index).\(attempt.epoch).\(attempt.turn).\(question.rawValue)"
    }

    /// Where a process that began with this attempt reads and writes: output, reports, answers. Relative to the study
    /// directory.
    package func outputs(of attempt: Turn, _ trial: TrialID) -> String {
        switch layout {
        case .nested: "\(nested(attempt, trial))"
        case .flat: "live/\(trial).\(attempt)"
        }
    }

    /// Where an attempt publishes its checkpoints, relative to the study directory.
    package func checkpoints(of attempt: Turn, _ trial: TrialID) -> String {
        switch layout {
        case .nested: "\(nested(attempt, trial))/checkpoints"
        case .flat: "trials/\(StudyDirectory.block(of: trial))/\(trial).\(attempt)"
        }
    }

    /// A checkpoint, relative to the study directory.
    package func checkpoint(_ attempt: Turn, of trial: TrialID, at resource: Resource) -> String {
        "\(checkpoints(of: attempt, trial))/\(resource)"
    }

    private func nested(_ attempt: Turn, _ trial: TrialID) -> String {
        "trials/\(StudyDirectory.block(of: trial))/\(trial)/\(attempt)"
    }

    private static func block(of trial: TrialID) -> Int { trial.number / SpoolLimits.trialsPerDirectory }

    /// The number of the trial that a process began with, from the path of its outputs, in either layout.
    package static func trial(ofOutputs path: String) -> Int? {
        let parts = path.split(separator: "/")
        switch parts.count {
        case 4: return Int(parts[2])
        case 2: return parts[1].split(separator: ".").first.flatMap { Int($0) }
        default: return nil
        }
    }

    /// The directory that a trial's commands start in, if each trial has its own; relative to the study directory. Each
    /// replicate after the first has a directory of its own.
    package static func workspace(of trial: TrialID, replicate: Int? = nil) -> String {
        let suffix = (replicate ?? 0) == 0 ? "" : ".\(replicate ?? 0)"
        return "trials/\(block(of: trial))/\(trial)/work\(suffix)"
    }

    /// The attempt that published a checkpoint, from its path relative to the study directory, in either layout; `nil`
    /// if the path is not a checkpoint's.
    package static func attempt(ofCheckpoint path: String) -> Turn? {
        let parts = path.split(separator: "/")
        guard parts.count > 3, parts[0] == "trials" else { return nil }
        guard parts[3...].count == 1, let dot = parts[2].firstIndex(of: ".") else {
            return Turn(String(parts[3]))
        }
        return Turn(String(parts[2][parts[2].index(after: dot)...]))
    }

    /// Creates the directory and what the controller needs in it. Existing files are kept.
    package func create() throws(FileError) {
        try files.createDirectory(path)
        // First, because a study that has begun without it keeps the layout that it began with.
        if try !files.exists(manifests) { try files.createDirectory(live) }
        for directory in [leases, logs, manifests, claims, directives, quarantine] {
            try files.createDirectory(directory)
        }
        for directory in OutputPacks.directories { try files.createDirectory("\(outputs)/\(directory)") }
        for shard in 0..<SpoolLimits.inboxShards {
            try files.createDirectory("\(inbox)/\(shard)/tmp")
            try files.createDirectory("\(inbox)/\(shard)/new")
        }
    }

    /// The names of the processes' directories; none in the first layout.
    package func liveProcesses() throws(FileError) -> [String] {
        layout == .flat ? try files.list(live) : []
    }

    /// The same directory, in the layout that its study began with. Its controller has created it.
    package func inOwnLayout() throws(FileError) -> StudyDirectory {
        var own = self
        own.layout = try files.exists(live) ? .flat : .nested
        return own
    }

    /// The same directory, in the layout that an array's workers use.
    package func laidOut(for manifest: Manifest) -> StudyDirectory {
        var own = self
        own.layout = manifest.layout.flatMap(Layout.init) ?? .nested
        return own
    }
}
