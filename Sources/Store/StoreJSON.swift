import Foundation

/// The one way in which values become JSON text in the store.
package enum StoreJSON {
    /// Compact JSON with sorted keys: equal values give equal text.
    ///
    /// - Throws: `EncodingError` for a number that is not finite, which no event holds.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A value from JSON text.
    ///
    /// - Throws: `DecodingError`.
    package static func value<Value: Decodable>(
        _ type: Value.Type = Value.self, from text: String
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

/// The chain of digests over the log: it tells that an event was altered, and which.
///
/// FNV-1a with 64 bits. It guards against slips and broken disks, not against someone who means it.
package enum LogDigest {
    /// The digest before the first event.
    package static let start = "0000000000000000"

    /// The digest after an event, from the one before it.
    package static func next(after previous: String, time: Double, body: String) -> String {
        next(after: previous, time: time, body: Array(body.utf8))
    }

    /// The digest after an event, from the one before it.
    static func next(after previous: String, time: Double, body: [UInt8]) -> String {
        body.withUnsafeBufferPointer { next(after: previous, time: time, body: $0) }
    }

    /// The digest after an event, from the one before it.
    static func next(after previous: String, time: Double, body: UnsafeBufferPointer<UInt8>) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for byte in previous.utf8 { add(byte) }
        add(UInt8(ascii: " "))
        for byte in String(time.bitPattern).utf8 { add(byte) }
        add(UInt8(ascii: " "))
        for byte in body { add(byte) }
        return String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: hash >> (60 - 4 * UInt64(place))) & 0xF
                digits[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }
}
