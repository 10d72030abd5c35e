#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The few operations of a file system that the spool's promises rest on.
///
/// The operations are those of the system, one to one, so that what is built on them (below) is the same
/// over a real file system and over a simulated one. No operation follows a symbolic link in the last part
/// of a path.
package protocol FileSystem: Sendable {
    /// Creates a file that does not exist yet, with this content, and makes the content durable.
    func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError)
    /// Reads a whole regular file of at most `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]
    /// Reads a part of a regular file: fewer bytes where it ends before.
    func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8]
    /// Reads a whole file as `read` does, if it is this process's user's own and nobody else may write it.
    ///
    /// - Throws: `FileError` with `breaksTrust` if not.
    func readOwn(_ path: String, limit: Int) throws(FileError) -> [UInt8]
    /// rename(2): moves a file or directory, replacing what was there.
    func rename(_ path: String, to target: String) throws(FileError)
    /// link(2): gives a file a second name, unless that exists.
    func link(_ path: String, to target: String) throws(FileError)
    /// unlink(2): removes a file's name.
    func unlink(_ path: String) throws(FileError)
    /// mkdir(2).
    func makeDirectory(_ path: String, mode: UInt32) throws(FileError)
    /// rmdir(2): removes an empty directory.
    func removeDirectory(_ path: String) throws(FileError)
    /// The names in a directory, sorted.
    ///
    /// - Parameter hidden: whether those too that begin with a dot.
    func list(_ path: String, hidden: Bool) throws(FileError) -> [String]
    /// What stands under a name, a symbolic link as itself; `nil`: nothing.
    func status(_ path: String) throws(FileError) -> FileStatus?
    /// How many names a regular file has, as its server says at this moment: it is opened for it, since a
    /// network filesystem answers `status` from a cache, and an open never. `nil`: there is no such file.
    func links(_ path: String) throws(FileError) -> Int?
    /// Makes the names in a directory durable.
    func sync(directory: String) throws(FileError)
    /// Does the same with many files, in any order and perhaps with several at once: on a network filesystem each
    /// operation waits for an answer.
    ///
    /// - Returns: what `body` returned, in the order of the paths.
    func each<Value: Sendable>(
        of paths: [String], _ body: @escaping @Sendable (String) -> Value
    ) -> [Value]
}

extension FileSystem {
    /// All that a simulated file system holds is the one user's.
    package func readOwn(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try read(path, limit: limit)
    }

    /// A file of a simulated file system is small.
    package func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8] {
        Array(try read(path, limit: .max).dropFirst(offset).prefix(count))
    }

    /// One after the other.
    package func each<Value: Sendable>(
        of paths: [String], _ body: @escaping @Sendable (String) -> Value
    ) -> [Value] { paths.map(body) }
}

/// What the system knows of a file.
package struct FileStatus: Hashable, Sendable {
    /// What stands under the name.
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

    /// What stands under the name.
    package var kind: Kind
    /// The device and the inode: which file it is, whatever its name.
    package var identity: FileIdentity
    /// The owner's number.
    package var owner: UInt32
    /// The permission bits.
    package var mode: UInt32
    /// How many names it has, perhaps some time ago.
    package var links: Int
    /// How many bytes a regular file has; of anything else nothing is meant.
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
    /// The device that it lies on.
    package var device: UInt64
    /// Its number there.
    package var inode: UInt64

    /// An identity from its parts.
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// What stands under a final name is complete: it was written under another name, synced, and moved there,
/// and then its directory was synced.
extension FileSystem {
    /// The names in a directory, sorted, without those that begin with a dot.
    package func list(_ path: String) throws(FileError) -> [String] { try list(path, hidden: false) }

    /// Writes `bytes` under a temporary name and moves it to `path`, replacing what was there.
    ///
    /// - Parameter staging: the directory of the temporary name, on the same filesystem; by default
    ///   that of `path`.
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

    /// Writes `bytes` under `path` unless that name exists: of any number of callers exactly one wins.
    ///
    /// After a doubtful reply, as NFS can give to link(2), the link count of the own temporary file
    /// says who won.
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

    /// Creates a directory and those above it; one that exists is no error.
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

    /// Removes a file; one that is gone already is no error.
    package func remove(_ path: String) throws(FileError) {
        do throws(FileError) { try unlink(path) } catch  where !error.isAbsent { throw error } catch {}
    }

    /// Removes a file or a directory with all below it, without following links.
    package func removeTree(_ path: String) throws(FileError) {
        guard let found = try status(path) else { return }
        guard found.kind == .directory else { return try remove(path) }
        for name in try list(path, hidden: true) { try removeTree("\(path)/\(name)") }
        do throws(FileError) {
            try removeDirectory(path)
        } catch  where !error.isAbsent { throw error } catch {}
    }

    /// How many bytes a file has, or the files of a directory and all below it have together; links count nothing.
    ///
    /// - Parameter limit: how many names are looked at, at most: of a directory with more it is the bytes of these.
    /// - Returns: `nil`: nothing stands there.
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

    /// The same, for a sum that one can do without: `nil` where it cannot be looked at either.
    package func bytesIfSeen(of path: String) -> Int? { (try? bytes(of: path)) ?? nil }

    /// Moves a file or directory on one filesystem and syncs the directory it arrives in.
    package func move(_ path: String, to target: String) throws(FileError) {
        try rename(path, to: target)
        try sync(directory: Files.parent(of: target))
    }

    /// Whether something stands under this name; a symbolic link counts as itself.
    package func exists(_ path: String) throws(FileError) -> Bool { try status(path) != nil }

    /// Whether a directory, and no link to one, stands under this name.
    package func isDirectory(_ path: String) throws(FileError) -> Bool {
        try status(path)?.kind == .directory
    }

    /// A temporary file that stays behind harms nobody; what matters was said before.
    private func discard(_ temporary: String) {
        do throws(FileError) { try unlink(temporary) } catch {}
    }
}
