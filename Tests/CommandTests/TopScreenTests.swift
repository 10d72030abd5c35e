import Store
import Testing
import Tuning

@testable import stune

/// `stune top` on terminals of all sizes.
struct TopScreenTests {
    private func content(rows: Int, selected: Int = 0) -> TopScreen.Content {
        let row = { (place: Int) in
            TopView.Row(
                trial: TrialID(place),
                cells: ["4821_\(place)", "runs", "\(place)", "1", "9", "0:12", "node\(place)"])
        }
        let view = TopView(
            head: ["digits: 30 of 64 trials: 4 running", "0:12 since it began", "best: trial 3"],
            ladder: ["RUNG  RESULTS", "   0       30", "   1       10"], rows: (0..<rows).map(row))
        var content = TopScreen.Content(
            view: view, list: .tasks, selected: selected, curve: [], metric: "loss", message: "")
        for resource in 1...30 {
            content.curve.append(.init(resource: resource, value: 1 / Double(resource)))
        }
        return content
    }

    @Test(arguments: [(80, 24), (40, 10), (200, 60), (20, 4), (10, 2), (1, 1), (80, 6)])
    func `nothing is wider or higher than the terminal`(columns: Int, rows: Int) {
        for count in [0, 1, 5, 400] {
            let screen = TopScreen(size: .init(columns: columns, rows: rows))
            let lines = screen.lines(content(rows: count, selected: max(0, count - 1))).lines
            #expect(lines.count <= rows)
            #expect(lines.allSatisfy { ScreenFrame.width(of: $0) <= columns }, "\(lines)")
        }
    }

    @Test func `80 by 24 has the head, the ladder, the list, the curve and the keys`() {
        let (lines, selected) = TopScreen(size: .usual).lines(content(rows: 3, selected: 1))
        #expect(lines.count == 24)
        #expect(lines[0].hasPrefix("digits: 30 of 64"))
        #expect(lines.contains("RUNG  RESULTS"))
        #expect(selected.map { lines[$0].hasPrefix("> 4821_1") } == true)
        #expect(lines.contains { $0.hasPrefix("trial 1: loss from 1 at 1 to 0.0333333 at 30") })
        #expect(lines.contains { $0.contains("█") })
        #expect(lines.last == TopScreen.keys)
    }

    @Test(arguments: [0, 7, 200, 399])
    func `the selected row is always seen`(selected: Int) {
        for rows in [5, 10, 24, 50] {
            let (lines, mark) = TopScreen(size: .init(columns: 80, rows: rows)).lines(
                content(rows: 400, selected: selected))
            #expect(
                mark.map { lines[$0].hasPrefix("> 4821_\(selected) ") } == true, "\(rows) rows: \(lines)")
        }
    }

    @Test func `a terminal without UTF-8 gets ASCII`() {
        let lines = TopScreen(size: .init(columns: 40, rows: 30), hasBlocks: false).lines(content(rows: 40))
            .lines
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy(\.isASCII) }, "\(lines)")
        #expect(lines.contains { $0.contains("#") })
    }

    @Test func `names cannot steer the terminal`() {
        var content = content(rows: 1)
        content.metric = "loss\u{1B}[31m"
        content.view = TopView(
            head: ["a\u{1B}]0;b\u{7}"], ladder: [],
            rows: [TopView.Row(trial: TrialID(0), cells: ["\u{1B}[2J", "", "", "", "", "", "\u{202E}x"])])
        let lines = TopScreen(size: .usual).lines(content).lines
        for line in lines {
            #expect(!line.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E }, "\(line)")
        }
    }

    @Test(arguments: [
        ("\u{1B}[A", RawTerminal.Key.up), ("\u{1B}OB", .down), ("j", .down), ("\t", .tab),
        ("q", .letter("q")),
        ("\u{1B}[6~", .pageDown),
    ])
    func `keys are known by what terminals send`(bytes: String, key: RawTerminal.Key) {
        #expect(RawTerminal.key(Array(bytes.utf8)) == key)
    }

    @Test(arguments: ["\u{1B}", "\u{1B}[Z", "\u{1B}[1;5A", "ab", ""])
    func `other keys are passed over`(bytes: String) {
        #expect(RawTerminal.key(Array(bytes.utf8)) == nil)
    }
}
