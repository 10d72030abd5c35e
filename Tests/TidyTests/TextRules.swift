import Foundation

/// Rules for Markdown, and for all text.
enum TextRules {
    // MARK: Links

    /// Links of a Markdown file to missing files of this repository.
    static func deadLinks(in path: String, text: String, exists: (String) -> Bool) -> [Finding] {
        links(in: text).compactMap { target, line in
            let isElsewhere = target.contains("://") || target.hasPrefix("mailto:") || target.hasPrefix("#")
            if isElsewhere || target.isEmpty { return nil }
            if target.hasPrefix("/") {
                return Finding(
                    file: path, line: line,
                    message: "the link \(target) is absolute; write it relative to this file")
            }
            let file = target.split(separator: "#", omittingEmptySubsequences: false)[0]
            let plain = file.removingPercentEncoding ?? String(file)
            guard let resolved = resolve(plain, from: path), exists(resolved) else {
                return Finding(
                    file: path, line: line,
                    message: "the link \(target) leads nowhere; write the path relative to this file, "
                        + "or remove it")
            }
            return nil
        }
    }

    /// The targets of `[…](target)` and `[…]: target`, with their lines, outside of code.
    static func links(in text: String) -> [(target: String, line: Int)] {
        var found: [(target: String, line: Int)] = []
        var isInFence = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.drop { $0 == " " }
            if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                isInFence.toggle()
                continue
            }
            if isInFence || !line.contains("]") { continue }
            var rest = Substring(withoutCode(line))
            if rest.hasPrefix("["), let colon = rest.range(of: "]: "), !rest.hasPrefix("[^") {
                found.append((String(rest[colon.upperBound...].prefix { $0 != " " }), index + 1))
            }
            while let open = rest.range(of: "](") {
                rest = rest[open.upperBound...]
                found.append((String(rest.prefix { $0 != ")" && $0 != " " }), index + 1))
            }
        }
        return found
    }

    /// The line without the text between backticks.
    static func withoutCode(_ line: Substring) -> String {
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    }

    /// A path relative to the root, from one relative to a file; `nil` if it leaves the repository.
    static func resolve(_ target: String, from file: String) -> String? {
        var parts = file.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") {
            if part == "." { continue }
            if part == ".." {
                if parts.isEmpty { return nil }
                parts.removeLast()
            } else {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }

    // MARK: Home directories

    /// The beginning of a path in a home directory. Put together here, so that this file has none.
    static let homes = ["home", "Users", "root"].map { "/\($0)/" }

    /// Paths into a home directory, which exist only on one machine. `/home/you/` is allowed as an example.
    static func homePaths(in path: String, contents: Data) -> [Finding] {
        guard homes.contains(where: { contents.range(of: Data($0.utf8)) != nil }),
            let text = String(data: contents, encoding: .utf8)
        else { return [] }
        var findings: [Finding] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            for home in homes where startsPath(home, in: line) {
                findings.append(
                    Finding(
                        file: path, line: index + 1,
                        message: "a path below \(home) exists on one machine only; write it relative, "
                            + "or as \(homes[0])you/… in an example"))
            }
        }
        return findings
    }

    private static func startsPath(_ home: String, in line: Substring) -> Bool {
        var rest = line
        while let range = rest.range(of: home) {
            let before = rest[..<range.lowerBound].last
            let isStart = before.map { !$0.isLetter && !$0.isNumber && !"/.-_}$)".contains($0) } ?? true
            if isStart, !rest[range.upperBound...].hasPrefix("you") { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    // MARK: Decisions

    /// What is wrong with the form of a decision record.
    static func decision(_ path: String, text: String, number: Int) -> [Finding] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let digits = String(number)
        let expected = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        var findings: [Finding] = []
        if !name.hasPrefix("\(expected)-") {
            findings.append(
                Finding(
                    file: path, line: 1,
                    message: "a record is named by its number; this one would be \(expected)-title.md"))
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.first?.hasPrefix("# \(expected). ") != true {
            findings.append(
                Finding(file: path, line: 1, message: "the title must be `# \(expected). The decision`"))
        }
        let sections = lines.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        let wanted = ["Context", "Decision", "Alternatives", "Consequences"]
        if sections != wanted {
            findings.append(
                Finding(
                    file: path, line: 1,
                    message: "the sections are \(sections.joined(separator: ", ")); they must be "
                        + wanted.joined(separator: ", ")))
        }
        return findings
    }
}
