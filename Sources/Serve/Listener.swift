#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A socket that waits for connections.
package struct Listener: Sendable {
    /// Its descriptor.
    let descriptor: Int32
    /// The port; `nil`: it is a Unix socket.
    package let port: UInt16?

    /// Why a socket cannot be opened.
    package struct Failure: Error, CustomStringConvertible {
        /// What failed, and why.
        package let description: String

        init(_ what: String, _ code: Int32 = errno) {
            description = "\(what): \(String(cString: strerror(code)))"
        }
    }

    /// A Unix socket in a directory that exists; only its owner may connect.
    ///
    /// - Parameter path: what is there is replaced if it is a socket that nobody listens at.
    package init(socket path: String) throws(Failure) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else {
            throw Failure(
                "the path of the socket is longer than \(room - 1) bytes: '\(path)'", ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        descriptor = try Listener.open(AF_UNIX)
        port = nil
        var code = Listener.bind(descriptor, address)
        if code != 0, errno == EADDRINUSE, !Listener.isAnswered(address) {
            unlink(path)
            code = Listener.bind(descriptor, address)
        }
        guard code == 0, chmod(path, 0o600) == 0, listen(descriptor, 64) == 0 else {
            let failure = Failure("cannot listen at '\(path)'")
            close(descriptor)
            throw failure
        }
    }

    /// A port of the loopback interface.
    ///
    /// - Parameter wanted: 0: any that is free.
    package init(port wanted: UInt16) throws(Failure) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        descriptor = try Listener.open(AF_INET)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = Listener.bind(descriptor, address)
        let number = descriptor
        let named = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
        }
        guard code == 0, listen(descriptor, 64) == 0, named == 0 else {
            let failure = Failure("cannot listen at port \(wanted) of 127.0.0.1")
            close(descriptor)
            throw failure
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    private static func open(_ family: Int32) throws(Failure) -> Int32 {
        #if canImport(Darwin)
            let descriptor = socket(family, SOCK_STREAM, 0)
        #else
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw Failure("cannot open a socket") }
        return descriptor
    }

    private static func bind<Address>(_ descriptor: Int32, _ address: Address) -> Int32 {
        withPointer(address) { systemBind(descriptor, $0, $1) }
    }

    /// Whether somebody listens at a Unix socket.
    private static func isAnswered(_ address: sockaddr_un) -> Bool {
        guard let probe = try? open(AF_UNIX) else { return true }
        defer { close(probe) }
        return withPointer(address) { connect(probe, $0, $1) } == 0
    }

    private static func withPointer<Address>(
        _ address: Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// bind(2), which the type's own function of that name would hide.
private func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t)
    -> Int32
{
    bind(descriptor, address, length)
}
