import StudyFile

/// What a directory's file system means for a study in it.
enum FileSystemFindings {
    /// A study writes some files for each trial, so fewer than this are soon used up.
    private static let fewFiles: Int64 = 20_000
    private static let fewBytes: Int64 = 2 << 30
    /// A letter needs two fsyncs. Above this, letters delay workers.
    private static let slowSync = 50.0
    /// Clocks that differ by more than this confuse people who compare times.
    private static let clockNote = 1.0, clockWarning = 30.0

    /// - Parameter isCluster: whether tasks run on other machines.
    static func all(
        _ answer: Answer<FileSystemFacts>, quota: Answer<QuotaTable>, path: String, isCluster: Bool
    ) -> [Finding] {
        switch answer {
        case .found(let facts):
            return [
                kind(facts, isCluster), names(facts), sync(facts), locks(facts), room(facts, quota),
                clock(facts),
            ].compactMap(\.self)
        case .failed(let words):
            return [
                Finding(
                    "files.directory", .problem, "'\(path)' cannot be used: \(words)",
                    meaning:
                        "Choose a directory that you may write, on a file system that compute nodes see",
                    advice: [.command("stune doctor --dir DIRECTORY")])
            ]
        case .late(let seconds):
            return [
                Finding(
                    "files.directory", .problem,
                    "the file system of '\(path)' did not answer within \(seconds) s",
                    meaning:
                        "A study would hang in the same way. Ask the help desk, or take another file system",
                    advice: [.command("stune doctor --dir DIRECTORY")])
            ]
        case .absent: return []
        }
    }

    private static func kind(_ facts: FileSystemFacts, _ isCluster: Bool) -> Finding {
        let values = ["type": facts.kind.name, "shared": facts.kind.isShared.map { "\($0)" } ?? "unknown"]
        if facts.path.contains("\\") {
            return Finding(
                "files.directory", .problem, "'\(facts.path)' has a backslash in it",
                meaning: "Slurm cannot write logs below it", facts: values)
        }
        if let trouble = facts.writeTrouble {
            return Finding(
                "files.directory", .problem, "'\(facts.path)' cannot be written: \(trouble)",
                meaning: "A study's directory is made here unless --dir names another place", facts: values)
        }
        let what = "'\(facts.path)' is on a file system of type \(facts.kind.name)"
        switch (facts.kind.name, facts.kind.isShared, isCluster) {
        case ("afs", _, true):
            return Finding(
                "files.directory", .problem, what,
                meaning:
                    "Jobs have no AFS token, and it has no links between directories. Take a scratch file system",
                facts: values)
        case (_, false?, true):
            return Finding(
                "files.directory", .warning, what,
                meaning:
                    "It looks like a disk of this machine, which compute nodes do not see. Use a shared file system; 'stune doctor --submit' finds out for sure",
                advice: [.command("stune doctor --submit --dir DIRECTORY")], facts: values)
        case (_, nil, true):
            return Finding(
                "files.directory", .note, what,
                meaning:
                    "It is not known here whether compute nodes see it; 'stune doctor --submit' finds out",
                advice: [.command("stune doctor --submit")], facts: values)
        default:
            return Finding("files.directory", .ok, what, facts: values)
        }
    }

    private static func names(_ facts: FileSystemFacts) -> Finding? {
        guard facts.writeTrouble == nil else { return nil }
        let troubles = [
            facts.linkTrouble.map { "link(2) fails: \($0)" },
            facts.renameTrouble.map { "rename over a file fails: \($0)" },
        ].compactMap(\.self)
        guard !troubles.isEmpty else {
            return Finding("files.names", .ok, "link(2) and rename over a file work")
        }
        return Finding(
            "files.names", .problem, troubles.joined(separator: "; "),
            meaning:
                "stune needs both: a controller's lease and a worker's claim are links. Take another file system"
        )
    }

    private static func sync(_ facts: FileSystemFacts) -> Finding? {
        guard facts.writeTrouble == nil else { return nil }
        func words(_ value: Double) -> String {
            value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int(value.rounded()))"
        }
        let isSlow = facts.syncMedian > slowSync
        return Finding(
            "files.sync", isSlow ? .warning : .ok,
            "an fsync takes \(words(facts.syncMedian)) ms, at most \(words(facts.syncLongest)) ms",
            meaning: isSlow
                ? "Each report waits for one or two. Report less often than every \(words(facts.syncMedian * 4)) ms, or take a faster file system"
                : "",
            facts: ["median_ms": words(facts.syncMedian), "longest_ms": words(facts.syncLongest)])
    }

    private static func locks(_ facts: FileSystemFacts) -> Finding? {
        guard facts.writeTrouble == nil else { return nil }
        guard let trouble = facts.lockTrouble else {
            return Finding("files.locks", .ok, "files can be locked")
        }
        return Finding(
            "files.locks", .problem, "a file cannot be locked: \(trouble)",
            meaning:
                "The study's store is an SQLite file, which SQLite locks. Take another file system for the study"
        )
    }

    private static func room(_ facts: FileSystemFacts, _ quota: Answer<QuotaTable>) -> Finding {
        var words = ["\(ByteSize.words(Int(clamping: facts.freeBytes))) free"]
        var bytes = facts.freeBytes
        var files = facts.allFiles > 0 ? facts.freeFiles : Int64.max
        if facts.allFiles > 0 { words.append("room for \(facts.freeFiles) files") }
        var advice: [Advice] = []
        for row in quota.value?.rows ?? [] {
            if row.kibibytes.most > 0 {
                let left = max(0, row.kibibytes.most - row.kibibytes.used) << 10
                words.append("your quota on \(row.name) leaves \(ByteSize.words(Int(clamping: left)))")
                bytes = min(bytes, left)
            }
            if row.files.most > 0 {
                let left = max(0, row.files.most - row.files.used)
                words.append("your quota on \(row.name) leaves \(left) files")
                files = min(files, left)
            }
        }
        if files < 10_000_000, files >= Int64(StudyFileLimits.files.lowerBound) * 2 {
            // Half of the free files, because other programs need files, too.
            advice.append(.setting("limits.files", "\(files / 2)"))
        }
        let isTight = bytes < fewBytes || files < fewFiles
        return Finding(
            "files.room", isTight ? .warning : .ok, words.joined(separator: ", "),
            meaning: isTight
                ? "A study that finds no room waits until there is some. Checkpoints may need much more: set checkpoints.quota"
                : "", advice: advice,
            facts: [
                "free_bytes": "\(bytes)", "free_files": files == .max ? "unknown" : "\(files)",
            ])
    }

    private static func clock(_ facts: FileSystemFacts) -> Finding? {
        guard let ahead = facts.clockAhead else { return nil }
        let (size, value) = (abs(ahead), (ahead * 1_000).rounded() / 1_000)
        return Finding(
            "files.clock", size > clockWarning ? .warning : size > clockNote ? .note : .ok,
            size > clockNote
                ? "the file server's clock is \(value) s \(ahead > 0 ? "ahead of" : "behind") this machine's"
                : "this machine's clock and the file server's agree",
            meaning: size > clockNote
                ? "No decision of stune depends on it, but times in logs and tables differ" : "",
            facts: ["ahead_seconds": "\(value)"])
    }
}
