import Dispatching
import Spool
import Store
import Tuning

/// Removes checkpoints that are not needed.
extension Controller {
    /// Whether a later start of the same task may have resumed from a checkpoint. It looks for the newest by itself
    /// after it has claimed its attempt, and may not have seen a newer one. So a start's checkpoints stay until its
    /// assignment is over, once another start exists.
    mutating func mayBeResumed(_ path: String, _ intent: Int64) throws -> Bool {
        guard let attempt = StudyDirectory.attempt(ofCheckpoint: path), attempt.turn == 0 else {
            return false
        }
        guard let work = try store.read({ try $0.row(of: attempt) }),
            cores.study.isInFlight(work.assignment)
        else {
            return false
        }
        if let known = outbox.unseen[intent], time.now < known.at { return true }
        guard try Claim.hasLater(than: attempt, in: setup.directory) else { return false }
        outbox.unseen[intent] = longer(outbox.unseen[intent])
        return true
    }

    /// Removes the directory of a removed checkpoint, if it is empty and nobody may write there.
    func removeHome(ofCheckpoint path: String) {
        guard setup.directory.layout == .flat, let attempt = StudyDirectory.attempt(ofCheckpoint: path),
            let row = (try? store.read { try $0.row(of: attempt) }) ?? nil,
            !cores.study.isInFlight(row.assignment)
        else { return }
        OutputPacks(setup.directory).removeIfEmpty("\(setup.directory.path)/\(Files.parent(of: path))")
    }
}
