import Oracles
import Tuning

extension Ledger {
    /// A start of a task resumes from an earlier one's checkpoint, which is kept from now on.
    mutating func resumed(_ attempt: AttemptID, _ checkpoint: CheckpointID, _ bytes: Int?) {
        raise(attempt)
        let (earlier, id) = (checkpoint.attempt, attempt.assignment)
        guard let flight = flights[id], attempt.epoch == epochs[id], earlier.assignment == id,
            earlier.epoch < attempt.epoch, checkpoint.resource < flight.to
        else { return }
        published.insert(checkpoint)
        discarded.remove(checkpoint)
        if outcome == nil { quota.adopt(checkpoint, bytes: bytes) }
        progress.take(CheckpointID(attempt: attempt, resource: checkpoint.resource), of: flight)
    }
}
