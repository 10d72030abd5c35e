import Synchronization
import Testing

@testable import stune

/// The live screen overwrites itself correctly at any terminal size.
struct ScreenFrameTests {
    private func frame(_ columns: Int, _ rows: Int) -> ScreenFrame {
        ScreenFrame(size: ScreenFrame.Size(columns: columns, rows: rows))
    }

    @Test(arguments: [
        ("", 1), ("x", 1), (String(repeating: "x", count: 80), 1), (String(repeating: "x", count: 81), 2),
        (String(repeating: "x", count: 160), 2), (String(repeating: "漢", count: 41), 2), ("e\u{301}", 1),
        (String(repeating: "e\u{301}", count: 80), 1),
    ])
    func `a line takes as many rows as the terminal breaks it into`(line: String, rows: Int) {
        #expect(frame(80, 24).height(of: line) == rows)
    }

    @Test func `what was drawn is taken off with the rows that it takes now`() {
        let lines = [String(repeating: "x", count: 100), "", "y"]
        #expect(frame(80, 24).erasing(lines) == "\u{1B}[4A\r\u{1B}[J")
        #expect(frame(40, 24).erasing(lines) == "\u{1B}[5A\r\u{1B}[J")
        #expect(frame(80, 3).erasing(lines) == "\u{1B}[2A\r\u{1B}[J")
        #expect(frame(80, 24).erasing([]) == "")
    }

    @Test func `a low terminal shows the first lines, and how many there are besides`() {
        let lines = (1...10).map { "line \($0)" }
        #expect(frame(80, 24).fitted(lines) == lines)
        #expect(frame(80, 11).fitted(lines) == lines)
        #expect(frame(80, 6).fitted(lines) == ["line 1", "line 2", "line 3", "line 4", "… 6 more lines"])
        #expect(frame(80, 1).fitted(lines) == ["… 10 more lines"])
        for rows in 1...12 {
            for columns in [3, 6, 7, 80] {
                let frame = frame(columns, rows)
                let kept = frame.fitted(lines).dropLast()
                #expect(kept.reduce(0) { $0 + frame.height(of: $1) } <= max(0, rows - 1))
            }
        }
    }

    @Test func `what is said goes above what is drawn, and below it once that is left`() {
        let written = Mutex("")
        let screen = TerminalScreen { text in
            written.withLock { $0 += text }
        } size: {
            ScreenFrame.Size(columns: 10, rows: 24)
        }
        func take() -> String {
            written.withLock { text in
                defer { text = "" }
                return text
            }
        }
        screen.say("first")
        #expect(take() == "first\n")
        screen.draw(["one", "a line of twenty chrs"])
        #expect(take() == "one\na line of twenty chrs\n")
        screen.say("second")
        #expect(take() == "\u{1B}[4A\r\u{1B}[Jsecond\none\na line of twenty chrs\n")
        screen.draw(["two"])
        #expect(take() == "\u{1B}[4A\r\u{1B}[Jtwo\n")
        screen.leave()
        screen.say("third")
        #expect(take() == "third\n")
    }
}
