import Spool

/// One line of the reports file, as the training code wrote it.
package enum ReportLine: Hashable, Sendable {
    /// Metrics at a resource. A value that is not finite is in `nonFinite`, as `nan`, `inf` or `-inf`. `waits`: at
    /// the target the command waits to be told what follows.
    case report(resource: Int, metrics: [String: Double], nonFinite: [String: String], waits: Bool = false)
    /// A checkpoint of this resource was published.
    case checkpoint(resource: Int)

    /// Why a line cannot be used, in a sentence without a full stop.
    package struct Unusable: Error, Hashable {
        /// The sentence.
        package var why: String
    }

    /// Reads one line, without its end.
    package init(_ bytes: [UInt8]) throws(Unusable) {
        guard bytes.count <= SpoolLimits.reportLineBytes else {
            throw Unusable(why: "it has \(bytes.count) bytes, more than \(SpoolLimits.reportLineBytes)")
        }
        let fields: Fields
        do {
            fields = try SpoolJSON.decode(from: BareWords.quoted(bytes))
        } catch {
            throw Unusable(
                why: "it is no report (\(SpoolJSON.reason(error))); write "
                    + "{\"resource\": 3, \"metrics\": {\"loss\": 0.5}}")
        }
        switch (fields.resource, fields.metrics, fields.checkpoint) {
        case (nil, nil, let resource?): self = .checkpoint(resource: resource)
        case (let resource?, let metrics?, nil):
            self = try ReportLine.report(resource, metrics, waits: fields.waits ?? false)
        default:
            throw Unusable(why: "it has to have either 'resource' and 'metrics', or 'checkpoint'")
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
            case .number(let number): nonFinite[name] = number.isNaN ? "nan" : number > 0 ? "inf" : "-inf"
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

    /// The word for a number that is not finite, from the spellings in use; `nil` for any other text.
    private static func word(_ text: String) -> String? {
        switch text.lowercased() {
        case "nan", "+nan", "-nan": "nan"
        case "inf", "+inf", "infinity", "+infinity": "inf"
        case "-inf", "-infinity": "-inf"
        default: nil
        }
    }

    /// The fields of a line. Others are for the future, and ignored.
    private struct Fields: Decodable {
        var resource: Int?
        var metrics: [String: Value]?
        var checkpoint: Int?
        var waits: Bool?
    }

    /// A metric's value, whatever was sent.
    private enum Value: Decodable {
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
    }
}
