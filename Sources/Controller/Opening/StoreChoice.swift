import Logging
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

    /// The store that a lease's holder is to open.
    struct OwnStore {
        /// Where it is.
        let path: String
        /// How far the store that it is a copy of is known to have come, before it was copied.
        var known: LogPlace?
        /// Whether it is a copy, and what it was made from is to be removed once it is known to be whole.
        var isCopy = false
    }

    /// The store that this lease's holder is to open.
    ///
    /// A holder before that gave nothing back may still run somewhere, paused in the middle of anything. So
    /// this one goes on with a copy under a name that is its own: whatever the other writes from then on is
    /// in a file that nobody reads.
    ///
    /// - Throws: `StoreError.lost` when the newest is gone.
    func ownStore() throws -> OwnStore {
        let own = study.store(epoch)
        let isBegun = try Store.hasMark(own)
        let newest = try Lease.store(of: study, upTo: mayHaveGhost && !isBegun ? epoch - 1 : epoch)
        try checkIsNewest(newest)
        let hasNewest = try Files.system.exists(newest)
        guard mayHaveGhost, newest != own, hasNewest else {
            // What was restored stands under its own name alone.
            let isRestored = try !hasNewest && Files.system.exists(own)
            return OwnStore(path: isRestored ? own : newest)
        }
        let known = Store.markedPlace(newest)
        try Store.copy(newest, to: own)
        return OwnStore(path: own, known: known, isCopy: true)
    }

    /// Removes the stores before this holder's own.
    func removeOlderStores() { for older in 0..<epoch { Store.remove(study.store(older)) } }

    /// A store of a later controller has left a trace where it was removed.
    private func checkIsNewest(_ newest: String) throws {
        for later in (0...epoch).reversed() {
            let path = study.store(later)
            if path == newest { return }
            if try Store.hasMark(path) { throw StoreError.lost(path: path, why: "it is not there") }
        }
    }

    private static func store(of study: StudyDirectory, upTo epoch: Int) throws(FileError) -> String {
        for epoch in (1...max(1, epoch)).reversed() {
            let path = study.store(epoch)
            if try Files.system.exists(path) { return path }
        }
        return study.store(0)
    }

    // MARK: Restoring

    /// Makes a store out of the soundest copy of the study that is there: of its stores, and its snapshot, the one whose
    /// log goes furthest. What was there is put aside.
    ///
    /// - Throws: `ControllerError.unusable` when none can be used.
    func restoreStore(_ log: Logger) throws {
        let own = study.store(epoch)
        var best: (place: LogPlace, path: String)?
        let candidate = own + ".candidate"
        for path in (0...epoch).map(study.store) + [study.snapshot] where try Files.system.exists(path) {
            do throws(StoreError) {
                try Store.copy(path, to: candidate)
                guard let place = try Store.soundPlace(candidate) else { continue }
                log.info("'\(path)' can be used up to event \(place.event)")
                guard place.event > best?.place.event ?? 0 else { continue }
                try Store.rename(candidate, to: own + ".best")
                best = (place, path)
            } catch {
                if PassingError.mayPass(error) { throw error }
                log.warning("\(error)")
            }
        }
        Store.remove(candidate)
        guard let best else {
            throw ControllerError.unusable(
                "'\(study.path)' has no copy of its store that can be used; to start a new study, name another "
                    + "directory with --dir, or remove this one")
        }
        let place = "\(study.lost)/\(epoch)"
        try study.files.createDirectory(place)
        // The newest name first, which then is the restored one: whatever happens in between, a store is there.
        for old in (0...epoch).reversed().map(study.store) {
            for part in Store.parts where try Files.system.exists(old + part) {
                let name = (old + part).split(separator: "/").last.map(String.init) ?? "store"
                try study.files.move(old + part, to: "\(place)/\(name)")
            }
            if old == own { try Files.system.move(own + ".best", to: own) }
        }
        log.warning(
            "the study goes on from event \(best.place.event), as '\(best.path)' had it; its store was put into '\(place)'"
        )
    }
}
