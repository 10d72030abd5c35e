import StudyFile

/// Adds defaults to a file of defaults that a person may have written. Everything that is there stays as it is.
package struct SiteText: Sendable {
    /// What became of a field.
    package enum Outcome: Hashable, Sendable {
        /// It was added.
        case added
        /// It stands there already, with this value.
        case same
        /// It stands there with another value, which stays, in this line.
        case kept(String, line: Int)
        /// The section is written in a way that nothing can be added to without changing it.
        case leftOut
    }

    /// The text, with what was added.
    package private(set) var text: String
    /// What became of each field, in the order in which they were given.
    package private(set) var outcomes: [(field: String, value: String, outcome: Outcome)] = []
    private let path: String

    /// A file's text; empty: there is no file yet.
    package init(_ text: String, path: String) { (self.text, self.path) = (text, path) }

    /// Adds fields, each with its value as YAML.
    ///
    /// - Parameter remark: stands behind each line that is added.
    package mutating func add(_ settings: [(field: String, value: String)], remark: String) {
        for (field, value) in settings {
            let outcome = add(field, value, remark)
            outcomes.append((field, value, outcome))
        }
    }

    private var file: SiteFile { SiteFile(path: path, bytes: Array(text.utf8)) }

    private mutating func add(_ field: String, _ value: String, _ remark: String) -> Outcome {
        let before = file.values
        if let present = before.first(where: { $0.field == field }) {
            let isSame = SiteText.unquoted(present.value) == SiteText.unquoted(value)
            return isSame ? .same : .kept(present.value, line: present.line)
        }
        let changed = insertion(field, value, remark)
        // Whatever the form of the file: it has to say the same as before, and the new field.
        let after = SiteFile(path: path, bytes: Array(changed.utf8))
        let old = after.values.filter { $0.field != field }
        guard after.mistakes.isEmpty, after.values.contains(where: { $0.field == field }),
            old.map(\.field) == before.map(\.field), old.map(\.value) == before.map(\.value)
        else { return .leftOut }
        text = changed
        return .added
    }

    private static func unquoted(_ value: String) -> String {
        value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
    }

    /// The text with a field more: behind its section's first line where that is a block, within its brackets where it has
    /// some, and at the end where there is no section yet.
    private func insertion(_ field: String, _ value: String, _ remark: String) -> String {
        let parts = field.split(separator: ".").map(String.init)
        var lines =
            text.isEmpty
            ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last == "" { lines.removeLast() }
        let comment = remark.isEmpty ? "" : "  # \(remark)"
        guard parts.count == 2 else {
            lines.append("\(field): \(value)\(comment)")
            return lines.joined(separator: "\n") + "\n"
        }
        guard let at = lines.firstIndex(where: { $0.hasPrefix("\(parts[0]):") }) else {
            lines += ["\(parts[0]):", "  \(parts[1]): \(value)\(comment)"]
            return lines.joined(separator: "\n") + "\n"
        }
        if let bracket = lines[at].firstIndex(of: "{") {
            let rest = lines[at][lines[at].index(after: bracket)...]
            let isEmpty = rest.drop { $0 == " " }.hasPrefix("}")
            lines[at] =
                "\(lines[at][...bracket])\(parts[1]): \(value)\(isEmpty ? "" : ", ")\(rest.drop { $0 == " " })"
        } else {
            let indent =
                lines[(at + 1)...].first { !$0.isEmpty && !$0.drop { $0 == " " }.hasPrefix("#") }
                .map { String($0.prefix { $0 == " " }) } ?? "  "
            lines.insert("\(indent.isEmpty ? "  " : indent)\(parts[1]): \(value)\(comment)", at: at + 1)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
