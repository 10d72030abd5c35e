/// The xoshiro256** generator of Blackman and Vigna (2018, arXiv 1805.01407), seeded by SplitMix64.
///
/// Not the system's generator, because the same seed must give the same decisions on every machine and in every version
/// of the standard library.
public struct Random: Hashable, Codable, Sendable {
    private var state: [UInt64]

    /// The generator of one stream of a seed. The streams of a seed are independent of each other.
    public init(seed: UInt64, stream: UInt64) {
        var mixer = SplitMix(state: seed)
        mixer.state = mixer.next() ^ (stream &* 0x9E37_79B9_7F4A_7C15)
        state = (0..<4).map { _ in mixer.next() }
    }

    /// 64 random bits.
    public mutating func bits() -> UInt64 {
        let result = Random.rotate(state[1] &* 5, by: 7) &* 9
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = Random.rotate(state[3], by: 45)
        return result
    }

    /// A real number from 0 (included) to 1 (excluded): one of 2^53 equally likely ones.
    public mutating func unit() -> Double {
        Double(bits() >> 11) * 0x1p-53
    }

    /// A whole number from 0 to `bound` − 1, all equally likely; `bound` is at least 1.
    ///
    /// By multiplication and rejection (Lemire 2019, arXiv 1805.10941).
    public mutating func below(_ bound: UInt64) -> UInt64 {
        let threshold = (0 &- bound) % bound
        while true {
            let product = bits().multipliedFullWidth(by: bound)
            if product.low >= threshold { return product.high }
        }
    }

    private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014), which spreads a seed over a larger state.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
