extension Store {
    /// Makes a store from the snapshot of a study in which nothing is in flight: another study goes on from the same log,
    /// in another directory, on the same cluster. What the old one was still to do outside, and what else its controllers
    /// have said, is not the new one's. The store is whole, or not there.
    ///
    /// - Parameters:
    ///   - snapshot: the path of the old study's snapshot.
    ///   - target: the path of the new store.
    ///   - newSnapshot: the path of its first snapshot.
    ///   - name: the new study's name.
    ///   - spec: the old study's description with the new name, as JSON.
    package static func fork(
        _ snapshot: String, to target: String, snapshot newSnapshot: String, name: String, spec: String
    ) throws(StoreError) {
        let copy = target + ".forked"
        try Store.copy(snapshot, to: copy)
        let store = try Store(path: copy, isNew: false)
        try store.write { try $0.takeOver(as: name, spec) }
        try store.publishSnapshot(at: newSnapshot)
        try store.close()
        try Store.rename(copy, to: target)
    }
}

extension Transaction {
    /// The study goes on under another name.
    fileprivate func takeOver(as name: String, _ spec: String) throws {
        try run("UPDATE study SET name = ?, spec = ?", name, spec)
        try run("DELETE FROM intents")
        try run("DELETE FROM notices WHERE topic <> ?", Notices.cluster)
    }
}
