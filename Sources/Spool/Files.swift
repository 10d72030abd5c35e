#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// `Files` has a `read` of its own, which would hide the system's.
private let systemRead = read as @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int
private let systemWrite = write as @Sendable (Int32, UnsafeRawPointer?, Int) -> Int

/// The few file operations that the spool's promises rest on.
///
/// What stands under a final name is complete: it was written under another name, synced, and moved
/// there, and then its directory was synced. Nothing here follows a symbolic link in the last part of
/// a path.
package enum Files {
    /// Writes `bytes` under a temporary name and moves it to `path`, replacing what was there.
    ///
    /// - Parameter staging: the directory of the temporary name, on the same filesystem; by default
    ///   that of `path`.
    package static func publish(
        _ bytes: [UInt8], at path: String, staging: String? = nil, mode: UInt32 = 0o600
    ) throws(FileError) {
        let temporary = temporaryName(for: path, staging: staging)
        try write(bytes, toNew: temporary, mode: mode)
        guard rename(temporary, path) == 0 else {
            let error = FileError("rename", path)
            unlink(temporary)
            throw error
        }
        try sync(directory: parent(of: path))
    }

    /// Writes `bytes` under `path` unless that name exists: of any number of callers exactly one wins.
    ///
    /// After a doubtful reply, as NFS can give to link(2), the link count of the own temporary file
    /// says who won.
    /// - Returns: whether this caller won.
    package static func publishExclusively(
        _ bytes: [UInt8], at path: String, mode: UInt32 = 0o600
    ) throws(FileError) -> Bool {
        let temporary = temporaryName(for: path, staging: nil)
        try write(bytes, toNew: temporary, mode: mode)
        defer { unlink(temporary) }
        let linked = link(temporary, path) == 0
        let code = errno
        if !linked && code != EEXIST && linkCount(temporary) != 2 {
            throw FileError("link", path, code: code)
        }
        let won = linked || linkCount(temporary) == 2
        if won { try sync(directory: parent(of: path)) }
        return won
    }

    /// Reads a whole regular file of at most `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("read", path, detail: "it is not a regular file")
        }
        guard status.st_size <= limit else {
            throw FileError("read", path, detail: "it has \(status.st_size) bytes, more than \(limit)")
        }
        return try readAll(descriptor, path, expected: Int(status.st_size), limit: limit)
    }

    /// Creates a directory and those above it; one that exists is no error.
    package static func createDirectory(_ path: String, mode: UInt32 = 0o700) throws(FileError) {
        if mkdir(path, mode_t(mode)) == 0 { return }
        if errno == EEXIST && isDirectory(path) { return }
        guard errno == ENOENT, path.contains("/") else { throw FileError("create directory", path) }
        try createDirectory(parent(of: path), mode: mode)
        guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else {
            throw FileError("create directory", path)
        }
    }

    /// The names in a directory, sorted, without those that begin with a dot.
    package static func list(_ path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError("list", path) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FileError("list", path) }
        return names.sorted()
    }

    /// Removes a file; one that is gone already is no error.
    package static func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT || errno == ESTALE else {
            throw FileError("remove", path)
        }
    }

    /// Removes a file or a directory with all below it, without following links.
    package static func removeTree(_ path: String) throws(FileError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw FileError("stat", path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
        for name in try list(path) { try removeTree("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("remove directory", path) }
    }

    /// Moves a file or directory on one filesystem and syncs the directory it arrives in.
    package static func move(_ path: String, to target: String) throws(FileError) {
        guard rename(path, target) == 0 else { throw FileError("rename", target) }
        try sync(directory: parent(of: target))
    }

    /// Copies a file, or a directory with all below it, and syncs the copy. Links are not followed but refused.
    package static func copyTree(_ path: String, to target: String) throws(FileError) {
        if isDirectory(path) {
            try createDirectory(target)
            for name in try list(path) { try copyTree("\(path)/\(name)", to: "\(target)/\(name)") }
            return try sync(directory: target)
        }
        let source = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard source >= 0 else { throw FileError("open", path) }
        defer { close(source) }
        let copy = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard copy >= 0 else { throw FileError("create", target) }
        defer { close(copy) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { systemRead(source, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { break }
            try append(Array(buffer.prefix(count)), to: copy, target)
        }
        guard fsync(copy) == 0 else { throw FileError("sync", target) }
    }

    /// Whether something stands under this name; a symbolic link counts as itself.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Whether a symbolic link stands under this name.
    package static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The bytes of these files together; `nil` when none exists.
    package static func size(_ paths: String...) -> Int64? {
        var total: Int64?
        for path in paths {
            var status = stat()
            if lstat(path, &status) == 0 { total = (total ?? 0) + Int64(status.st_size) }
        }
        return total
    }

    /// The last bytes of a regular file, at most so many.
    package static func readTail(_ path: String, bytes: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0, lseek(descriptor, max(0, end - off_t(bytes)), SEEK_SET) >= 0 else {
            throw FileError("read", path)
        }
        return try readAll(descriptor, path, expected: bytes, limit: 2 * bytes)
    }

    /// Whether a directory, and no link to one, stands under this name.
    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes the names in a directory durable.
    package static func sync(directory: String) throws(FileError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", directory) }
        defer { close(descriptor) }
        // Some filesystems cannot sync a directory and say EINVAL: their renames are durable as they are.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("sync", directory) }
    }

    /// The path without its last part; `.` for a bare name.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The absolute path, with `.` and `..` and links resolved where the path exists.
    package static func absolute(_ path: String) -> String {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        let name = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return "\(String(cString: current))/\(name)"
    }
}

extension Files {
    /// A name that no other caller uses: process, host-independent random bits.
    private static func temporaryName(for path: String, staging: String?) -> String {
        let directory = staging ?? parent(of: path)
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return "\(directory)/.tmp.\(getpid()).\(random)"
    }

    /// Writes and syncs a file that does not exist yet.
    private static func write(
        _ bytes: [UInt8], toNew path: String, mode: UInt32
    ) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw FileError("create", path) }
        var failure: FileError?
        do throws(FileError) {
            try append(bytes, to: descriptor, path)
            if fsync(descriptor) != 0 { failure = FileError("sync", path) }
        } catch {
            failure = error
        }
        // NFS reports a full disk at close.
        if close(descriptor) != 0 && failure == nil { failure = FileError("close", path) }
        if let failure {
            unlink(path)
            throw failure
        }
    }

    /// Writes all bytes to an open descriptor.
    package static func append(
        _ bytes: [UInt8], to descriptor: Int32, _ path: String
    ) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemWrite(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", path)
            }
            offset += count
        }
    }

    private static func readAll(
        _ descriptor: Int32, _ path: String, expected: Int, limit: Int
    ) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: expected + 1)
        var filled = 0
        while true {
            let count = bytes.withUnsafeMutableBytes {
                systemRead(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path)
            }
            if count == 0 { break }
            filled += count
            if filled > limit { throw FileError("read", path, detail: "it grew beyond \(limit) bytes") }
            if filled == bytes.count { bytes.append(contentsOf: [UInt8](repeating: 0, count: 4096)) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    private static func linkCount(_ path: String) -> UInt {
        var status = stat()
        return stat(path, &status) == 0 ? UInt(status.st_nlink) : 0
    }
}
