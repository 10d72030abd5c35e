import Digests
package import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes a study's archive: what it says of itself, the digests, and then the files in the order of their paths. The same
/// content gives the same bytes.
package struct ArchiveWriter {
    /// What an archive is made of.
    package struct Entry: Hashable, Sendable {
        /// Its path in the archive.
        package var path: String
        /// Where it comes from.
        package var source: Source

        /// An entry from its parts.
        package init(_ path: String, _ source: Source) { (self.path, self.source) = (path, source) }
    }

    /// Where an entry comes from.
    package enum Source: Hashable, Sendable {
        /// The file with this absolute path. Of one that grows, what it has when it is first looked at.
        case file(String)
        /// These bytes.
        case bytes([UInt8])
        /// An empty directory.
        case directory
    }

    /// The member that says that this is a study's archive.
    static let mark = "stune-archive"
    /// The member with the digests.
    static let digests = "SHA256SUMS"
    /// How many bytes are read at once.
    static let chunk = 1 << 20

    private struct Measured {
        var header: TarHeader
        var source: Source
        var digest: String
    }

    private let files: any FileSystem
    private let target: String
    private let descriptor: Int32

    /// Writes an archive, whole or not at all.
    ///
    /// - Parameter files: the file system that the entries' files are on.
    /// - Returns: how many bytes it has.
    @discardableResult
    package static func write(
        _ entries: [Entry], from files: any FileSystem, to path: String
    ) throws(ArchiveError) -> Int {
        let measured = try entries.sorted { $0.path < $1.path }.map { (entry) throws(ArchiveError) in
            try measure(entry, files)
        }
        let temporary = Files.temporaryName(for: path)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(FileError("create", path)) }
        do throws(ArchiveError) {
            let bytes = try ArchiveWriter(files: files, target: path, descriptor: descriptor).write(
                measured)
            if fsync(descriptor) != 0 { throw .file(FileError("sync", path)) }
            if close(descriptor) != 0 { throw .file(FileError("close", path)) }
            do throws(FileError) {
                try Files.system.move(temporary, to: path)
            } catch {
                throw .file(error)
            }
            return bytes
        } catch {
            _ = close(descriptor)
            _ = unlink(temporary)
            throw error
        }
    }

    private func write(_ entries: [Measured]) throws(ArchiveError) -> Int {
        var list = DigestList()
        for entry in entries where entry.header.kind == .file {
            list.digests[entry.header.path] = entry.digest
        }
        let sums = Array(list.text.utf8)
        let mark = Array("{\"digest\":\"\(SHA256(of: sums).hex)\",\"version\":1}\n".utf8)
        var written = 0
        for (name, bytes) in [(ArchiveWriter.mark, mark), (ArchiveWriter.digests, sums)] {
            let header = TarHeader(path: name, bytes: bytes.count)
            written += try put(header.blocks + TarHeader.padded(bytes))
        }
        for entry in entries { written += try put(entry) }
        return written + (try put([UInt8](repeating: 0, count: 2 * TarHeader.block)))
    }

    private func put(_ entry: Measured) throws(ArchiveError) -> Int {
        var written = try put(entry.header.blocks)
        switch entry.source {
        case .directory: return written
        case .bytes(let bytes): return written + (try put(TarHeader.padded(bytes)))
        case .file(let path):
            var sum = SHA256()
            try ArchiveWriter.read(path, entry.header.bytes, files) { (bytes) throws(ArchiveError) in
                sum.add(bytes)
                written += try put(bytes)
            }
            guard sum.hex == entry.digest else { throw .changed(path: path) }
            return written
                + (try put([UInt8](repeating: 0, count: TarHeader.padding(entry.header.bytes))))
        }
    }

    private func put(_ bytes: [UInt8]) throws(ArchiveError) -> Int {
        do throws(FileError) {
            try Files.append(bytes, to: descriptor, target)
        } catch {
            throw .file(error)
        }
        return bytes.count
    }

    private static func measure(
        _ entry: Entry, _ files: any FileSystem
    ) throws(ArchiveError) -> Measured {
        var header = TarHeader(path: entry.path)
        switch entry.source {
        case .directory:
            header.kind = .directory
            return Measured(header: header, source: entry.source, digest: "")
        case .bytes(let bytes):
            header.bytes = bytes.count
            return Measured(header: header, source: entry.source, digest: SHA256(of: bytes).hex)
        case .file(let path):
            let status: FileStatus?
            do throws(FileError) { status = try files.status(path) } catch { throw .file(error) }
            guard let status else { throw .changed(path: path) }
            guard status.kind == .file else { throw .unfit(path: path, why: "it is not a regular file") }
            (header.bytes, header.isExecutable) = (status.bytes, status.mode & 0o100 != 0)
            var sum = SHA256()
            try read(path, status.bytes, files) { (bytes) throws(ArchiveError) in sum.add(bytes) }
            return Measured(header: header, source: entry.source, digest: sum.hex)
        }
    }

    /// Passes the first bytes of a file to `body`, in pieces.
    ///
    /// - Throws: `ArchiveError.changed` if it has fewer.
    static func read(
        _ path: String, _ count: Int, from start: Int = 0, _ files: any FileSystem,
        _ body: ([UInt8]) throws(ArchiveError) -> Void
    ) throws(ArchiveError) {
        var offset = 0
        while offset < count {
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try files.read(path, from: start + offset, count: min(chunk, count - offset))
            } catch {
                throw error.isAbsent ? .changed(path: path) : .file(error)
            }
            guard !bytes.isEmpty else { throw .changed(path: path) }
            try body(bytes)
            offset += bytes.count
        }
    }
}
