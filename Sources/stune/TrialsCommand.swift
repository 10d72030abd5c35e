import ArgumentParser
import Store
import StudyFile
import Tuning

/// `stune trials`: all trials.
struct TrialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trials",
        abstract: "List all trials with their parameters and last results.",
        discussion: "Example: stune trials digits.stune --sort value --csv > trials.csv")

    /// What trials are sorted by.
    enum Order: String, CaseIterable, ExpressibleByArgument {
        /// The trial's number.
        case trial
        /// The greatest resource first, then the best objective, or the first of several.
        case value
    }

    @Argument(help: "The study's directory.")
    var directory: String

    @Option(help: "Sort by 'trial' (its number) or 'value' (furthest and best first).")
    var sort = Order.trial

    @Flag(help: "Print as JSON: an array with an object for each trial.")
    var json = false

    @Flag(help: "Print as CSV (RFC 4180), a column for each parameter.")
    var csv = false

    func validate() throws {
        if json && csv { throw ValidationError("--json and --csv exclude each other") }
    }

    func run() throws {
        let study = try OpenStudy(directory)
        let objectives = study.spec.plan.objectives
        var (rows, metrics) = try study.snapshot.read { reader in
            (try reader.trials(), study.hasSeveralMetrics ? try reader.lastMetrics() : [:])
        }
        if !study.hasSeveralMetrics {
            for row in rows { metrics[row.trial] = row.value.map { [study.metric: $0] } }
        }
        if sort == .value { rows.sort { TrialsCommand.isBetter($0, $1, study.goal) } }
        let names = study.spec.plan.space.parameters.map(\.name)
        let hasParents = study.spec.plan.scheduler.hasChildren
        if json {
            print(
                try StoreJSON.text(
                    rows.map { TrialLine($0, study.hasSeveralMetrics ? metrics[$0.trial] ?? [:] : nil) }))
        } else if csv {
            let text = TrialsCommand.csv(
                rows, names, objectives.map(\.metric), metrics, hasParents: hasParents)
            print(text, terminator: "")
        } else {
            var table = Table(
                [("TRIAL", .right), ("STATE", .left), ("RUNG", .right), ("RESOURCE", .right)]
                    + (hasParents ? [("PARENT", .right)] : []) + objectives.map { ($0.metric, .right) }
                    + names.map { ($0, .right) })
            for row in rows {
                let values = objectives.map { Numbers.metric(metrics[row.trial]?[$0.metric]) }
                table.add(TrialsCommand.cells(row, names, values, hasParents: hasParents))
            }
            for line in table.lines() { print(line) }
        }
    }

    private static func cells(
        _ row: StoreReader.TrialRow, _ names: [String], _ values: [String], hasParents: Bool
    ) -> [String] {
        [row.trial.description, row.state, String(row.rung), row.resource?.description ?? "-"]
            + (hasParents ? [row.parent?.description ?? "-"] : []) + values
            + names.map(row.configuration.cell)
    }

    /// The trials as CSV, with the numbers in full.
    ///
    /// - Parameters:
    ///   - names: those of the parameters.
    ///   - metrics: the names of the metrics.
    ///   - values: the metrics of each trial's last result.
    ///   - hasParents: whether trials may have parents, which are told then.
    static func csv(
        _ rows: [StoreReader.TrialRow], _ names: [String], _ metrics: [String],
        _ values: [TrialID: [String: Double]], hasParents: Bool
    ) -> String {
        let header =
            ["trial", "state", "rung", "resource"] + (hasParents ? ["parent"] : []) + metrics + names
        let lines = rows.map { row in
            [row.trial.description, row.state, String(row.rung), row.resource?.description ?? ""]
                + (hasParents ? [row.parent?.description ?? ""] : [])
                + metrics.map { name in values[row.trial]?[name].map { String($0) } ?? "" }
                + names.map { row.configuration[$0]?.description ?? "" }
        }
        return ([header] + lines).map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { "\",\r\n".contains($0) || $0 == "\r\n" }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    private static func isBetter(
        _ left: StoreReader.TrialRow, _ right: StoreReader.TrialRow, _ goal: Objective.Goal
    ) -> Bool {
        let (first, second) = (left.resource ?? .none, right.resource ?? .none)
        if first != second { return first > second }
        guard let one = left.value else { return false }
        guard let other = right.value else { return true }
        if one == other { return left.trial < right.trial }
        return goal == .minimize ? one < other : one > other
    }

    /// A trial as `--json` prints it.
    struct TrialLine: Encodable {
        var trial: TrialID
        var state: String
        var rung: Int
        var resource: Resource?
        var value: Double?
        var configuration: Configuration
        var parent: TrialID?
        var reason: String
        /// All metrics of the last result, in a study with several.
        var metrics: [String: Double]?

        init(_ row: StoreReader.TrialRow, _ metrics: [String: Double]?) {
            self.metrics = metrics
            (trial, state, rung) = (row.trial, row.state, row.rung)
            (resource, value, configuration) = (row.resource, row.value, row.configuration)
            (parent, reason) = (row.parent, row.reason)
        }
    }
}
