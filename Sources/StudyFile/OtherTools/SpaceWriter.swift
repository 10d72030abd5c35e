import Tuning

/// Writes a space as sections of a study file. Reading them gives the same space.
enum SpaceWriter {
    /// The sections `parameters`, `forbidden` and `constraints`; the last two only if needed.
    static func text(of space: SearchSpace) -> String {
        var lines = ["parameters:"]
        lines += space.parameters.map { "  \(text($0.name)): \(mapping(fields(of: $0)))" }
        let forbidden = space.constraints.compactMap { constraint in
            if case .forbidden(let conditions) = constraint {
                "  - \(mapping(fields(of: conditions)))"
            } else {
                nil
            }
        }
        if !forbidden.isEmpty { lines += ["forbidden:"] + forbidden }
        let relations = space.constraints.compactMap { constraint in
            if case .relation(let relation, let left, let right) = constraint {
                "  - \(mapping([(relation.rawValue, "[\(text(left)), \(text(right))]")]))"
            } else {
                nil
            }
        }
        if !relations.isEmpty { lines += ["constraints:"] + relations }
        return lines.joined(separator: "\n") + "\n"
    }

    private typealias Fields = [(name: String, value: String)]

    private static func fields(of parameter: Parameter) -> Fields {
        var fields = fields(of: parameter.domain)
        if let prior = parameter.prior {
            var its: Fields = [("default", text(prior.value))]
            if prior.width != Prior.defaultWidth { its.append(("width", text(prior.width))) }
            fields.append(("prior", mapping(its)))
        }
        if !parameter.conditions.isEmpty {
            fields.append(("when", mapping(Self.fields(of: parameter.conditions))))
        }
        return fields
    }

    private static func fields(of conditions: [Condition]) -> Fields {
        conditions.map { condition in
            let values = condition.values.map { text($0) }.joined(separator: ", ")
            return (text(condition.parent), condition.values.count == 1 ? values : "[\(values)]")
        }
    }

    private static func fields(of domain: Domain) -> Fields {
        func list(_ values: [ParameterValue]) -> String {
            "[\(values.map { text($0) }.joined(separator: ", "))]"
        }
        func optional(_ name: String, _ value: Double?) -> Fields { value.map { [(name, text($0))] } ?? [] }
        switch domain {
        case .float(let min, let max, let scale, let step):
            return [("type", "float"), ("min", text(min)), ("max", text(max))] + field(scale)
                + optional("step", step)
        case .int(let min, let max, let scale, let step):
            return [("type", "int"), ("min", "\(min)"), ("max", "\(max)")] + field(scale)
                + (step.map { [("step", "\($0)")] } ?? [])
        case .normal(let mean, let sd, let min, let max):
            return [("type", "normal"), ("mean", text(mean)), ("sd", text(sd))] + optional("min", min)
                + optional("max", max)
        case .lognormal(let mean, let sd, let min, let max):
            return [("type", "lognormal"), ("mean", text(mean)), ("sd", text(sd))] + optional("min", min)
                + optional("max", max)
        case .choice(let values): return [("type", "choice"), ("values", list(values))]
        case .ordinal(let values): return [("type", "ordinal"), ("values", list(values))]
        case .constant(let value): return [("type", "constant"), ("value", text(value))]
        }
    }

    private static func field(_ scale: Scale) -> Fields {
        scale == .linear ? [] : [("scale", scale.rawValue)]
    }

    private static func mapping(_ fields: Fields) -> String {
        "{\(fields.map { "\($0.name): \($0.value)" }.joined(separator: ", "))}"
    }

    // MARK: Scalars

    private static func text(_ operand: Constraint.Operand) -> String {
        switch operand {
        case .parameter(let name): text(name)
        case .value(let value): text(value)
        }
    }

    private static func text(_ value: ParameterValue) -> String {
        switch value {
        case .float(let number): text(number)
        case .int(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .null: "null"
        case .string(let words): text(words)
        }
    }

    /// A number in a form that all versions of YAML read alike: with a decimal point, also before an exponent.
    private static func text(_ number: Double) -> String {
        let digits = "\(number)"
        guard let exponent = digits.firstIndex(of: "e"), !digits.contains(".") else { return digits }
        return "\(digits[..<exponent]).0\(digits[exponent...])"
    }

    /// A string, in quotes if it could be read as something else.
    private static func text(_ words: String) -> String {
        let isPlain = words.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "/"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        let scalar = Scalar(text: words, isPlain: true)
        let startsPlain = words.first.map { $0.isLetter || $0 == "_" } ?? false
        if isPlain, startsPlain, scalar.meaning == .text, !scalar.isOldBoolean { return words }
        return "\"\(words.unicodeScalars.map(escaped).joined())\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        default:
            guard isUnprintable(scalar) || scalar.value == 0xFEFF else { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
    }
}
