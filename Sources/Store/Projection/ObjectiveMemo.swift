import Synchronization

/// The metrics that a store's study compares trials by, once they were read: they never change, and stand in the first
/// event, which may be large.
final class ObjectiveMemo: Sendable {
    private let names = Mutex<[String]>([])

    /// The metrics are known.
    func set(_ known: [String]) { names.withLock { $0 = known } }

    /// The metrics; `read` is called until there is one.
    func objectives(_ read: () throws -> [String]) throws -> [String] {
        let known = names.withLock { $0 }
        if !known.isEmpty { return known }
        let found = try read()
        names.withLock { $0 = found }
        return found
    }
}
