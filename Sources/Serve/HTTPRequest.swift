/// A request for a page, as far as the server looks at it.
package struct HTTPRequest: Hashable, Sendable {
    /// The method, as it was sent.
    package var method: String
    /// The path, which begins with a slash, without the query.
    package var path: String
    /// The fields of the query, decoded; of two with one name the last.
    package var query: [String: String]
    /// The header's fields, by name in lower case.
    package var headers: [String: String]

    /// A request from its parts.
    package init(
        method: String = "GET", path: String, query: [String: String] = [:], headers: [String: String] = [:]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// Reads a request's head: the lines up to the empty one.
    ///
    /// `nil`: it is none. A field that occurs twice is none either: which one counts would be a guess.
    package init?(head: [UInt8]) {
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)[...]
        guard let first = lines.popFirst() else { return nil }
        let words = first.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0", words[1].hasPrefix("/")
        else {
            return nil
        }
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(target[0])
        query = [:]
        headers = [:]
        for field in target.dropFirst().joined().split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = HTTPRequest.decoded(parts[0]),
                let value = HTTPRequest.decoded(parts.dropFirst().first ?? "")
            else { return nil }
            query[name] = value
        }
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let name = line[..<colon].lowercased()
            guard !name.isEmpty, !name.contains(where: \.isWhitespace), headers[name] == nil else {
                return nil
            }
            headers[name] = HTTPRequest.trimmed(line[line.index(after: colon)...])
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let rest = text.drop { $0 == " " || $0 == "\t" }
        guard let last = rest.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(rest[...last])
    }

    /// A part of a query without its `%` escapes; `nil`: it has bad ones.
    private static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
