/// How often something happened in a study that cannot happen: a bug of stune, never of the training code or the cluster.
///
/// A debug build stops there, so that a test shows it. A release counts it and goes on without the impossible step: the
/// trials that are still healthy are worth more than a crash.
public struct Faults: Hashable, Sendable {
    /// How many there were since the study was loaded.
    public private(set) var count = 0
    /// The newest, in a sentence; `nil`: there was none.
    public private(set) var newest: String?

    /// Counts one.
    ///
    /// - Parameter what: what happened that cannot, in a sentence.
    mutating func note(_ what: String) {
        assertionFailure(what)
        count += 1
        newest = what
    }
}
