import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// How many directory entries the checkpoints of a study have. Only where a site limits files.
struct FileCount {
    /// The entries of each checkpoint that is kept, by its path, with the directory that is its home.
    private(set) var entries: [String: Int] = [:]
    /// When is looked next.
    var next = Duration.zero

    /// How many there are.
    var total: Int { entries.values.reduce(0, +) }

    /// Takes in which checkpoints are kept: those that are new are counted, a part of them each time.
    mutating func see(_ paths: [String], in study: StudyDirectory) throws(FileError) {
        let kept = Set(paths)
        entries = entries.filter { kept.contains($0.key) }
        let new = paths.filter { entries[$0] == nil }
        for path in new.prefix(ControllerLimits.countedPerLook) {
            entries[path] = 1 + (try study.files.entries(of: "\(study.path)/\(path)"))
        }
    }

    /// How many checkpoints of the middle size have to go, so that there are at most so many entries.
    func surplus(over most: Int) -> Int {
        let total = total
        guard total > most, !entries.isEmpty else { return 0 }
        return ((total - most) * entries.count + total - 1) / total
    }
}

extension RequestLimits {
    /// How many directory entries checkpoints may have: what is left beside the study's own files and those of the tasks
    /// that run, and half of all in any case. `nil`: any number.
    ///
    /// - Parameter parallel: how many assignments may be in flight.
    func checkpointEntries(parallel: Int) -> Int? {
        files.map {
            $0 - min($0 / 2, ControllerLimits.ownEntries + ControllerLimits.entriesPerTask * parallel)
        }
    }
}

extension Controller {
    /// Sees to it that the study's directory has no more files than the site allows, as far as checkpoints can go. Nothing
    /// depends on it: what cannot be looked at now is looked at later.
    mutating func checkFiles() throws {
        guard !cores.study.isOver, time.now >= fileCount.next else { return }
        guard let most = setup.limits?.checkpointEntries(parallel: setup.spec.plan.parallel) else {
            // The limit may be one of an earlier controller.
            if cores.study.crowd > 0 { try commit { _ in [.crowded(checkpoints: 0)] } }
            if told.files != false { try say("files", nil) }
            told.files = false
            return
        }
        let start = time.now
        let kept = try store.read { try $0.keptPaths() }
        do throws(FileError) {
            try fileCount.see(kept, in: setup.directory)
        } catch {
            log.warning("\(error)")
        }
        fileCount.next =
            time.now + max(setup.pace.poll, (time.now - start) * ControllerLimits.snapshotShare)
        let surplus = fileCount.surplus(over: most)
        if surplus != cores.study.crowd {
            try commit { _ in [.crowded(checkpoints: surplus)] }
        }
        try tellFiles(atMost: most)
    }

    /// Says that new trials wait because checkpoints have too many files, and takes it back when they do no more.
    private mutating func tellFiles(atMost most: Int) throws {
        let isShort = cores.study.crowd > 0
        guard isShort != told.files else { return }
        let text =
            "checkpoints have \(fileCount.total) files and directories, limits.files leaves them \(most), and none can be "
            + "deleted yet. Until there is room, a new trial starts only when nothing else runs; raise limits.files, save "
            + "fewer files, or run fewer trials"
        if isShort { log.warning("\(text)") }
        try say("files", isShort ? text : nil)
        told.files = isShort
    }
}
