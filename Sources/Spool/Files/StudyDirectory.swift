package import Tuning

/// Where everything of a study lies, below one directory on the shared filesystem. `docs/spool.md`
/// describes it for those who write a worker in another language.
package struct StudyDirectory: Sendable {
    /// The absolute path of the directory.
    package let path: String
    /// The file system that it lies on.
    package let files: any FileSystem
    private let database: String

    /// The study directory at this absolute path.
    ///
    /// - Parameter files: `nil`: those of this machine, where no link within the directory is followed.
    /// - Parameter database: where SQLite's files lie; by default in the directory itself.
    package init(_ path: String, on files: (any FileSystem)? = nil, database: String? = nil) {
        self.path = path
        self.files = files ?? SystemFiles(below: path)
        self.database = database ?? path
    }

    /// The study file as it was accepted.
    package var studyFile: String { "\(path)/study.yaml" }
    /// The store that the controller of a lease's epoch made: `study.db` of epoch 0, else `study.7.db`. Only
    /// the controller opens it.
    package func store(_ epoch: Int) -> String {
        epoch == 0 ? "\(database)/study.db" : "\(database)/study.\(epoch).db"
    }
    /// The copy of the store that readers open.
    package var snapshot: String { "\(database)/snapshot.db" }
    /// What stands in the controller's way at present.
    package var trouble: String { "\(path)/trouble" }
    /// Why people could not be told of the last news.
    package var notifyTrouble: String { "\(path)/notify-trouble" }
    /// What `stune run --restore` has put aside: stores that were damaged or are not the newest.
    package var lost: String { "\(path)/lost" }
    /// The directories of the attempts, by blocks of trials.
    package var trials: String { "\(path)/trials" }
    /// The records of who may be controller.
    package var leases: String { "\(path)/lease" }
    /// What the tasks print outside any attempt.
    package var logs: String { "\(path)/logs" }
    /// The part that controller and workers share.
    package var spool: String { "\(path)/spool" }
    /// One manifest for each array, named by its token.
    package var manifests: String { "\(spool)/manifests" }
    /// One directory for each array, with a file for each attempt that was claimed.
    package var claims: String { "\(spool)/claims" }
    /// One directory for each array, with a file for each answer that a worker waits for.
    package var directives: String { "\(spool)/directives" }
    /// The inbox, one directory a shard.
    package var inbox: String { "\(spool)/inbox" }
    /// There once the study is over: workers that start then have nothing to do.
    package var over: String { "\(spool)/over" }
    /// What came in and could not be read.
    package var quarantine: String { "\(spool)/quarantine" }

    /// The manifest of an array.
    package func manifest(_ token: ArrayToken) -> String { "\(manifests)/\(token).json" }

    /// The directory of the claims on an array's tasks.
    package func claims(_ token: ArrayToken) -> String { "\(claims)/\(token)" }

    /// The directory of the answers to an array's workers.
    package func directives(_ token: ArrayToken) -> String { "\(directives)/\(token)" }

    /// The answer to a question of the worker that carries out an attempt.
    package func directive(_ attempt: Turn, _ question: Directive.Question) -> String {
        "\(directives(attempt.token))/\(attempt.index).\(attempt.epoch).\(attempt.turn).\(question.rawValue)"
    }

    /// The directory of an attempt, relative to the study directory: its logs, reports, checkpoints.
    package static func attempt(_ attempt: Turn, of trial: TrialID) -> String {
        let block = trial.number / SpoolLimits.trialsPerDirectory
        return "trials/\(block)/\(trial)/\(attempt)"
    }

    /// The number of the trial that an attempt's directory, relative to the study directory, was made for.
    package static func trial(ofAttempt directory: String) -> Int? {
        let parts = directory.split(separator: "/")
        return parts.count == 4 ? Int(parts[2]) : nil
    }

    /// The directory that a trial's commands start in, where each trial has its own; relative to the study directory.
    package static func workspace(of trial: TrialID) -> String {
        "trials/\(trial.number / SpoolLimits.trialsPerDirectory)/\(trial)/work"
    }

    /// A checkpoint, relative to the study directory.
    package static func checkpoint(
        _ attempt: Turn, of trial: TrialID, at resource: Resource
    ) -> String {
        "\(self.attempt(attempt, of: trial))/checkpoints/\(resource)"
    }

    /// The attempt whose directory a path relative to the study directory leads into, as a checkpoint's does; `nil`: none.
    package static func attempt(ofPath path: String) -> Turn? {
        let parts = path.split(separator: "/")
        guard parts.count > 3, parts[0] == "trials" else { return nil }
        return Turn(String(parts[3]))
    }

    /// Creates the directory and what the controller needs in it. What exists is kept.
    package func create() throws(FileError) {
        for directory in [path, leases, logs, manifests, claims, directives, quarantine] {
            try files.createDirectory(directory)
        }
        for shard in 0..<SpoolLimits.inboxShards {
            try files.createDirectory("\(inbox)/\(shard)/tmp")
            try files.createDirectory("\(inbox)/\(shard)/new")
        }
    }
}
