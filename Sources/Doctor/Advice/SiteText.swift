import StudyFile

/// Adds defaults to a file of defaults that a person may have written. Existing text stays unchanged.
package struct SiteText: Sendable {
    /// What happened to a field.
    package enum Outcome: Hashable, Sendable {
        /// It was added.
        case added
        /// The file has it already, with this value.
        case same
        /// The file has it with another value, which stays, on this line.
        case kept(String, line: Int)
        /// Its section is written in a form that cannot be extended without changing it.
        case leftOut
    }

    /// The text with the additions.
    package private(set) var text: String
    /// What happened to each field, in the order in which they were given.
    package private(set) var outcomes: [(field: String, value: String, outcome: Outcome)] = []
    private let path: String

    /// The text of a file; empty if there is no file yet.
    package init(_ text: String, path: String) { (self.text, self.path) = (text, path) }

    /// Adds fields, each with its value as YAML.
    ///
    /// - Parameter remark: a comment at the end of each added line.
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
        // Check that the file, whatever its form, has the same values as before and the new field.
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

    /// The text with one more field: below its section's first line if that is a block, within its brackets if it has
    /// some, at the end if there is no such section yet.
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
