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
        /// The greatest resource first, then the best objective.
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
        var rows = try study.snapshot.read { try $0.trials() }
        if sort == .value { rows.sort { TrialsCommand.isBetter($0, $1, study.goal) } }
        let names = study.spec.plan.space.parameters.map(\.name)
        let hasParents = study.spec.plan.scheduler.hasChildren
        if json {
            print(try StoreJSON.text(rows.map(TrialLine.init)))
        } else if csv {
            print(
                TrialsCommand.csv(rows, names, metric: study.metric, hasParents: hasParents), terminator: ""
            )
        } else {
            var table = Table(
                [("TRIAL", .right), ("STATE", .left), ("RUNG", .right), ("RESOURCE", .right)]
                    + (hasParents ? [("PARENT", .right)] : []) + [(study.metric, .right)]
                    + names.map { ($0, .right) })
            for row in rows { table.add(TrialsCommand.cells(row, names, hasParents: hasParents)) }
            for line in table.lines() { print(line) }
        }
    }

    private static func cells(
        _ row: StoreReader.TrialRow, _ names: [String], hasParents: Bool
    ) -> [String] {
        let values = names.map { name -> String in
            switch row.configuration[name] {
            case .float(let value): Numbers.metric(value)
            case let value?: value.description
            case nil: "-"
            }
        }
        let parent = hasParents ? [row.parent?.description ?? "-"] : []
        return [
            row.trial.description, row.state, String(row.rung), row.resource?.description ?? "-",
        ] + parent + [Numbers.metric(row.value)] + values
    }

    /// The trials as CSV, with the numbers in full, and their parents where trials have any.
    static func csv(
        _ rows: [StoreReader.TrialRow], _ names: [String], metric: String, hasParents: Bool
    ) -> String {
        let header =
            ["trial", "state", "rung", "resource"] + (hasParents ? ["parent"] : []) + [metric] + names
        let lines = rows.map { row in
            [
                row.trial.description, row.state, String(row.rung), row.resource?.description ?? "",
            ] + (hasParents ? [row.parent?.description ?? ""] : []) + [row.value.map { String($0) } ?? ""]
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

        init(_ row: StoreReader.TrialRow) {
            (trial, state, rung) = (row.trial, row.state, row.rung)
            (resource, value, configuration) = (row.resource, row.value, row.configuration)
            (parent, reason) = (row.parent, row.reason)
        }
    }
}
