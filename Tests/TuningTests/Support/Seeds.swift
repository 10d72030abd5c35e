import Foundation
import Testing

/// Where the random tests take their seeds from.
enum Seeds {
    /// 1 to `count`; only the seed in `STUNE_TEST_SEED` if that is set.
    static func upTo(_ count: UInt64) -> [UInt64] {
        given.map { [$0] } ?? Array(1...count)
    }

    /// The text of a failure: the seed, and the command that replays it alone.
    static func replay<Suite>(_ seed: UInt64, in suite: Suite.Type) -> Comment {
        "seed \(seed); replay it by STUNE_TEST_SEED=\(seed) swift test --filter TuningTests.\(suite)"
    }

    private static let given: UInt64? = {
        guard let text = ProcessInfo.processInfo.environment["STUNE_TEST_SEED"] else { return nil }
        guard let seed = UInt64(text) else {
            preconditionFailure("STUNE_TEST_SEED is '\(text)'; give a whole number, 0 or greater")
        }
        return seed
    }()
}
