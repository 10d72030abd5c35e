/// The name of one submitted array, chosen before the submission, so that everything about the
/// array can be found by it: 16 hexadecimal digits, random and therefore not to be guessed.
package struct ArrayToken: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The 16 lower-case hexadecimal digits.
    package let digits: String

    /// A token read from outside; `nil` unless it is 16 lower-case hexadecimal digits.
    package init?(_ digits: String) {
        guard digits.utf8.count == 16,
            digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        self.digits = digits
    }

    /// A new token from 64 random bits.
    package init(bits: UInt64) {
        let hexadecimal = String(bits, radix: 16)
        digits = String(repeating: "0", count: 16 - hexadecimal.count) + hexadecimal
    }

    /// Reads the digits.
    ///
    /// - Throws: `DecodingError` when they are no token.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let token = ArrayToken(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not 16 hexadecimal digits")
        }
        self = token
    }

    /// Writes the digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digits)
    }

    /// The digits.
    package var description: String { digits }

    /// Orders by the digits, so that lists have one order.
    package static func < (left: ArrayToken, right: ArrayToken) -> Bool {
        left.digits < right.digits
    }
}
