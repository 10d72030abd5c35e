/// A table of text, as squeue and its like print it.
struct Table {
    /// Where a column's text stands.
    enum Alignment {
        case left, right
    }

    private let headers: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    /// A table with these columns.
    init(_ headers: [(String, Alignment)]) {
        self.headers = headers.map { (title: $0.0, alignment: $0.1) }
    }

    /// Adds a row; one cell a column.
    mutating func add(_ cells: [String]) { rows.append(cells.map(Table.printable)) }

    /// The lines, columns as wide as their widest cell and two blanks apart.
    func lines(withHeader: Bool = true) -> [String] {
        let all = (withHeader ? [headers.map(\.title)] : []) + rows
        let widths = headers.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { cells in
            let padded = cells.enumerated().map { column, cell in
                Table.pad(cell, to: widths[column], headers[column].alignment)
            }
            return Table.trimmed(padded.joined(separator: "  "))
        }
    }

    /// A text made as wide as a column.
    static func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return alignment == .left ? text + blanks : blanks + text
    }

    /// A text without control characters: what a metric's or a parameter's text holds must not steer a terminal.
    static func printable(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
        if isPlain { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value >= 32 && !(127...159).contains(scalar.value)
                ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }.joined()
    }

    /// A text of several lines without control characters, line by line; a tab is four blanks.
    static func printableLines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            printable(String(line).replacing("\t", with: "    "))
        }
    }

    /// A sentence that may end with what a program printed, which keeps its lines: those after the first stand behind a bar.
    static func paragraph(_ text: String, indent: String) -> [String] {
        let lines = printableLines(text)
        return lines.prefix(1) + lines.dropFirst().filter { !$0.isEmpty }.map { "\(indent)| \($0)" }
    }

    private static func trimmed(_ line: String) -> String {
        guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
        return String(line[...last])
    }
}
