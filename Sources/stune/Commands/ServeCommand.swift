import ArgumentParser
import Clusters
import Foundation
import Report
import Serve
import Spool
import Store
import UnixSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `stune serve`: the page of studies, live.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Show the pages of studies, live, to yourself alone.",
        discussion: """
            Serves the page of 'stune report', which then follows the study. Read-only; the controller is not asked, \
            and Slurm only for your studies if you name none. By default it listens at a Unix socket in a directory \
            that only you may enter, and prints the ssh command that brings it to your machine. With --port it \
            listens at a loopback port, and the address has a token that other users of the machine do not know.

            Examples:
              stune serve digits.stune
              stune serve *.stune --port 0
            """)

    @Argument(help: "The studies' directories (default: all your studies in the queue).")
    var directories: [String] = []

    @Option(help: "Listen at this port of 127.0.0.1 instead; 0: any that is free.")
    var port: UInt16?

    @Option(help: "Put the socket here, in a directory that only you may enter.")
    var socket: String?

    func validate() throws {
        if port != nil && socket != nil { throw ValidationError("--port and --socket exclude each other") }
    }

    func run() async throws {
        var paths = directories
        if paths.isEmpty { paths = Set(try await QueueView.tasks(for: nil).map(\.studyDirectory)).sorted() }
        guard !paths.isEmpty else {
            throw complaint("no study of yours is in the queue; name a study's directory", code: 2)
        }
        let studies = try ServedStudies(paths)
        let place = port == nil ? try SocketPlace(socket) : nil
        defer { place?.remove() }
        let token = port == nil ? nil : ServeCommand.token()
        let listener: Listener
        do throws(Listener.Failure) {
            listener =
                if let place { try Listener(socket: place.path) } else { try Listener(port: port ?? 0) }
        } catch {
            throw complaint("\(error)", code: 1)
        }
        let server = Server(listener, keeper: Guard(token: token, port: listener.port)) {
            studies.answer($0)
        }
        Thread.detachNewThread { server.run() }
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        say(paths, place, listener.port, token)
        for await _ in signals { break }
        server.stop()
    }

    /// Says how the page is reached.
    private func say(_ paths: [String], _ place: SocketPlace?, _ port: UInt16?, _ token: String?) {
        print(
            "serving \(paths.map { Table.printable($0) }.joined(separator: ", ")), read-only; Ctrl-C ends it"
        )
        let host = Shell.quoted("\(NSUserName())@\(ProcessInfo.processInfo.hostName)")
        if let place {
            print("  on your own machine:  ssh -N -L 8080:\(Shell.quoted(place.path)) \(host)")
            print("  then open:            http://localhost:8080/")
        } else if let port, let token {
            print("  on your own machine:  ssh -N -L \(port):localhost:\(port) \(host)")
            print("  then open:            http://localhost:\(port)/\(token)/")
        }
        fflush(nil)
    }

    /// 128 bits that nobody can guess, as 32 digits.
    private static func token() -> String {
        var source = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let bits: UInt64 = source.next()
            let digits = String(bits, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// Where the socket of `stune serve` lies: in a directory of mode 0700.
struct SocketPlace {
    /// The path of the socket.
    let path: String
    /// The directory that was made for it; `nil`: it is the user's own.
    private let made: String?

    /// A new directory, or that of a path that the user has chosen.
    ///
    /// - Throws: an exit code of 2, if others may enter it.
    init(_ wanted: String?) throws {
        guard let wanted else {
            let base = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""
            let root = base.hasPrefix("/") && access(base, W_OK) == 0 ? base : "/tmp"
            var template = Array("\(root)/stune-serve.XXXXXX".utf8CString)
            let name = template.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
            }
            guard let name else {
                let why = String(cString: strerror(errno))
                throw complaint("cannot make a directory in \(root): \(why); pass --socket", code: 1)
            }
            made = name
            path = "\(name)/socket"
            return
        }
        path = Files.absolute(wanted)
        made = nil
        let parent = Files.parent(of: path)
        var status = stat()
        guard stat(parent, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw complaint("there is no directory '\(parent)' for the socket", code: 2)
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw complaint(
                "others may enter '\(parent)'; make it yours alone: chmod 700 \(Shell.quoted(parent))",
                code: 2)
        }
    }

    /// Removes the socket, and the directory if it was made for it.
    func remove() {
        unlink(path)
        if let made { rmdir(made) }
    }
}
