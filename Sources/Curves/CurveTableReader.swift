import StudyFile
import Tuning

/// Turns the cells of a table into curves, for the columns that a study knows.
struct CurveTableReader {
    private let csv: CSV
    private let plan: Plan
    private var findings: TableFindings
    private var notes: [String] = []
    /// How many configurations are outside the study's parameters, and why the first one is.
    private var outside: (count: Int, first: String) = (0, "")

    init(csv: CSV, file: String, plan: Plan) {
        self.csv = csv
        self.plan = plan
        findings = TableFindings(file: file)
    }

    /// The columns that are used, by their index in the header.
    private struct Columns {
        var config: Int
        var resource: Int
        var seconds: Int
        /// One column for each of the study's metrics, in order.
        var metrics: [Int]
        /// One column for each of the study's parameters, parents first.
        var parameters: [(parameter: Parameter, column: Int)]
    }

    /// A configuration while its rows are read.
    private struct Group {
        /// Its first row.
        var row: Int
        /// `nil` if it is outside the study's parameters, or has a mistake.
        var configuration: Configuration?
        var steps: [Step] = []
    }

    private struct Step {
        var row: Int
        var resource: Int
        var seconds: Double
        /// The metrics in order.
        var values: [Double]
    }

    /// Reads the table.
    mutating func read() throws(InvalidTable) -> CurveTable {
        guard let columns = columns() else { throw InvalidTable(mistakes: findings.mistakes) }
        let groups = groups(columns)
        try findings.check()
        let levels = Set(groups.flatMap { $0.steps.map(\.resource) }).sorted()
        let curves = curves(of: groups, at: levels, columns)
        let kept = groups.indices.filter { groups[$0].configuration != nil }
        if kept.isEmpty, findings.mistakes.isEmpty {
            refuseEmpty(columns)
        } else if outside.count > 0 {
            notes.append(
                "\(outside.count) of \(groups.count) configurations lie outside the study's parameters and are "
                    + "left out; the first one because \(outside.first)")
        }
        try findings.check()
        return CurveTable(
            file: findings.file, levels: levels.map { Resource($0) },
            configurations: kept.compactMap { groups[$0].configuration }, curves: kept.map { curves[$0] },
            notes: notes, criteria: plan.criteria, resourcePlace: csv.place(-1, columns.resource))
    }

    // MARK: The header

    private mutating func columns() -> Columns? {
        var index: [String: Int] = [:]
        for (column, name) in csv.header.enumerated() {
            if let earlier = index[name] {
                findings.mistake(
                    at: csv.place(-1, column), shown(name),
                    "the column is already in column \(earlier + 1) of the table",
                    fix: "give each column a different name")
            }
            index[name] = column
        }
        for name in ["config", "resource", "seconds"] {
            if plan.criteria.metrics.contains(name)
                || plan.space.parameters.contains(where: { $0.name == name })
            {
                findings.mistake(
                    at: TextPosition(line: 1, column: 1), name,
                    "the study has a parameter or a metric of this name, which is the table's own",
                    fix: "give it another name in both")
            }
        }
        let config = find("config", "which configuration a row is of", index)
        let resource = find("resource", "the resource that a row's values were measured at", index)
        let seconds = find("seconds", "how long the step to that resource took", index)
        let names = plan.criteria.metrics
        let metrics = names.compactMap {
            find($0, names.count == 1 ? "the study's metric" : "a metric of the study", index)
        }
        let parameters = plan.space.parentsFirst.compactMap { parameter in
            find(parameter.name, "a parameter of the study", index).map { (parameter, $0) }
        }
        guard let config, let resource, let seconds, findings.mistakes.isEmpty else {
            return nil
        }
        return Columns(
            config: config, resource: resource, seconds: seconds, metrics: metrics, parameters: parameters)
    }

    private mutating func find(_ name: String, _ what: String, _ index: [String: Int]) -> Int? {
        if let column = index[name] { return column }
        let isSemicolon = csv.header.count == 1 && csv.header[0].contains(";")
        findings.mistake(
            at: TextPosition(line: 1, column: 1), shown(name), "the table has no such column, \(what)",
            fix: isSemicolon
                ? "separate the columns by commas, not by semicolons"
                : NearestName.proposal(for: name, among: csv.header, what: "columns"))
        return nil
    }

    // MARK: The rows

    private mutating func groups(_ columns: Columns) -> [Group] {
        var groups: [Group] = []
        var numbers: [String: Int] = [:]
        for row in 0..<csv.rowCount {
            if findings.isFull { break }
            let name = csv.text(row, columns.config)
            if name.isEmpty {
                findings.mistake(
                    at: csv.place(row, columns.config), "config", "it is empty",
                    fix: "name the configuration, as a number or a text")
                continue
            }
            if let number = numbers[name] {
                compare(row, with: groups[number].row, columns)
                if let step = step(row, columns) { groups[number].steps.append(step) }
            } else {
                numbers[name] = groups.count
                groups.append(
                    Group(
                        row: row, configuration: configuration(row, columns),
                        steps: step(row, columns).map { [$0] } ?? []))
            }
        }
        return groups
    }

    private mutating func step(_ row: Int, _ columns: Columns) -> Step? {
        let resource = resource(row, columns.resource)
        let seconds = seconds(row, columns.seconds)
        let values = columns.metrics.map { value(row, $0) }
        guard let resource, let seconds, !values.contains(nil) else { return nil }
        return Step(row: row, resource: resource, seconds: seconds, values: values.compactMap(\.self))
    }

