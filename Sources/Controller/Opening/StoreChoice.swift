import Logging
package import Spool
import Store

extension Lease {
    /// The store of a study: the newest that any controller has made. It may not exist yet.
    ///
    /// The names are checked one by one, because a cached listing could hide the newest.
    package static func store(of study: StudyDirectory) throws -> String {
        guard try study.files.exists(study.leases) else { return study.store(0) }
        return try store(of: study, upTo: epochs(study).last ?? 0)
    }

    /// The store that a lease's holder is to open.
    struct OwnStore {
        /// Where it is.
        let path: String
        /// How far the original store had come before it was copied.
        var known: LogPlace?
        /// Whether it is a copy, whose original is removed once the copy is known to be complete.
        var isCopy = false
    }

    /// The store that this lease's holder is to open.
    ///
    /// A previous holder that gave nothing back may still run somewhere, paused at any point. So this one continues
    /// with a copy under its own name, and nobody reads what the other one writes from then on.
    ///
    /// - Throws: `StoreError.lost` if the newest is missing.
    func ownStore() throws -> OwnStore {
        let own = study.store(epoch)
        let isBegun = try Store.hasMark(own)
        let newest = try Lease.store(of: study, upTo: mayHaveGhost && !isBegun ? epoch - 1 : epoch)
        try checkIsNewest(newest)
        let hasNewest = try Files.system.exists(newest)
        guard mayHaveGhost, newest != own, hasNewest else {
            // A restored store has only its own name.
            let isRestored = try !hasNewest && Files.system.exists(own)
            return OwnStore(path: isRestored ? own : newest)
        }
        let known = Store.markedPlace(newest)
        try Store.copy(newest, to: own)
        return OwnStore(path: own, known: known, isCopy: true)
    }

    /// Removes the stores before this holder's own.
    func removeOlderStores() { for older in 0..<epoch { Store.remove(study.store(older)) } }

    /// A later controller's store leaves a trace when it is removed.
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

    /// Makes a store from the soundest copy of the study: of its stores and its snapshot, the one whose log goes
    /// furthest. The existing files are put aside.
    ///
    /// - Throws: `ControllerError.unusable` if none can be used.
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
        // The newest name first; it then is the restored one. So a store exists at any time in between.
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
