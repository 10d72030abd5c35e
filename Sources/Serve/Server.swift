import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Accepts connections and answers one request on each.
package struct Server: Sendable {
    /// Answers a request that was admitted.
    package typealias Answer = @Sendable (HTTPRequest) -> Response

    private let listener: Listener
    private let keeper: Guard
    private let answer: Answer
    /// How many more connections may be served at once.
    private let places = DispatchSemaphore(value: ServeLimits.connections)

    /// A server at a socket.
    package init(_ listener: Listener, keeper: Guard, answer: @escaping Answer) {
        self.listener = listener
        self.keeper = keeper
        self.answer = answer
    }

    /// Serves until the socket is shut down.
    package func run() {
        // A client that goes away must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "stune.serve", attributes: .concurrent)
        while true {
            places.wait()
            let connection = accept(listener.descriptor, nil, nil)
            guard connection >= 0 else {
                places.signal()
                if [EINTR, ECONNABORTED, EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) {
                    // Of too many open files there will be fewer.
                    if errno != EINTR { usleep(10_000) }
                    continue
                }
                return
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            queue.async {
                serve(connection)
                close(connection)
                places.signal()
            }
        }
    }

    /// Ends `run`: the next connection is refused.
    package func stop() { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32) {
        wait(connection, seconds: ServeLimits.answerSeconds, SO_SNDTIMEO)
        let response: Response
        switch read(connection) {
        case .success(let head):
            if let request = HTTPRequest(head: head) {
                response =
                    switch keeper.admit(request) {
                    case .success(let admitted): answer(admitted)
                    case .failure(let refusal): refusal.response
                    }
            } else {
                response = Response(status: 400, "this is no request")
            }
        case .failure(let refusal): response = refusal.response
        }
        write(connection, response.head())
        if response.status != 304 { write(connection, response.body) }
        shutdown(connection, Int32(SHUT_WR))
    }

    /// The head of a request: all that is sent up to an empty line.
    private func read(_ connection: Int32) -> Result<[UInt8], Guard.Refusal> {
        let late = Guard.Refusal(Response(status: 408, "the request did not arrive in time"))
        let begin = DispatchTime.now()
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while head.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            // All of it has to arrive in time, not only each part.
            let elapsed = (DispatchTime.now().uptimeNanoseconds - begin.uptimeNanoseconds) / 1_000_000_000
            let left = ServeLimits.requestSeconds - Int(elapsed)
            guard left > 0 else { return .failure(late) }
            wait(connection, seconds: left, SO_RCVTIMEO)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return .failure(late) }
            head += buffer[..<count]
            guard head.count <= ServeLimits.requestBytes else {
                return .failure(Guard.Refusal(Response(status: 431, "the request is too long")))
            }
        }
        return .success(head)
    }

    private func write(_ connection: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private func wait(_ connection: Int32, seconds: Int, _ option: Int32) {
        var time = timeval()
        time.tv_sec = seconds
        setsockopt(connection, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}
