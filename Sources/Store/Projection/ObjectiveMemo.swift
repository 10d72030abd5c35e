import Synchronization

/// The metrics that a study compares trials by, once read. They never change, and are in the first event, which may be
/// large.
final class ObjectiveMemo: Sendable {
    private let names = Mutex<[String]>([])

    /// Sets the metrics.
    func set(_ known: [String]) { names.withLock { $0 = known } }

    /// The metrics. `read` is called until it returns some.
    func objectives(_ read: () throws -> [String]) throws -> [String] {
        let known = names.withLock { $0 }
        if !known.isEmpty { return known }
        let found = try read()
        names.withLock { $0 = found }
        return found
    }
}
