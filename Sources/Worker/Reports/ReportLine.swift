import Spool
import Wire

/// One line of the reports file, as the training code wrote it.
package enum ReportLine: Hashable, Sendable {
    /// Metrics at a resource. `nonFinite` has the values that are not finite, as `nan`, `inf` or `-inf`. `waits`: at
    /// the target, the command waits for the answer.
    case report(resource: Int, metrics: [String: Double], nonFinite: [String: String], waits: Bool = false)
    /// A checkpoint of this resource was published.
    case checkpoint(resource: Int)
    /// The command has finished its trial and waits for another.
    case next

    /// Why a line cannot be used: a sentence without a full stop.
    package struct Unusable: Error, Hashable {
        /// The sentence.
        package var why: String
    }

    /// Reads one line, without its end.
    package init(_ bytes: [UInt8]) throws(Unusable) {
        guard bytes.count <= SpoolLimits.reportLineBytes else {
            throw Unusable(why: "it has \(bytes.count) bytes, more than \(SpoolLimits.reportLineBytes)")
        }
        let fields = if let plain = Fields(plain: bytes) { plain } else { try Fields(any: bytes) }
        switch (fields.resource, fields.metrics, fields.checkpoint, fields.next) {
        case (nil, nil, let resource?, nil): self = .checkpoint(resource: resource)
        case (let resource?, let metrics?, nil, nil):
            self = try ReportLine.report(resource, metrics, waits: fields.waits ?? false)
        case (nil, nil, nil, true?): self = .next
        default:
            throw Unusable(
                why: "it must have either 'resource' and 'metrics', or 'checkpoint', or 'next'")
        }
    }

    private static func report(
        _ resource: Int, _ values: [String: Value], waits: Bool
    ) throws(Unusable) -> ReportLine {
        guard values.count <= SpoolLimits.metricsPerReport else {
            throw Unusable(
                why: "it has \(values.count) metrics, more than \(SpoolLimits.metricsPerReport)")
        }
        var metrics: [String: Double] = [:]
        var nonFinite: [String: String] = [:]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard name.utf8.count <= SpoolLimits.metricNameBytes else {
                throw Unusable(why: "a metric's name has more than \(SpoolLimits.metricNameBytes) bytes")
            }
            switch value {
            case .number(let number) where number.isFinite: metrics[name] = number
            case .number(let number): nonFinite[name] = word(for: number)
            case .text(let text):
                guard let word = ReportLine.word(text) else {
                    throw Unusable(
                        why: "the metric '\(name)' is the text '\(text.prefix(40))', not a number")
                }
                nonFinite[name] = word
            case .other:
                throw Unusable(why: "the metric '\(name)' is not a number that a double can hold")
            }
        }
        return .report(resource: resource, metrics: metrics, nonFinite: nonFinite, waits: waits)
    }

    /// The word for a number that is not finite.
    private static func word(for number: Double) -> String {
        number.isNaN ? "nan" : number > 0 ? "inf" : "-inf"
    }

    /// The word for a number that is not finite, from any usual spelling; `nil` for other text.
    private static func word(_ text: String) -> String? {
        switch text.lowercased() {
        case "nan", "+nan", "-nan": "nan"
        case "inf", "+inf", "infinity", "+infinity": "inf"
        case "-inf", "-infinity": "-inf"
        default: nil
        }
    }

    /// The fields of a line. Unknown fields are ignored, for later versions.
    private struct Fields: Codable {
        var resource: Int?
        var metrics: [String: Value]?
        var checkpoint: Int?
        var waits: Bool?
        var next: Bool?

        init(
            resource: Int? = nil, metrics: [String: Value]? = nil, checkpoint: Int? = nil,
            waits: Bool? = nil, next: Bool? = nil
        ) {
            (self.resource, self.metrics, self.checkpoint) = (resource, metrics, checkpoint)
            (self.waits, self.next) = (waits, next)
        }

        init(any line: [UInt8]) throws(Unusable) {
            do {
                self = try SpoolJSON.decode(from: BareWords.quoted(line))
            } catch {
                throw Unusable(
                    why: "it is not a report (\(SpoolJSON.reason(error))); write "
                        + "{\"resource\": 3, \"metrics\": {\"loss\": 0.5}}")
            }
        }

        /// Reads the usual form of a line without Codable; `nil` for any other form.
        init?(plain line: [UInt8]) {
            let fields = JSONScanner.value(of: line[...]) { scanner throws(Unfamiliar) in
                var fields = Fields()
                try scanner.object { scanner, key throws(Unfamiliar) in try fields.read(key, &scanner) }
                return fields
            }
            guard let fields else { return nil }
            self = fields
        }

        private mutating func read(
            _ key: JSONScanner.Key, _ scanner: inout JSONScanner
        ) throws(Unfamiliar) {
            if key.is("resource") { return try resource.set(once: scanner.whole()) }
            if key.is("checkpoint") { return try checkpoint.set(once: scanner.whole()) }
            if key.is("waits") { return try waits.set(once: scanner.boolean()) }
            if key.is("next") { return try next.set(once: scanner.boolean()) }
            guard key.is("metrics") else { throw Unfamiliar() }
            let values = try scanner.dictionary { scanner throws(Unfamiliar) -> Value in
                if scanner.next() == UInt8(ascii: "\"") { return .text(try scanner.text()) }
                return .number(try scanner.real())
            }
            try metrics.set(once: values)
        }
    }

    /// A metric's value, whatever its type in the line.
    private enum Value: Codable {
        case number(Double)
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .other
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .other: try container.encodeNil()
            }
        }
    }
}

/// How the training code writes a line.
extension ReportLine {
    /// A report of these metrics.
    package static func report(
        _ metrics: [String: Double], at resource: Int, waits: Bool = false
    ) -> ReportLine {
        .report(
            resource: resource, metrics: metrics.filter(\.value.isFinite),
            nonFinite: metrics.filter { !$0.value.isFinite }.mapValues(word(for:)), waits: waits)
    }

    /// The line, without its end.
    package var bytes: [UInt8] {
        switch self {
        case .report(let resource, let metrics, let nonFinite, let waits):
            let values = metrics.mapValues(Value.number).merging(nonFinite.mapValues(Value.text)) { $1 }
            return SpoolJSON.encode(
                Fields(resource: resource, metrics: values, waits: waits ? true : nil))
        case .checkpoint(let resource): return SpoolJSON.encode(Fields(checkpoint: resource))
        case .next: return SpoolJSON.encode(Fields(next: true))
        }
    }
}
