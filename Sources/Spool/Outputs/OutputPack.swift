import FoundationEssentials

/// Several files in one: a JSON line with their paths and lengths, then their bytes in the same order.
struct OutputPack: Sendable {
    /// A file, or part of one.
    struct Section: Hashable, Sendable {
        /// Its path relative to the study directory.
        var path: String
        /// Its bytes.
        var bytes: [UInt8]
    }

    /// The version of the format that this code writes, and the only one that it reads.
    private static let version = 1

    /// The files, in order.
    var sections: [Section]

    /// The bytes of its files together.
    var bytes: Int { sections.reduce(0) { $0 + $1.bytes.count } }

    /// A pack of these files.
    init(_ sections: [Section]) { self.sections = sections }

    /// The first line.
    private struct Head: Codable {
        var version: Int
        var files: [File]

        struct File: Codable {
            var path: String
            var bytes: Int
        }
    }

    /// The bytes of the pack.
    var text: [UInt8] {
        let files = sections.map { Head.File(path: $0.path, bytes: $0.bytes.count) }
        var text = SpoolJSON.encode(Head(version: OutputPack.version, files: files))
        text.append(UInt8(ascii: "\n"))
        for section in sections { text += section.bytes }
        return text
    }

    /// The files that a pack's first line names, with their lengths, and the offset of the first; `nil` if it is not a
    /// pack of this version, or the line is incomplete.
    static func lengths(in head: [UInt8]) -> (files: [(path: String, bytes: Int)], start: Int)? {
        guard let end = head.firstIndex(of: UInt8(ascii: "\n")),
            let line = try? SpoolJSON.decode(Head.self, from: Array(head[..<end])), line.version == version
        else { return nil }
        var total = 0
        for file in line.files {
            let (sum, overflows) = total.addingReportingOverflow(file.bytes)
            guard file.bytes >= 0, !overflows else { return nil }
            total = sum
        }
        return (line.files.map { ($0.path, $0.bytes) }, end + 1)
    }

    /// Reads a pack.
    ///
    /// - Throws: `SpoolError.file` if it cannot be read, `.malformed` if it is not a pack of this version.
    static func read(_ path: String, on files: any FileSystem) throws(SpoolError) -> OutputPack {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.readOwn(path, limit: 2 * SpoolLimits.packBytes)
        } catch {
            throw .file(error)
        }
        guard let (lengths, start) = lengths(in: bytes) else {
            throw .malformed(path: path, reason: "its first line is not that of a pack")
        }
        var (offset, sections) = (start, [Section]())
        for (path, count) in lengths {
            guard bytes.count - offset >= count else { break }
            sections.append(Section(path: path, bytes: Array(bytes[offset..<offset + count])))
            offset += count
        }
        guard sections.count == lengths.count, offset == bytes.count else {
            throw .malformed(path: path, reason: "its length is not the one in its first line")
        }
        return OutputPack(sections)
    }
}