    private mutating func resource(_ row: Int, _ column: Int) -> Int? {
        let text = csv.text(row, column)
        if let number = Double(text), let whole = Int(exactly: number), whole >= 1,
            whole <= CurveLimits.resource
        {
            return whole
        }
        findings.mistake(
            at: csv.place(row, column), "resource", "'\(brief(text))' is not a resource",
            fix: "write a whole number from 1 on, as the training code counts: epochs, steps")
        return nil
    }

    private mutating func seconds(_ row: Int, _ column: Int) -> Double? {
        let text = csv.text(row, column)
        if let number = Double(text), (0...CurveLimits.stepSeconds).contains(number) { return number }
        findings.mistake(
            at: csv.place(row, column), "seconds", "'\(brief(text))' is not a time",
            fix: "write the seconds of this step alone, from 0 to ten years of them")
        return nil
    }

    private mutating func value(_ row: Int, _ column: Int) -> Double? {
        let text = csv.text(row, column)
        if let number = Double(text) { return number }
        if CSV.isAbsent(text) { return .nan }
        findings.mistake(
            at: csv.place(row, column), shown(csv.header[column]), "'\(brief(text))' is not a number",
            fix: "write a number; inf, nan or nothing where training diverged")
        return nil
    }

    /// Checks that a configuration has the same parameters in each of its rows.
    private mutating func compare(_ row: Int, with first: Int, _ columns: Columns) {
        for (parameter, column) in columns.parameters
        where csv.raw(row, column) != csv.raw(first, column)
            && csv.text(row, column) != csv.text(first, column)
        {
            findings.mistake(
                at: csv.place(row, column), shown(parameter.name),
                "it is '\(brief(csv.text(row, column)))' here, and '\(brief(csv.text(first, column)))' in line "
                    + "\(csv.place(first, column).line) of the same configuration",
                fix: "give each configuration a different name under 'config'")
        }
    }

    // MARK: Parameters

    /// The configuration of a row; `nil` if it has a mistake or is outside the study's parameters.
    private mutating func configuration(_ row: Int, _ columns: Columns) -> Configuration? {
        var configuration = Configuration()
        for (parameter, column) in columns.parameters where parameter.isActive(in: configuration) {
            let text = csv.text(row, column)
            guard let value = parameter.domain.cell(text) else {
                findings.mistake(
                    at: csv.place(row, column), shown(parameter.name),
                    text.isEmpty
                        ? "it is empty, and the parameter is active in this configuration"
                        : "'\(brief(text))' is not a value of the parameter",
                    fix: "write \(parameter.domain.words)")
                return nil
            }
            guard let member = parameter.domain.member(value) else {
                if outside.count == 0 {
                    outside.first =
                        "'\(shown(parameter.name))' is \(brief(text)) in line \(csv.place(row, column).line), and "
                        + "the study has \(parameter.domain.words)"
                }
                outside.count += 1
                return nil
            }
            configuration.values[parameter.name] = member
        }
        guard plan.space.allows(configuration) else {
            if outside.count == 0 {
                outside.first = "the study forbids the configuration in line \(csv.place(row, 0).line)"
            }
            outside.count += 1
            return nil
        }
        return configuration
    }

    private mutating func refuseEmpty(_ columns: Columns) {
        if outside.count > 0 {
            findings.mistake(
                at: csv.place(0, columns.config), "",
                "none of the \(outside.count) configurations lies within the study's parameters: "
                    + outside.first,
                fix: "widen the study's parameters, or record configurations within them")
        } else {
            findings.mistake(
                at: csv.place(-1, 0), "", "there is no row below the header",
                fix: "write one row for each configuration and resource")
        }
    }

    // MARK: Curves

    /// The curve of each configuration. A curve that ends early has diverged there; a gap is a mistake.
    private mutating func curves(
        of groups: [Group], at levels: [Int], _ columns: Columns
    ) -> [CurveTable.Curve] {
        var short = 0
        let curves = groups.map { group in
            let steps = group.steps.sorted { ($0.resource, $0.row) < ($1.resource, $1.row) }
            for (index, step) in steps.enumerated()
            where index >= levels.count || step.resource != levels[index] {
                tellGap(steps, index, levels, columns)
                break
            }
            if steps.count < levels.count { short += 1 }
            let missing = max(0, levels.count - steps.count)
            let values = columns.metrics.indices.map { metric in
                steps.map { $0.values[metric] } + [Double](repeating: .nan, count: missing)
            }
            return CurveTable.Curve(
                values: values[0],
                seconds: steps.map(\.seconds) + [Double](repeating: 0, count: missing),
                others: Array(values.dropFirst()))
        }
        if short > 0, let last = levels.last {
            notes.append(
                "\(short) of \(groups.count) configurations have no row at resource \(last): they count as "
                    + "diverged after their last one, at no cost")
        }
        return curves
    }

    private mutating func tellGap(_ steps: [Step], _ index: Int, _ levels: [Int], _ columns: Columns) {
        let step = steps[index]
        let name = brief(csv.text(step.row, columns.config))
        if index > 0, steps[index - 1].resource == step.resource {
            findings.mistake(
                at: csv.place(step.row, columns.resource), "resource",
                "configuration '\(name)' has a row at resource \(step.resource) already, in line "
                    + "\(csv.place(steps[index - 1].row, 0).line)",
                fix: "write one row for each configuration and resource")
        } else {
            findings.mistake(
                at: csv.place(step.row, columns.resource), "resource",
                "configuration '\(name)' has no row at resource \(levels[index]), and others have one",
                fix: "record all configurations at the same resources; a curve may only end early")
        }
    }

    private func brief(_ text: String) -> String { shown(String(text.prefix(CurveLimits.shown))) }
}
