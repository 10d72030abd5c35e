import Spool
import Store
import Tuning

/// What a study's directory gives up because the user wants room there.
extension Controller {
    /// Takes in what lies in the inbox, and removes the checkpoints that nothing unfinished can need. The log records it,
    /// so that no trial starts from one that is gone. A checkpoint that a task may be resuming from is left to the next
    /// controller.
    ///
    /// - Parameter keep: how many trials, the best, keep theirs; 0 or more.
    package mutating func removeCheckpoints(keeping keep: Int) throws {
        try takeInOnly()
        try commit { _ in [.wished(Wish(id: "", .cleaned(keep: keep)))] }
        while try removeCheckpoints(store.read { try $0.openIntents() }) {}
    }

    /// Records that what trials have printed is removed now, for `stune logs`.
    package func tellLogsRemoved() throws { try say(Notices.logsCleaned, "\(time.wallTime)") }
}
