/// The tests' own random generator (xorshift64*), so that the code under test does not choose its own tests.
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// The stream of a seed; the seed is any number.
    package init(seed: UInt64) {
        state = (seed &+ 1) &* 0xD134_2543_DE82_EF95 | 1
        for _ in 0..<8 { _ = next() }
    }

    /// See `RandomNumberGenerator.next`.
    package mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// A whole number in the range.
    package mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True once in `sides` times.
    package mutating func oneIn(_ sides: Int) -> Bool { roll(1...sides) == 1 }

    /// One of the elements; there is at least one.
    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[roll(0...elements.count - 1)]
    }
}
