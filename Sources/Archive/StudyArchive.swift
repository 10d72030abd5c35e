import Digests
package import Spool

/// A study's archive that was opened for reading.
///
/// Opening it looks at every header, so one that is torn is refused at once. A file's digest is checked when it is
/// unpacked.
package struct StudyArchive: Sendable {
    /// A file or directory in an archive.
    package struct Member: Hashable, Sendable {
        /// Its path in the archive.
        package let path: String
        /// How many bytes it has.
        package let bytes: Int
        /// Where they begin in the archive.
        let offset: Int
        let isDirectory, isExecutable: Bool
    }

    /// The archive's path.
    package let path: String
    /// What is in it, in its order, without what it says of itself.
    package private(set) var members: [Member] = []
    private var list = DigestList()
    private let files: any FileSystem

    /// Opens an archive.
    ///
    /// - Parameter files: the file system that it is on.
    /// - Throws: `ArchiveError.foreign`, `.newer`, `.torn` or `.damaged`.
    package init(_ path: String, on files: any FileSystem = Files.system) throws(ArchiveError) {
        (self.path, self.files) = (path, files)
        var all = try readMembers()
        guard all.first?.path == ArchiveWriter.mark else { throw .foreign(path: path) }
        let digest = try digestOfList(all.removeFirst())
        guard all.first?.path == ArchiveWriter.digests else {
            throw .damaged(path: path, why: "it has no \(ArchiveWriter.digests)")
        }
        let sums = try content(of: all.removeFirst())
        guard SHA256(of: sums).hex == digest else {
            throw .damaged(path: path, why: "\(ArchiveWriter.digests) is not what was written")
        }
        guard let list = DigestList(String(decoding: sums, as: UTF8.self)) else {
            throw .damaged(path: path, why: "\(ArchiveWriter.digests) is no list of digests")
        }
        (self.list, members) = (list, all)
        let names = Set(all.filter { !$0.isDirectory }.map(\.path))
        if let odd = names.symmetricDifference(list.digests.keys).min() {
            throw .damaged(path: path, why: "'\(odd)' is only in it or only in \(ArchiveWriter.digests)")
        }
    }

    // MARK: Unpacking

    /// Unpacks members into a directory that has nothing of the same name.
    ///
    /// - Throws: `ArchiveError.damaged` for a member that is not what was written.
    package func unpack(
        into directory: String, where isWanted: (String) -> Bool = { _ in true }
    ) throws(ArchiveError) {
        for member in members where isWanted(member.path) {
            let target = "\(directory)/\(member.path)"
            do throws(FileError) {
                try Files.system.createDirectory(member.isDirectory ? target : Files.parent(of: target))
                if member.isDirectory { continue }
                try Files.system.create(target, [], mode: member.isExecutable ? 0o700 : 0o600)
            } catch {
                throw .file(error)
            }
            try read(member) { (bytes) throws(FileError) in
                try Files.extend(target, by: bytes)
            }
        }
    }

    /// Checks the digests of all members.
    ///
    /// - Throws: `ArchiveError.damaged` for the first that is not what was written.
    package func check() throws(ArchiveError) {
        for member in members where !member.isDirectory { try read(member) { _ in } }
    }

    /// Passes a member's content to `body`, in pieces, and then compares its digest.
    private func read(
        _ member: Member, _ body: ([UInt8]) throws(FileError) -> Void
    ) throws(ArchiveError) {
        var sum = SHA256()
        do throws(ArchiveError) {
            try ArchiveWriter.read(path, member.bytes, from: member.offset, files) {
                (bytes) throws(ArchiveError) in
                sum.add(bytes)
                do throws(FileError) { try body(bytes) } catch { throw .file(error) }
            }
        } catch .changed {
            throw .torn(path: path, place: "within '\(member.path)'")
        }
        guard sum.hex == list.digests[member.path] else {
            throw .damaged(path: path, why: "'\(member.path)' is not what was written")
        }
    }

    // MARK: Reading

    /// All members, by their headers.
    private func readMembers() throws(ArchiveError) -> [Member] {
        let end = try size()
        var (found, offset, records) = ([Member](), 0, [String: String]())
        while true {
            let block = try bytes(at: offset, TarHeader.block)
            guard block.count == TarHeader.block else { throw tornOrForeign(found, "after \(end) bytes") }
            if block.allSatisfy({ $0 == 0 }) {
                guard offset > 0,
                    try bytes(at: offset + TarHeader.block, TarHeader.block).count == TarHeader.block
                else { throw tornOrForeign(found, "after \(end) bytes") }
                return found
            }
            guard let header = TarHeader(block, records: records) else {
                throw found.isEmpty
                    ? .foreign(path: path)
                    : .damaged(path: path, why: "there is no header after '\(found[found.count - 1].path)'")
            }
            offset += TarHeader.block
            guard header.bytes <= end - offset else {
                throw tornOrForeign(found, "after \(end) bytes, within '\(header.path)'")
            }
            if header.kind == .extended {
                records = TarHeader.records(try bytes(at: offset, min(header.bytes, 1 << 20))) ?? [:]
            } else {
                records = [:]
                found.append(try member(header, at: offset))
            }
            offset += header.bytes + TarHeader.padding(header.bytes)
        }
    }

    private func tornOrForeign(_ found: [Member], _ place: String) -> ArchiveError {
        found.first?.path == ArchiveWriter.mark ? .torn(path: path, place: place) : .foreign(path: path)
    }

    /// A member whose path stays within the directory that it is unpacked into.
    private func member(_ header: TarHeader, at offset: Int) throws(ArchiveError) -> Member {
        let parts = header.path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
            throw .damaged(path: path, why: "it has a member with the path '\(header.path)'")
        }
        return Member(
            path: header.path, bytes: header.bytes, offset: offset, isDirectory: header.kind == .directory,
            isExecutable: header.isExecutable)
    }

    /// The digest of the list of digests, as the archive says it.
    private func digestOfList(_ mark: Member) throws(ArchiveError) -> String {
        guard let fields = try? SpoolJSON.decode(Mark.self, from: content(of: mark)) else {
            throw .damaged(path: path, why: "\(ArchiveWriter.mark) is not what was written")
        }
        guard fields.version == 1 else { throw .newer(path: path) }
        return fields.digest ?? ""
    }

    private struct Mark: Decodable {
        var version: Int
        var digest: String?
    }

    private func content(of member: Member) throws(ArchiveError) -> [UInt8] {
        var content: [UInt8] = []
        do throws(ArchiveError) {
            try ArchiveWriter.read(path, member.bytes, from: member.offset, files) { content += $0 }
        } catch .changed {
            throw .torn(path: path, place: "within '\(member.path)'")
        }
        return content
    }

    private func size() throws(ArchiveError) -> Int {
        let status: FileStatus?
        do throws(FileError) { status = try files.status(path) } catch { throw .file(error) }
        guard let status, status.kind == .file else { throw .foreign(path: path) }
        return status.bytes
    }

    private func bytes(at offset: Int, _ count: Int) throws(ArchiveError) -> [UInt8] {
        do throws(FileError) {
            return try files.read(path, from: offset, count: count)
        } catch {
            throw .file(error)
        }
    }
}
