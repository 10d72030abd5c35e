import Chance
import StudyFile
import Testing

@testable import Curves

/// Cells and their positions.
@Suite struct CSVTests {
    private static func read(_ text: String) throws -> CSV { try CSV(Array(text.utf8), file: "t.csv") }

    private static func rows(_ text: String) throws -> [[String]] {
        let csv = try read(text)
        return (0..<csv.rowCount).map { row in csv.header.indices.map { csv.text(row, $0) } }
    }

    @Test(
        arguments: [
            ("a,b\n1,2\n", [["1", "2"]]),
            ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
            ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
            ("a,b\n\n1,2\n\n", [["1", "2"]]),
            ("a,b\n,\n", [["", ""]]),
            ("a,b\n\"x, \"\"y\"\"\",2\n", [["x, \"y\"", "2"]]),
            ("a,b\n\"one\ntwo\",2\n", [["one\ntwo", "2"]]),
            ("a,b\n 1 ,\t2\n", [["1", "2"]]),
            ("a\n\"\"\n", [[""]]),
            ("a,b\n", []),
        ])
    func `cells are read as they are meant`(text: String, expected: [[String]]) throws {
        #expect(try Self.rows(text) == expected)
    }

    @Test func `the header's names lose no byte order mark into the first one`() throws {
        #expect(try Self.read("\u{FEFF}config,lr\n").header == ["config", "lr"])
    }

    @Test(
        arguments: [
            ("", "t.csv:1:1: the file is empty"),
            ("a,b\n1,2\n3\n", "t.csv:3:1: the row has 1 cells, and the header names 2 columns"),
            ("a,b\n1,2,3\n", "t.csv:2:3: the row has 3 cells, and the header names 2 columns"),
            ("a,b\n1,\"2\n", "t.csv:2:3: the quote is never closed"),
            ("a,b\n\"1\"x,2\n", "t.csv:2:4: there is text between the closing quote and the next comma"),
        ])
    func `what is no table is refused with its place`(text: String, problem: String) {
        let error = #expect(throws: InvalidTable.self) { try Self.read(text) }
        #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "no error")")
    }

    @Test func `bytes that are no UTF-8 are refused with their place`() {
        let error = #expect(throws: InvalidTable.self) {
            try CSV(Array("a,b\né".utf8) + [0xFF] + Array(",2\n".utf8), file: "t.csv")
        }
        #expect(error?.description.hasPrefix("t.csv:2:2: the file is not UTF-8") == true)
    }

    @Test func `columns are counted in characters, not in bytes`() throws {
        let csv = try Self.read("ä,b,c\nöö,2,3\n")
        #expect(csv.place(0, 1) == TextPosition(line: 2, column: 4))
        #expect(csv.place(-1, 1) == TextPosition(line: 1, column: 3))
    }

    @Test(arguments: 1...50)
    func `whatever is written in quotes is read back`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let alphabet: [Character] = ["a", "é", ",", "\"", "\n", "\r\n", " ", "1", "中"]
        let rows = (0..<5).map { _ in
            (0..<3).map { _ in
                String(
                    (0..<Int.random(in: 0...6, using: &dice)).compactMap { _ in
                        alphabet.randomElement(using: &dice)
                    })
            }
        }
        let text = ([["x", "y", "z"]] + rows).map { row in
            row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\n"
        }.joined()
        #expect(try Self.rows(text) == rows)
    }
}
