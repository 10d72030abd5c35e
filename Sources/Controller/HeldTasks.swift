import Clusters

/// Tasks that wait for something that no time brings: a user or an operator has to act.
struct HeldTasks: Hashable {
    private var reasons: [String: [TaskID]] = [:]

    /// The reasons of Slurm (as squeue prints them) that pass by nobody's doing but a person's.
    private static let lasting: Set<String> = [
        "BadConstraints", "DependencyNeverSatisfied", "InvalidAccount", "InvalidQOS", "PartitionDown",
        "PartitionInactive",
    ]

    /// None.
    init() {}

    /// Those among the tasks that were seen.
    init(_ sightings: [TaskSighting]) {
        for sighting in sightings where sighting.state == .pending {
            let isHeld = sighting.reason.lowercased().contains("held")
            guard isHeld || HeldTasks.lasting.contains(sighting.reason) else { continue }
            reasons[sighting.reason, default: []].append(sighting.task)
        }
    }

    /// A sentence for people; `nil` when there is none.
    var text: String? {
        guard !reasons.isEmpty else { return nil }
        let parts = reasons.sorted { $0.key < $1.key }.map { reason, tasks in
            let first = tasks.min().map(\.description) ?? ""
            let others = tasks.count == 1 ? "" : " and \(tasks.count - 1) more"
            return "\(first)\(others) (\(reason))"
        }
        return "tasks wait that will not start by themselves: \(parts.joined(separator: ", ")); "
            + "scontrol release or scancel them"
    }
}
