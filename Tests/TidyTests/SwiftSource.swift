/// A Swift file as a list of tokens. Comments and the text of strings are not tokens, so rules look only at code,
/// including the code inside `\(…)`.
struct SwiftSource {
    let path: String
    let lineCount: Int
    let tokens: [Token]
    /// The last lines of documentation comments.
    let documentation: Set<Int>

    init(path: String, bytes: [UInt8]) {
        var lexer = Lexer(bytes)
        lexer.readAll()
        self.path = path
        lineCount = bytes.isEmpty ? 0 : lexer.line - (bytes.last == UInt8(ascii: "\n") ? 1 : 0)
        tokens = lexer.tokens
        documentation = lexer.documentation
    }

    /// The target the file belongs to: `Tuning` for `Sources/Tuning/ASHA.swift`.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }
}

/// A word, a sign, a number or a literal.
struct Token {
    enum Kind { case word, quotedWord, sign, number, literal }

    var kind: Kind
    /// A sign is one character; a literal has no text.
    var text: String
    var line: Int
    /// Whether it follows the token before it with nothing between.
    var isAdjacent: Bool

    func isSign(_ sign: String) -> Bool { kind == .sign && text == sign }
    func isWord(_ word: String) -> Bool { kind == .word && text == word }
}

/// Splits Swift into tokens. It handles nested comments, all forms of strings with interpolation, and regular
/// expression literals.
private struct Lexer {
    private let bytes: [UInt8]
    private var index = 0
    private var endOfLast = -1
    private(set) var line = 1
    private(set) var tokens: [Token] = []
    private(set) var documentation: Set<Int> = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func readAll() {
        tokens.reserveCapacity(bytes.count / 4)
        // An extra closing bracket ends `readCode` early: continue after it.
        while index < bytes.count { readCode() }
    }

    /// Reads code up to the bracket that closes an interpolation, or to the end.
    private mutating func readCode() {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\n"): newline()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): readLineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): readBlockComment()
            case UInt8(ascii: "/") where startsRegex(): readRegex(hashes: 0)
            case UInt8(ascii: "\""): readString(hashes: 0)
            case UInt8(ascii: "#"): readHashes()
            case UInt8(ascii: "`"): readQuotedWord()
            case UInt8(ascii: "("):
                depth += 1
                readSign()
            case UInt8(ascii: ")"):
                if depth == 0 {
                    index += 1
                    return
                }
                depth -= 1
                readSign()
            default:
                if Self.isDigit(byte) {
                    readWord(.number)
                } else if Self.isWordByte(byte) {
                    readWord(.word)
                } else {
                    readSign()
                }
            }
        }
    }

    // MARK: Comments

    private mutating func readLineComment() {
        if peek(2) == UInt8(ascii: "/"), peek(3) != UInt8(ascii: "/") { documentation.insert(line) }
        while let byte = peek(), byte != UInt8(ascii: "\n") { index += 1 }
    }

    private mutating func readBlockComment() {
        let isDocumentation =
            peek(2) == UInt8(ascii: "*") && peek(3) != UInt8(ascii: "/") && peek(3) != UInt8(ascii: "*")
        var depth = 0
        repeat {
            if peek() == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                index += 2
            } else if peek() == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                index += 2
            } else if peek() == UInt8(ascii: "\n") {
                newline()
            } else {
                index += 1
            }
        } while depth > 0 && index < bytes.count
        if isDocumentation { documentation.insert(line) }
    }

    // MARK: Literals

    /// `#` begins a raw string, a raw regular expression, or a directive.
    private mutating func readHashes() {
        var hashes = 0
        while peek(hashes) == UInt8(ascii: "#") { hashes += 1 }
        switch peek(hashes) {
        case UInt8(ascii: "\""):
            index += hashes
            readString(hashes: hashes)
        case UInt8(ascii: "/"):
            index += hashes
            readRegex(hashes: hashes)
        default: readSign()
        }
    }

    private mutating func readString(hashes: Int) {
        append(.literal, from: index, to: index)
        let isMultiline = peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"")
        index += isMultiline ? 3 : 1
        while let byte = peek() {
            if byte == UInt8(ascii: "\n") {
                if !isMultiline { break }
                newline()
            } else if byte == UInt8(ascii: "\\"), hasHashes(hashes, at: 1) {
                index += 1 + hashes
                if peek() == UInt8(ascii: "(") {
                    index += 1
                    readCode()
                } else if peek() != UInt8(ascii: "\n") {
                    index += 1
                }
            } else if byte == UInt8(ascii: "\""), closesString(isMultiline, hashes) {
                index += (isMultiline ? 3 : 1) + hashes
                break
            } else {
                index += 1
            }
        }
        endOfLast = index
    }

    private func closesString(_ isMultiline: Bool, _ hashes: Int) -> Bool {
        if isMultiline {
            peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"") && hasHashes(hashes, at: 3)
        } else {
            hasHashes(hashes, at: 1)
        }
    }

    private func hasHashes(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { peek(offset + $0) == UInt8(ascii: "#") }
    }

    /// Whether the slash here begins a regular expression: at the beginning of an expression, and closed on this line.
    private func startsRegex() -> Bool {
        guard let next = peek(1),
            ![UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "=")].contains(next)
        else { return false }
        if let last = tokens.last {
            let begins = last.kind == .sign && "(,=:[{!&|?;".contains(last.text) || last.isWord("return")
            if !begins { return false }
        }
        var offset = 1
        while let byte = peek(offset), byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "/") { return true }
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return false
    }

    private mutating func readRegex(hashes: Int) {
        append(.literal, from: index, to: index)
        index += 1
        while let byte = peek() {
            if byte == UInt8(ascii: "\n") {
                newline()
            } else if byte == UInt8(ascii: "/"), hasHashes(hashes, at: 1) {
                index += 1 + hashes
                break
            } else {
                index += byte == UInt8(ascii: "\\") ? 2 : 1
            }
        }
        endOfLast = index
    }

    // MARK: Words and signs

    private mutating func readQuotedWord() {
        let start = index
        index += 1
        while let byte = peek(), byte != UInt8(ascii: "`"), byte != UInt8(ascii: "\n") { index += 1 }
        if peek() == UInt8(ascii: "`") { index += 1 }
        append(.quotedWord, from: start, to: index)
    }

    private mutating func readWord(_ kind: Token.Kind) {
        let start = index
        while let byte = peek() {
            let isFraction =
                kind == .number && byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true
            guard isFraction || Self.isWordByte(byte) else { break }
            index += 1
        }
        append(kind, from: start, to: index)
    }

    private mutating func readSign() {
        index += 1
        append(.sign, from: index - 1, to: index)
    }

    private mutating func append(_ kind: Token.Kind, from start: Int, to end: Int) {
        tokens.append(
            Token(
                kind: kind, text: String(decoding: bytes[start..<end], as: UTF8.self), line: line,
                isAdjacent: start == endOfLast))
        endOfLast = end
    }

    private mutating func newline() {
        index += 1
        line += 1
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// Letters, digits, the underscore, and all that is not ASCII.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 97 && byte <= 122 || byte >= 65 && byte <= 90 || isDigit(byte) || byte == 95 || byte >= 128
    }
}
