import Foundation

/// Rules for tables and anchors in Markdown, as GitHub reads them.
enum PageRules {
    // MARK: Tables

    /// Tables that GitHub would not show as tables, or would cut.
    static func tables(in path: String, text: String) -> [Finding] {
        var findings: [Finding] = []
        var rows: [(line: Int, cells: Int, text: Substring)] = []
        func finish() {
            defer { rows = [] }
            guard let header = rows.first else { return }
            guard rows.count > 1, isDelimiter(rows[1].text) else {
                findings.append(
                    Finding(
                        file: path, line: header.line,
                        message: "the rows have no header above them; a table ends at an empty line"))
                return
            }
            for row in rows where row.cells != header.cells {
                findings.append(
                    Finding(
                        file: path, line: row.line,
                        message:
                            "the row has \(row.cells) cells, and the header \(header.cells); write \\| for a bar in a "
                            + "cell, also in code"))
            }
        }
        for (line, content) in plainLines(of: text) {
            let trimmed = content.drop { $0 == " " }
            if trimmed.hasPrefix("|") {
                rows.append((line, cells(in: trimmed), trimmed))
            } else {
                finish()
            }
        }
        finish()
        return findings
    }

    private static func cells(in row: Substring) -> Int {
        var count = 0
        var isEscaped = false
        for character in row {
            if character == "|", !isEscaped { count += 1 }
            isEscaped = character == "\\" && !isEscaped
        }
        let isClosed = row.last { $0 != " " } == "|"
        return isClosed ? count - 1 : count
    }

    private static func isDelimiter(_ row: Substring) -> Bool {
        row.contains("-") && row.allSatisfy { "|-: ".contains($0) }
    }

    // MARK: Anchors

    /// Links to headings that do not exist.
    static func deadAnchors(
        in path: String, text: String, anchors: (String) -> Set<String>?
    ) -> [Finding] {
        TextRules.links(in: text).compactMap { target, line in
            guard !target.contains("://"), let mark = target.firstIndex(of: "#") else { return nil }
            let file = String(target[..<mark])
            let anchor = String(target[target.index(after: mark)...])
            guard let known = anchors(file.isEmpty ? path : TextRules.resolve(file, from: path) ?? ""),
                !known.contains(anchor)
            else { return nil }
            return Finding(
                file: path, line: line,
                message:
                    "the link \(target) leads to a heading that is not there; write the heading's words with dashes"
            )
        }
    }

    /// The anchors of a page: its headings in lower case, without punctuation, with dashes for spaces.
    static func anchors(of text: String) -> Set<String> {
        var counts: [String: Int] = [:]
        var anchors: Set<String> = []
        for (_, line) in plainLines(of: text) where line.hasPrefix("#") {
            let level = line.prefix { $0 == "#" }.count
            guard level <= 6, line.dropFirst(level).hasPrefix(" ") else { continue }
            let name = anchor(of: line.dropFirst(level + 1))
            let before = counts[name, default: 0]
            counts[name] = before + 1
            anchors.insert(before == 0 ? name : "\(name)-\(before)")
        }
        return anchors
    }

    private static func anchor(of heading: Substring) -> String {
        var text = String(heading)
        // Only the text of a link counts.
        while let open = text.firstIndex(of: "["), let middle = text.range(of: "]("),
            open < middle.lowerBound,
            let close = text[middle.upperBound...].firstIndex(of: ")")
        {
            text.replaceSubrange(middle.lowerBound...close, with: "")
            text.remove(at: open)
        }
        return text.lowercased().trimmingCharacters(in: .whitespaces).reduce(into: "") {
            anchor, character in
            if character == " " {
                anchor.append("-")
            } else if character.isLetter || character.isNumber || character == "-" || character == "_" {
                anchor.append(character)
            }
        }
    }

    // MARK: Words

    /// Words that a reader of plain English stumbles over, and what to write instead.
    private static let words = [
        "anew": "again", "in vain": "without effect", "tells of": "reports", "besides": "too, in addition",
    ]

    /// Words that are too old or too rare for a manual. Code is skipped, because it may quote a message.
    static func words(in path: String, text: String) -> [Finding] {
        plainLines(of: text).flatMap { line, content in
            let plain = TextRules.withoutCode(content).lowercased()
            let isWord = { (character: Character) in character.isLetter || character.isNumber }
            return words.filter { word, _ in
                plain.ranges(of: word).contains { range in
                    !(plain[..<range.lowerBound].last.map(isWord) ?? false)
                        && !(plain[range.upperBound...].first.map(isWord) ?? false)
                }
            }.map { word, better in
                Finding(file: path, line: line, message: "'\(word)' is not plain English; write \(better)")
            }
        }
    }

    /// The lines outside of fenced code.
    private static func plainLines(of text: String) -> [(line: Int, content: Substring)] {
        var isInFence = false
        var lines: [(Int, Substring)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.drop { $0 == " " }
            if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                isInFence.toggle()
                lines.append((index + 1, ""))
            } else {
                lines.append((index + 1, isInFence ? "" : line))
            }
        }
        return lines
    }
}
