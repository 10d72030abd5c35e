import Store
import Tuning

/// A trial and its ancestors: the schedule of hyperparameters that trained its model.
struct Lineage {
    let ancestors: [StoreReader.Ancestor]

    /// The lineage of a trial.
    init(of trial: StoreReader.TrialRow, _ reader: StoreReader) throws {
        ancestors = trial.parent == nil ? [] : try reader.line(of: trial.trial)
    }

    /// One line each, from the first ancestor; empty for a trial without a parent.
    func lines() -> [String] {
        guard !ancestors.isEmpty else { return [] }
        let names = Set(ancestors.flatMap(\.configuration.values.keys)).sorted()
        var table = Table(
            [("  TRIAL", .right), ("FROM", .right), ("TO", .right)] + names.map { ($0, .right) })
        for ancestor in ancestors {
            table.add(
                [ancestor.trial.description, ancestor.from.description, ancestor.to.description]
                    + names.map { ancestor.configuration[$0]?.description ?? "-" })
        }
        return ["schedule"] + table.lines()
    }

    /// The output for `--json`; `nil` for a trial without a parent.
    var steps: [Step]? {
        ancestors.isEmpty
            ? nil
            : ancestors.map {
                Step(trial: $0.trial, from: $0.from, to: $0.to, configuration: $0.configuration)
            }
    }

    /// An ancestor, and the resources from and to which its training is part of the model.
    struct Step: Encodable {
        var trial: TrialID
        var from, to: Resource
        var configuration: Configuration
    }
}
