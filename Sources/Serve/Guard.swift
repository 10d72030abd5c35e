/// Who is answered. A page of another origin that the user's browser shows must get nothing, nor may another user of the
/// machine who finds the port.
package struct Guard: Sendable {
    /// What every path begins with after its first slash; `nil`: the socket's directory keeps others out.
    let token: String?
    /// The port of the server; `nil`: ssh forwards any port of another machine to the socket.
    let port: UInt16?

    /// A guard.
    package init(token: String?, port: UInt16?) {
        self.token = token
        self.port = port
    }

    /// The request as it is to be answered, its path without the token; or why it is not answered.
    package func admit(_ request: HTTPRequest) -> Result<HTTPRequest, Refusal> {
        guard request.method == "GET" else {
            return .failure(
                Refusal(Response(status: 405, "only GET is answered", headers: ["Allow": "GET"])))
        }
        // A name that an attacker's page resolves to this machine is still in the Host (DNS rebinding).
        guard let host = request.headers["host"], isOwn(host) else {
            return .failure(Refusal(Response(status: 403, "this server answers to localhost only")))
        }
        if let origin = request.headers["origin"], origin != "http://\(host)" {
            return .failure(Refusal(Response(status: 403, "another page may not ask")))
        }
        if let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" {
            return .failure(Refusal(Response(status: 403, "another page may not ask")))
        }
        guard let token else { return .success(request) }
        let parts = request.path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            .dropFirst()
        let rest = parts.first?.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        guard rest.count == 2, Guard.isSame(String(rest[0]), token) else {
            return .failure(
                Refusal(
                    Response(
                        status: 403, "the address that 'stune serve' printed has a token; use it whole")))
        }
        var admitted = request
        admitted.path = "/\(rest[1])"
        return .success(admitted)
    }

    /// Why a request is not answered.
    package struct Refusal: Error {
        /// What it gets instead.
        package let response: Response

        init(_ response: Response) { self.response = response }
    }

    private func isOwn(_ host: String) -> Bool {
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        let name = host.hasPrefix("[::1]") ? "[::1]" : String(parts[0])
        guard ["localhost", "127.0.0.1", "[::1]"].contains(name) else { return false }
        let rest = host.dropFirst(name.count)
        if let port { return rest == ":\(port)" }
        return rest.isEmpty || rest.hasPrefix(":") && UInt16(rest.dropFirst()) != nil
    }

    /// Compares in a time that does not depend on where they differ.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
