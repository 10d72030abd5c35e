import ArgumentParser
import Spool
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

    @Flag(
        help: ArgumentHelp(
            "Print as CSV (RFC 4180): a column for each metric and each parameter, the times, the host, the checkpoint. A "
                + "parameter that is called like a metric or another column is 'params.NAME'."))
    var csv = false

    func validate() throws {
        if json && csv { throw ValidationError("--json and --csv exclude each other") }
    }

    func run() throws {
        let study = try OpenStudy(directory)
        let (rows, metrics, runs, usages) = try study.snapshot.read { reader in
            (
                try reader.trials(), try reader.metricsOfLastResults(), try reader.trialRuns(),
                json || csv ? try reader.trialUsages() : [:]
            )
        }
        let criteria = study.spec.plan.criteria
        let hasBounds = !criteria.bounds.isEmpty
        var lines = rows.map { row in
            let own = metrics[row.trial] ?? [:]
            return TrialLine(
                row: row, run: runs[row.trial] ?? StoreReader.TrialRun(), metrics: own,
                used: usages[row.trial] ?? Usage(), directory: study.path,
                broken: hasBounds ? BrokenBounds(own, criteria) : nil)
        }
        if sort == .value { lines.sort { $0.row.isBetter(than: $1.row, study.goal) } }
        let columns = TrialColumns(
            objectives: criteria.metrics, reported: Set(metrics.values.flatMap(\.keys)),
            parameters: study.spec.plan.space.parameters.map(\.name), hasBounds: hasBounds)
        let hasParents = study.spec.plan.scheduler.hasChildren
        if json {
            print(try StoreJSON.text(lines))
        } else if csv {
            print(TrialsCommand.csv(lines, columns, hasParents: hasParents), terminator: "")
        } else {
            for line in TrialsCommand.table(lines, columns, study, hasParents: hasParents) { print(line) }
        }
    }

    /// The table for people, with the metrics that trials are judged by and the parameters.
    private static func table(
        _ lines: [TrialLine], _ columns: TrialColumns, _ study: OpenStudy, hasParents: Bool
    ) -> [String] {
        let objectives = columns.metrics.prefix(study.spec.plan.criteria.metrics.count)
        var headers: [(String, Table.Alignment)] = [
            ("TRIAL", .right), ("STATE", .left), ("RUNG", .right), ("RESOURCE", .right),
        ]
        if hasParents { headers.append(("PARENT", .right)) }
        headers += objectives.map { ($0.column, .right) } + columns.parameters.map { ($0.column, .right) }
        if !study.spec.plan.bounds.isEmpty { headers.append(("BREAKS", .left)) }
        var table = Table(headers)
        for line in lines {
            let row = line.row
            var cells = [
                row.trial.description, row.state, String(row.rung), row.resource?.description ?? "-",
            ]
            if hasParents { cells.append(row.parent?.description ?? "-") }
            // The store has no metric that was not finite.
            cells += objectives.map { Numbers.metric(line.metrics[$0.name]) }
            cells += columns.parameters.map { row.configuration.cell($0.name) }
            if let broken = line.broken {
                cells.append(broken.items.isEmpty ? "-" : broken.metrics.joined(separator: " "))
            }
            table.add(cells)
        }
        return table.lines()
    }

    /// The trials as CSV, with numbers in full precision. An apostrophe goes before a text that a spreadsheet would run.
    ///
    /// - Parameter hasParents: whether trials may have parents, for a column of them.
    static func csv(_ lines: [TrialLine], _ columns: TrialColumns, hasParents: Bool) -> String {
        let header = TrialLine.header(columns, hasParents: hasParents)
        let rows = lines.map { $0.cells(columns, hasParents: hasParents) }
        return ([header] + rows).map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        let field = (isFormula(text) ? "'" : "") + literal(text)
        guard field.contains(where: { $0 == "\"" || $0 == "," || $0.isNewline }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    /// A text in which nothing steers a terminal or turns the direction of writing; line breaks and tabs stay.
    private static func literal(_ text: String) -> String {
        Table.printable(text) { scalar in
            switch scalar.properties.generalCategory {
            case .control: !["\n", "\r", "\t"].contains(scalar)
            case .format: true
            default: false
            }
        }
    }

    /// Whether a spreadsheet would run a text as a formula. A number may begin with a sign.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.first(where: { !$0.isWhitespace }) else { return false }
        return "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".contains(first) && Double(text) == nil
    }
}
