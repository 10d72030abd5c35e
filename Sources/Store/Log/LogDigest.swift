/// The chain of digests over the log: it tells that an event was altered, and which.
///
/// FNV-1a with 64 bits. It guards against slips and broken disks, not against someone who means it.
package struct LogDigest {
    /// The digest before the first event.
    package static let start = "0000000000000000"

    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The digest after an earlier one, at a time in seconds since 1970.
    package init(after previous: String, time: Double) {
        add(previous.utf8)
        add(CollectionOfOne(UInt8(ascii: " ")))
        add(String(time.bitPattern).utf8)
        add(CollectionOfOne(UInt8(ascii: " ")))
    }

    /// Takes in the bytes that follow.
    package mutating func add(_ bytes: some Sequence<UInt8>) {
        var hash = hash
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        self.hash = hash
    }

    /// Adds a line of a row, with its end.
    mutating func add(line: UnsafeBufferPointer<UInt8>) {
        add(line)
        add(CollectionOfOne(UInt8(ascii: "\n")))
    }

    /// The digest: 16 hexadecimal digits.
    package var text: String { LogDigest.digits(of: hash, count: 16) }

    /// How many digits `check` has.
    static let checkDigits = 4

    /// A short part of it, 4 hexadecimal digits, which shows the first altered event of a row.
    var check: [UInt8] { Array(LogDigest.digits(of: hash ^ hash >> 32, count: LogDigest.checkDigits).utf8) }

    private static func digits(of number: UInt64, count: Int) -> String {
        String(unsafeUninitializedCapacity: count) { digits in
            for place in 0..<count {
                let digit = UInt8(truncatingIfNeeded: number >> (4 * UInt64(count - 1 - place))) & 0xF
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return count
        }
    }
}
