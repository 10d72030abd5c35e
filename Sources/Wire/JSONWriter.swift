/// Writes compact JSON as `JSONEncoder` does with sorted keys and plain slashes. The caller writes the keys, in
/// their order.
package struct JSONWriter {
    /// The bytes written so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty writer with this capacity in bytes.
    package init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Removes all that was written; keeps the capacity.
    package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    /// Removes everything after this many bytes.
    package mutating func cut(to count: Int) { bytes.removeSubrange(count...) }

    /// Writes text unchanged: the braces, keys and commas between the values.
    package mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes JSON that was written before.
    package mutating func raw(_ json: ArraySlice<UInt8>) { bytes.append(contentsOf: json) }

    /// Writes a whole number.
    package mutating func write(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var scale: UInt = 1
        while rest / scale >= 10 { scale *= 10 }
        while scale > 0 {
            bytes.append(JSONWriter.zero + UInt8(rest / scale))
            rest %= scale
            scale /= 10
        }
    }

    /// Writes a finite number: the shortest decimal that reads back as the same number.
    package mutating func write(_ value: Double) {
        var text = value.description
        text.withUTF8 { digits in
            let isWhole = digits.suffix(2).elementsEqual(".0".utf8)
            bytes.append(contentsOf: isWhole ? digits.dropLast(2) : digits[...])
        }
    }

    /// Writes a text in quotes.
    package mutating func write(_ text: String) {
        bytes.append(JSONWriter.quote)
        var text = text
        text.withUTF8 { characters in
            if characters.contains(where: JSONWriter.isEscaped) {
                for character in characters { escape(character) }
            } else {
                bytes.append(contentsOf: characters)
            }
        }
        bytes.append(JSONWriter.quote)
    }

    /// Writes numbers by name; they must be finite.
    package mutating func write(_ values: [String: Double]) { write(values) { $0.write($1) } }

    /// Writes texts by name.
    package mutating func write(_ values: [String: String]) { write(values) { $0.write($1) } }

    /// Writes an object whose values `write` writes, in the order of its keys' bytes.
    mutating func write<Value>(
        _ values: [String: Value], _ write: (inout JSONWriter, Value) -> Void
    ) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        let ordered = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (key, value) in ordered {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            self.write(key)
            bytes.append(UInt8(ascii: ":"))
            write(&self, value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static let zero = UInt8(ascii: "0")
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    private static func isEscaped(_ character: UInt8) -> Bool {
        character < 0x20 || character == quote || character == backslash
    }

    private mutating func escape(_ character: UInt8) {
        switch character {
        case JSONWriter.quote: raw("\\\"")
        case JSONWriter.backslash: raw("\\\\")
        case 0x08: raw("\\b")
        case 0x09: raw("\\t")
        case 0x0A: raw("\\n")
        case 0x0C: raw("\\f")
        case 0x0D: raw("\\r")
        case 0..<0x20:
            raw(character < 0x10 ? "\\u000" : "\\u001")
            let digit = character & 0x0F
            bytes.append(digit < 10 ? JSONWriter.zero + digit : UInt8(ascii: "a") + digit - 10)
        default: bytes.append(character)
        }
    }
}
