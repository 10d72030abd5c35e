import Clusters
import Spool
import Store
import StudyFile
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A fork that takes everything over: the log, and with it all trials with their results in their rungs, and the
/// checkpoints.
struct FullFork {
    private let old: OpenStudy
    private let new: StudyDirectory
    private let change: StudyChange

    /// What was taken over.
    struct Taken {
        /// How many trials.
        var trials = 0
        /// How many checkpoints.
        var checkpoints = 0
        /// The paths of checkpoints that the old study should have, and has not.
        var missing: [String] = []
        /// Whether the user has paused the old study.
        var isPaused = false
    }

    /// A fork into a directory, as a study file describes it.
    init(_ old: OpenStudy, into new: StudyDirectory, as parsed: ParsedStudy) throws {
        (self.old, self.new) = (old, new)
        change = try StudyChange(forking: old, as: parsed)
    }

    /// What will be different once the new study runs, field by field.
    var differences: [String] { change.difference.items.map(\.words) }

    /// Why the fork cannot take everything over; none: it can.
    func refusals() throws -> [String] {
        let (flying, waiting) = try old.snapshot.read { (try $0.openTasks().count, try $0.idleCount()) }
        let way = "wait until it rests ('stune pause' lets nothing new start), or fork it without --full"
        if flying > 0 {
            return [
                "\(flying) assignments of '\(old.directory.path)' are in flight, and their results would be lost; "
                    + way
            ]
        }
        if waiting > 0, try !fold().isOver {
            return [
                "\(waiting) workers of '\(old.directory.path)' wait for its work, which the new study would send them; "
                    + way
            ]
        }
        let refusals = try change.refusals(old)
        return refusals.isEmpty ? [] : refusals + ["a fork without --full may differ in these fields"]
    }

    /// Makes the new study's directory. The store comes last: a directory that has it is a whole fork.
    func make() throws -> Taken {
        var taken = Taken()
        let (paths, trials) = try old.snapshot.read { (try $0.keptPaths(), try $0.trials().count) }
        try new.create()
        // The log names arrays and the cluster's numbers for them. None of them is to start here, or to be taken for a new one.
        let arrays = try old.snapshot.read { try $0.submittedArrays() }
        try FinishedArrays.publish(Set(arrays.values), in: new)
        try LocalCluster.goOn(after: old.directory, in: new)
        for path in paths {
            if try link("\(old.directory.path)/\(path)", to: "\(new.path)/\(path)") {
                taken.checkpoints += 1
            } else {
                taken.missing.append(path)
            }
        }
        try Store.fork(
            old.directory.snapshot, to: new.store(0), snapshot: new.snapshot, name: change.current.name,
            spec: try StoreJSON.text(change.current))
        taken.trials = trials
        taken.isPaused = try fold().isPaused
        return taken
    }

    /// The old study's state.
    private func fold() throws -> Study {
        var fold = Study()
        try old.snapshot.read { try $0.forEachFact { _ = fold.apply($0) } }
        return fold
    }

    /// Gives a file, or each file of a directory, a second name. Where the file system does not allow that, or the file
    /// belongs to another user, whom a worker would not trust, it is copied.
    ///
    /// - Returns: whether it is there.
    private func link(_ path: String, to target: String) throws -> Bool {
        guard let status = try Files.system.status(path) else { return false }
        try Files.system.createDirectory(Files.parent(of: target))
        if status.kind == .directory {
            try Files.system.createDirectory(target)
            for name in try Files.system.list(path, hidden: true) {
                _ = try link("\(path)/\(name)", to: "\(target)/\(name)")
            }
            return true
        }
        if status.owner == geteuid() {
            do throws(FileError) {
                try Files.system.link(path, to: target)
                return true
            } catch {
                // Otherwise it is copied below.
                guard FullFork.cannotLink.contains(error.code) else { throw error }
            }
        }
        try Files.copyTree(path, to: target)
        return true
    }

    /// The error numbers of file systems on which a file has one name only, or not here.
    private static let cannotLink: Set<Int32> = [EXDEV, EPERM, EMLINK, EOPNOTSUPP, ENOSYS]
}
