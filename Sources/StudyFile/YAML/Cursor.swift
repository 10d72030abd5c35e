/// One value of the file with the name of its field. Reading it as a wrong type notes a mistake, and reading goes on.
struct Cursor {
    let value: YAMLValue
    let path: String
    let findings: Findings

    func mistake(_ problem: String, fix: String) {
        findings.mistake(at: value.place, path, problem, fix: fix)
    }

    func note(_ text: String) { findings.note(at: value.place, path, text) }

    /// The value for messages: a scalar as written, otherwise its kind.
    var written: String {
        guard case .scalar(let scalar) = value.content, !(scalar.isPlain && scalar.text.isEmpty) else {
            return value.kind
        }
        return scalar.isPlain ? shown(scalar.text) : "'\(shown(scalar.text))'"
    }

    // MARK: Lists and mappings

    /// The elements of a list.
    func list(example: String) -> [Cursor]? {
        guard case .list(let values) = value.content else {
            mistake("expected a list, found \(written)", fix: "write a list such as \(example)")
            return nil
        }
        return values.enumerated().map { index, element in
            Cursor(value: element, path: "\(path)[\(index)]", findings: findings)
        }
    }

    /// The entries of a mapping with names chosen by the user, without repeated names.
    func names(example: String) -> [(name: String, place: TextPosition, cursor: Cursor)]? {
        guard case .mapping(let entries) = value.content else {
            mistake("expected a mapping, found \(written)", fix: "write one such as \(example)")
            return nil
        }
        guard entries.count <= StudyFileLimits.entries else {
            mistake(
                "the mapping has \(entries.count) entries, more than \(StudyFileLimits.entries)",
                fix: "check that they belong here")
            return nil
        }
        var first: [String: TextPosition] = [:]
        return entries.compactMap { entry in
            let field = path.isEmpty ? shown(entry.key) : "\(path).\(shown(entry.key))"
            if let earlier = first[entry.key] {
                duplicate(field, at: entry.place, earlier: earlier)
                return nil
            }
            first[entry.key] = entry.place
            return (
                entry.key, entry.place, Cursor(value: entry.value, path: field, findings: findings)
            )
        }
    }

    private func duplicate(_ field: String, at place: TextPosition, earlier: TextPosition) {
        findings.mistake(
            at: place, field, "duplicate: the same field is already in \(earlier)",
            fix: "remove one of them")
    }

    // MARK: Scalars

    /// A scalar as written.
    func text(example: String) -> String? { text(fix: "write text such as \(example)") }

    private func text(fix: String) -> String? {
        guard case .scalar(let scalar) = value.content else {
            mistake("expected text, found \(value.kind)", fix: fix)
            return nil
        }
        guard scalar.meaning != .null else {
            mistake("it is empty", fix: fix)
            return nil
        }
        return scalar.text
    }

