/// How often something impossible happened in a study: a bug of stune, never of the training code or the cluster.
///
/// A debug build stops there, so that a test shows it. A release build counts it and skips the impossible step, because
/// the healthy trials are worth more than a crash.
public struct Faults: Hashable, Sendable {
    /// How many there were since the study was loaded.
    public private(set) var count = 0
    /// The newest, as a sentence; `nil` if there was none.
    public private(set) var newest: String?

    /// Counts one.
    ///
    /// - Parameter what: the impossible event, as a sentence.
    mutating func note(_ what: String) {
        assertionFailure(what)
        count += 1
        newest = what
    }
}
