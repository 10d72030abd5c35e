import Testing
import Tuning

@testable import Store
@testable import stune

/// Tables of trials have no column twice, whatever the names of metrics and parameters.
struct TrialColumnsTests {
    private func all(_ columns: TrialColumns) -> [String] {
        TrialColumns.first + TrialColumns.last + columns.metrics.map(\.column)
            + columns.parameters.map(\.column)
    }

    @Test func `names that are free stay as they are`() {
        let columns = TrialColumns(
            objectives: ["acc"], reported: ["size", "acc"], parameters: ["lr", "depth"])
        #expect(columns.metrics.map(\.column) == ["acc", "size"])
        #expect(columns.parameters.map(\.column) == ["lr", "depth"])
    }

    @Test func `a metric keeps its name before a parameter, and stune before both`() {
        let columns = TrialColumns(
            objectives: ["acc"], reported: ["host", "acc"], parameters: ["acc", "host", "state", "seconds"])
        #expect(columns.metrics.map(\.column) == ["acc", "metrics.host"])
        #expect(
            columns.parameters.map(\.column) == [
                "params.acc", "params.host", "params.state", "params.seconds",
            ])
    }

    @Test(arguments: [
        "=HYPERLINK(\"x\")", "+1+1", "-1-1", "@SUM(A1)", "\t=1", " =1", "\u{FF1D}1",
    ])
    func `no cell starts a formula`(text: String) {
        let columns = TrialColumns(objectives: [text], reported: [], parameters: ["lr", "kind"])
        let line = TrialLine(
            row: StoreReader.TrialRow(
                trial: TrialID(0),
                configuration: Configuration(["lr": .float(-0.5), "kind": .string(text)]),
                state: "failed", rung: 0, resource: nil, value: nil, reason: text, parent: nil),
            run: StoreReader.TrialRun(), metrics: [text: -1], used: Usage(), directory: "/study")
        let csv = TrialsCommand.csv([line], columns, hasParents: false)
        let quoted = text.replacing("\"", with: "\"\"")
        #expect(csv.ranges(of: "'\(quoted)").count == 3, "\(csv)")
        #expect(csv.contains(",-1.0,-0.5,"), "a number keeps its sign: \(csv)")
    }

    @Test func `nothing in a cell steers a terminal`() {
        let columns = TrialColumns(objectives: ["acc"], reported: [], parameters: [])
        let line = TrialLine(
            row: StoreReader.TrialRow(
                trial: TrialID(0), configuration: Configuration([:]), state: "failed", rung: 0,
                resource: nil, value: nil, reason: "\u{1B}[31m\u{202E}two\nlines", parent: nil),
            run: StoreReader.TrialRun(), metrics: [:], used: Usage(), directory: "/study")
        let csv = TrialsCommand.csv([line], columns, hasParents: false)
        #expect(csv.hasSuffix(",\"\\u{1b}[31m\\u{202e}two\nlines\"\r\n"), "\(csv)")
    }

    @Test(arguments: [
        ["acc", "params.acc", "params.params.acc"], ["metrics.trial", "trial", "params.metrics.trial"],
        ["params.params.acc", "acc", "params.acc"],
    ])
    func `a name that has the prefix already is no column twice`(parameters: [String]) {
        let columns = TrialColumns(
            objectives: ["acc"], reported: ["trial", "metrics.trial"], parameters: parameters)
        #expect(Set(all(columns)).count == all(columns).count)
        #expect(columns.parameters.map(\.name) == parameters)
        #expect(columns.metrics.map(\.name) == ["acc", "metrics.trial", "trial"])
    }
}
