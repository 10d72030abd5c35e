import Foundation
import Testing

/// Where the random tests take their seeds from.
enum Seeds {
    /// 1 to `count`; only the seed in `STUNE_TEST_SEED` where that is set.
    static func upTo(_ count: UInt64) -> [UInt64] {
        given.map { [$0] } ?? Array(1...count)
    }

    /// What a failure prints: the seed, and the command that replays it alone.
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

/// The tests' own source of chance (xorshift64*), so that what is tested does not choose its own tests.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = (seed &+ 1) &* 0xD134_2543_DE82_EF95 | 1
        for _ in 0..<8 { _ = next() }
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A whole number in the range.
    mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True once in `sides` times.
    mutating func oneIn(_ sides: Int) -> Bool { roll(1...sides) == 1 }

    /// One of the elements; there is at least one.
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(0...elements.count - 1)] }
}
