import Tuning

/// A part of a study that a change copies from one study to another, and the field of the study file that it belongs to.
struct SpecPart: Sendable {
    /// The field's path in the study file, as `slurm.time`.
    let path: String
    /// The field at the top of the file.
    let field: StudyField
    /// Copies it from one study to another.
    let copy: @Sendable (StudySpec, inout StudySpec) -> Void
    /// Its value, for people.
    let words: @Sendable (StudySpec) -> String

    private static func part<Value: Sendable>(
        _ path: String, _ field: StudyField, _ key: any WritableKeyPath<StudySpec, Value> & Sendable,
        words: @escaping @Sendable (Value) -> String = { SpecPart.words($0) }
    ) -> SpecPart {
        SpecPart(
            path: path, field: field, copy: { $1[keyPath: key] = $0[keyPath: key] },
            words: { words($0[keyPath: key]) })
    }

    /// A value that says nothing to people beyond that it is another one.
    private static func silent<Value: Sendable>(
        _ path: String, _ field: StudyField, _ key: any WritableKeyPath<StudySpec, Value> & Sendable
    ) -> SpecPart {
        part(path, field, key) { _ in "" }
    }

    /// All parts, in the order of the file.
    static let all: [SpecPart] =
        [
            part("name", .name, \.name),
            part("metric", .metric, \.plan.objective) { "\($0.metric), \($0.goal.rawValue)" },
            part("metrics", .metrics, \.plan.others) {
                $0.map { "\($0.metric), \($0.goal.rawValue)" }.joined(separator: "; ")
            },
            part("metrics", .metrics, \.plan.bounds) {
                $0.map(\.description).joined(separator: "; ")
            },
            silent("parameters", .parameters, \.plan.space.parameters),
            silent("constraints", .constraints, \.plan.space.constraints),
            silent("points", .points, \.plan.points),
            part("prior_results", .priorResults, \.priorResults) {
                $0.map { $0.map(shown).joined(separator: ", ") } ?? "none"
            },
            silent("searcher", .searcher, \.plan.searcher),
            part("scheduler", .scheduler, \.plan.scheduler) {
                let levels = $0.levels
                return levels.count > 12
                    ? "up to \($0.maxResource)"
                    : "rungs \(levels.map(\.description).joined(separator: ", "))"
            },
            part("trials", .trials, \.plan.trials),
            part("replicates", .replicates, \.plan.replicates) {
                $0.map { "\($0.count) from rung \($0.fromRung), their \($0.aggregate.rawValue)" } ?? "none"
            },
            part("parallel", .parallel, \.plan.parallel),
            part("max_retries", .maxRetries, \.plan.maxRetries),
            part("max_failures", .maxFailures, \.plan.maxFailures),
            part("settle_seconds", .settleSeconds, \.settleSeconds), silent("command", .command, \.command),
            silent("directory", .directory, \.workspace), silent("reports", .reports, \.reports),
            silent("container", .container, \.container),
            part("outputs", .outputs, \.outputs) { $0?.rawValue ?? StudySpec.Outputs.packed.rawValue },
            part("execution.mode", .execution, \.execution.mode) { $0.rawValue },
            part("execution.linger_seconds", .execution, \.execution.lingerSeconds),
            part("execution.slots_per_task", .execution, \.execution.slotsPerTask),
            silent("execution.slots_per_task", .execution, \.plan.together),
            part("checkpoints.keep", .checkpoints, \.plan.keep),
            part("checkpoints.every", .checkpoints, \.saveEvery),
            part("checkpoints.quota", .checkpoints, \.plan.quota) { $0.map(ByteSize.words) ?? "none" },
            part("stop", .stop, \.plan.stop) { words(of: $0) },
            part("stop", .stop, \.stop) { words(of: $0) },
        ]
        + SiteOptions.names.map { name in
            SpecPart(
                path: "slurm.\(name)", field: .slurm,
                copy: { SiteOptions.copy(name, $0.batch, &$1.batch) },
                words: { SiteOptions.words(name, $0.batch) })
        }

    // MARK: Words

    private static func words(_ value: some Sendable) -> String {
        if let optional = value as? any ValueOrNone { return optional.words ?? "none" }
        return "\(value)"
    }

    private static func words(of stop: StopPlan?) -> String {
        let parts = [
            stop?.target.map { "target \($0)" }, stop?.noImprovement.map { "no_improvement \($0)" },
            stop?.resource.map { "resource \($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    private static func words(of limits: StopLimits?) -> String {
        let parts = [
            limits?.wallMinutes.map { "wall_time \($0) minutes" },
            limits?.nodeHours.map { "node_hours \($0)" }, limits?.cpuHours.map { "cpu_hours \($0)" },
            limits?.gpuHours.map { "gpu_hours \($0)" },
        ].compactMap { $0 }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
