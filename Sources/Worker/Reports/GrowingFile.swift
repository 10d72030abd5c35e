package import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the lines that another process appends to a file.
package struct GrowingFile {
    private let path: String
    private let limit: Int
    private var offset: off_t = 0
    /// Where the limit begins to count.
    private var beginning: off_t = 0
    private var identity: (device: UInt64, inode: UInt64)?
    private var rest: [UInt8] = []

    /// A file that need not exist yet. At most `limit` bytes are read, counted from the last `beginAnew`.
    package init(path: String, limit: Int = SpoolLimits.reportsFileBytes) {
        self.path = path
        self.limit = limit
    }

    /// Why a file is no longer read.
    package enum Trouble: Error, Hashable {
        /// It is larger than the limit.
        case tooLarge(bytes: Int)
        /// It was replaced or truncated while it was being read.
        case replaced
        /// The system returned an error.
        case file(FileError)
    }

    /// Counts the limit again from here.
    package mutating func beginAnew() { beginning = offset }

    /// The complete lines that were appended since the last call.
    ///
    /// - Parameter isLast: the writer has ended, so text after the last line break is a line, too.
    package mutating func newLines(isLast: Bool = false) throws(Trouble) -> [[UInt8]] {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT && identity == nil { return [] }
            throw .file(FileError("open", path))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(FileError("stat", path)) }
        let found = (device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        guard status.st_mode & S_IFMT == S_IFREG, identity.map({ $0 == found }) ?? true,
            status.st_size >= offset
        else { throw .replaced }
        // The worker makes the file empty; the command may still replace it.
        if status.st_size > 0 { identity = found }
        let size = status.st_size - beginning
        guard size <= off_t(limit) else { throw .tooLarge(bytes: Int(size)) }
        try read(descriptor, upTo: status.st_size)
        return lines(isLast: isLast)
    }

    private mutating func read(_ descriptor: Int32, upTo size: off_t) throws(Trouble) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while offset < size {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .file(FileError("read", path)) }
            if count == 0 { break }
            rest.append(contentsOf: buffer.prefix(count))
            offset += off_t(count)
        }
    }

    private mutating func lines(isLast: Bool) -> [[UInt8]] {
        let newline = UInt8(ascii: "\n")
        var found = rest.split(separator: newline, omittingEmptySubsequences: false).map(Array.init)
        let tail = found.popLast() ?? []
        rest = isLast ? [] : tail
        if isLast { found.append(tail) }
        return found.filter { line in
            !line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
        }
    }
}
