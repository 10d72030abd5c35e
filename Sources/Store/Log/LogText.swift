import Tuning
import Wire

/// The form of events, decisions and their parts in the store: lines of `JSONWriter` or, if it has no form for them,
/// Codable's JSON, as in the stores of earlier versions.
enum LogText {
    /// Writes an event.
    static func write(_ event: Event, to writer: inout JSONWriter) throws {
        try write(event, to: &writer) { $0.write($1) }
    }

    /// Writes a decision.
    static func write(_ decision: Decision, to writer: inout JSONWriter) throws {
        try write(decision, to: &writer) { $0.write($1) }
    }

    /// A decision as text.
    static func text(_ decision: Decision) throws -> String {
        var writer = JSONWriter()
        try write(decision, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Why an assignment was decided.
    static func bytes(_ reason: Assignment.Reason) -> TextBytes { bytes { $0.write(reason) } }

    /// How an attempt ended.
    static func bytes(_ ending: Ending) -> TextBytes { bytes { $0.write(ending) } }

    /// A configuration.
    static func bytes(_ configuration: Configuration) -> TextBytes { bytes { $0.write(configuration) } }

    /// Metrics.
    static func bytes(_ metrics: [String: Double]) -> TextBytes { bytes { $0.write(metrics) } }

    /// An intent.
    static func bytes(_ intent: Intent) throws -> TextBytes {
        var writer = JSONWriter()
        try write(intent, to: &writer) { $0.write($1) }
        return TextBytes(bytes: writer.bytes)
    }

    private static func bytes(_ write: (inout JSONWriter) -> Void) -> TextBytes {
        var writer = JSONWriter(capacity: 128)
        write(&writer)
        return TextBytes(bytes: writer.bytes)
    }

    /// A value as written by `write`, or by Codable if that returns false.
    @inline(__always)
    private static func write<Value: Encodable>(
        _ value: Value, to writer: inout JSONWriter, _ write: (inout JSONWriter, Value) -> Bool
    ) throws {
        let start = writer.bytes.count
        if write(&writer, value) { return }
        writer.cut(to: start)
        writer.raw(Array(try StoreJSON.text(value).utf8)[...])
    }

    // MARK: Reading

    /// An event from its text.
    static func event(_ text: UnsafeBufferPointer<UInt8>) throws -> Event {
        try Event(line: text) ?? StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }

    /// An event from its text.
    static func event(_ text: String) throws -> Event { try withBytes(of: text, event) }

    /// A decision from its text.
    static func decision(_ text: UnsafeBufferPointer<UInt8>) throws -> Decision {
        try Decision(line: text) ?? StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }

    /// A decision from its text.
    static func decision(_ text: String) throws -> Decision { try withBytes(of: text, decision) }

    /// Why an assignment was decided, from its text.
    static func reason(_ text: String) throws -> Assignment.Reason {
        try withBytes(of: text) { Assignment.Reason(line: $0) } ?? StoreJSON.value(from: text)
    }

    /// How an attempt ended, from its text.
    static func ending(_ text: String) throws -> Ending {
        try withBytes(of: text) { Ending(line: $0) } ?? StoreJSON.value(from: text)
    }

    /// An intent from its text.
    static func intent(_ text: UnsafeBufferPointer<UInt8>) throws -> Intent {
        try Intent(plain: text) ?? StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }

    /// A configuration from its text.
    static func configuration(_ text: String) throws -> Configuration {
        try withBytes(of: text, configuration)
    }

    /// A configuration from its text.
    static func configuration(_ text: UnsafeBufferPointer<UInt8>) throws -> Configuration {
        try Configuration(plain: text) ?? StoreJSON.value(from: String(decoding: text, as: UTF8.self))
    }

    private static func withBytes<Value>(
        of text: String, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value {
        var text = text
        return try text.withUTF8(body)
    }
}
