import Yams

/// Reads YAML text into values with positions. Only this file uses Yams.
struct Document {
    private let findings: Findings
    private var text: String
    /// The places where the text was changed to make repeated keys unique.
    private var renamed: [Renamed] = []

    private struct Renamed {
        /// The position of the change, in the text that the composer saw last.
        var inserted: TextPosition
        /// The position of the key in that text.
        var key: TextPosition
    }

    /// The root of the only document in a text; `nil` if it cannot be read, and then the findings say why.
    static func read(_ text: String, _ findings: Findings) -> YAMLValue? {
        guard TextCheck.passes(text, findings) else { return nil }
        var document = Document(findings: findings, text: text)
        // The parser owns the anchors that nodes refer to, so it must outlive the reading.
        guard let (root, parser) = document.compose() else { return nil }
        return withExtendedLifetime(parser) { document.convert(root) }
    }

    private init(findings: Findings, text: String) {
        self.findings = findings
        self.text = text
    }

    // MARK: Composing

    /// Composes the text. The composer stops at the first repeated key, so each is renamed until it accepts all, to
    /// report all mistakes at once. `convert` restores the names.
    private mutating func compose() -> (Node, Parser)? {
        let bytes = max(text.utf8.count, 1)
        let most = min(StudyFileLimits.duplicateKeys, StudyFileLimits.duplicateKeyBytes / bytes)
        for _ in 0...most {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    findings.mistake(
                        at: TextPosition(line: 1, column: 1), "", "the file is empty",
                        fix: "describe a study; docs/study.md has an example")
                    return nil
                }
                return (root, parser)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                guard rename(at: TextPosition(line: context.mark.line, column: context.mark.column)) else {
                    report(duplicates: keys, at: context.mark)
                    return nil
                }
            } catch {
                report(error)
                return nil
            }
        }
        findings.mistake(
            at: TextPosition(line: 1, column: 1), "",
            "more than \(most) keys are duplicates of others",
            fix: "give each field once")
        return nil
    }

    /// Puts a character that no file contains (U+E000 and on, private use) at the front of a key.
    private mutating func rename(at key: TextPosition) -> Bool {
        guard let mark = Unicode.Scalar(0xE000 + UInt32(renamed.count)),
            var index = TextCheck.index(of: key, in: text)
        else { return false }
        var inserted = key
        if index < text.unicodeScalars.endIndex, ["\"", "'"].contains(text.unicodeScalars[index]) {
            index = text.unicodeScalars.index(after: index)
            inserted = TextPosition(line: key.line, column: key.column + 1)
        }
        text.unicodeScalars.insert(mark, at: index)
        for earlier in renamed.indices where renamed[earlier].inserted.line == key.line {
            renamed[earlier].inserted = shifted(renamed[earlier].inserted, by: inserted)
            renamed[earlier].key = shifted(renamed[earlier].key, by: inserted)
        }
        renamed.append(Renamed(inserted: inserted, key: key))
        return true
    }

    private func shifted(_ place: TextPosition, by inserted: TextPosition) -> TextPosition {
        guard place.line == inserted.line, place.column >= inserted.column else { return place }
        return TextPosition(line: place.line, column: place.column + 1)
    }

    /// A position in the composed text as one in the file.
    private func original(_ place: TextPosition) -> TextPosition {
        let before = renamed.count { $0.inserted.line == place.line && $0.inserted.column < place.column }
        return TextPosition(line: place.line, column: place.column - before)
    }

    private func place(_ mark: Mark?) -> TextPosition {
        guard let mark else { return TextPosition(line: 1, column: 1) }
        return original(TextPosition(line: mark.line, column: mark.column))
    }

    // MARK: What the composer refuses

    private func report(_ error: any Error) {
        guard let error = error as? YamlError else {
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "", "the file cannot be read: \(error)",
                fix: "write it as YAML")
            return
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let start = context.map { "\($0.text) from \(place($0.mark)): " } ?? ""
            findings.mistake(
                at: place(mark), "", "this is not YAML: \(start)\(problem)", fix: hint(problem))
        default:
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "", "this is not YAML: \(shown(error.description))",
                fix: "write it as YAML; docs/study.md has an example")
        }
    }

    private func hint(_ problem: String) -> String {
        if problem.contains("another document") { return "keep one study in one file" }
        if problem.contains("nesting level") { return "a study needs no more than 5 levels" }
        if problem.contains("tab") || problem.contains("cannot start any token") {
            return "indent with spaces, and put texts with special characters into quotes"
        }
        if problem.contains("alias") { return "put a text that begins with '*' into quotes" }
        return "look at indentation, quotes and brackets here and just above"
    }

    private func report(duplicates keys: [String], at mark: Mark) {
        findings.mistake(
            at: place(mark), "",
            "duplicate \(keys.count == 1 ? "key" : "keys") \(listed(keys.map { "'\(shown($0))'" }, "and"))",
            fix: "give each field once")
    }

    // MARK: From nodes to values

    private func convert(_ root: Node) -> YAMLValue? {
        var budget = StudyFileLimits.nodes
        let value = convert(root, depth: 1, &budget)
        if budget < 0 {
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "",
                "the file has more than \(StudyFileLimits.nodes) values after its aliases are resolved",
                fix: "write a smaller study, without aliases")
            return nil
        }
        return value
    }

    private func convert(_ node: Node, depth: Int, _ budget: inout Int) -> YAMLValue? {
        let place = place(node.mark)
        budget -= 1
        guard budget >= 0 else { return nil }
        guard depth <= StudyFileLimits.depth else {
            findings.mistake(
                at: place, "", "lists and mappings nest deeper than \(StudyFileLimits.depth) levels",
                fix: "a study needs no more than 5 levels")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain && check(scalar.tag, at: place) != .text
            return YAMLValue(content: .scalar(Scalar(text: scalar.string, isPlain: isPlain)), place: place)
        case .sequence(let list):
            _ = check(list.tag, at: place)
            let values = list.compactMap { convert($0, depth: depth + 1, &budget) }
            return YAMLValue(content: .list(values), place: place)
        case .mapping(let mapping):
            _ = check(mapping.tag, at: place)
            let entries = mapping.compactMap { entry($0.key, $0.value, depth: depth, &budget) }
            return YAMLValue(content: .mapping(entries), place: place)
        case .alias:
            // The composer replaces an alias by the node itself.
            return nil
        }
    }

    private func entry(
        _ key: Node, _ value: Node, depth: Int, _ budget: inout Int
    ) -> YAMLValue.Entry? {
        guard case .scalar(let scalar) = key else {
            findings.mistake(
                at: place(key.mark), "", "expected a field's name, found a list or a mapping",
                fix: "write 'name: value', and a placeholder such as \"{lr}\" in quotes")
            return nil
        }
        guard let converted = convert(value, depth: depth + 1, &budget) else { return nil }
        var name = scalar.string
        if let mark = scalar.mark,
            renamed.contains(where: { $0.key == TextPosition(line: mark.line, column: mark.column) })
        {
            name = String(String.UnicodeScalarView(name.unicodeScalars.dropFirst()))
        }
        return YAMLValue.Entry(key: name, place: place(scalar.mark), value: converted)
    }

    private enum TagMeaning {
        case none
        case text
    }

    /// `!!str` marks a plain scalar as a string. The other tags of YAML's core add nothing.
    private func check(_ tag: Tag, at place: TextPosition) -> TagMeaning {
        // As stored: the node's own property would resolve a missing tag to text.
        let name = tag.description
        let core = "tag:yaml.org,2002:"
        if name == core + "str" || name == "!" { return .text }
        let known = [
            "", core + "int", core + "float", core + "bool", core + "null", core + "seq", core + "map",
        ]
        if !known.contains(name) {
            findings.mistake(
                at: place, "", "a study file does not use the tag '\(shown(name))'", fix: "remove the tag"
            )
        }
        return .none
    }
}

extension TextPosition: CustomStringConvertible {
    /// `line 7, column 12`.
    package var description: String {
        "line \(line), column \(column)" + (file.map { " of \($0)" } ?? "")
    }
}
