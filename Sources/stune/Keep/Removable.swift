import Controller
import Foundation
import Spool
import Store
import StudyFile
import Tuning

/// What can be removed from a study's directory, by kind.
struct Removable {
    /// The kinds of files that a study can do without.
    enum Kind: String, CaseIterable, Encodable {
        /// Checkpoints that nothing unfinished can need, but for those of the best trials.
        case checkpoints
        /// What trials and tasks have printed.
        case logs
        /// Incoming files that could not be read.
        case quarantine
        /// Stores that were replaced, and snapshots that were not finished.
        case old
    }

    /// The files of a kind.
    struct Part {
        /// What they are.
        let kind: Kind
        /// Where they are: absolute paths of files or directories.
        let paths: [String]
        /// How much that is.
        let sum: FileSum
        /// What else there is to say about them, for people; empty: nothing.
        let note: String
    }

    /// All kinds, in their order.
    let parts: [Part]

    /// What a study that no controller holds has.
    ///
    /// - Parameter keep: how many trials, the best, keep their checkpoints.
    init(_ study: OpenStudy, keeping keep: Int) throws {
        let (directory, files) = (study.directory, study.directory.files)
        let checkpoints = try Removable.checkpoints(study, keeping: keep)
        let isOver = try study.snapshot.read { try $0.outcome() } != nil
        let logs = isOver ? ["\(directory.outputs)/new", "\(directory.outputs)/packs"] : []
        let large = isOver ? ["\(directory.outputs)/large", directory.logs] : []
        let inQuarantine = try Removable.entries(of: directory.quarantine, files)
        let unfinished = ["", "-journal", "-wal"].map { "\(directory.snapshot).tmp\($0)" }
        let old = try Removable.entries(of: directory.lost, files) + unfinished
        parts = try [
            Part(.checkpoints, checkpoints, files, note: Removable.words(keep)),
            Part(
                .logs, try (logs + large).flatMap { try Removable.entries(of: $0, files) }, files,
                note: isOver ? "" : "kept while the study is not over"),
            Part(.quarantine, inQuarantine, files), Part(.old, old, files),
        ]
    }

    private static func words(_ keep: Int) -> String {
        keep == 0
            ? "of trials that nothing unfinished needs"
            : keep == 1 ? "not those of the best trial" : "not those of the best \(keep) trials"
    }

    /// The paths in a directory; none if it does not exist.
    private static func entries(of directory: String, _ files: any FileSystem) throws(FileError) -> [String]
    {
        guard try files.exists(directory) else { return [] }
        return try files.list(directory, hidden: true).map { "\(directory)/\($0)" }
    }

    /// The paths of the checkpoints that a study gives up when it is asked to, by its own rule.
    private static func checkpoints(_ study: OpenStudy, keeping keep: Int) throws -> [String] {
        try study.snapshot.read { reader in
            var fold = Study()
            try reader.forEachFact { _ = fold.apply($0) }
            let decisions = fold.apply(.wished(Wish(id: "", .cleaned(keep: keep))))
            return try decisions.compactMap { decision in
                guard case .discard(let checkpoint) = decision else { return nil }
                return try reader.path(of: checkpoint).map { "\(study.directory.path)/\($0)" }
            }
        }
    }

    /// How many trials keep their checkpoints unless the user says it: as many as the study file says, else the best one
    /// or, with several metrics, those that no other dominates.
    static func usualKeep(_ study: OpenStudy) throws -> Int {
        if let keep = study.spec.plan.keep { return keep }
        let set = try study.snapshot.read {
            try ParetoView($0, study.spec.plan, directory: study.path)
        }
        return max(1, set.rows.count)
    }

    /// The part of a kind.
    subscript(kind: Kind) -> Part? { parts.first { $0.kind == kind } }
}

extension Removable.Part {
    /// Files of a kind, counted.
    fileprivate init(
        _ kind: Removable.Kind, _ paths: [String], _ files: any FileSystem, note: String = ""
    ) throws(FileError) {
        let sum = try FileSum(of: paths, on: files)
        self.init(kind: kind, paths: paths, sum: sum, note: note)
    }
}
