import Foundation
import Store
import Tuning

/// The columns of `stune trials`: stune's own, metrics and parameters, each name only once.
///
/// A metric keeps its name unless stune has a column of that name. A parameter keeps its name unless a metric or stune
/// has it. Otherwise the name gets the prefix `metrics.` or `params.`.
struct TrialColumns {
    /// stune's own columns before the metrics and parameters; `parent` only if trials have parents.
    static let first = ["trial", "state", "rung", "resource", "parent"]
    /// stune's own columns after them.
    static let last = [
        "attempts", "begin", "end", "seconds", "host", "checkpoint", "cpu_seconds", "memory_bytes",
        "gpu_percent", "gpu_memory_bytes", "reason",
    ]

    /// The column of a study with bounds that has the metrics which break them.
    static let breaks = "breaks"

    /// The metrics and their columns: first those that trials are compared by, then those that are bounded, then the others
    /// by name.
    let metrics: [(name: String, column: String)]
    /// The parameters and their columns, in the order of the study file.
    let parameters: [(name: String, column: String)]
    /// stune's own columns after them in this study.
    let last: [String]

    /// The columns of a study.
    ///
    /// - Parameters:
    ///   - objectives: the metrics that each report has.
    ///   - reported: the names of all metrics that were reported.
    ///   - hasBounds: whether the study has bounds.
    init(objectives: [String], reported: Set<String>, parameters: [String], hasBounds: Bool = false) {
        let names = objectives + reported.subtracting(objectives).sorted()
        last = TrialColumns.last + (hasBounds ? [TrialColumns.breaks] : [])
        var taken = Set(TrialColumns.first + last)
        func claim(_ names: [String], _ prefix: String) -> [(name: String, column: String)] {
            // Free names come first, so that no prefix of another name changes them.
            let free = Set(names.filter { !taken.contains($0) })
            taken.formUnion(free)
            return names.map { name in
                if free.contains(name) { return (name, name) }
                var column = "\(prefix).\(name)"
                while taken.contains(column) { column = "\(prefix).\(column)" }
                taken.insert(column)
                return (name, column)
            }
        }
        metrics = claim(names, "metrics")
        self.parameters = claim(parameters, "params")
    }
}

/// A trial with everything that tables of trials show.
struct TrialLine {
    let row: StoreReader.TrialRow
    let run: StoreReader.TrialRun
    let metrics: [String: Double]
    /// What its attempts have used: the sum of the seconds, and the maximum of the rest.
    let used: Usage
    /// The study's directory.
    let directory: String
    /// The bounds that its last result breaks; `nil` in a study without bounds.
    var broken: BrokenBounds?

    private var checkpoint: String? { run.checkpoint.map { "\(directory)/\($0)" } }

    /// The names of the columns of a CSV file.
    static func header(_ columns: TrialColumns, hasParents: Bool) -> [String] {
        TrialColumns.first.filter { hasParents || $0 != "parent" } + columns.metrics.map(\.column)
            + columns.parameters.map(\.column) + columns.last
    }

    /// The cells of a CSV file, with numbers in full precision.
    func cells(_ columns: TrialColumns, hasParents: Bool) -> [String] {
        var cells = [row.trial.description, row.state, String(row.rung), row.resource?.description ?? ""]
        if hasParents { cells.append(row.parent?.description ?? "") }
        cells += columns.metrics.map { metric in metrics[metric.name].map { String($0) } ?? "" }
        cells += columns.parameters.map { row.configuration[$0.name]?.description ?? "" }
        cells += [
            String(run.attempts), Numbers.universalMoment(run.begin), Numbers.universalMoment(run.end),
            run.seconds.map { String(format: "%.3f", $0) } ?? "", run.host, checkpoint ?? "",
        ]
        cells += [used.cpuSeconds, used.memoryBytes, used.gpuPercent, used.gpuMemoryBytes].map { number in
            number.map { $0 == $0.rounded() && $0 < 1e15 ? String(Int($0)) : String($0) } ?? ""
        }
        cells.append(row.reason)
        if let broken { cells.append(broken.metrics.joined(separator: " ")) }
        return cells
    }
}

extension TrialLine: Encodable {
    private enum Key: CodingKey {
        case trial, state, rung, resource, value, metrics, configuration, parent, attempts, begin, end,
            seconds, host,
            checkpoint, used, reason, violation, breaks
    }

    /// Writes the output of `--json` for the trial; unknown values are left out.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(row.trial, forKey: .trial)
        try fields.encode(row.state, forKey: .state)
        try fields.encode(row.rung, forKey: .rung)
        try fields.encodeIfPresent(row.resource, forKey: .resource)
        try fields.encodeIfPresent(row.value, forKey: .value)
        try fields.encode(metrics, forKey: .metrics)
        try fields.encode(row.configuration, forKey: .configuration)
        try fields.encodeIfPresent(row.parent, forKey: .parent)
        try fields.encode(run.attempts, forKey: .attempts)
        try fields.encodeIfPresent(run.begin, forKey: .begin)
        try fields.encodeIfPresent(run.end, forKey: .end)
        try fields.encodeIfPresent(run.seconds, forKey: .seconds)
        if !run.host.isEmpty { try fields.encode(run.host, forKey: .host) }
        try fields.encodeIfPresent(checkpoint, forKey: .checkpoint)
        if used != Usage() { try fields.encode(used, forKey: .used) }
        try fields.encode(row.reason, forKey: .reason)
        try fields.encodeIfPresent(row.violation, forKey: .violation)
        try fields.encodeIfPresent(broken?.metrics, forKey: .breaks)
    }
}
