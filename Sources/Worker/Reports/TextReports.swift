import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Follows a file in which a command shows its metrics: its output, or a file that it writes.
///
/// Only what the current attempt writes counts. Text from before is skipped, unless the command has rewritten the file:
/// truncated it, replaced it, or changed earlier text.
struct TextReports {
    private let path: String
    private let source: ReportSource
    private var reader: ReportReader
    /// The offset up to which the file was read.
    private var offset: off_t = 0
    /// Which file was read up to that offset.
    private var identity: (device: UInt64, inode: UInt64)?
    /// The last bytes that the file had before the command started.
    private var before: [UInt8] = []
    private var isNew = true
    /// The beginning of a line whose end is not written yet.
    private var rest: [UInt8] = []
    /// Whether to skip the rest of the line: it is too long, or began before the command started.
    private var skipsLine = false
    private var lines = 0

    /// How many bytes of the earlier end to remember, to notice when they change.
    private static let remembered = 256
    /// The longest line to read, in bytes. Longer lines are not reports.
    private static let lineBytes = 64 << 10

    /// A report that was found, and a description of its line.
    typealias Found = (reading: ReportReader.Reading, place: String)

    /// Follows the file from now on; called before the command starts.
    init(_ source: ReportSource, metrics: [String], path: String) throws(LinePattern.Invalid) {
        self.path = path
        self.source = source
        reader = try ReportReader(source, metrics: metrics)
        passOver()
    }

    /// What messages call the file.
    private var name: String {
        switch source.kind {
        case .stdout: "standard output"
        case .stderr: "standard error"
        case .csv, .jsonl: "'\(source.text)'"
        }
    }

    /// The reports written since the last call.
    ///
    /// - Parameter isLast: the command has ended, so text after the last line break is a line, too.
    mutating func news(isLast: Bool) throws(FileError) -> [Found] {
        guard let (descriptor, status) = try opened() else { return [] }
        defer { close(descriptor) }
        if hasBegunAnew(descriptor, status) { begin() }
        identity = (UInt64(status.st_dev), UInt64(status.st_ino))
        var found: [Found] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while offset < status.st_size {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { break }
            offset += off_t(count)
            isNew = false
            take(buffer[..<count], &found)
        }
        if isLast, !rest.isEmpty || skipsLine { endLine(&found) }
        return found
    }

    // MARK: The file

    /// - Returns: `nil` if the file does not exist (yet).
    private func opened() throws(FileError) -> (descriptor: Int32, status: stat)? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("open", path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        return (descriptor, status)
    }

    /// Skips what the file has, and reads its column header.
    private mutating func passOver() {
        guard source.kind == .csv || source.kind == .jsonl else { return }
        guard let (descriptor, status) = try? opened(), status.st_size > 0 else { return }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: TextReports.lineBytes)
        if source.kind == .csv {
            let count = max(0, pread(descriptor, &buffer, buffer.count, 0))
            // A header without a line break will be written again in any case.
            guard let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) else { return }
            _ = reader.read(Array(buffer[..<end]))
        }
        offset = status.st_size
        identity = (UInt64(status.st_dev), UInt64(status.st_ino))
        let start = max(0, offset - off_t(TextReports.remembered))
        let count = max(0, pread(descriptor, &buffer, Int(offset - start), start))
        before = Array(buffer[..<count])
        skipsLine = before.last != UInt8(ascii: "\n")
    }

    private func hasBegunAnew(_ descriptor: Int32, _ status: stat) -> Bool {
        guard let identity else { return false }
        guard identity == (UInt64(status.st_dev), UInt64(status.st_ino)), status.st_size >= offset else {
            return true
        }
        // The file may have been truncated and have grown since.
        guard isNew, !before.isEmpty, status.st_size > offset else { return false }
        var now = [UInt8](repeating: 0, count: before.count)
        return pread(descriptor, &now, now.count, offset - off_t(now.count)) != now.count || now != before
    }

    private mutating func begin() {
        (offset, lines, rest, before, skipsLine) = (0, 0, [], [], false)
        reader.restart()
    }

    // MARK: Lines

    private mutating func take(_ bytes: ArraySlice<UInt8>, _ found: inout [Found]) {
        var bytes = bytes
        while let end = bytes.firstIndex(where: { $0 == UInt8(ascii: "\n") || isReturn($0) }) {
            add(bytes[..<end])
            endLine(&found)
            bytes = bytes[(end + 1)...]
        }
        add(bytes)
    }

    /// A carriage return ends a line, too: progress bars use it to overwrite their line.
    private func isReturn(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\r") && (source.kind == .stdout || source.kind == .stderr)
    }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        guard !skipsLine else { return }
        rest += bytes
        if rest.count > TextReports.lineBytes { (rest, skipsLine) = ([], true) }
    }

    private mutating func endLine(_ found: inout [Found]) {
        lines += 1
        defer { (rest, skipsLine) = ([], false) }
        guard !skipsLine else { return }
        let line = source.kind == .jsonl ? BareWords.quoted(rest) : rest
        let reading = reader.read(line)
        if reading != .nothing { found.append((reading, "line \(lines) of \(name)")) }
    }
}
