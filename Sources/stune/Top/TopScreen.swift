import Store
import Tuning

/// Lays out what `stune top` shows on a terminal of any size.
struct TopScreen {
    /// The terminal's size.
    let size: ScreenFrame.Size
    /// Whether the terminal draws more than ASCII.
    var hasBlocks = true

    /// What is shown.
    struct Content {
        var view: TopView
        var list: TopView.List
        /// The place of the selected row.
        var selected: Int
        /// The learning curve of the selected trial.
        var curve: [StoreReader.CurvePoint]
        var metric: String
        /// A question, or what was done; empty: the keys are shown.
        var message: String
    }

    /// The keys, in the last line.
    static let keys = "↑↓ select  Tab tasks/trials  l logs  s show  c cancel the study  q quit"
    private static let plainKeys =
        "up/down select  Tab tasks/trials  l logs  s show  c cancel the study  q quit"
    /// The rows of a curve, its title not counted.
    private static let curveRows = 5

    /// As many lines as the terminal has rows, none longer than it is wide, and which of them is selected.
    func lines(_ content: Content) -> (lines: [String], selected: Int?) {
        let foot =
            content.message.isEmpty ? (hasBlocks ? TopScreen.keys : TopScreen.plainKeys) : content.message
        var lines = content.view.head.map { Table.printable($0) }
        // Whatever else there is no room for, one row of the list and the keys stay.
        lines = Array(lines.prefix(max(0, size.rows - 3)))
        var room = size.rows - lines.count - 1
        let curve = curveLines(content)
        let hasCurve = room >= curve.count + 8 && !curve.isEmpty
        if hasCurve { room -= curve.count }
        let ladder = content.view.ladder
        if room >= 8 {
            let kept = ladder.prefix(max(2, min(ladder.count, room / 2 - 1)))
            lines += [""] + kept
            room -= kept.count + 1
        }
        if room >= 4 {
            lines.append("")
            room -= 1
        }
        let (rows, selected) = list(content, rows: room)
        let mark = selected.map { lines.count + $0 }
        lines += rows
        while lines.count < size.rows - 1 - (hasCurve ? curve.count : 0) { lines.append("") }
        if hasCurve { lines += curve }
        lines.append(foot)
        return (lines.prefix(size.rows).map(cut), mark)
    }

    /// The list with its header, scrolled so that the selected row is seen.
    private func list(_ content: Content, rows: Int) -> (lines: [String], selected: Int?) {
        guard rows > 0 else { return ([], nil) }
        let all = content.view.rows
        if all.isEmpty { return ([content.list == .tasks ? "no task waits or runs" : "no trial yet"], nil) }
        var table = Table(content.list.header.map { ($0, Table.Alignment.left) })
        let shown = max(1, rows - 1)
        let first = max(0, min(content.selected - shown / 2, all.count - shown))
        for row in all[first..<min(all.count, first + shown)] { table.add(row.cells) }
        let lines = table.lines(withHeader: rows > 1)
        let place = content.selected - first
        return (
            lines.enumerated().map { index, line in
                let isSelected = index - (rows > 1 ? 1 : 0) == place
                return (isSelected ? "> " : "  ") + line
            }, place + (rows > 1 ? 1 : 0)
        )
    }

    /// The curve of the selected trial, as bars; none where there is no point.
    private func curveLines(_ content: Content) -> [String] {
        guard content.view.rows.indices.contains(content.selected), let first = content.curve.first,
            let last = content.curve.last
        else { return [] }
        let trial = content.view.rows[content.selected].trial
        let values = content.curve.map(\.value)
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        let title =
            "trial \(trial): \(Table.printable(content.metric)) from \(Numbers.metric(first.value)) at \(first.resource) to "
            + "\(Numbers.metric(last.value)) at \(last.resource); lowest \(Numbers.metric(low)), highest \(Numbers.metric(high))"
        let columns = max(1, size.columns - 2)
        let heights = (0..<min(columns, max(values.count, 1))).map { column in
            let value = values[column * values.count / min(columns, values.count)]
            return high > low ? (value - low) / (high - low) : 0.5
        }
        let bars = (0..<TopScreen.curveRows).map { row in
            "  " + heights.map { bar($0, row: TopScreen.curveRows - 1 - row) }.joined()
        }
        return ["", title] + bars
    }

    /// The part of a bar in a row, counted from the bottom.
    private func bar(_ height: Double, row: Int) -> String {
        let eighths = Int((height * Double(TopScreen.curveRows * 8 - 1)).rounded()) + 1 - row * 8
        if eighths <= 0 { return " " }
        if !hasBlocks { return eighths >= 4 || row == 0 ? "#" : " " }
        return ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][min(eighths, 8) - 1]
    }

    /// A line that is no wider than the terminal.
    private func cut(_ line: String) -> String {
        if ScreenFrame.width(of: line) <= size.columns { return line }
        var (kept, width) = ("", 0)
        for character in line {
            let own = ScreenFrame.width(of: String(character))
            guard width + own <= size.columns - 1 else { break }
            kept.append(character)
            width += own
        }
        return kept + (hasBlocks ? "…" : "~")
    }
}
