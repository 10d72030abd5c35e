package import Spool
import Store

extension Lease {
    /// The store of a study: the newest that any controller has made. It may not exist yet.
    ///
    /// The names are asked for one by one: a cached listing could hide the newest.
    package static func store(of study: StudyDirectory) throws -> String {
        guard try study.files.exists(study.leases) else { return study.store(0) }
        return try store(of: study, upTo: epochs(study).last ?? 0)
    }

    /// The store that this lease's holder is to open.
    ///
    /// A holder before that gave nothing back may still run somewhere, paused in the middle of anything. So
    /// this one goes on with a copy under a name that is its own: whatever the other writes from then on is
    /// in a file that nobody reads.
    func ownStore() throws -> String {
        let newest = try Lease.store(of: study, upTo: epoch)
        guard mayHaveGhost, try Files.system.exists(newest) else { return newest }
        let own = study.store(epoch)
        try Store.copy(newest, to: own)
        for older in 0..<epoch { Store.remove(study.store(older)) }
        return own
    }

    private static func store(of study: StudyDirectory, upTo epoch: Int) throws(FileError) -> String {
        for epoch in (1...max(1, epoch)).reversed() {
            let path = study.store(epoch)
            if try Files.system.exists(path) { return path }
        }
        return study.store(0)
    }
}
