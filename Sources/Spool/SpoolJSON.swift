import FoundationEssentials

/// Why a file in the spool could not be used.
package enum SpoolError: Error, Hashable, CustomStringConvertible {
    /// The file system refused.
    case file(FileError)
    /// The content has the wrong form.
    case malformed(path: String, reason: String)
    /// A part of the inbox holds more letters than a shared filesystem handles well, because no controller takes them
    /// out.
    case inboxFull(path: String, letters: Int)

    /// Whether a later try may succeed.
    package var mayPass: Bool {
        switch self {
        case .file(let failure): failure.mayPass
        case .inboxFull: true
        case .malformed: false
        }
    }

    /// A sentence with the path.
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .malformed(let path, let reason): "'\(path)' is malformed: \(reason)"
        case .inboxFull(let path, let letters):
            "the inbox is full: '\(path)' holds \(letters) letters, more than "
                + "\(SpoolLimits.lettersPerShard); start the controller with 'stune run' to take them in"
        }
    }
}

/// Converts values to the spool's JSON and back; the only place that does so.
package enum SpoolJSON {
    /// Compact JSON with sorted keys: equal values give equal bytes.
    package static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            // All types of the spool consist of finite numbers, strings and arrays of them, which JSON can hold.
            preconditionFailure("\(type(of: value)) has no JSON form: \(error)")
        }
    }

    /// A value from JSON text.
    ///
    /// - Throws: `DecodingError`.
    package static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8]
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// A value from a file.
    ///
    /// - Parameter plain: reads the usual form without Codable.
    package static func read<Value: Decodable>(
        _ path: String, on files: any FileSystem, limit: Int, plain: ([UInt8]) -> Value? = { _ in nil }
    ) throws(SpoolError) -> Value {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.readOwn(path, limit: limit)
        } catch {
            // A pipe, a link or a file that is too large is not a record, and trying again cannot help.
            throw error.mayPass || error.isAbsent || error.breaksTrust
                ? .file(error) : .malformed(path: path, reason: error.description)
        }
        if let value = plain(bytes) { return value }
        do {
            return try decode(from: bytes)
        } catch {
            throw .malformed(path: path, reason: reason(error))
        }
    }

    /// A decoding error in one short line.
    package static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return String(describing: error) }
        switch error {
        case .keyNotFound(let key, _): return "'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
        @unknown default: return String(describing: error)
        }
    }
}
