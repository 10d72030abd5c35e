import CMachine
package import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests the file operations of a study in a temporary directory.
package enum FileSystemLook {
    /// How often fsync is measured: enough for a median, few enough for a slow disk.
    private static let syncs = 7

    /// The type of a path's file system.
    ///
    /// - Throws: what the file system refuses.
    package static func kind(of path: String) throws(FileError) -> FileSystemKind {
        let number = stune_filesystem_kind(path)
        guard number >= 0 else { throw FileError("look at the file system of", path) }
        return FileSystemKind(number: UInt64(number))
    }

    /// Tests the file system of a directory.
    ///
    /// - Throws: if the directory cannot be looked at.
    package static func facts(of path: String) throws(FileError) -> FileSystemFacts {
        var facts = FileSystemFacts(path: path, kind: try kind(of: path))
        var room = statvfs()
        guard statvfs(path, &room) == 0 else { throw FileError("look at the file system of", path) }
        facts.freeBytes = Int64(
            clamping: UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize))
                .partialValue)
        (facts.freeFiles, facts.allFiles) = (Int64(clamping: room.f_favail), Int64(clamping: room.f_files))
        // ST_NOEXEC
        facts.isExecutable = UInt64(room.f_flag) & 8 == 0
        let own = "\(path)/.stune-doctor.\(getpid()).\(String(UInt32.random(in: .min ... .max), radix: 16))"
        guard mkdir(own, 0o700) == 0 else {
            facts.writeTrouble = FileError("create", own).description
            return facts
        }
        defer { remove(own) }
        try measure(&facts, in: own)
        return facts
    }

    private static func remove(_ directory: String) {
        for name in ["file", "name", "other", "clock", "lock"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    private static func measure(_ facts: inout FileSystemFacts, in own: String) throws(FileError) {
        let file = "\(own)/file"
        do throws(FileError) {
            facts.clockAhead = try clock(in: own)
            (facts.syncMedian, facts.syncLongest) = try syncTimes(file)
        } catch {
            facts.writeTrouble = error.description
            return
        }
        if link(file, "\(own)/name") != 0 { facts.linkTrouble = words(errno) }
        let other = "\(own)/other"
        try make(other)
        if rename(other, file) != 0 { facts.renameTrouble = words(errno) }
        facts.lockTrouble = lock("\(own)/lock")
    }

    private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func make(_ path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("create", path) }
        guard close(descriptor) == 0 else { throw FileError("close", path) }
    }

    /// The milliseconds of an fsync after 4 KiB more: the median and the longest.
    private static func syncTimes(_ path: String) throws(FileError) -> (Double, Double) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("create", path) }
        defer { _ = close(descriptor) }
        let block = [UInt8](repeating: 0, count: 4 << 10)
        var times: [Double] = []
        for _ in 0..<syncs {
            guard write(descriptor, block, block.count) == block.count else {
                throw FileError("write", path)
            }
            let start = ContinuousClock.now
            guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
            let taken = (ContinuousClock.now - start).components
            times.append(Double(taken.seconds) * 1e3 + Double(taken.attoseconds) / 1e15)
        }
        times.sort()
        return (times[syncs / 2], times[syncs - 1])
    }

    /// How many seconds the file server's clock is ahead: the difference between a new file's time and the middle of
    /// its creation here.
    private static func clock(in own: String) throws(FileError) -> Double {
        let path = "\(own)/clock"
        let before = Host.wallTime()
        try make(path)
        let after = Host.wallTime()
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError("stat", path) }
        #if canImport(Glibc)
            let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        #else
            let time = Double(status.st_mtimespec.tv_sec) + Double(status.st_mtimespec.tv_nsec) / 1e9
        #endif
        return time - (before + after) / 2
    }

    /// Why a file cannot be locked as SQLite does it; `nil` if it can.
    private static func lock(_ path: String) -> String? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return words(errno) }
        defer { _ = close(descriptor) }
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        return fcntl(descriptor, F_SETLK, &request) == 0 ? nil : words(errno)
    }
}
