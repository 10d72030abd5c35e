#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Fits lines into a terminal, and counts the rows that they take: a line wider than the terminal continues on the next
/// row.
struct ScreenFrame {
    /// The columns and rows of a terminal.
    struct Size: Hashable {
        /// At least 1.
        var columns: Int
        /// At least 1.
        var rows: Int

        /// The default for a terminal that does not report its size.
        static let usual = Size(columns: 80, rows: 24)

        /// The current size of a terminal. It is read before each update, to follow changes of the window.
        static func current(of descriptor: Int32) -> Size {
            var window = winsize()
            guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0
            else {
                return usual
            }
            return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
        }
    }

    /// The terminal's size.
    let size: Size

    /// How many rows a line takes.
    func height(of line: String) -> Int {
        let width = ScreenFrame.width(of: line)
        return max(1, (width + size.columns - 1) / size.columns)
    }

    /// The first lines that fit above the cursor's row. If some do not fit, the last row says how many, so that nothing
    /// scrolls out of reach.
    func fitted(_ lines: [String]) -> [String] {
        let room = max(1, size.rows - 1)
        if lines.reduce(0, { $0 + height(of: $1) }) <= room { return lines }
        var (kept, used) = ([String](), 0)
        for line in lines {
            let height = height(of: line)
            guard used + height <= room - 1 else { break }
            kept.append(line)
            used += height
        }
        return kept + ["… \(lines.count - kept.count) more lines"]
    }

    /// The sequence that erases the lines drawn last, with the cursor in the row below them. Rows that have scrolled
    /// out of a terminal that became smaller cannot be erased.
    func erasing(_ lines: [String]) -> String {
        let rows = min(lines.reduce(0) { $0 + height(of: $1) }, size.rows - 1)
        return rows > 0 ? "\u{1B}[\(rows)A\r\u{1B}[J" : ""
    }

    /// The columns that a line takes: two for characters that East Asian terminals draw wide, none for combining marks.
    static func width(of line: String) -> Int {
        line.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format, .control: width
            default: width + (isWide(scalar) ? 2 : 1)
            }
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
