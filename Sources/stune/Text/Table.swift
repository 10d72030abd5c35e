/// A table of text, in the style of squeue.
struct Table {
    /// The alignment of a column's text.
    enum Alignment {
        case left, right
    }

    private let headers: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    /// A table with these columns.
    init(_ headers: [(String, Alignment)]) {
        self.headers = headers.map { (title: $0.0, alignment: $0.1) }
    }

    /// Adds a row, with one cell for each column.
    mutating func add(_ cells: [String]) { rows.append(cells.map { Table.printable($0) }) }

    /// The lines. Columns are as wide as their widest cell, with two spaces between them.
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

    /// A text padded to the width of a column.
    static func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return alignment == .left ? text + blanks : blanks + text
    }

    /// A text in which nothing is hidden: control characters, which would control the terminal, and marks that turn the
    /// direction of what follows, which deceive a reader, are written as `\u{1b}`.
    static func printable(
        _ text: String, hiding isHidden: (Unicode.Scalar) -> Bool = { $0.isHidden }
    ) -> String {
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        return text.unicodeScalars.map { scalar in
            isHidden(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    /// A text of several lines without control characters, line by line; a tab becomes four spaces.
    static func printableLines(_ text: String) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            printable(String(line).replacing("\t", with: "    "))
        }
    }

    /// A sentence that may end with a program's output, which keeps its lines: all after the first are shown behind a
    /// bar.
    static func paragraph(_ text: String, indent: String) -> [String] {
        let lines = printableLines(text)
        return lines.prefix(1) + lines.dropFirst().filter { !$0.isEmpty }.map { "\(indent)| \($0)" }
    }

    private static func trimmed(_ line: String) -> String {
        guard let last = line.lastIndex(where: { $0 != " " }) else { return "" }
        return String(line[...last])
    }
}

extension Unicode.Scalar {
    /// Whether a terminal would do something other than draw it: control characters, and the marks and overrides of
    /// bidirectional text (Unicode Standard Annex 9).
    var isHidden: Bool {
        switch value {
        case 0..<32, 127...159, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
