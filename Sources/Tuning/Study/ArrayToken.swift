/// The name of one submitted array, chosen before the submission, so that everything about the array can be found by
/// it: 16 hexadecimal digits, random and so impossible to guess.
public struct ArrayToken: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The 64 random bits.
    public let bits: UInt64

    /// A new token from 64 random bits.
    public init(bits: UInt64) { self.bits = bits }

    /// A token read from outside; `nil` unless it is 16 lower-case hexadecimal digits.
    public init?(_ digits: String) {
        var digits = digits
        guard let token = digits.withUTF8({ ArrayToken(utf8: $0) }) else { return nil }
        self = token
    }

    /// A token read from outside; `nil` unless it is 16 lower-case hexadecimal digits.
    public init?(utf8 digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 16 else { return nil }
        var bits: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): bits = bits << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                bits = bits << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self.init(bits: bits)
    }

    /// Reads the digits.
    ///
    /// - Throws: `DecodingError` if they are not a token.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let token = ArrayToken(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not 16 hexadecimal digits")
        }
        self = token
    }

    /// Writes the digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digits)
    }

    /// The 16 lower-case hexadecimal digits.
    public var digits: String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: bits >> (60 - 4 * UInt64(place))) & 0xF
                buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }

    /// The digits.
    public var description: String { digits }

    /// Orders by the digits, so that lists have one order.
    public static func < (left: ArrayToken, right: ArrayToken) -> Bool { left.bits < right.bits }
}
