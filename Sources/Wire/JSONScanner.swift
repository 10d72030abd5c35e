/// JSON in a form that is not read here. It may be valid: Codable decides.
package struct Unfamiliar: Error {
    /// Without details, because Codable reports them.
    package init() {}
}

extension Optional {
    /// Sets the value of a field. A second value is an error, because some readers take the first and some the last.
    package mutating func set(once value: Wrapped) throws(Unfamiliar) {
        guard self == nil else { throw Unfamiliar() }
        self = value
    }
}

/// Reads a subset of JSON: no escapes in names, no surrogate pairs, only finite numbers, nothing that two readers might
/// understand differently. It throws `Unfamiliar` for the rest.
package struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// A scanner at the beginning of a text, whose memory must not move.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Reads the whole of a text; `nil` if it is unfamiliar or text is left.
    package static func value<Value>(
        of text: UnsafeBufferPointer<UInt8>, _ read: (inout JSONScanner) throws(Unfamiliar) -> Value
    ) -> Value? {
        var scanner = JSONScanner(text)
        do throws(Unfamiliar) {
            let value = try read(&scanner)
            try scanner.end()
            return value
        } catch {
            return nil
        }
    }

    /// Reads the whole of a text; `nil` if it is unfamiliar or text is left.
    package static func value<Value>(
        of text: ArraySlice<UInt8>, _ read: (inout JSONScanner) throws(Unfamiliar) -> Value
    ) -> Value? {
        text.withUnsafeBufferPointer { value(of: $0, read) }
    }

    /// Throws `Unfamiliar` if text is left.
    package mutating func end() throws(Unfamiliar) {
        skipSpace()
        guard position == bytes.count else { throw Unfamiliar() }
    }

    // MARK: Marks

    /// Skips this exact text, which is required here.
    package mutating func skip(_ text: StaticString) throws(Unfamiliar) {
        guard skips(text) else { throw Unfamiliar() }
    }

    /// Skips this exact text, if it is here.
    ///
    /// - Returns: whether it was here.
    package mutating func skips(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    /// The name of a field.
    package struct Key {
        fileprivate let name: Slice<UnsafeBufferPointer<UInt8>>

        /// Whether it is this one.
        package func `is`(_ text: StaticString) -> Bool {
            guard name.count == text.utf8CodeUnitCount else { return false }
            return zip(name, UnsafeBufferPointer(start: text.utf8Start, count: name.count)).allSatisfy(==)
        }
    }

    /// Reads a name.
    mutating func key() throws(Unfamiliar) -> Key { Key(name: try characters()) }

    /// Reads an object; `field` reads the value of each key.
    package mutating func object(
        _ field: (inout JSONScanner, Key) throws(Unfamiliar) -> Void
    ) throws(Unfamiliar) {
        try mark("{")
        if isMark("}") { return }
        repeat {
            let name = try characters()
            try mark(":")
            try field(&self, Key(name: name))
        } while isMark(",")
        try mark("}")
    }

    /// Reads numbers by name.
    package mutating func reals() throws(Unfamiliar) -> [String: Double] {
        try dictionary { scanner throws(Unfamiliar) in try scanner.real() }
    }

    /// Reads texts by name.
    package mutating func texts() throws(Unfamiliar) -> [String: String] {
        try dictionary { scanner throws(Unfamiliar) in try scanner.text() }
    }

    /// Reads an array; `element` reads each value of it.
    package mutating func array(
        _ element: (inout JSONScanner) throws(Unfamiliar) -> Void
    ) throws(Unfamiliar) {
        try mark("[")
        if isMark("]") { return }
        repeat { try element(&self) } while isMark(",")
        try mark("]")
    }

    /// Reads an object of any keys; `value` reads a value.
    package mutating func dictionary<Value>(
        _ value: (inout JSONScanner) throws(Unfamiliar) -> Value
    ) throws(Unfamiliar) -> [String: Value] {
        var values: [String: Value] = [:]
        try mark("{")
        if isMark("}") { return values }
        repeat {
            let key = try plainText()
            try mark(":")
            // Of two values for one key, some readers take the first and some the last.
            guard values.updateValue(try value(&self), forKey: key) == nil else { throw Unfamiliar() }
        } while isMark(",")
        try mark("}")
        return values
    }

    private mutating func mark(_ mark: Unicode.Scalar) throws(Unfamiliar) {
        guard isMark(mark) else { throw Unfamiliar() }
    }

    private mutating func isMark(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    // MARK: Values

    /// The first byte of the next value; `nil` at the end.
    package mutating func next() -> UInt8? {
        skipSpace()
        return position < bytes.count ? bytes[position] : nil
    }

    /// Reads `true` or `false`.
    package mutating func boolean() throws(Unfamiliar) -> Bool {
        skipSpace()
        if skips("true") { return true }
        try skip("false")
        return false
    }

    /// Reads a text.
    package mutating func text() throws(Unfamiliar) -> String {
        var ahead = self
        if let text = try? ahead.plainText() {
            self = ahead
            return text
        }
        return try escapedText()
    }

    private mutating func plainText() throws(Unfamiliar) -> String {
        guard let text = String(validating: try characters(), as: UTF8.self) else { throw Unfamiliar() }
        return text
    }

    private mutating func escapedText() throws(Unfamiliar) -> String {
        try mark("\"")
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw Unfamiliar() }
                return text
            case UInt8(ascii: "\\"): content += String(try escape()).utf8
            case ..<0x20: throw Unfamiliar()
            default: content.append(byte)
            }
        }
        throw Unfamiliar()
    }

    /// What follows a backslash.
    private mutating func escape() throws(Unfamiliar) -> Unicode.Scalar {
        guard position < bytes.count else { throw Unfamiliar() }
        let letter = Unicode.Scalar(bytes[position])
        position += 1
        switch letter {
        case "\"", "\\", "/": return letter
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            guard bytes.count - position >= 4 else { throw Unfamiliar() }
            let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
            position += 4
            // `Int` would accept a sign, which an escape must not have. Codable handles surrogate pairs.
            guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else { throw Unfamiliar() }
            return scalar
        default: throw Unfamiliar()
        }
    }

    private mutating func characters() throws(Unfamiliar) -> Slice<UnsafeBufferPointer<UInt8>> {
        try mark("\"")
        let first = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return bytes[first..<position - 1]
            }
            guard byte >= 0x20, byte != UInt8(ascii: "\\") else { throw Unfamiliar() }
            position += 1
        }
        throw Unfamiliar()
    }

    /// Reads a whole number of at most 18 digits, without decimal point or exponent.
    package mutating func whole() throws(Unfamiliar) -> Int {
        let literal = try number()
        guard literal.isWhole, literal.digits.count <= 18 else { throw Unfamiliar() }
        var value = 0
        for digit in literal.digits { value = value * 10 + Int(digit - UInt8(ascii: "0")) }
        guard literal.isNegative else { return value }
        // Some readers treat minus zero as a number of its own.
        guard value != 0 else { throw Unfamiliar() }
        return -value
    }

    /// Reads a number.
    package mutating func real() throws(Unfamiliar) -> Double {
        let literal = try number()
        if literal.isWhole, literal.digits.count <= 15 {
            var value = 0
            for digit in literal.digits { value = value * 10 + Int(digit - UInt8(ascii: "0")) }
            return literal.isNegative ? -Double(value) : Double(value)
        }
        // Near the ends of the range, readers differ in what they reject.
        guard let value = Double(String(decoding: literal.all, as: UTF8.self)), value.isNormal else {
            throw Unfamiliar()
        }
        return value
    }

    /// Whether the next value is a number without decimal point or exponent.
    package func isWhole() throws(Unfamiliar) -> Bool {
        var ahead = self
        return try ahead.number().isWhole
    }

    private struct Literal {
        var all: Slice<UnsafeBufferPointer<UInt8>>
        var digits: Slice<UnsafeBufferPointer<UInt8>>
        var isNegative: Bool
        var isWhole: Bool
    }

    private mutating func number() throws(Unfamiliar) -> Literal {
        skipSpace()
        let first = position
        let isNegative = skips("-")
        let digits = try self.digits()
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { throw Unfamiliar() }
        let hasFraction = skips(".")
        if hasFraction { _ = try self.digits() }
        let hasExponent = skips("e") || skips("E")
        if hasExponent {
            if !skips("+") { _ = skips("-") }
            _ = try self.digits()
        }
        return Literal(
            all: bytes[first..<position], digits: digits, isNegative: isNegative,
            isWhole: !hasFraction && !hasExponent)
    }

    private mutating func digits() throws(Unfamiliar) -> Slice<UnsafeBufferPointer<UInt8>> {
        let first = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > first else { throw Unfamiliar() }
        return bytes[first..<position]
    }
}
