/// Tasks that wait for something that time does not bring: a user or an operator must act.
package struct HeldTasks: Hashable, Sendable {
    private var reasons: [String: [TaskID]] = [:]

    /// No tasks.
    package init() {}

    /// The held tasks among these.
    package init(_ sightings: [TaskSighting]) {
        for sighting in sightings
        where sighting.state == .pending && WaitingReason.needsSomebody(sighting.reason) {
            reasons[sighting.reason, default: []].append(sighting.task)
        }
    }

    /// Whether these tasks, of which there is at least one, are all among them: then nothing runs, and nothing will.
    package func holdsAll(of tasks: Set<TaskID>) -> Bool {
        !tasks.isEmpty && tasks.isSubset(of: reasons.values.joined())
    }

    /// A sentence for people; `nil` when there is none.
    package var text: String? {
        guard !reasons.isEmpty else { return nil }
        return
            "tasks that will not start by themselves: \(list); release them (scontrol release) or cancel them (scancel)"
    }

    /// The tasks and their reasons: `4821_17 and 2 more (PartitionTimeLimit)`.
    private var list: String {
        reasons.sorted { $0.key < $1.key }.map { reason, tasks in
            let first = tasks.min().map(\.description) ?? ""
            let others = tasks.count == 1 ? "" : " and \(tasks.count - 1) more"
            return "\(first)\(others) (\(reason))"
        }.joined(separator: ", ")
    }

    /// Why waiting is useless for a study; `nil` if something of it runs or may start by itself.
    ///
    /// - Parameters:
    ///   - tasks: the tasks of the study in the cluster, including those with idle workers.
    ///   - sightings: what the cluster says about them.
    package static func hopeless(_ tasks: Set<TaskID>, _ sightings: [TaskSighting]) -> String? {
        let stuck = sightings.filter { $0.state == .pending && WaitingReason.isLasting($0.reason) }
        guard !tasks.isEmpty, tasks.isSubset(of: stuck.map(\.task)) else { return nil }
        return "no task can start: \(HeldTasks(stuck.filter { tasks.contains($0.task) }).list)"
    }
}