    /// A whole number in a range.
    func whole(_ range: ClosedRange<Int>) -> Int? {
        guard let number = whole() else { return nil }
        guard range.contains(number) else {
            let isLow = number < range.lowerBound
            let bound = isLow ? range.lowerBound : range.upperBound
            mistake(
                "\(number) is \(isLow ? "less" : "more") than \(bound)",
                fix: "write a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    private func whole() -> Int? {
        guard case .scalar(let scalar) = value.content else {
            mistake("expected a whole number, found \(value.kind)", fix: "write a number such as 3")
            return nil
        }
        switch scalar.meaning {
        case .int(let number): return number
        case .float(let number):
            let exact = Int(exactly: number).map { "write \($0)" }
            mistake("\(written) is not written as a whole number", fix: exact ?? "write a number such as 3")
        case .beyond: mistake("\(written) is beyond 64 bits", fix: "write a smaller number")
        default: wrongNumber(scalar, "a whole number", example: "3")
        }
        return nil
    }

    /// A finite number.
    func number() -> Double? {
        guard case .scalar(let scalar) = value.content else {
            mistake("expected a number, found \(value.kind)", fix: "write a number such as 0.5")
            return nil
        }
        switch scalar.meaning {
        case .int(let number): return Double(number)
        case .float(let number): return number
        case .beyond: mistake("\(written) is not a finite number", fix: "write a finite number such as 0.5")
        default: wrongNumber(scalar, "a number", example: "0.5")
        }
        return nil
    }

    private func wrongNumber(_ scalar: Scalar, _ needed: String, example: String) {
        switch scalar.meaning {
        case .null: mistake("it is empty", fix: "write \(needed) such as \(example)")
        case .ambiguous:
            mistake(
                "YAML readers differ on what the number \(written) is",
                fix: "write it in decimal digits, without leading zeros or underscores")
        case .text where ["nan", "inf", "-inf", "infinity"].contains(scalar.text.lowercased()):
            mistake("\(written) is not a finite number", fix: "write a finite number such as \(example)")
        default:
            let unquoted = Scalar(text: scalar.text, isPlain: true)
            let isNumber =
                switch unquoted.meaning {
                case .int, .float: !scalar.isPlain
                default: false
                }
            mistake(
                "expected \(needed), found \(scalar.kind) \(written)",
                fix: isNumber ? "remove the quotes" : "write a number such as \(example)")
        }
    }

    /// `true` or `false`, and also YAML 1.1's `yes`, `no`, `on` and `off`, which can have no other meaning here.
    func flag() -> Bool? {
        if case .scalar(let scalar) = value.content {
            if case .bool(let flag) = scalar.meaning { return flag }
            if scalar.isOldBoolean { return ["yes", "on"].contains(scalar.text.lowercased()) }
        }
        mistake("\(written) is neither true nor false", fix: "write true or false")
        return nil
    }

    /// An amount of storage in a range, in bytes.
    func bytes(_ range: ClosedRange<Int>, example: String) -> Int? {
        let fix = "write a whole number with K, M, G or T after it, such as \(example)"
        guard let text = text(fix: fix) else { return nil }
        guard let bytes = ByteSize.bytes(text) else {
            mistake("\(written) is not an amount of storage", fix: fix)
            return nil
        }
        guard range.contains(bytes) else {
            let (low, high) = (ByteSize.words(range.lowerBound), ByteSize.words(range.upperBound))
            mistake(
                bytes < range.lowerBound
                    ? "\(written) is less than \(low)" : "\(written) is more than \(high)",
                fix: "write an amount from \(low) to \(high), such as \(example)")
            return nil
        }
        return bytes
    }

    /// One of these words.
    func word(_ words: [String]) -> String? {
        guard let text = text(fix: "write \(listed(words))") else { return nil }
        if words.contains(text) { return text }
        let nearest = NearestName.of(text, among: words).map { "did you mean \($0)?" }
        mistake(
            "unknown value \(written)",
            fix: nearest ?? "write \(listed(words))")
        return nil
    }

    /// A name chosen by the user: not empty, short, printable.
    func name(_ name: String? = nil, at place: TextPosition? = nil, what: String, example: String)
        -> String?
    {
        guard let name = name ?? text(example: example) else { return nil }
        func refuse(_ problem: String, fix: String) -> String? {
            findings.mistake(at: place ?? value.place, path, problem, fix: fix)
            return nil
        }
        guard !name.isEmpty else {
            return refuse("the \(what)'s name is empty", fix: "give it a name such as \(example)")
        }
        guard name.utf8.count <= StudyFileLimits.nameBytes else {
            return refuse(
                "the \(what)'s name has \(name.utf8.count) bytes, more than \(StudyFileLimits.nameBytes)",
                fix: "give it a shorter name")
        }
        guard !name.unicodeScalars.contains(where: isUnprintable) else {
            return refuse(
                "the \(what)'s name '\(shown(name))' holds a control character", fix: "remove the character"
            )
        }
        guard name.first?.isWhitespace != true, name.last?.isWhitespace != true else {
            return refuse(
                "the \(what)'s name '\(shown(name))' begins or ends with a space", fix: "remove the space")
        }
        return name
    }
}

/// Control characters, and those that break lines or change the writing direction.
func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: scalar.properties.isBidiControl
    }
}
