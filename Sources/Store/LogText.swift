import JSONText
import Tuning

/// How events and decisions stand in the log: as `StoreJSON.text` writes them.
enum LogText {
    /// An event.
    static func bytes(_ event: Event) throws -> TextBytes {
        var writer = JSONWriter()
        return TextBytes(bytes: writer.write(event) ? writer.bytes : Array(try StoreJSON.text(event).utf8))
    }

    /// A decision.
    static func bytes(_ decision: Decision) throws -> TextBytes {
        var writer = JSONWriter()
        return TextBytes(
            bytes: writer.write(decision) ? writer.bytes : Array(try StoreJSON.text(decision).utf8))
    }

    /// Why an assignment was decided.
    static func bytes(_ reason: Assignment.Reason) throws -> TextBytes {
        var writer = JSONWriter(capacity: 64)
        return TextBytes(
            bytes: writer.write(reason) ? writer.bytes : Array(try StoreJSON.text(reason).utf8))
    }

    /// How an attempt ended.
    static func bytes(_ ending: Ending) throws -> TextBytes {
        var writer = JSONWriter(capacity: 32)
        return TextBytes(
            bytes: writer.write(ending) ? writer.bytes : Array(try StoreJSON.text(ending).utf8))
    }

    /// What is to be done.
    static func bytes(_ intent: Intent) throws -> TextBytes {
        var writer = JSONWriter()
        return TextBytes(
            bytes: writer.write(intent) ? writer.bytes : Array(try StoreJSON.text(intent).utf8))
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
