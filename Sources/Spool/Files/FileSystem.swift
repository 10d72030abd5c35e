#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file system operations that the spool's guarantees rest on.
///
/// They match the system's own, one to one, so that the code built on them (below) is the same for a real and a
/// simulated file system. No operation follows a symbolic link in the last part of a path.
package protocol FileSystem: Sendable {
    /// Creates a file that does not exist yet, with this content, and makes the content durable.
    func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError)
    /// Reads a whole regular file of at most `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]
    /// Reads a part of a regular file; fewer bytes if the file ends before.
    func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8]
    /// Reads a whole file as `read` does, if it belongs to this process's user and nobody else may write it.
    func readOwn(_ path: String, limit: Int) throws(FileError) -> [UInt8]
    /// rename(2): moves a file or directory, replacing an existing one.
    func rename(_ path: String, to target: String) throws(FileError)
    /// link(2): gives a file a second name, if that name does not exist.
    func link(_ path: String, to target: String) throws(FileError)
    /// unlink(2): removes a file's name.
    func unlink(_ path: String) throws(FileError)
    /// mkdir(2).
    func makeDirectory(_ path: String, mode: UInt32) throws(FileError)
    /// rmdir(2): removes an empty directory.
    func removeDirectory(_ path: String) throws(FileError)
    /// The names in a directory, sorted.
    ///
    /// - Parameter hidden: whether to include names that begin with a dot.
    func list(_ path: String, hidden: Bool) throws(FileError) -> [String]
    /// The status of a name, of a symbolic link itself; `nil` if it does not exist.
    func status(_ path: String) throws(FileError) -> FileStatus?
    /// How many names a regular file has, according to the server now. The file is opened for this, because a network
    /// filesystem answers `status` from a cache but never an open. `nil` if there is no such file.
    func links(_ path: String) throws(FileError) -> Int?
    /// Makes the names in a directory durable.
    func sync(directory: String) throws(FileError)
    /// Does the same with many files, in any order and perhaps several at once, because each operation on a network
    /// filesystem waits for a reply.
    ///
    /// - Returns: what `body` returned, in the order of the paths.
    func each<Value: Sendable>(
        of paths: [String], _ body: @escaping @Sendable (String) -> Value
    ) -> [Value]
}

extension FileSystem {
    /// All files of a simulated file system belong to the same user.
    package func readOwn(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try read(path, limit: limit)
    }

    /// Reads the whole file: files of a simulated file system are small.
    package func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8] {
        Array(try read(path, limit: .max).dropFirst(offset).prefix(count))
    }

    /// One path after the other.
    package func each<Value: Sendable>(
        of paths: [String], _ body: @escaping @Sendable (String) -> Value
    ) -> [Value] { paths.map(body) }
}

/// What the system knows about a file.
package struct FileStatus: Hashable, Sendable {
    /// The kinds of file.
    package enum Kind: Hashable, Sendable {
        /// A regular file.
        case file
        /// A directory.
        case directory
        /// A symbolic link.
        case link
        /// A pipe, socket or device.
        case other
    }

    /// The kind of file.
    package var kind: Kind
    /// The device and the inode: which file it is, whatever its name.
    package var identity: FileIdentity
    /// The owner's number.
    package var owner: UInt32
    /// The permission bits.
    package var mode: UInt32
    /// How many names it has, perhaps from a cache.
    package var links: Int
    /// The bytes of a regular file; without meaning for other kinds.
    package var bytes: Int

    /// A status from its parts.
    package init(
        kind: Kind, identity: FileIdentity, owner: UInt32, mode: UInt32, links: Int, bytes: Int
    ) {
        self.kind = kind
        self.identity = identity
        self.owner = owner
        self.mode = mode
        self.links = links
        self.bytes = bytes
    }
}

