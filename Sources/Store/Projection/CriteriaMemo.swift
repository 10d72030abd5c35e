import Synchronization
import Tuning

/// What results are judged by, once read. The metrics never change, and are in the first event, which may be large.
final class CriteriaMemo: Sendable {
    private let known = Mutex<Criteria?>(nil)

    /// Sets the criteria.
    func set(_ criteria: Criteria) { known.withLock { $0 = criteria } }

    /// The criteria; `nil` before there is a plan. `read` is called until it returns some.
    func criteria(_ read: () throws -> Criteria?) throws -> Criteria? {
        if let known = known.withLock({ $0 }) { return known }
        let found = try read()
        known.withLock { $0 = found }
        return found
    }
}
