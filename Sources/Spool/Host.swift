#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// This machine.
package enum Host {
    /// Its name.
    package static var name: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// This process's environment.
    package static var environment: [String: String] {
        var all: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                all[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return all
    }

    /// This process's number.
    package static var processID: Int32 { getpid() }

    /// The number of the process that started this one.
    package static var parentProcessID: Int32 { getppid() }

    /// Seconds since 1970 by this machine's clock. Only shown to people; no decision uses it.
    package static func wallTime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// How long this process has run; zero if the system does not say. A script that replaces itself with another
    /// program remains the same process.
    package static var processAge: Duration {
        guard let start = startTicks(of: processID),
            let bytes = try? Files.system.read("/proc/uptime", limit: 1 << 10),
            let word = String(decoding: bytes, as: UTF8.self).split(separator: " ").first,
            let uptime = Double(word)
        else { return .zero }
        return .seconds(max(0, uptime - Double(start) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))))
    }

    /// When a process started, in clock ticks since boot; `nil` if it does not exist, cannot be looked at, or is a
    /// zombie (it has ended, and its parent has not asked for its exit code).
    package static func startTicks(of process: Int32) -> UInt64? {
        do throws(FileError) { return try start(of: process) } catch { return nil }
    }

    /// The same, for callers that must not mistake a failed look for an ended process.
    ///
    /// - Throws: if the system cannot say.
    package static func start(of process: Int32) throws(FileError) -> UInt64? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.system.read("/proc/\(process)/stat", limit: 1 << 16)
        } catch  where error.isAbsent || error.code == ESRCH {
            return nil
        }
        return start(inStat: String(decoding: bytes, as: UTF8.self))
    }

    /// proc(5): after the command's name in parentheses come the state and the fields from 4 on.
    package static func start(inStat text: String) -> UInt64? {
        guard let paren = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: paren)...].split(separator: " ")
        guard fields.count > 19 else { return nil }
        // A process whose first thread has ended shows as a zombie, too, while its other threads run.
        let (state, threads) = (fields[0], Int(fields[17]) ?? 1)
        if state == "X" || state == "Z" && threads <= 1 { return nil }
        return UInt64(fields[19])
    }
}
