/// A node of the file with its position. Aliases are resolved.
struct YAMLValue {
    /// The content of a node.
    enum Content {
        case scalar(Scalar)
        case list([YAMLValue])
        case mapping([Entry])
    }

    /// A key with its value.
    struct Entry {
        let key: String
        let place: TextPosition
        let value: YAMLValue
    }

    let content: Content
    let place: TextPosition

    /// The same value, marked as coming from a file of defaults.
    func located(in file: String) -> YAMLValue {
        let content: Content =
            switch content {
            case .scalar: content
            case .list(let values): .list(values.map { $0.located(in: file) })
            case .mapping(let entries):
                .mapping(
                    entries.map {
                        Entry(
                            key: $0.key, place: $0.place.located(in: file),
                            value: $0.value.located(in: file))
                    })
            }
        return YAMLValue(content: content, place: place.located(in: file))
    }

    /// The value on one line, valid as YAML and JSON.
    var flowText: String {
        switch content {
        case .scalar(let scalar): scalar.isPlain ? scalar.text : "\"\(shown(scalar.text))\""
        case .list(let values): "[\(values.map(\.flowText).joined(separator: ", "))]"
        case .mapping(let entries):
            "{\(entries.map { "\($0.key): \($0.value.flowText)" }.joined(separator: ", "))}"
        }
    }

    /// The value of a key; `nil` if it is not a mapping or lacks the key.
    subscript(key: String) -> YAMLValue? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The entries of a mapping; empty for other values.
    var entries: [Entry] { if case .mapping(let entries) = content { entries } else { [] } }

    /// Its kind, for messages.
    var kind: String {
        switch content {
        case .scalar(let scalar): scalar.kind
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension TextPosition {
    /// The same position in a file of defaults.
    func located(in file: String) -> TextPosition { TextPosition(line: line, column: column, file: file) }
}

/// A scalar: its text, and whether it was written without quotes and so may be a number.
struct Scalar {
    let text: String
    let isPlain: Bool

    /// The meaning of a scalar by the rules of YAML 1.2 (core schema). YAML 1.1 would also read `yes` as a boolean,
    /// `1:30` as 90 and `1e-4` as text, which nobody wants in a study file.
    enum Meaning: Equatable {
        case null
        case bool(Bool)
        case int(Int)
        case float(Double)
        /// `.inf`, `.nan`, and numbers beyond a double or a 64-bit integer.
        case beyond
        /// A number that YAML 1.1 and 1.2 read differently, such as `010` or `1_000`.
        case ambiguous
        case text
    }

    var meaning: Meaning {
        guard isPlain else { return .text }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return number
        }
    }

    /// Whether YAML 1.1 reads it as a boolean and YAML 1.2 as text.
    var isOldBoolean: Bool {
        guard isPlain else { return false }
        return ["yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF"]
            .contains(text)
    }

    /// The number that Python's JSON writes as `Infinity`, `-Infinity` or `NaN`, unknown to YAML; `nil` for others.
    var infinity: String? {
        guard isPlain else { return nil }
        return switch text {
        case "Infinity", "+Infinity": "infinity"
        case "-Infinity": "minus infinity"
        case "NaN": "not-a-number"
        default: nil
        }
    }

    /// Its kind, for messages.
    var kind: String {
        switch meaning {
        case .null: "nothing"
        case .bool: "a boolean"
        case .int, .ambiguous: "a number"
        case .float: "a number with a fraction"
        case .beyond: "not a finite number"
        case .text: isPlain ? "text" : "text in quotes"
        }
    }

    private var number: Meaning {
        let digits = unsigned
        switch digits {
        case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN": return .beyond
        default: break
        }
        guard let first = digits.utf8.first else { return .text }
        let isDecimal = digits.utf8.allSatisfy(Self.isDigit)
        if isDecimal, first != UInt8(ascii: "0") || digits.utf8.count == 1 {
            return Int(text).map(Meaning.int) ?? .beyond
        }
        if isDecimal || isOldInteger(digits) { return .ambiguous }
        guard isDecimalFraction(digits), let value = Double(text) else { return .text }
        return value.isFinite ? .float(value) : .beyond
    }

    private var unsigned: Substring {
        text.first == "-" || text.first == "+" ? text.dropFirst() : Substring(text)
    }

    /// `0x1F`, `0o17`, `0b11`, `1_000`.
    private func isOldInteger(_ digits: Substring) -> Bool {
        let prefixes = ["0x", "0o", "0b"]
        if prefixes.contains(where: digits.hasPrefix) {
            return digits.utf8.count > 2 && digits.dropFirst(2).allSatisfy { $0.isHexDigit || $0 == "_" }
        }
        return digits.utf8.contains(UInt8(ascii: "_"))
            && digits.utf8.first.map(Self.isDigit) == true
            && digits.utf8.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// Digits with a point, an exponent, or both, such as `1.`, `.5`, `1e-4`.
    private func isDecimalFraction(_ digits: Substring) -> Bool {
        var rest = Array(digits.utf8)[...]
        let whole = rest.prefix(while: Self.isDigit).count
        rest = rest.dropFirst(whole)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: Self.isDigit).count
            rest = rest.dropFirst(fraction)
        }
        guard whole + fraction > 0 else { return false }
        guard let sign = rest.first else { return true }
        guard sign == UInt8(ascii: "e") || sign == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(Self.isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
