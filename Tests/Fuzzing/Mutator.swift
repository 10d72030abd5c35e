import Tuning

/// Makes inputs that are almost valid, and some that are not at all. The same seed and number give the same input
/// everywhere.
struct Mutator {
    private var dice: Tuning.Random

    init(seed: UInt64, input: UInt64) { dice = Tuning.Random(seed: seed, stream: input) }

    /// Values that often break parsers: numbers without bounds, odd texts, beginnings and ends.
    private static let odd: [String] = [
        "1e400", "-1e400", "1e-400", "-0", "10000000000000000000000000000000", "9223372036854775808", "NaN",
        "Infinity", "-Infinity", "null", "true", "\"\"", "{}", "[]", "\"\\ud800\"", "\"\\u0000\"", "\\",
        "\"", "'", "\0",
        "\u{feff}", "\u{202e}", "e\u{301}", "\r\n", "\t", "&a *a", "<<: *a", "!!binary x", "? ", "- - -",
        "%", "{{", "}}",
        "{lr", ":", ",", "stune:", "0x10", "1_000", "1:2:3:4", "2-", "../..", "/etc/passwd", "$(touch x)",
        "🙂",
    ]

    mutating func below(_ bound: Int) -> Int { Int(dice.below(UInt64(bound))) }

    /// One input, from the valid ones.
    mutating func input(_ seeds: [[UInt8]]) -> [UInt8] {
        if below(50) == 0 { return noise(below(400)) }
        if below(200) == 0 { return nest() }
        var bytes = seeds[below(seeds.count)]
        for _ in 0..<(1 + below(4) * below(2)) { mutate(&bytes, seeds) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
        guard !bytes.isEmpty else {
            bytes = noise(20)
            return
        }
        let at = below(bytes.count)
        let end = min(bytes.count, at + 1 + below(24))
        switch below(10) {
        case 0: bytes[at] ^= UInt8(1 << below(8))
        case 1: bytes[at] = UInt8(below(256))
        case 2: bytes.removeSubrange(at..<end)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4, 5: bytes.replaceSubrange(at..<end, with: Mutator.odd[below(Mutator.odd.count)].utf8)
        case 6: replaceValue(&bytes, at)
        case 7:
            let other = seeds[below(seeds.count)]
            bytes = Array(bytes.prefix(at)) + other.dropFirst(below(other.count))
        case 8: bytes.insert(contentsOf: [UInt8](repeating: bytes[at], count: below(3_000)), at: at)
        default: bytes = Array(bytes.prefix(at))
        }
    }

    /// Replaces the number, word or text here by something odd.
    private mutating func replaceValue(_ bytes: inout [UInt8], _ at: Int) {
        let ends = Set(",:{}[]\n ".utf8)
        let first = bytes[..<at].lastIndex { ends.contains($0) }.map { $0 + 1 } ?? 0
        let last = bytes[at...].firstIndex { ends.contains($0) } ?? bytes.count
        bytes.replaceSubrange(first..<max(first, last), with: Mutator.odd[below(Mutator.odd.count)].utf8)
    }

    private mutating func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(below(256)) } }

    /// Nested brackets.
    private mutating func nest() -> [UInt8] {
        let open = ["[", "{\"a\":", "{metrics: ", "- ", "((("][below(5)]
        return Array(String(repeating: open, count: 1 << below(15)).utf8)
    }
}
