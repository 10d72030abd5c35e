#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TCP port of this node for one command. No other command of any worker has it at the same time.
///
/// The port is free when it is taken, and is below the range that the kernel uses for outgoing connections. A socket in
/// Linux's abstract namespace marks it as taken: that works across all users of the node, and ends with the process.
final class PortReservation: Sendable {
    /// The port.
    let port: Int
    private let lock: Int32

    /// The ports to try. Few well-known programs listen on them.
    private static let ports = 20_000..<32_768
    /// How many ports to try: far more than any node has commands.
    private static let tries = 2_048

    private init(port: Int, lock: Int32) {
        self.port = port
        self.lock = lock
    }

    deinit { if lock >= 0 { close(lock) } }

    /// Takes the first free port, starting at one derived from the name, so that commands seldom collide.
    ///
    /// - Parameter name: a name that no other command of the study has.
    /// - Returns: `nil` if no port is free.
    static func take(for name: String) -> PortReservation? {
        let range = ports.lowerBound..<min(ports.upperBound, max(ephemeral, ports.lowerBound + tries))
        // FNV-1a gives the same value on every machine; Swift's own hash does not.
        let place = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        for step in 0..<tries {
            let port = range.lowerBound + (Int(place % UInt64(range.count)) + step) % range.count
            guard let lock = lock(port) else { continue }
            if isFree(port) { return PortReservation(port: port, lock: lock) }
            if lock >= 0 { close(lock) }
        }
        return nil
    }

    /// The first port of the kernel's range for outgoing connections.
    private static var ephemeral: Int {
        guard let file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r") else {
            return ports.upperBound
        }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, Int32(line.count), file) != nil else { return ports.upperBound }
        let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let first = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\t" }.first
        return first.flatMap { Int($0) } ?? ports.upperBound
    }

    /// Locks a port's name; `nil` if another process has it, -1 on systems without abstract sockets.
    private static func lock(_ port: Int) -> Int32? {
        #if os(Linux)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { return -1 }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let name = [0] + Array("stune.port.\(port)".utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
            let size = MemoryLayout<sa_family_t>.size + name.count
            let isHeld = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(size)) == 0
                }
            }
            if isHeld { return descriptor }
            close(descriptor)
            return nil
        #else
            return -1
        #endif
    }

    /// Whether a program could listen on this port, for any IPv4 and IPv6 address.
    private static func isFree(_ port: Int) -> Bool {
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = UInt16(port).bigEndian
        guard binds(AF_INET, &four, MemoryLayout<sockaddr_in>.size) else { return false }
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = UInt16(port).bigEndian
        return binds(AF_INET6, &six, MemoryLayout<sockaddr_in6>.size)
    }

    private static func binds(_ family: Int32, _ address: UnsafeRawPointer, _ size: Int) -> Bool {
        let descriptor = socket(family, streams, 0)
        // A machine without this address family has no listener on it.
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        if family == AF_INET6 {
            var only: Int32 = 1
            setsockopt(
                descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, socklen_t(MemoryLayout<Int32>.size))
        }
        if bind(descriptor, address.assumingMemoryBound(to: sockaddr.self), socklen_t(size)) == 0 {
            return true
        }
        return errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT
    }

    #if canImport(Glibc)
        private static let streams = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
        private static let streams = SOCK_STREAM
    #endif

    // MARK: What the command sees

    /// The variables with the command's port and, if a trial has several processes, the address where they meet.
    /// Variables that the task's environment sets already are left out.
    ///
    /// - Parameters:
    ///   - environment: the task's.
    ///   - host: this node's name. The command starts on the task's first node.
    func variables(environment: [String: String], host: String) -> [String: String] {
        var variables = ["STUNE_PORT": String(port)]
        func number(_ names: String...) -> Int {
            names.compactMap { environment[$0].flatMap { Int($0) } }.max() ?? 1
        }
        let nodes = number("SLURM_JOB_NUM_NODES", "SLURM_NNODES")
        guard nodes > 1 || number("SLURM_NTASKS", "SLURM_NPROCS") > 1 else { return variables }
        if environment["MASTER_ADDR"] == nil { variables["MASTER_ADDR"] = nodes > 1 ? host : "127.0.0.1" }
        if environment["MASTER_PORT"] == nil { variables["MASTER_PORT"] = String(port) }
        return variables
    }
}
