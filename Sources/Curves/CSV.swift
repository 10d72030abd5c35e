import StudyFile

/// A CSV file (RFC 4180) as rows of cells, each with its position.
///
/// Lines end with LF or CRLF; empty lines are ignored. A byte order mark at the front is not part of the first cell.
struct CSV: Sendable {
    /// The names in the first line.
    let header: [String]
    /// How many rows there are below the header.
    var rowCount: Int { starts.count - 1 }

    private let bytes: [UInt8]
    /// The cells of all rows, beginning with the header's.
    private let cells: [Cell]
    /// The index of each row's first cell, beginning with the header's.
    private let starts: [Int]

    private struct Cell: Sendable {
        var range: Range<Int>
        var isQuoted: Bool
    }

    /// Reads a file.
    ///
    /// - Throws: `InvalidTable` with every row that does not fit the header, or the first place that is not CSV.
    init(_ bytes: [UInt8], file: String) throws(InvalidTable) {
        self.bytes = bytes
        var findings = TableFindings(file: file)
        if let place = CSV.firstInvalid(bytes) {
            findings.mistake(at: place, "", "the file is not UTF-8", fix: "save it as CSV in UTF-8")
        }
        try findings.check()
        var scanner = Scanner(bytes: bytes)
        if let flaw = scanner.scan() {
            findings.mistake(at: CSV.place(of: flaw.at, in: bytes), "", flaw.problem, fix: flaw.fix)
        }
        try findings.check()
        (cells, starts) = (scanner.cells, scanner.starts)
        guard let first = starts.first else {
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "", "the file is empty",
                fix: "its first line names the columns: the parameters, the metrics, and what else it has"
            )
            throw InvalidTable(mistakes: findings.mistakes)
        }
        let width = (starts.count > 1 ? starts[1] : cells.count) - first
        header = (0..<width).map { [cells] in CSV.text(cells[$0], in: bytes) }
        try check(width, &findings)
    }

    /// Reads a file, gzipped or not.
    ///
    /// - Throws: as `init(_:file:)`, and where it cannot be unpacked.
    init(unpacking bytes: [UInt8], file: String) throws(InvalidTable) {
        guard Gzip.isGzip(bytes) else {
            try self.init(bytes, file: file)
            return
        }
        let text: [UInt8]
        do throws(Gzip.Unreadable) {
            text = try Gzip.inflated(bytes, limit: CurveLimits.tableBytes)
        } catch {
            let mistake = Mistake(
                file: file, line: 1, column: 1, field: "",
                problem: "the file begins as a gzip file, and cannot be unpacked: \(error.why)",
                fix: "compress it again, or give it as plain CSV")
            throw InvalidTable(mistakes: [mistake])
        }
        try self.init(text, file: file)
    }

    /// The text of a cell, without quotes and outer spaces. Row 0 is the first below the header.
    func text(_ row: Int, _ column: Int) -> String { CSV.text(cells[starts[row + 1] + column], in: bytes) }

    /// The bytes of a cell as written in the file.
    func raw(_ row: Int, _ column: Int) -> ArraySlice<UInt8> {
        bytes[cells[starts[row + 1] + column].range]
    }

    /// Where a cell begins; row −1 is the header.
    func place(_ row: Int, _ column: Int) -> TextPosition {
        CSV.place(of: cells[starts[row + 1] + column].range.lowerBound, in: bytes)
    }

    private func check(_ width: Int, _ findings: inout TableFindings) throws(InvalidTable) {
        if width > CurveLimits.columns {
            findings.mistake(
                at: place(-1, CurveLimits.columns), "", "there are \(width) columns",
                fix: "keep only parameters and metrics, at most \(CurveLimits.columns) columns"
            )
        }
        for row in 0..<rowCount where !findings.isFull {
            let end = row + 2 < starts.count ? starts[row + 2] : cells.count
            let count = end - starts[row + 1]
            if count != width {
                findings.mistake(
                    at: place(row, min(count, width) - 1), "",
                    "the row has \(count) cells, and the header names \(width) columns",
                    fix: count < width
                        ? "write a comma for each column, also for an empty cell"
                        : "put a text with a comma in it into quotes")
            }
        }
        try findings.check()
    }

    private static func text(_ cell: Cell, in bytes: [UInt8]) -> String {
        var slice = bytes[cell.range]
        if cell.isQuoted {
            let inner = String(decoding: slice.dropFirst().dropLast(), as: UTF8.self)
            return inner.replacing("\"\"", with: "\"")
        }
        while slice.first == 32 || slice.first == 9 { slice = slice.dropFirst() }
        while slice.last == 32 || slice.last == 9 { slice = slice.dropLast() }
        return String(decoding: slice, as: UTF8.self)
    }

    private static func place(of offset: Int, in bytes: [UInt8]) -> TextPosition {
        let before = bytes[..<offset]
        let line = before.count { $0 == 10 } + 1
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        // Continuation bytes belong to the scalar before them; a byte order mark is not a column.
        var column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        if line == 1, bytes.starts(with: Scanner.byteOrderMark), column > 1 { column -= 1 }
        return TextPosition(line: line, column: column)
    }

    private static func firstInvalid(_ bytes: [UInt8]) -> TextPosition? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var (line, column) = (1, 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return TextPosition(line: line, column: column)
    }

    // MARK: Finding the cells

    private struct Scanner {
        static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

        let bytes: [UInt8]
        var cells: [Cell] = []
        var starts: [Int] = []
        private var next: Int

        /// A place that is not CSV.
        struct Flaw {
            var at: Int
            var problem: String
            var fix: String
        }

        init(bytes: [UInt8]) {
            self.bytes = bytes
            next = bytes.starts(with: Scanner.byteOrderMark) ? 3 : 0
        }

        /// Scans all rows.
        ///
        /// - Returns: the first flaw; `nil` if there is none.
        mutating func scan() -> Flaw? {
            while next < bytes.count {
                if bytes[next] == 10 || bytes[next] == 13 {
                    next += 1
                    continue
                }
                starts.append(cells.count)
                if let flaw = scanCells() { return flaw }
            }
            return nil
        }

        private mutating func scanCells() -> Flaw? {
            while true {
                let start = next
                let isQuoted = next < bytes.count && bytes[next] == 34
                if isQuoted, let flaw = skipQuoted() { return flaw }
                while !isQuoted, next < bytes.count, bytes[next] != 44, bytes[next] != 10, bytes[next] != 13
                {
                    next += 1
                }
                cells.append(Cell(range: start..<next, isQuoted: isQuoted))
                guard next < bytes.count else { return nil }
                if bytes[next] == 44 {
                    next += 1
                } else if bytes[next] == 10 || bytes[next] == 13 {
                    return nil
                } else {
                    return Flaw(
                        at: next, problem: "there is text between the closing quote and the next comma",
                        fix: "put the whole cell into quotes, and double the quotes within it")
                }
            }
        }

        /// Moves past the quote that closes the cell.
        private mutating func skipQuoted() -> Flaw? {
            let start = next
            next += 1
            while next < bytes.count {
                if bytes[next] == 34 {
                    if next + 1 < bytes.count, bytes[next + 1] == 34 {
                        next += 2
                        continue
                    }
                    next += 1
                    return nil
                }
                next += 1
            }
            return Flaw(at: start, problem: "the quote is never closed", fix: "close it, or remove it")
        }
    }
}
