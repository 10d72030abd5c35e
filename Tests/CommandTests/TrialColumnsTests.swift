import Testing
import Tuning

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
