package import Spool
package import Tuning
import Wire

/// Where an attempt's command reads and writes, and where it publishes checkpoints.
package struct AttemptFiles: Hashable, Sendable {
    /// The path of the directory that the command reads and writes in, relative to the study directory.
    package let outputs: String
    /// The path of the checkpoint directory, relative to the study directory.
    package let ownCheckpoints: String
    private let study: String

    /// The files of an attempt in a study.
    package init(_ attempt: Turn, of trial: TrialID, in study: StudyDirectory) {
        outputs = study.outputs(of: attempt, trial)
        ownCheckpoints = study.checkpoints(of: attempt, trial)
        self.study = study.path
    }

    /// The absolute path of the directory that the command reads and writes in.
    package var path: String { "\(study)/\(outputs)" }

    /// What the command prints.
    package var stdout: String { "\(path)/stdout" }
    /// What the command prints to standard error.
    package var stderr: String { "\(path)/stderr" }
    /// Where the command appends its reports.
    package var reports: String { "\(path)/reports.jsonl" }
    /// Where the command publishes its checkpoints.
    package var checkpoints: String { "\(study)/\(ownCheckpoints)" }
    /// Where the worker appends answers for a waiting command.
    package var answers: String { "\(path)/answers.jsonl" }
    /// This file exists once the command is to save and leave.
    package var leave: String { "\(path)/leave" }

    /// Creates both directories; waits while the disk is full.
    func create(_ note: (String) -> Void) async throws(WorkerError) {
        do throws(SpoolError) {
            try await Patience(time: SystemTime()).attempt(note) { () throws(SpoolError) in
                do throws(FileError) {
                    try Files.system.createDirectory(path)
                    try Files.system.createDirectory(checkpoints)
                    // Create the file now, so that it can be watched from the first report on.
                    try Files.touch(reports)
                } catch {
                    throw .file(error)
                }
            }
        } catch {
            throw .directory(error.description)
        }
    }

    /// Whether a checkpoint of this resource was published, as a file or directory; a link does not count.
    ///
    /// - Throws: if that cannot be seen now.
    package func hasCheckpoint(_ resource: Resource) throws(FileError) -> Bool {
        let status = try Files.system.status("\(checkpoints)/\(resource)")
        return status?.kind == .file || status?.kind == .directory
    }

    /// The total size of a checkpoint's files in bytes; `nil` if not known.
    package func bytes(ofCheckpoint resource: Resource) -> Int? {
        // When this is `nil`, the controller measures the size itself.
        Files.system.bytesIfSeen(of: "\(checkpoints)/\(resource)")
    }

    /// The last lines of the command's standard error, as text.
    package func stderrTail() -> String {
        guard let bytes = try? Files.readTail(stderr, bytes: SpoolLimits.stderrTailBytes) else { return "" }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.suffix(WorkerLimits.stderrTailLines).joined(separator: "\n")
    }

    private static func text(of configuration: Configuration) -> String {
        var writer = JSONWriter()
        writer.write(configuration)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The variables that the command gets in addition to the worker's own; docs/spool.md describes each.
    ///
    /// - Parameter process: the attempt that the command's process began with, and in whose directory it reads and
    ///   writes.
    package func environment(
        _ entry: Manifest.Entry, of manifest: Manifest, attempt: Turn, study: StudyDirectory,
        process: AttemptFiles
    ) -> [String: String] {
        var environment = [
            "STUNE_STUDY": manifest.study, "STUNE_TRIAL": entry.trial.description,
            "STUNE_ATTEMPT": attempt.description,
            "STUNE_PARAMETERS": AttemptFiles.text(of: entry.configuration),
            "STUNE_METRIC": manifest.metric, "STUNE_FROM": entry.from.description,
            "STUNE_TO": entry.to.description, "STUNE_REPORTS": process.reports,
            "STUNE_CHECKPOINTS": checkpoints, "STUNE_LEAVE": process.leave,
            "STUNE_DIRECTORY": TrialDirectory(entry, of: manifest, in: study).path,
            "STUNE_HOME": manifest.workingDirectory,
        ]
        if manifest.stay != nil, entry.mayWait != false { environment["STUNE_ANSWERS"] = process.answers }
        environment["STUNE_REPLICATE"] = String(entry.replicate ?? 0)
        if let every = manifest.saveEvery { environment["STUNE_SAVE_EVERY"] = String(every) }
        if let resume = entry.resume { environment["STUNE_RESUME"] = "\(study.path)/\(resume)" }
        return environment
    }
}
