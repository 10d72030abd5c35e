import Archive
import ArgumentParser
import Foundation
import Report
import Spool
import Store
import StudyFile
import Tuning

/// What belongs into a study's archive.
struct ArchiveContent {
    /// Whose checkpoints belong into it.
    enum Checkpoints: String, CaseIterable, ExpressibleByArgument {
        /// That of the best trial or, with several metrics, those of the Pareto set.
        case best
        /// No checkpoint.
        case none
        /// All that are kept.
        case all
    }

    /// The entries, in any order.
    private(set) var entries: [ArchiveWriter.Entry] = []
    /// How many symbolic links and other special files were left out.
    private(set) var leftOut = 0
    private let files: any FileSystem

    /// What a study has.
    ///
    /// - Parameters:
    ///   - checkpoints: whose checkpoints.
    ///   - hasLogs: whether what trials have printed belongs to it.
    ///   - copy: where the copy of the snapshot is put; there must be no file.
    init(
        _ study: OpenStudy, _ checkpoints: Checkpoints, hasLogs: Bool, snapshot copy: String
    ) throws {
        files = study.directory.files
        let directory = study.directory
        if try files.exists(directory.studyFile) {
            entries.append(ArchiveWriter.Entry("study.yaml", .file(directory.studyFile)))
        }
        var kept: Set<String> = []
        for path in try ArchiveContent.paths(study, checkpoints)
        where try files.exists("\(directory.path)/\(path)") {
            kept.insert(path)
            try add(path, below: directory.path)
        }
        try add("code", below: directory.path, linksAreExpected: true)
        if hasLogs {
            for place in ["outputs", "logs"] where try files.exists("\(directory.path)/\(place)") {
                for name in try files.list("\(directory.path)/\(place)") {
                    try add("\(place)/\(name)", below: directory.path, isTree: false)
                }
            }
        }
        try study.snapshot.copy(to: copy, listing: kept)
        entries.append(ArchiveWriter.Entry("snapshot.db", .file(copy)))
        entries.append(ArchiveWriter.Entry("report.html", .bytes(try ArchiveContent.page(study))))
    }

    /// The paths of the checkpoints that belong into it, relative to the study's directory.
    private static func paths(_ study: OpenStudy, _ checkpoints: Checkpoints) throws -> [String] {
        try study.snapshot.read { reader in
            switch checkpoints {
            case .none: return []
            case .all: return try reader.keptPaths()
            case .best:
                let plan = study.spec.plan
                let set = try ParetoView(reader, plan, directory: "").rows.map(\.row.trial)
                let best =
                    try study.hasSeveralMetrics ? set : reader.best(study.goal).map { [$0.trial] } ?? []
                return try best.compactMap { try reader.checkpoint(of: $0)?.path }
            }
        }
    }

    /// The page of the study as of its snapshot.
    private static func page(_ study: OpenStudy) throws -> [UInt8] {
        let source = ReportSource(study: study)
        return try study.snapshot.read { reader in
            PageFile.html(
                document: try source.report(reader, now: nil).json { trial in
                    try source.detail(of: trial, reader) ?? Array("null".utf8)
                })
        }
    }

    /// Adds a file, or a directory with all that is in it.
    ///
    /// - Parameters:
    ///   - isTree: whether it is to be as it was, with hidden files.
    ///   - linksAreExpected: whether links are left out without being counted.
    private mutating func add(
        _ path: String, below root: String, isTree: Bool = true, linksAreExpected: Bool = false
    ) throws {
        guard let status = try files.status("\(root)/\(path)") else { return }
        switch status.kind {
        case .file: entries.append(ArchiveWriter.Entry(path, .file("\(root)/\(path)")))
        case .directory:
            let names = try files.list("\(root)/\(path)", hidden: isTree)
            if names.isEmpty { entries.append(ArchiveWriter.Entry(path, .directory)) }
            for name in names {
                try add("\(path)/\(name)", below: root, isTree: isTree, linksAreExpected: linksAreExpected)
            }
        case .link where linksAreExpected: break
        case .link, .other: leftOut += 1
        }
    }
}
