import Synchronization

/// The objective's metric of a store's study, once it was read: it never changes, and stands in the first event, which
/// may be large.
final class ObjectiveMemo: Sendable {
    private let name = Mutex("")

    /// The metric; `read` is called until there is one.
    func objective(_ read: () throws -> String) throws -> String {
        let known = name.withLock { $0 }
        if !known.isEmpty { return known }
        let found = try read()
        name.withLock { $0 = found }
        return found
    }
}
