import Foundation
import Testing
import Tuning

/// The generator, compared with its authors' published output.
@Suite struct RandomTests {
    /// `Random` as it is saved: four words.
    struct Saved: Codable {
        var state: [UInt64]
    }

    static func random(state: [UInt64]) throws -> Random {
        try JSONDecoder().decode(Random.self, from: JSONEncoder().encode(Saved(state: state)))
    }

    static func state(of random: Random) throws -> [UInt64] {
        try JSONDecoder().decode(Saved.self, from: JSONEncoder().encode(random)).state
    }

    @Test func `the bits are those of xoshiro256**`() throws {
        // The authors' C program from the state 1, 2, 3, 4.
        let published: [UInt64] = [
            11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360,
            607_988_272_756_665_600, 16_172_922_978_634_559_625, 8_476_171_486_693_032_832,
            10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
        ]
        var random = try Self.random(state: [1, 2, 3, 4])
        var reference = Xoshiro(1, 2, 3, 4)
        for bits in published {
            #expect(random.bits() == bits)
            #expect(reference.next() == bits)
        }
    }

    @Test func `the reference for SplitMix64 gives its published values`() {
        var mixer = SplitMix64(1_234_567)
        let published: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        for bits in published { #expect(mixer.next() == bits) }
    }

    @Test(arguments: [0, 1, 7, 1_234_567, .max] as [UInt64], [0, 1, 2, 1_000_000, .max] as [UInt64])
    func `a stream is seeded by SplitMix64, and then goes on as xoshiro256**`(
        seed: UInt64, stream: UInt64
    ) throws {
        var first = SplitMix64(seed)
        var second = SplitMix64(first.next() ^ (stream &* 0x9E37_79B9_7F4A_7C15))
        let words = (0..<4).map { _ in second.next() }
        var random = Random(seed: seed, stream: stream)
        #expect(try Self.state(of: random) == words)
        var reference = Xoshiro(words[0], words[1], words[2], words[3])
        for _ in 0..<200 { #expect(random.bits() == reference.next()) }
    }

    @Test func `a saved generator goes on where it was`() throws {
        var random = Random(seed: 3, stream: 4)
        for _ in 0..<10 { _ = random.bits() }
        var restored = try JSONDecoder().decode(Random.self, from: JSONEncoder().encode(random))
        #expect(restored == random)
        for _ in 0..<10 { #expect(restored.bits() == random.bits()) }
    }

    @Test func `streams and seeds differ from each other`() {
        var seen: Set<UInt64> = []
        for seed: UInt64 in 0..<20 {
            for stream: UInt64 in 0..<500 {
                var random = Random(seed: seed, stream: stream)
                for _ in 0..<3 { seen.insert(random.bits()) }
            }
        }
        // 30,000 of 2^64 values are never equal by chance.
        #expect(seen.count == 30_000)
    }

    @Test func `each bit of neighbouring streams agrees about half the time`() {
        var agreeing = Array(repeating: 0, count: 64)
        for stream: UInt64 in 0..<4_000 {
            var left = Random(seed: 1, stream: stream)
            var right = Random(seed: 1, stream: stream + 1)
            let equal = ~(left.bits() ^ right.bits())
            for bit in 0..<64 where equal >> UInt64(bit) & 1 == 1 { agreeing[bit] += 1 }
        }
        // Five standard deviations of a fair coin: √4000 / 2 · 5 ≈ 158.
        for (bit, count) in agreeing.enumerated() { #expect(abs(count - 2_000) < 158, "bit \(bit)") }
    }

    @Test func `a unit is from 0 to 1, without 1, in steps of 2^-53`() throws {
        var random = Random(seed: 5, stream: 0)
        for _ in 0..<10_000 {
            let unit = random.unit()
            #expect(unit >= 0 && unit < 1)
            #expect((unit * 0x1p53).rounded() == unit * 0x1p53)
        }
        // xoshiro256** gives rotate(5 · s1, 7) · 9: 0 from s1 = 0.
        var lowest = try Self.random(state: [1, 0, 0, 0])
        #expect(lowest.unit() == 0)
        var highest = try Self.random(state: [0, Self.secondWord(for: .max), 0, 0])
        #expect(highest.unit() == 1 - 0x1p-53)
    }

    /// The state's second word that gives these bits: the steps of xoshiro256** backwards.
    private static func secondWord(for bits: UInt64) -> UInt64 {
        let rotated = bits &* inverse(of: 9)
        return (rotated >> 7 | rotated << 57) &* inverse(of: 5)
    }

    /// The inverse modulo 2^64 of an odd number, by Newton's iteration.
    private static func inverse(of odd: UInt64) -> UInt64 {
        (0..<6).reduce(odd) { guess, _ in guess &* (2 &- odd &* guess) }
    }

    @Test(arguments: [1, 2, 3, 5, 6, 7, 10, 64] as [UInt64])
    func `below is uniform`(bound: UInt64) {
        var random = Random(seed: 11, stream: bound)
        var counts = Array(repeating: 0, count: Int(bound))
        for _ in 0..<20_000 { counts[Int(random.below(bound))] += 1 }
        let expected = counts.map { _ in 20_000 / Double(bound) }
        #expect(Statistics.chiSquareIsPlausible(counts, expected), "\(counts)")
    }

    @Test func `below has no bias where the bound is near 2^64`() {
        // Without rejection the multiples of 3 would be drawn twice as often as the others.
        let bound: UInt64 = 3 << 62
        var random = Random(seed: 13, stream: 0)
        var counts = [0, 0, 0]
        for _ in 0..<30_000 {
            let drawn = random.below(bound)
            #expect(drawn < bound)
            counts[Int(drawn % 3)] += 1
        }
        #expect(Statistics.chiSquareIsPlausible(counts, [10_000, 10_000, 10_000]), "\(counts)")
    }

    @Test(arguments: [.max, .max - 1, 1 << 63, (1 << 63) + 1] as [UInt64])
    func `below stays below the largest bounds`(bound: UInt64) {
        var random = Random(seed: 17, stream: bound)
        let drawn = (0..<500).map { _ in random.below(bound) }
        #expect(drawn.allSatisfy { $0 < bound })
        #expect(Set(drawn).count == drawn.count)
    }
}

/// xoshiro256** as in the authors' C program, independent of `Random`.
struct Xoshiro {
    private var s: (UInt64, UInt64, UInt64, UInt64)

    init(_ s0: UInt64, _ s1: UInt64, _ s2: UInt64, _ s3: UInt64) { s = (s0, s1, s2, s3) }

    mutating func next() -> UInt64 {
        func rotl(_ x: UInt64, _ k: UInt64) -> UInt64 { x &<< k | x &>> (64 - k) }
        let result = rotl(s.1 &* 5, 7) &* 9
        let t = s.1 &<< 17
        s.2 ^= s.0
        s.3 ^= s.1
        s.1 ^= s.2
        s.0 ^= s.3
        s.2 ^= t
        s.3 = rotl(s.3, 45)
        return result
    }
}

/// SplitMix64 as in its author's C program, independent of `Random`.
struct SplitMix64 {
    private var x: UInt64

    init(_ seed: UInt64) { x = seed }

    mutating func next() -> UInt64 {
        x = x &+ 0x9E37_79B9_7F4A_7C15
        let first = (x ^ x &>> 30) &* 0xBF58_476D_1CE4_E5B9
        let second = (first ^ first &>> 27) &* 0x94D0_49BB_1331_11EB
        return second ^ second &>> 31
    }
}
