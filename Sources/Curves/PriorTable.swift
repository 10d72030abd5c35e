import StudyFile
package import Tuning

/// Reads prior results from a CSV table: one row for each trial, or for each trial and resource; a column for each
/// parameter and each metric, and perhaps one for the resource. docs/study.md describes it.
package struct PriorTable {
    private let csv: CSV
    private let plan: Plan
    private var findings: TableFindings
    private var notes: [String] = []

    /// What a table has for a study.
    ///
    /// - Parameters:
    ///   - bytes: the file's content, gzipped or not.
    ///   - file: the file's name, for messages.
    /// - Throws: `InvalidTable` where it is no table, or lacks a metric.
    package static func read(_ bytes: [UInt8], file: String, for plan: Plan) throws(InvalidTable)
        -> PriorFindings
    {
        var reader = PriorTable(try CSV(unpacking: bytes, file: file), file, plan)
        return try reader.read()
    }

    private init(_ csv: CSV, _ file: String, _ plan: Plan) {
        self.csv = csv
        self.plan = plan
        findings = TableFindings(file: file)
    }

    /// The columns that are used, by their index in the header.
    private struct Columns {
        /// Those of the study's metrics, in order.
        var metrics: [(name: String, column: Int)]
        /// Those of the study's parameters.
        var parameters: [String: Int]
        /// `nil`: all rows are of the whole training.
        var resource: Int?
        var state: Int?
    }

    private mutating func read() throws(InvalidTable) -> PriorFindings {
        let columns = columns()
        try findings.check()
        var placement = PriorPlacement(plan)
        for row in 0..<csv.rowCount { place(row, columns, &placement) }
        return placement.findings(of: findings.file, notes: notes)
    }

    // MARK: The header

    private mutating func columns() -> Columns {
        let index = Dictionary(csv.header.enumerated().map { ($1, $0) }) { first, _ in first }
        var taken: Set<Int> = []
        func find(_ names: [String]) -> Int? {
            let column = names.lazy.compactMap { index[$0] }.first { !taken.contains($0) }
            if let column { taken.insert(column) }
            return column
        }
        // `stune trials --csv` has a prefix where a name occurs twice; other tools have one for all parameters.
        let prefixes = ["params.", "params_", "config/", "config."]
        var parameters: [String: Int] = [:]
        for parameter in plan.space.parameters {
            parameters[parameter.name] = find(prefixes.map { $0 + parameter.name })
        }
        var metrics: [(name: String, column: Int)] = []
        for objective in plan.objectives {
            let name = objective.metric
            if let column = find(["metrics.\(name)", name]) ?? optunaValue(index).flatMap({ find([$0]) }) {
                metrics.append((name, column))
            } else {
                lack(name)
            }
        }
        for parameter in plan.space.parameters where parameters[parameter.name] == nil {
            // stune's own table has the resource where the parameter has a prefix.
            parameters[parameter.name] = find([parameter.name])
        }
        return Columns(
            metrics: metrics, parameters: parameters, resource: find(["resource"]), state: find(["state"]))
    }

    /// The column with the objective of Optuna's `trials_dataframe()`, which has no name of its own.
    private mutating func optunaValue(_ index: [String: Int]) -> String? {
        let isOptuna = plan.others.isEmpty && csv.header.contains { $0.hasPrefix("params_") }
        guard isOptuna, index["value"] != nil else { return nil }
        notes.append(
            "'\(findings.file)' is a table of Optuna: its column 'value' counts as '\(plan.objective.metric)'"
        )
        return "value"
    }

    private mutating func lack(_ name: String) {
        let isSemicolon = csv.header.count == 1 && csv.header[0].contains(";")
        findings.mistake(
            at: TextPosition(line: 1, column: 1), shown(name),
            "the table has no such column, \(plan.others.isEmpty ? "the study's metric" : "a metric of the study")",
            fix: isSemicolon
                ? "separate the columns by commas, not by semicolons"
                : "name its column '\(shown(name))'; "
                    + NearestName.proposal(for: name, among: csv.header, what: "columns"))
    }

    // MARK: The rows

    private func place(_ row: Int, _ columns: Columns, _ placement: inout PriorPlacement) {
        let name = "line \(csv.place(row, 0).line)"
        let state = columns.state.map { csv.text(row, $0).lowercased() } ?? ""
        let resource: Resource?
        switch self.resource(row, columns) {
        case .success(let found): resource = found
        case .failure(let text):
            return placement.reject(
                "\(name): \(shown(String(text.text.prefix(CurveLimits.shown))))",
                "'resource' is not a whole number from 1 on")
        }
        if state.hasSuffix("pruned"), resource == nil {
            return placement.reject(
                name, "it was stopped early, and the table has no column 'resource' that says where")
        }
        var result = PriorResult(resource: resource, metrics: [:])
        for (metric, column) in columns.metrics {
            let text = csv.text(row, column)
            if let value = Double(text), value.isFinite {
                result.metrics[metric] = value
            } else if let value = Double(text) {
                result.nonFinite = result.nonFinite ?? [:]
                result.nonFinite?[metric] = value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
            } else if CSV.isAbsent(text), state == "diverged" {
                result.nonFinite = result.nonFinite ?? [:]
                result.nonFinite?[metric] = "nan"
            } else {
                let value = CSV.isAbsent(text) ? "" : ": \(shown(String(text.prefix(CurveLimits.shown))))"
                return placement.reject(name + value, "there is no number for '\(shown(metric))'")
            }
        }
        placement.place(name, [result], joins: true) { parameter in
            guard let column = columns.parameters[parameter.name] else { return .missing }
            let text = csv.text(row, column)
            // An empty cell may be a value, such as null.
            if let value = parameter.domain.cell(text), parameter.domain.contains(value) {
                return .value(value)
            }
            if CSV.isAbsent(text) { return .missing }
            // 'stune trials --csv' puts an apostrophe before what a spreadsheet would run.
            let plain = text.hasPrefix("'") ? String(text.dropFirst()) : text
            return parameter.domain.cell(plain).map(PriorPlacement.Given.value) ?? .unreadable(text)
        }
    }

    /// A text that is no resource.
    private struct NoResource: Error {
        var text: String
    }

    private func resource(_ row: Int, _ columns: Columns) -> Result<Resource?, NoResource> {
        guard let column = columns.resource else { return .success(nil) }
        let text = csv.text(row, column)
        if CSV.isAbsent(text) { return .success(nil) }
        guard let number = Double(text), let whole = Int(exactly: number), whole >= 1,
            whole <= CurveLimits.resource
        else { return .failure(NoResource(text: text)) }
        return .success(Resource(whole))
    }
}
