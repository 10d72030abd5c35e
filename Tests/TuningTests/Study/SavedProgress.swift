import Tuning

/// The newest checkpoint of each assignment.
struct SavedProgress {
    /// Including the target, and below it.
    private var saved: [AssignmentID: (all: Resource, below: Resource)] = [:]

    /// The newest start of an assignment's task has published a checkpoint.
    mutating func take(_ checkpoint: CheckpointID, of work: Assignment) {
        let before = saved[work.id] ?? (work.from, work.from)
        guard checkpoint.resource >= before.all, checkpoint.resource <= work.to else { return }
        saved[work.id] = (
            checkpoint.resource, checkpoint.resource < work.to ? checkpoint.resource : before.below
        )
    }

    /// The newest checkpoint of an assignment below its target; `nil` if there is none.
    func below(_ assignment: AssignmentID) -> Resource? { saved[assignment]?.below }
}
