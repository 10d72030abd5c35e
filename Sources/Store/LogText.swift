import JSONText
import Tuning

/// How events and decisions stand in the log: as `StoreJSON.text` writes them.
enum LogText {
    /// An event.
    static func bytes(_ event: Event) throws -> TextBytes { try bytes(event) { $0.write($1) } }

    /// A decision.
    static func bytes(_ decision: Decision) throws -> TextBytes { try bytes(decision) { $0.write($1) } }

    /// Why an assignment was decided.
    static func bytes(_ reason: Assignment.Reason) throws -> TextBytes {
        try bytes(reason, capacity: 64) { $0.write($1) }
    }

    /// How an attempt ended.
    static func bytes(_ ending: Ending) throws -> TextBytes {
        try bytes(ending, capacity: 32) { $0.write($1) }
    }

    /// What is to be done.
    static func bytes(_ intent: Intent) throws -> TextBytes { try bytes(intent) { $0.write($1) } }

    /// A value as `write` writes it, or as Codable does where that says no.
    @inline(__always)
    private static func bytes<Value: Encodable>(
        _ value: Value, capacity: Int = 256, _ write: (inout JSONWriter, Value) -> Bool
    ) throws -> TextBytes {
        var writer = JSONWriter(capacity: capacity)
        return TextBytes(
            bytes: write(&writer, value) ? writer.bytes : Array(try StoreJSON.text(value).utf8))
    }

    /// What is to be done, from its text.
    static func intent(_ text: UnsafeBufferPointer<UInt8>) throws -> Intent {
        if let intent = Intent(plain: text) { return intent }
        return try StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }

    /// A configuration.
    static func bytes(_ configuration: Configuration) -> TextBytes {
        var writer = JSONWriter()
        writer.write(configuration)
        return TextBytes(bytes: writer.bytes)
    }

    /// Metrics.
    static func bytes(_ metrics: [String: Double]) -> TextBytes {
        var writer = JSONWriter()
        writer.write(metrics)
        return TextBytes(bytes: writer.bytes)
    }

    /// An event from its text.
    static func event(_ text: UnsafeBufferPointer<UInt8>) throws -> Event {
        if let event = Event(plain: text) { return event }
        return try StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }

    /// A configuration from its text.
    static func configuration(_ text: String) throws -> Configuration {
        var text = text
        return try text.withUTF8(configuration)
    }

    /// A configuration from its text.
    static func configuration(_ text: UnsafeBufferPointer<UInt8>) throws -> Configuration {
        if let configuration = Configuration(plain: text) { return configuration }
        return try StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }
}
