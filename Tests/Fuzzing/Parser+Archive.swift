import Archive
import Foundation
import Simulated
import Spool

extension Parser {
    /// What reads an archive of a study. Each member that it accepts was compared with its digest.
    static func archive() throws -> Parser {
        let path = FileManager.default.temporaryDirectory.path + "/stune-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try ArchiveWriter.write(
            [
                ArchiveWriter.Entry("snapshot.db", .bytes(Array("SQLite".utf8))),
                ArchiveWriter.Entry("outputs/packs/\(String(repeating: "9", count: 120))", .bytes([])),
            ], from: Files.system, to: path)
        return Parser(name: "archive", seeds: [Array(try Data(contentsOf: URL(filePath: path)))]) { bytes in
            let files = MemoryFiles()
            try files.create("/a.tar", bytes, mode: 0o600)
            do throws(ArchiveError) {
                try StudyArchive("/a.tar", on: files).check()
            } catch {
                return false
            }
            return true
        }
    }
}
