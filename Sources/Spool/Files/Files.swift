#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

private let systemRead = read as @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int
private let systemWrite = write as @Sendable (Int32, UnsafeRawPointer?, Int) -> Int

/// Paths, and operations on files that no other process uses.
package enum Files {
    /// The file system of this machine.
    package static let system = SystemFiles(below: nil)

    /// Copies a file, or a directory with all that it contains, and syncs the copy. Executable files stay executable. A
    /// link is an error.
    package static func copyTree(_ path: String, to target: String) throws(FileError) {
        if try system.isDirectory(path) {
            try system.createDirectory(target)
            for name in try system.list(path, hidden: true) {
                try copyTree("\(path)/\(name)", to: "\(target)/\(name)")
            }
            return try system.sync(directory: target)
        }
        let source = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw FileError("open", path) }
        defer { _ = close(source) }
        var status = stat()
        guard fstat(source, &status) == 0 else { throw FileError("stat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError("copy", path, detail: "it is not a regular file")
        }
        let mode = 0o600 | status.st_mode & 0o100
        let copy = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard copy >= 0 else { throw FileError("create", target) }
        defer { _ = close(copy) }
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

    /// Makes a file's content durable.
    package static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
    }

    /// Overwrites the beginning of an existing file in place, which needs no free space on the disk.
    package static func overwrite(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { _ = close(descriptor) }
        try append(bytes, to: descriptor, path)
    }

    /// The bytes of these files together; `nil` if none exists.
    package static func size(_ paths: String...) -> Int64? {
        var total: Int64?
        for path in paths {
            var status = stat()
            if lstat(path, &status) == 0 { total = (total ?? 0) + Int64(status.st_size) }
        }
        return total
    }

    /// The last bytes of a regular file, at most this many.
    package static func readTail(_ path: String, bytes: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { _ = close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0, lseek(descriptor, max(0, end - off_t(bytes)), SEEK_SET) >= 0 else {
            throw FileError("read", path)
        }
        return try readAll(descriptor, path, expected: bytes, limit: 2 * bytes)
    }

    /// close(2), for places where a method has that name.
    static func close(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    /// The path without its last part; `.` for a name without a directory.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The absolute path, with `.`, `..` and links resolved as far as the path exists.
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

    /// Appends a line in one write, so that lines of several processes do not mix. Creates the file if needed.
    package static func appendLine(_ line: [UInt8], to path: String) throws(FileError) {
        try append(line + [UInt8(ascii: "\n")], to: path)
    }

    /// Appends bytes to a file that exists, without making them durable.
    package static func extend(_ path: String, by bytes: [UInt8]) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { _ = close(descriptor) }
        try append(bytes, to: descriptor, path)
    }

    /// Creates an empty file if there is none.
    package static func touch(_ path: String) throws(FileError) { try append([], to: path) }

    private static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { _ = close(descriptor) }
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

    /// A name that no other caller uses: the process id and random bits.
    package static func temporaryName(for path: String, staging: String? = nil) -> String {
        let directory = staging ?? parent(of: path)
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return "\(directory)/.tmp.\(getpid()).\(random)"
    }

    static func readAll(
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
            // One byte more was asked for. Files of /proc have size zero and return their content in parts.
            if filled == expected { break }
            if filled > limit { throw FileError("read", path, detail: "it grew beyond \(limit) bytes") }
            if filled == bytes.count { bytes.append(contentsOf: [UInt8](repeating: 0, count: 4096)) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
