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
