import Spool
import Store
import Tuning

/// What a study's directory gives up because the user wants room there.
extension Controller {
    /// Takes in what lies in the inbox, and removes the checkpoints that nothing unfinished can need. The log records it,
    /// so that no trial starts from one that is gone.
    ///
    /// - Parameter keep: how many trials, the best, keep theirs; 0 or more.
    /// - Returns: how many are left to the next controller, because a task may be resuming from them, or the system refused.
    package mutating func removeCheckpoints(keeping keep: Int) throws -> Int {
        try takeInOnly()
        try commit { _ in [.wished(Wish(id: "", .cleaned(keep: keep)))] }
        while try removeCheckpoints(store.read { try $0.openIntents() }) {}
        return try store.read { try $0.openIntents() }.count { open in
            if case .removeCheckpoint = open.intent { true } else { false }
        }
    }

    /// Records that what trials have printed is removed now, for `stune logs`.
    package func tellLogsRemoved() throws { try say(Notices.logsCleaned, "\(time.wallTime)") }
}
