import Tuning

/// How far each assignment has saved what it has learned.
struct SavedProgress {
    /// Its target too, and below its target.
    private var saved: [AssignmentID: (all: Resource, below: Resource)] = [:]

    /// The newest start of an assignment's task has published a checkpoint.
    mutating func take(_ checkpoint: CheckpointID, of work: Assignment) {
        let before = saved[work.id] ?? (work.from, work.from)
        guard checkpoint.resource >= before.all, checkpoint.resource <= work.to else { return }
        saved[work.id] = (
            checkpoint.resource, checkpoint.resource < work.to ? checkpoint.resource : before.below
        )
    }

    /// How far an assignment has saved below its target; `nil`: it has saved nothing.
    func below(_ assignment: AssignmentID) -> Resource? { saved[assignment]?.below }
}
