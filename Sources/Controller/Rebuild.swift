package import Logging
import Spool
import Store

extension Controller {
    /// Rebuilds the tables of a study's store from its log, publishes them for readers, and gives the lease back.
    ///
    /// - Returns: how many events the log has.
    package static func rebuild(_ setup: StudySetup, lease: Lease, log: Logger) throws -> Int {
        let store = try openStore(setup, lease, log)
        let events = try store.rebuild()
        try store.publishSnapshot(at: setup.directory.snapshot)
        try store.close()
        try lease.release()
        return events
    }
}
