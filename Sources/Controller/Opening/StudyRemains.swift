import Logging
import Spool
import Store

/// What shows that there has been a study in a directory, whatever its store says.
struct StudyRemains {
    /// How far the study had come when its snapshot was made; `nil` if no snapshot can be read.
    private let snapshot: LogPlace?
    /// Whether anything exists that only a study makes.
    private let isThere: Bool

    /// Looks at a directory.
    init(_ study: StudyDirectory, _ log: Logger) throws {
        let hasSnapshot = try Files.system.exists(study.snapshot)
        var place: LogPlace?
        if hasSnapshot {
            do throws(StoreError) {
                place = try Store.place(ofSnapshot: study.snapshot)
            } catch {
                // Only readers need it.
                log.warning("\(error)")
            }
        }
        snapshot = place
        isThere =
            try hasSnapshot || study.files.exists(study.studyFile)
            || !study.files.list(study.manifests).isEmpty || study.files.exists(study.finished)
            || (study.files.exists(study.trials) && !study.files.list(study.trials).isEmpty)
    }

    /// Whether there need not be a store yet.
    var areNone: Bool { !isThere }

    /// Whether a store has come as far as the snapshot.
    ///
    /// - Throws: `StoreError.lost`.
    func check(_ store: Store) throws {
        if let snapshot { try store.check(snapshot, as: "the snapshot has") }
    }
}

extension Controller {
    /// Opens the study's store, or begins one where no study has been.
    ///
    /// - Throws: `StoreError.lost` where one has been, and its store is missing or older than it was.
    static func openStore(_ setup: StudySetup, _ lease: Lease, _ log: Logger) throws -> Store {
        // A commit is an effect too. Where the lease cannot be seen, nothing is committed.
        let fence = { @Sendable in (try? lease.isHeld()) ?? false }
        if setup.forgetsStore {
            return try Store(path: lease.ownStore().path, isInMemory: true, fence: fence)
        }
        do {
            let remains = try StudyRemains(setup.directory, log)
            let own = try lease.ownStore()
            do {
                let store = try Store(
                    path: own.path, isNew: remains.areNone, notBefore: own.known, fence: fence)
                try remains.check(store)
                if own.isCopy { lease.removeOlderStores() }
                return store
            } catch {
                // The original stays as it is, for someone who restores what is missing.
                if own.isCopy { Store.remove(own.path) }
                throw error
            }
        } catch let error as StoreError where setup.restores && error.isLoss {
            log.warning("\(error)")
            try lease.restoreStore(log)
            return try Store(path: lease.ownStore().path, isNew: false, fence: fence)
        }
    }
}
