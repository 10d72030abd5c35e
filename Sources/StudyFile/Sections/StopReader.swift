import Tuning

/// Reads `stop`.
struct StopReader {
    private let fields: SectionCursor
    /// What tasks ask for: all that it comes to.
    private let batch: [BatchOptions]

    /// The conditions on results, and those that the controller checks; `nil` if one has a mistake.
    static func read(_ cursor: Cursor, _ batch: [BatchOptions]) -> (plan: StopPlan?, limits: StopLimits?)? {
        guard let fields = SectionCursor(cursor, as: .stop) else { return nil }
        return StopReader(fields: fields, batch: batch).read()
    }

    private func read() -> (plan: StopPlan?, limits: StopLimits?)? {
        let target = value("target") { $0.number() }
        let trials = value("no_improvement") { $0.whole(StudyFileLimits.trials) }
        let resource = value("resource") { $0.whole(StudyFileLimits.resource) }
        let wall = value("wall_time", minutes)
        let nodes = hours("node_hours", \.nodeCount, "")
        let cpus = hours("cpu_hours", \.cpuCount, "cpus_per_task")
        let gpus = hours("gpu_hours", \.gpuCount, "gpus_per_node")
        guard let target, let trials, let resource, let wall, let nodes, let cpus, let gpus else {
            return nil
        }
        let plan = StopPlan(target: target, noImprovement: trials, resource: resource)
        let limits = StopLimits(wallMinutes: wall, nodeHours: nodes, cpuHours: cpus, gpuHours: gpus)
        return (plan == StopPlan() ? nil : plan, limits == StopLimits() ? nil : limits)
    }

    /// An optional field; `nil` if it has a mistake.
    private func value<Value>(_ name: String, _ read: (Cursor) -> Value?) -> Value?? {
        guard let cursor = fields[name] else { return .some(nil) }
        return read(cursor).map { .some($0) }
    }

    private func hours(_ name: String, _ count: (BatchOptions) -> Int?, _ option: String) -> Double?? {
        value(name) { cursor in
            guard let hours = cursor.number() else { return nil }
            guard hours > 0 else {
                cursor.mistake("\(cursor.written) is not above 0", fix: "write a number such as 100")
                return nil
            }
            guard batch.allSatisfy({ count($0) != nil }) else {
                cursor.mistake(
                    "the study does not say how many of them a task has",
                    fix: "add 'slurm: {\(option): …}', or use node_hours or wall_time")
                return nil
            }
            return hours
        }
    }

    private func minutes(_ cursor: Cursor) -> Int? {
        guard let text = cursor.text(example: "\"12:00:00\"") else { return nil }
        do throws(SlurmForms.Refusal) {
            return Int(try SlurmForms.minutes(text))
        } catch {
            cursor.mistake(error.problem, fix: error.fix)
            return nil
        }
    }
}
