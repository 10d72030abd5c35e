import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
    /// O_PATH looks up a directory without reading it; the module of the C library lacks it.
    private let lookUp: Int32 = 0o10000000
#else
    import Darwin
    private let lookUp = O_RDONLY
#endif

/// The file system of this machine.
package struct SystemFiles: FileSystem {
    /// The directory below which no symbolic link is followed, in any part of a path; `nil` to follow links except in
    /// the last part.
    let root: String?

    /// The file system, with the directory below which no link is followed.
    package init(below root: String?) { self.root = root }

    // MARK: Paths

    /// Calls `body` with the last part of a path and the directory to look it up in.
    private func at<Value>(
        _ operation: String, _ path: String, _ body: (Int32, String) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        guard let root, path.utf8.count > root.utf8.count + 1, path.hasPrefix(root),
            path.utf8.dropFirst(root.utf8.count).first == UInt8(ascii: "/")
        else { return try body(AT_FDCWD, path) }
        let parts = path.utf8.dropFirst(root.utf8.count).split(separator: UInt8(ascii: "/")).map {
            String(Substring($0))
        }
        guard let last = parts.last else { return try body(AT_FDCWD, path) }
        // Links in the path to the study's directory are the user's choice.
        var directory = open(root, lookUp | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw FileError(operation, path) }
        defer { close(directory) }
        for part in parts.dropLast() {
            let next = openat(directory, part, lookUp | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw SystemFiles.failure(operation, path, directory, part) }
            close(directory)
            directory = next
        }
        return try body(directory, last)
    }

    /// The system's error, or that a part of the path is a link.
    private static func failure(
        _ operation: String, _ path: String, _ directory: Int32, _ part: String
    ) -> FileError {
        let code = errno
        var status = stat()
        guard code == ENOTDIR || code == ELOOP, directory != AT_FDCWD,
            fstatat(directory, part, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFLNK
        else { return FileError(operation, path, code: code) }
        return FileError(
            operation, path,
            detail:
                "'\(part)' is a symbolic link, which is not followed within a study; replace it by the directory"
        )
    }

    /// Opens the last part of a path, which must not be a link.
    private func open(
        _ operation: String, _ path: String, _ flags: Int32, mode: UInt32 = 0
    ) throws(FileError) -> Int32 {
        try at(operation, path) { (directory, name) throws(FileError) in
            let descriptor = openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
            guard descriptor >= 0 else { throw FileError(operation, path) }
            return descriptor
        }
    }

    /// Opens a directory to read or to sync it.
    private func openDirectory(_ operation: String, _ path: String) throws(FileError) -> Int32 {
        try at(operation, path) { (directory, name) throws(FileError) in
            let noLink = directory == AT_FDCWD ? 0 : O_NOFOLLOW
            let descriptor = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | noLink)
            guard descriptor >= 0 else { throw SystemFiles.failure(operation, path, directory, name) }
            return descriptor
        }
    }

    private func open(_ path: String, _ flags: Int32) -> Int32 {
        // The method above has the same name as the system's function.
        #if canImport(Glibc)
            Glibc.open(path, flags)
        #else
            Darwin.open(path, flags)
        #endif
    }

    private func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    // MARK: Operations

    /// See `FileSystem.create`.
    package func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        let descriptor = try open("create", path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        var failure: FileError?
        do throws(FileError) {
            try Files.append(bytes, to: descriptor, path)
            if fsync(descriptor) != 0 { failure = FileError("sync", path) }
        } catch {
            failure = error
        }
        // NFS reports a full disk at close.
        if Files.close(descriptor) != 0 && failure == nil { failure = FileError("close", path) }
        if let failure {
            do throws(FileError) { try unlink(path) } catch {}
            throw failure
        }
    }

    // The number does not depend on the processors: these threads mostly wait.
    private static let threads = (0..<SpoolLimits.filesAtOnce).map {
        DispatchQueue(label: "stune.files.\($0)")
    }

    /// See `FileSystem.each`.
    package func each<Value: Sendable>(
        of paths: [String], _ body: @escaping @Sendable (String) -> Value
    ) -> [Value] {
        guard paths.count >= SpoolLimits.filesWorthThreads else { return paths.map(body) }
        // If possible, one thread handles all files of a directory, because the kernel locks the directory as a whole.
        let count = SystemFiles.threads.count
        let found = Mutex([Int: [Value]]())
        let group = DispatchGroup()
        for (number, thread) in SystemFiles.threads.enumerated() {
            thread.async(group: group) {
                let share = paths[paths.count * number / count..<paths.count * (number + 1) / count]
                let values = share.map(body)
                found.withLock { $0[number] = values }
            }
        }
        group.wait()
        return found.withLock { found in (0..<count).flatMap { found[$0] ?? [] } }
    }

    /// See `FileSystem.read`.
    package func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try read(path, limit: limit, ownOnly: false)
    }

    /// See `FileSystem.readOwn`. The check looks at the open file, so nobody can exchange it in between.
    package func readOwn(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try read(path, limit: limit, ownOnly: true)
    }

    /// See `FileSystem.read`.
    package func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = try open("open", path, O_RDONLY | O_NONBLOCK)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("read", path, detail: "it is not a regular file")
        }
        var bytes = [UInt8](repeating: 0, count: max(0, min(count, Int(status.st_size) - offset)))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled,
                    off_t(offset + filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw FileError("read", path) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    private func read(_ path: String, limit: Int, ownOnly: Bool) throws(FileError) -> [UInt8] {
        let descriptor = try open("open", path, O_RDONLY | O_NONBLOCK)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("read", path, detail: "it is not a regular file")
        }
        if ownOnly, let why = FileStatus(status).whyNotOwn {
            var error = FileError("trust", path, detail: "\(why); only this user's own files are trusted")
            error.breaksTrust = true
            throw error
        }
        guard status.st_size <= limit else {
            throw FileError("read", path, detail: "it has \(status.st_size) bytes, more than \(limit)")
        }
        return try Files.readAll(descriptor, path, expected: Int(status.st_size), limit: limit)
    }

    /// See `FileSystem.rename`.
    package func rename(_ path: String, to target: String) throws(FileError) {
        try at("rename", path) { (from, name) throws(FileError) in
            try at("rename", target) { (directory, newName) throws(FileError) in
                guard renameat(from, name, directory, newName) == 0 else {
                    throw FileError("rename", target)
                }
            }
        }
    }

    /// See `FileSystem.link`.
    package func link(_ path: String, to target: String) throws(FileError) {
        try at("link", path) { (from, name) throws(FileError) in
            try at("link", target) { (directory, newName) throws(FileError) in
                guard linkat(from, name, directory, newName, 0) == 0 else {
                    throw FileError("link", target)
                }
            }
        }
    }

    /// See `FileSystem.unlink`.
    package func unlink(_ path: String) throws(FileError) {
        try at("remove", path) { (directory, name) throws(FileError) in
            guard unlinkat(directory, name, 0) == 0 else { throw FileError("remove", path) }
        }
    }

    /// See `FileSystem.makeDirectory`.
    package func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        try at("create directory", path) { (directory, name) throws(FileError) in
            guard mkdirat(directory, name, mode_t(mode)) == 0 else {
                throw FileError("create directory", path)
            }
        }
    }

    /// See `FileSystem.removeDirectory`.
    package func removeDirectory(_ path: String) throws(FileError) {
        try at("remove directory", path) { (directory, name) throws(FileError) in
            guard unlinkat(directory, name, Int32(AT_REMOVEDIR)) == 0 else {
                throw FileError("remove directory", path)
            }
        }
    }

    /// See `FileSystem.list`. Bytes that are not UTF-8 become U+FFFD.
    package func list(_ path: String, hidden: Bool) throws(FileError) -> [String] {
        var names: [String] = []
        try forEachName(in: path) { (_, bytes) throws(FileError) in
            let name = String(decoding: bytes, as: UTF8.self)
            let isListed = hidden ? name != "." && name != ".." : !name.hasPrefix(".")
            if isListed { names.append(name) }
        }
        return names.sorted()
    }

    /// Renames files whose names are not text, so that they can be named.
    ///
    /// - Parameter limit: how many to rename at most.
    /// - Throws: what the file system refuses.
    package func renameUnreadable(in path: String, limit: Int) throws(FileError) {
        var found: [[UInt8]] = []
        try forEachName(in: path) { (_, bytes) throws(FileError) in
            if found.count < limit, String(decoding: bytes, as: UTF8.self).contains("\u{FFFD}") {
                found.append(bytes)
            }
        }
        guard !found.isEmpty else { return }
        let directory = try openDirectory("list", path)
        defer { close(directory) }
        for bytes in found {
            let random = String(UInt64.random(in: .min ... .max), radix: 16)
            let done = (bytes + [0]).withUnsafeBufferPointer { name in
                name.withMemoryRebound(to: CChar.self) { name in
                    guard let start = name.baseAddress else { return Int32(0) }
                    return renameat(directory, start, directory, "no-text-\(random)")
                }
            }
            guard done == 0 || errno == ENOENT else { throw FileError("rename", path) }
        }
    }

    /// Calls `body` with each name in a directory, as bytes.
    private func forEachName(
        in path: String, _ body: (Int32, [UInt8]) throws(FileError) -> Void
    ) throws(FileError) {
        let descriptor = try openDirectory("list", path)
        guard let stream = fdopendir(descriptor) else {
            let error = FileError("list", path)
            close(descriptor)
            throw error
        }
        defer { closedir(stream) }
        errno = 0
        while let entry = readdir(stream) {
            let bytes = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    [UInt8](
                        UnsafeBufferPointer(start: name, count: strlen(name)).map(UInt8.init(bitPattern:)))
                }
            }
            try body(descriptor, bytes)
            errno = 0
        }
        guard errno == 0 else { throw FileError("list", path) }
    }

    /// See `FileSystem.status`.
    package func status(_ path: String) throws(FileError) -> FileStatus? {
        var status = stat()
        do throws(FileError) {
            try at("stat", path) { (directory, name) throws(FileError) in
                guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                    throw FileError("stat", path)
                }
            }
        } catch  where error.code == ENOENT || error.code == ENOTDIR {
            return nil
        }
        return FileStatus(status)
    }

    /// See `FileSystem.links`.
    package func links(_ path: String) throws(FileError) -> Int? {
        let descriptor: Int32
        do throws(FileError) {
            descriptor = try open("open", path, O_RDONLY | O_NONBLOCK)
        } catch  where error.isMissing {
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        return Int(status.st_nlink)
    }

    /// See `FileSystem.sync`.
    package func sync(directory: String) throws(FileError) {
        let descriptor = try openDirectory("open", directory)
        defer { close(descriptor) }
        // Some filesystems cannot sync a directory and return EINVAL. Their renames are durable without it.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("sync", directory) }
    }
}
