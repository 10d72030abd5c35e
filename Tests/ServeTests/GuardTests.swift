import Testing

@testable import Serve

/// Who is answered, and what is a request.
struct GuardTests {
    private let token = "00112233445566778899aabbccddeeff"

    private func status(_ request: HTTPRequest, token: String? = nil, port: UInt16? = nil) -> Int {
        switch Guard(token: token, port: port).admit(request) {
        case .success: 200
        case .failure(let refusal): refusal.response.status
        }
    }

    @Test(arguments: ["localhost:8080", "127.0.0.1:9000", "localhost", "[::1]:8080", "[::1]"])
    func `a socket that ssh forwards is known by any loopback name`(host: String) {
        #expect(status(HTTPRequest(path: "/", headers: ["host": host])) == 200)
    }

    @Test(arguments: [
        "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example:80", "",
        "localhost:8080:1", "localhost:x", "localhost:", "10.0.0.1:8080", "[::1].evil.example",
        "localhost@evil",
    ])
    func `a page of another name gets nothing, though its name leads here`(host: String) {
        #expect(status(HTTPRequest(path: "/", headers: ["host": host])) == 403)
        #expect(status(HTTPRequest(path: "/")) == 403)
    }

    @Test func `a port answers to its own number only`() {
        let path = "/\(token)/"
        #expect(
            status(HTTPRequest(path: path, headers: ["host": "localhost:8080"]), token: token, port: 8080)
                == 200)
        #expect(
            status(HTTPRequest(path: path, headers: ["host": "localhost:8081"]), token: token, port: 8080)
                == 403)
        #expect(
            status(HTTPRequest(path: path, headers: ["host": "localhost"]), token: token, port: 8080) == 403
        )
    }

    @Test(arguments: [
        ["origin": "http://evil.example"], ["origin": "null"], ["origin": "https://localhost:8080"],
        ["origin": "http://localhost:9999"], ["sec-fetch-site": "cross-site"],
        ["sec-fetch-site": "same-site"],
    ])
    func `another page's scripts get nothing`(headers: [String: String]) {
        let request = HTTPRequest(path: "/", headers: headers.merging(["host": "localhost:8080"]) { $1 })
        #expect(status(request) == 403)
    }

    @Test func `the page's own scripts are answered`() {
        let headers = [
            "host": "localhost:8080", "origin": "http://localhost:8080", "sec-fetch-site": "same-origin",
        ]
        #expect(status(HTTPRequest(path: "/document.json", headers: headers)) == 200)
    }

    @Test func `a path without the token gets nothing, and the rest of one with it is the path`() {
        let headers = ["host": "localhost:8080"]
        for path in [
            "/", "/\(token)", "/\(token.dropLast())/", "/\(token)0/", "/x/\(token)/", "//\(token)/",
        ] {
            #expect(
                status(HTTPRequest(path: path, headers: headers), token: token, port: 8080) == 403,
                "\(path)")
        }
        let guarded = Guard(token: token, port: 8080)
        guard
            case .success(let request) = guarded.admit(
                HTTPRequest(path: "/\(token)/document.json", headers: headers))
        else {
            Issue.record("it was refused")
            return
        }
        #expect(request.path == "/document.json")
    }

    @Test(arguments: ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "get"])
    func `nothing but GET is answered`(method: String) {
        #expect(status(HTTPRequest(method: method, path: "/", headers: ["host": "localhost"])) == 405)
    }
}

/// The parser of requests.
struct RequestTests {
    private func parsed(_ text: String) -> HTTPRequest? { HTTPRequest(head: Array(text.utf8)) }

    @Test func `a browser's request is read`() {
        let request = parsed(
            "GET /trial.json?study=0&trial=17&name=a%20b+c HTTP/1.1\r\nHost: localhost:8080\r\nIf-None-Match:  \"x\" \r\n\r\n"
        )
        #expect(
            request
                == HTTPRequest(
                    path: "/trial.json", query: ["study": "0", "trial": "17", "name": "a b c"],
                    headers: ["host": "localhost:8080", "if-none-match": "\"x\""]))
    }

    @Test(arguments: [
        "", "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
        "GET x HTTP/1.1\r\n\r\n",
        "GET http://evil/ HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n", "GET /?a=%zz HTTP/1.1\r\n\r\n", "GET /?a=%f HTTP/1.1\r\n\r\n",
        "GET /?a=%ff HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
    ])
    func `what is no request is none`(text: String) {
        #expect(parsed(text) == nil, "\(text)")
    }

    @Test func `bytes that are no text are none`() {
        #expect(HTTPRequest(head: [0x47, 0x45, 0x54, 0x20, 0x2F, 0xFF, 0x20]) == nil)
    }

    @Test func `an answer is kept by nobody and framed by nobody`() {
        let head = String(decoding: Response(type: "text/html", body: [1, 2, 3]).head(), as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        for field in [
            "Content-Length: 3", "Cache-Control: no-store", "X-Frame-Options: DENY", "Connection: close",
        ] {
            #expect(head.contains("\(field)\r\n"))
        }
        #expect(head.hasSuffix("\r\n\r\n"))
    }
}
