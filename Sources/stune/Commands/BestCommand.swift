import ArgumentParser
import Spool
import Store
import StudyFile
import Tuning

/// `stune best`: the best trial.
struct BestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "best",
        abstract: "Print the best trial, its parameters and its checkpoint.",
        discussion: """
            Of the trials with a result at the greatest resource that any reached, the one with the best \
            objective. In a study with several metrics: all that no other dominates there. Trials that break a bound come \
            after all that keep their bounds. The command that is printed \
            trains the configuration again, from the start to the same resource, outside of the study. Exit code 1 when \
            no trial has a usable result.

            Example: stune best digits.stune --json
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Flag(help: "Print it as JSON.")
    var json = false

    func run() throws {
        let study = try OpenStudy(directory)
        if study.hasSeveralMetrics { return try tellSet(study) }
        let (row, replicates, checkpoint, lineage, metrics) = try study.snapshot.read { reader in
            let row = try reader.best(study.goal)
            return (
                row, try row.map { try reader.replicateResults(of: $0.trial, rung: $0.rung) } ?? [],
                try row.flatMap { try reader.checkpoint(of: $0.trial) },
                try row.map { try Lineage(of: $0, reader) },
                try row.flatMap { try reader.metricsOfLastResults(of: $0.trial)[$0.trial] } ?? [:]
            )
        }
        guard let row, let lineage, let value = row.value else {
            throw complaint("no trial has a usable result yet", code: 1)
        }
        let plan = study.spec.plan
        let broken = plan.bounds.isEmpty ? nil : BrokenBounds(metrics, plan.criteria)
        let path = checkpoint.map { "\(study.path)/\($0.path)" }
        if json {
            print(
                try StoreJSON.text(
                    Best(
                        trial: row.trial, value: value, resource: row.resource, rung: row.rung,
                        configuration: row.configuration, checkpoint: path, metric: study.metric,
                        goal: study.goal, metrics: metrics, schedule: lineage.steps,
                        command: try Repetition(of: row, in: study).command, violation: row.violation,
                        breaks: broken?.metrics, replicates: replicates.isEmpty ? nil : replicates)))
            return
        }
        print("trial       \(row.trial)")
        print(
            "\(Table.pad(Table.printable(study.metric), to: 11, .left)) \(value)  (\(study.goal.rawValue))")
        if let rule = plan.replicates, !replicates.isEmpty {
            print("replicates  \(BestCommand.words(replicates, rule))")
        }
        for (name, value) in metrics.sorted(by: { $0.key < $1.key }) where name != study.metric {
            print("\(Table.pad(Table.printable(name), to: 11, .left)) \(value)")
        }
        if let words = broken?.words { print("breaks      \(words)") }
        print("resource    \(row.resource ?? .none)")
        for (name, value) in row.configuration.values.sorted(by: { $0.key < $1.key }) {
            print("  \(Table.printable(name)) = \(Table.printable(value.description))")
        }
        for line in lineage.lines() { print(line) }
        print("checkpoint  \(path ?? "none")")
        for line in try Repetition(of: row, in: study).lines() { print(line) }
    }

    /// The results of replicates, and how far they lie apart.
    static func words(_ results: [Double?], _ rule: ReplicatePlan) -> String {
        let list = results.map { $0.map(Numbers.metric) ?? "failed" }.joined(separator: ", ")
        let known = results.compactMap(\.self).sorted()
        guard let least = known.first, let greatest = known.last, known.count > 1 else { return list }
        let mean = known.reduce(0) { $0 + $1 / Double(known.count) }
        let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(known.count - 1)).squareRoot()
        return "\(list): their \(rule.aggregate.rawValue) counts; from \(Numbers.metric(least)) to "
            + "\(Numbers.metric(greatest)), standard deviation \(Numbers.metric(deviation))"
    }

    private func tellSet(_ study: OpenStudy) throws {
        let view = try study.snapshot.read {
            try ParetoView($0, study.spec.plan, directory: study.path)
        }
        guard !view.rows.isEmpty else { throw complaint("no trial has a usable result yet", code: 1) }
        if json { return print(try StoreJSON.text(view)) }
        for line in view.lines() { print(line) }
        for row in view.rows {
            print("trial \(row.row.trial)")
            for line in try Repetition(of: row.row, in: study).lines() { print(line) }
        }
    }

    /// The output of `--json`.
    private struct Best: Encodable {
        var trial: TrialID
        var value: Double
        var resource: Resource?
        var rung: Int
        var configuration: Configuration
        var checkpoint: String?
        var metric: String
        var goal: Objective.Goal
        /// All finite metrics of the result.
        var metrics: [String: Double]
        var schedule: [Lineage.Step]?
        /// The command that trains the configuration again.
        var command: String?
        /// By how much it breaks the study's bounds, and the metrics that do; absent in a study without bounds.
        var violation: Double?
        var breaks: [String]?
        /// The results of the replicates, null for one that failed; absent where the trial was trained once.
        var replicates: [Double?]?

        private enum CodingKeys: CodingKey {
            case trial, value, resource, rung, configuration, checkpoint, metric, goal, metrics, schedule,
                command, violation, breaks, replicates
        }

        /// Writes `checkpoint` also if there is none, as null.
        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(trial, forKey: .trial)
            try fields.encode(value, forKey: .value)
            try fields.encode(resource, forKey: .resource)
            try fields.encode(rung, forKey: .rung)
            try fields.encode(configuration, forKey: .configuration)
            try fields.encode(checkpoint, forKey: .checkpoint)
            try fields.encode(metric, forKey: .metric)
            try fields.encode(goal, forKey: .goal)
            try fields.encode(metrics, forKey: .metrics)
            try fields.encodeIfPresent(schedule, forKey: .schedule)
            try fields.encodeIfPresent(command, forKey: .command)
            try fields.encodeIfPresent(violation, forKey: .violation)
            try fields.encodeIfPresent(breaks, forKey: .breaks)
            try fields.encodeIfPresent(replicates, forKey: .replicates)
        }
    }
}
