import Spool

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the processes of a group use at one moment, from proc(5).
struct ProcessGroup: Hashable, Sendable {
    /// The processor seconds of all its processes and of their children that have ended.
    var cpuSeconds = 0.0
    /// The bytes of memory of all its processes, with shared memory counted once.
    var memoryBytes = 0.0

    private var shared = 0.0

    /// A measurement from its numbers.
    init(cpuSeconds: Double, memoryBytes: Double) {
        (self.cpuSeconds, self.memoryBytes) = (cpuSeconds, memoryBytes)
    }

    /// Looks at all processes of the node. Processes that end meanwhile are skipped.
    init(_ group: Int32, in proc: String = "/proc") {
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = Double(max(1, sysconf(Int32(_SC_PAGESIZE))))
        for name in (try? Files.system.list(proc)) ?? [] where name.utf8.first.map(Self.isDigit) == true {
            guard let bytes = try? Files.system.read("\(proc)/\(name)/stat", limit: 1 << 16),
                let seconds = Self.seconds(inStat: String(decoding: bytes, as: UTF8.self), of: group, ticks)
            else { continue }
            cpuSeconds += seconds
            guard let bytes = try? Files.system.read("\(proc)/\(name)/statm", limit: 1 << 10) else {
                continue
            }
            let pages = String(decoding: bytes, as: UTF8.self).split(separator: " ").map { Double($0) ?? 0 }
            guard pages.count > 2 else { continue }
            memoryBytes += max(0, pages[1] - pages[2]) * page
            shared = max(shared, pages[2] * page)
        }
        memoryBytes += shared
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The processor seconds of a process and of its ended children; `nil` if it belongs to another group.
    static func seconds(inStat text: String, of group: Int32, _ ticks: Double) -> Double? {
        guard let paren = text.lastIndex(of: ")") else { return nil }
        // The list begins with field 3, the state. The group is field 5; the times are fields 14 to 17.
        let fields = text[text.index(after: paren)...].split(separator: " ")
        guard fields.count > 14, Int32(fields[2]) == group else { return nil }
        return fields[11...14].reduce(0) { $0 + (Double($1) ?? 0) } / ticks
    }
}

/// The control group of a task. It includes processes that have left the command's own group.
enum TaskControlGroup {
    /// The bytes of memory that a Slurm task's processes hold, without the file cache; `nil` if the task has no control
    /// group of its own or it cannot be read.
    static func memoryBytes(proc: String = "/proc", root: String = "/sys/fs/cgroup") -> Double? {
        guard let text = text("\(proc)/self/cgroup"), let path = statistics(inCgroup: text, root),
            let values = self.text(path)
        else { return nil }
        return memory(inStatistics: values)
    }

    /// The file with the numbers: from the line `0::PATH` in version 2, from the controller `memory` in version 1. Only
    /// a job's control group says something about the command.
    static func statistics(inCgroup text: String, _ root: String) -> String? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].contains("/job_") else { continue }
            if parts[0] == "0", parts[1].isEmpty { return "\(root)\(parts[2])/memory.stat" }
            if parts[1].split(separator: ",").contains("memory") {
                return "\(root)/memory\(parts[2])/memory.stat"
            }
        }
        return nil
    }

    /// `anon` plus `shmem` in version 2, `total_rss` in version 1.
    static func memory(inStatistics text: String) -> Double? {
        var values: [Substring: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 { values[words[0]] = Double(words[1]) }
        }
        if let rss = values["total_rss"] { return rss }
        return values["anon"].map { $0 + (values["shmem"] ?? 0) }
    }

    private static func text(_ path: String) -> String? {
        (try? Files.system.read(path, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) }
    }
}
