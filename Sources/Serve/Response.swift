/// An answer.
package struct Response: Hashable, Sendable {
    /// The status, such as 200.
    package var status: Int
    /// The type of the body, such as `text/html; charset=utf-8`.
    package var type: String
    /// The body.
    package var body: [UInt8]
    /// Further fields of the header.
    package var headers: [String: String]

    /// An answer from its parts.
    package init(status: Int = 200, type: String, body: [UInt8], headers: [String: String] = [:]) {
        self.status = status
        self.type = type
        self.body = body
        self.headers = headers
    }

    /// An answer in a line of text.
    package init(status: Int, _ text: String, headers: [String: String] = [:]) {
        self.init(
            status: status, type: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8),
            headers: headers)
    }

    /// The head as it is sent: nothing is kept by caches, framed by other pages, or told to them.
    func head() -> [UInt8] {
        var fields = [
            "Content-Type": type, "Content-Length": String(body.count), "Connection": "close",
            "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        ]
        fields.merge(headers) { $1 }
        let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
        return Array(
            "HTTP/1.1 \(status) \(Response.words[status] ?? "Status")\r\n\(lines.joined())\r\n".utf8)
    }

    private static let words = [
        200: "OK", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 408: "Request Timeout", 431: "Request Header Fields Too Large",
        500: "Internal Server Error",
    ]
}
