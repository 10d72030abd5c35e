import Store
import Tuning

/// The Pareto set of a study with several metrics, for people and as JSON.
struct ParetoView {
    /// The trials that no other dominates, ordered by the first metric, best first.
    let rows: [StoreReader.ParetoRow]
    private let objectives: [Objective]
    private let criteria: Criteria
    private let parameters: [String]
    /// The newest kept checkpoint of each, if there is one.
    private let checkpoints: [TrialID: String]

    /// The set in a store; empty for a study with one metric.
    init(_ reader: StoreReader, _ plan: Plan, directory: String) throws {
        rows = plan.others.isEmpty ? [] : try reader.paretoSet(plan)
        (objectives, parameters) = (plan.objectives, plan.space.parameters.map(\.name))
        criteria = plan.criteria
        var checkpoints: [TrialID: String] = [:]
        for row in rows {
            checkpoints[row.row.trial] = try reader.checkpoint(of: row.row.trial).map {
                "\(directory)/\($0.path)"
            }
        }
        self.checkpoints = checkpoints
    }

    /// The set as a sentence; `nil` if it is empty.
    var sentence: String? {
        guard let first = rows.first else { return nil }
        let trials = rows.map(\.row.trial.description).joined(separator: ", ")
        let broken = BrokenBounds(first.metrics, criteria).words
        return "no trial dominates \(rows.count == 1 ? "trial" : "the trials") \(trials) at resource "
            + "\(first.row.resource ?? .none)" + (broken == nil ? "" : "; none keeps all bounds")
    }

    /// The columns of metrics: those that trials are compared by, and those that are bounded.
    private var metrics: [String] { criteria.metrics }

    /// The set as a table.
    func lines() -> [String] {
        var table = Table(
            [("TRIAL", .right), ("RESOURCE", .right)] + metrics.map { ($0, .right) }
                + parameters.map { ($0, .right) } + (criteria.bounds.isEmpty ? [] : [("BREAKS", .left)])
                + [("CHECKPOINT", .left)])
        for row in rows {
            table.add(
                [row.row.trial.description, row.row.resource?.description ?? "-"]
                    + metrics.map { Numbers.metric(row.metrics[$0]) }
                    + parameters.map { row.row.configuration.cell($0) } + breaks(row)
                    + [checkpoints[row.row.trial] ?? "none"])
        }
        return table.lines()
    }

    private func breaks(_ row: StoreReader.ParetoRow) -> [String] {
        if criteria.bounds.isEmpty { return [] }
        let broken = BrokenBounds(row.metrics, criteria).metrics
        return [broken.isEmpty ? "-" : broken.joined(separator: " ")]
    }
}

extension ParetoView: Encodable {
    private enum Key: CodingKey {
        case metrics, pareto
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(objectives, forKey: .metrics)
        let members = rows.map { row in
            Member(
                trial: row.row.trial, resource: row.row.resource, rung: row.row.rung,
                values: objectives.map { row.metrics[$0.metric] },
                configuration: row.row.configuration, checkpoint: checkpoints[row.row.trial],
                breaks: criteria.bounds.isEmpty ? nil : BrokenBounds(row.metrics, criteria).metrics)
        }
        try fields.encode(members, forKey: .pareto)
    }

    /// A trial of the set. `values` are in the order of the metrics; `checkpoint` only if it has one.
    private struct Member: Encodable {
        var trial: TrialID
        var resource: Resource?
        var rung: Int
        var values: [Double?]
        var configuration: Configuration
        var checkpoint: String?
        /// The metrics that break a bound; absent in a study without bounds.
        var breaks: [String]?
    }
}

extension Configuration {
    /// The value of a parameter in a table; `-` if it is not active.
    func cell(_ name: String) -> String {
        switch self[name] {
        case .float(let value): Numbers.metric(value)
        case let value?: value.description
        case nil: "-"
        }
    }
}