/// Which file it is, whatever its name.
package struct FileIdentity: Hashable, Sendable {
    /// The device that it is on.
    package var device: UInt64
    /// Its number on that device.
    package var inode: UInt64

    /// An identity from its parts.
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// A file with its final name is complete: it is written under another name, synced, and moved, and then its directory
/// is synced.
extension FileSystem {
    /// The names in a directory, sorted, without those that begin with a dot.
    package func list(_ path: String) throws(FileError) -> [String] { try list(path, hidden: false) }

    /// Writes `bytes` under a temporary name and moves it to `path`, replacing an existing file.
    ///
    /// - Parameter staging: the directory of the temporary name, on the same filesystem; by default that of `path`.
    package func publish(
        _ bytes: [UInt8], at path: String, staging: String? = nil, mode: UInt32 = 0o600
    ) throws(FileError) {
        let temporary = Files.temporaryName(for: path, staging: staging)
        try create(temporary, bytes, mode: mode)
        do throws(FileError) {
            try rename(temporary, to: path)
        } catch {
            // NFS repeats a rename whose reply was lost, and the repetition finds no file to move.
            guard error.code == ENOENT, try status(path)?.kind == .file else {
                discard(temporary)
                throw error
            }
        }
        try sync(directory: Files.parent(of: path))
    }

    /// Writes `bytes` to `path` if that name does not exist. Of all callers, exactly one wins.
    ///
    /// If link(2) gives a doubtful reply, as NFS can, the link count of the caller's own temporary file shows who won.
    /// - Returns: whether this caller won.
    package func publishExclusively(
        _ bytes: [UInt8], at path: String, mode: UInt32 = 0o600
    ) throws(FileError) -> Bool {
        let temporary = Files.temporaryName(for: path, staging: nil)
        try create(temporary, bytes, mode: mode)
        defer { discard(temporary) }
        do throws(FileError) {
            try link(temporary, to: path)
        } catch {
            guard try links(temporary) == 2 else {
                if error.code == EEXIST { return false }
                throw error
            }
        }
        try sync(directory: Files.parent(of: path))
        return true
    }

    /// Creates a directory and its parents; existing ones are no error.
    package func createDirectory(_ path: String, mode: UInt32 = 0o700) throws(FileError) {
        do throws(FileError) {
            return try makeDirectory(path, mode: mode)
        } catch {
            if error.code == EEXIST, try isDirectory(path) { return }
            guard error.code == ENOENT, path.contains("/") else { throw error }
        }
        try createDirectory(Files.parent(of: path), mode: mode)
        do throws(FileError) {
            try makeDirectory(path, mode: mode)
        } catch {
            guard error.code == EEXIST, try isDirectory(path) else { throw error }
        }
    }

    /// Removes a file; a missing file is no error.
    package func remove(_ path: String) throws(FileError) {
        do throws(FileError) { try unlink(path) } catch  where !error.isAbsent { throw error } catch {}
    }

    /// Removes a file, or a directory with all that it contains, without following links.
    package func removeTree(_ path: String) throws(FileError) {
        guard let found = try status(path) else { return }
        guard found.kind == .directory else { return try remove(path) }
        for name in try list(path, hidden: true) { try removeTree("\(path)/\(name)") }
        do throws(FileError) {
            try removeDirectory(path)
        } catch  where !error.isAbsent { throw error } catch {}
    }

    /// The bytes of a file, or of all files below a directory together; links count as nothing.
    ///
    /// - Parameter limit: the greatest number of names to look at. For a larger directory, the sum covers only these.
    /// - Returns: `nil` if the path does not exist.
    package func bytes(of path: String, limit: Int = SpoolLimits.measuredNames) throws(FileError) -> Int? {
        guard try exists(path) else { return nil }
        var (total, left) = (0, limit)
        var paths = [path]
        while left > 0, let next = paths.popLast() {
            left -= 1
            guard let found = try status(next) else { continue }
            switch found.kind {
            case .file: total += found.bytes
            case .directory: for name in try list(next, hidden: true) { paths.append("\(next)/\(name)") }
            case .link, .other: break
            }
        }
        return total
    }

    /// The same for a sum that callers can do without: `nil` also if it cannot be looked at.
    package func bytesIfSeen(of path: String) -> Int? { (try? bytes(of: path)) ?? nil }

    /// How many names there are at and below a path: 1 for a file; links are not followed.
    ///
    /// - Parameter limit: how many are counted, at most.
    package func entries(of path: String, limit: Int = SpoolLimits.measuredNames) throws(FileError) -> Int {
        guard try exists(path) else { return 0 }
        var (count, paths) = (0, [path])
        while count < limit, let next = paths.popLast() {
            count += 1
            guard try status(next)?.kind == .directory else { continue }
            for name in try list(next, hidden: true) { paths.append("\(next)/\(name)") }
        }
        return count
    }

    /// Moves a file or directory within a filesystem and syncs the directory that it moves to.
    package func move(_ path: String, to target: String) throws(FileError) {
        try rename(path, to: target)
        try sync(directory: Files.parent(of: target))
    }

    /// Whether the name exists; a symbolic link counts as itself.
    package func exists(_ path: String) throws(FileError) -> Bool { try status(path) != nil }

    /// Whether the name is a directory, not a link to one.
    package func isDirectory(_ path: String) throws(FileError) -> Bool {
        try status(path)?.kind == .directory
    }

    /// Removes a temporary file. One that stays does no harm, and the error that matters was reported before.
    private func discard(_ temporary: String) {
        do throws(FileError) { try unlink(temporary) } catch {}
    }
}
