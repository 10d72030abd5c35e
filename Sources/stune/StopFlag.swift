import Synchronization

/// Set once, by a signal; read by the controller's loop.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    /// Whether it was set.
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Sets it.
    func set() { flag.store(true, ordering: .relaxed) }
}
