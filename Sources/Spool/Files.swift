import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// The methods below have the names of the system's functions, and would hide them.
private let systemRead = read as @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int
private let systemWrite = write as @Sendable (Int32, UnsafeRawPointer?, Int) -> Int
private let systemRename = rename as @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
private let systemLink = link as @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
private let systemUnlink = unlink as @Sendable (UnsafePointer<CChar>) -> Int32

/// The file system of this machine.
package struct SystemFiles: FileSystem {
    /// See `FileSystem.create`.
    package func create(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw FileError("create", path) }
        var failure: FileError?
        do throws(FileError) {
            try Files.append(bytes, to: descriptor, path)
            if fsync(descriptor) != 0 { failure = FileError("sync", path) }
        } catch {
            failure = error
        }
        // NFS reports a full disk at close.
        if close(descriptor) != 0 && failure == nil { failure = FileError("close", path) }
        if let failure {
            _ = systemUnlink(path)
            throw failure
        }
    }

    // As many as there are, however few the processors: most of the time they wait.
    private static let threads = (0..<SpoolLimits.filesAtOnce).map {
        DispatchQueue(label: "stune.files.\($0)")
    }

    /// See `FileSystem.each`.
    package func each<Value: Sendable>(
        of paths: [String], _ body: @escaping @Sendable (String) -> Value
    ) -> [Value] {
        guard paths.count >= SpoolLimits.filesWorthThreads else { return paths.map(body) }
        // What lies in one directory stays with one thread, as far as it goes: the kernel locks it as a whole.
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
        return try Files.readAll(descriptor, path, expected: Int(status.st_size), limit: limit)
    }

    /// See `FileSystem.rename`.
    package func rename(_ path: String, to target: String) throws(FileError) {
        guard systemRename(path, target) == 0 else { throw FileError("rename", target) }
    }

    /// See `FileSystem.link`.
    package func link(_ path: String, to target: String) throws(FileError) {
        guard systemLink(path, target) == 0 else { throw FileError("link", target) }
    }

    /// See `FileSystem.unlink`.
    package func unlink(_ path: String) throws(FileError) {
        guard systemUnlink(path) == 0 else { throw FileError("remove", path) }
    }

    /// See `FileSystem.makeDirectory`.
    package func makeDirectory(_ path: String, mode: UInt32) throws(FileError) {
        guard mkdir(path, mode_t(mode)) == 0 else { throw FileError("create directory", path) }
    }

    /// See `FileSystem.removeDirectory`.
    package func removeDirectory(_ path: String) throws(FileError) {
        guard rmdir(path) == 0 else { throw FileError("remove directory", path) }
    }

    /// See `FileSystem.list`.
    package func list(_ path: String, hidden: Bool) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError("list", path) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let isListed = hidden ? name != "." && name != ".." : !name.hasPrefix(".")
            if isListed { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FileError("list", path) }
        return names.sorted()
    }

    /// See `FileSystem.status`.
    package func status(_ path: String) throws(FileError) -> FileStatus? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("stat", path)
        }
        let kind: FileStatus.Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            default: .other
            }
        return FileStatus(
            kind: kind, identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            owner: status.st_uid, mode: UInt32(status.st_mode & 0o7777), links: Int(status.st_nlink),
            bytes: Int(status.st_size))
    }

    /// See `FileSystem.links`.
    package func links(_ path: String) throws(FileError) -> Int? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("stat", path) }
        return Int(status.st_nlink)
    }

    /// See `FileSystem.sync`.
    package func sync(directory: String) throws(FileError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", directory) }
        defer { close(descriptor) }
        // Some filesystems cannot sync a directory and say EINVAL: their renames are durable as they are.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("sync", directory) }
    }
}

/// Paths, and what is done with files that nobody shares.
package enum Files {
    /// The file system of this machine.
    package static let system = SystemFiles()

    /// Copies a file, or a directory with all below it, and syncs the copy. Links are not followed but refused.
    package static func copyTree(_ path: String, to target: String) throws(FileError) {
        if try system.isDirectory(path) {
            try system.createDirectory(target)
            for name in try system.list(path, hidden: true) {
                try copyTree("\(path)/\(name)", to: "\(target)/\(name)")
            }
            return try system.sync(directory: target)
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

    /// The path without its last part; `.` for a bare name.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The absolute path, with `.` and `..` and links resolved as far as the path exists.
    package static func absolute(_ path: String) -> String {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return String(cString: resolved)
        }
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        let last = trimmed.split(separator: "/").last.map(String.init) ?? trimmed
        guard last != "..", !trimmed.isEmpty, trimmed != "/" else {
            return path.hasPrefix("/") ? path : "\(absolute("."))/\(path)"
        }
        let above = absolute(parent(of: trimmed))
        if last == "." { return above }
        return above == "/" ? "/\(last)" : "\(above)/\(last)"
    }

    /// Appends a line with one write, so that lines of several processes do not mix. The file is made if need be.
    package static func appendLine(_ line: [UInt8], to path: String) throws(FileError) {
        try append(line + [UInt8(ascii: "\n")], to: path)
    }

    /// Makes an empty file, unless there is one.
    package static func touch(_ path: String) throws(FileError) { try append([], to: path) }

    private static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        try append(bytes, to: descriptor, path)
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

    /// A name that no other caller uses: process, host-independent random bits.
    static func temporaryName(for path: String, staging: String?) -> String {
        let directory = staging ?? parent(of: path)
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return "\(directory)/.tmp.\(getpid()).\(random)"
    }

    fileprivate static func readAll(
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
            // It was asked for a byte more. Files of /proc say that they have none, and give what they have in parts.
            if filled == expected { break }
            if filled > limit { throw FileError("read", path, detail: "it grew beyond \(limit) bytes") }
            if filled == bytes.count { bytes.append(contentsOf: [UInt8](repeating: 0, count: 4096)) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
