import RealModule
import Tuning

/// Reads the `parameters` of a Weights & Biases sweep.
///
/// W&B's reference of the sweep configuration defines the distributions.
enum SweepReader {
    /// Fields of a sweep that do not describe its space.
    private static let others = [
        "program", "method", "metric", "name", "description", "project", "entity", "command", "run_cap",
        "runcap",
        "early_terminate", "controller", "prior_runs",
    ]

    static func read(_ root: Cursor, _ draft: inout ImportDraft) {
        guard let fields = ImportFields(root, example: "{parameters: {lr: {min: 0, max: 1}}}") else {
            return
        }
        fields.refuse(except: others + ["parameters"])
        let left = others.filter { fields[$0] != nil }
        if !left.isEmpty { draft.tell("Left out: \(listed(left, "and")).") }
        if let parameters = fields.required("parameters") { addParameters(parameters, below: "", &draft) }
    }

    /// Adds parameters. Nested ones are named `outer.inner`, as W&B itself names them in a run.
    private static func addParameters(_ cursor: Cursor, below prefix: String, _ draft: inout ImportDraft) {
        for entry in cursor.names(example: "{lr: {min: 0, max: 1}}") ?? [] {
            guard let its = ImportFields(entry.cursor, example: "{min: 0, max: 1}") else { continue }
            let name = prefix + entry.name
            if let nested = its["parameters"] {
                its.refuse(except: ["parameters"])
                addParameters(nested, below: "\(name).", &draft)
            } else if let domain = SweepParameter(fields: its, name: name).domain(&draft) {
                draft.add(name, domain, entry.cursor)
            }
        }
    }
}

/// One parameter of a sweep.
private struct SweepParameter {
    let fields: ImportFields
    let name: String

    func domain(_ draft: inout ImportDraft) -> Domain? {
        guard let cursor = fields["distribution"] else { return implied(&draft) }
        switch cursor.text(example: "uniform") {
        case "constant", "categorical": return implied(&draft)
        case "int_uniform": return wholeRange()
        case "uniform": return realRange(.linear)
        case "log_uniform_values", "inv_log_uniform_values": return realRange(.log)
        case "log_uniform": return exponents(sign: 1)
        case "inv_log_uniform": return exponents(sign: -1)
        case "q_uniform": return steps(.linear, &draft)
        case "q_log_uniform_values": return steps(.log, &draft)
        case "normal", "log_normal": return normal(cursor.text(example: "normal") == "log_normal")
        case .some(let other):
            cursor.mistake(
                "a study file has no distribution such as '\(shown(other))'",
                fix:
                    "use a uniform, log-uniform or normal one, or values that are all equally likely"
            )
            return nil
        case nil: return nil
        }
    }

    private func known(_ names: String...) { fields.refuse(except: ["distribution"] + names) }

    /// W&B's default distribution.
    private func implied(_ draft: inout ImportDraft) -> Domain? {
        if fields.has("value") {
            known("value")
            return fields.value("value").map(Domain.constant)
        }
        if fields["values"] != nil {
            known("values", "probabilities")
            if let weights = fields["probabilities"] { draft.leaveOut(weights: weights, of: name) }
            return fields.values("values").map(Domain.choice)
        }
        if fields["min"]?.isWhole == true, fields["max"]?.isWhole == true { return wholeRange() }
        if fields["min"] != nil || fields["max"] != nil { return realRange(.linear) }
        if fields["mu"] != nil || fields["sigma"] != nil { return normal(false) }
        fields.cursor.mistake(
            "there is no value and no range", fix: "write 'value', 'values', or 'min' and 'max'")
        return nil
    }

    private var ends: (low: Double, high: Double)? {
        guard let low = fields.required("min")?.number(), let high = fields.required("max")?.number() else {
            return nil
        }
        return (low, high)
    }

    private func wholeRange() -> Domain? {
        known("min", "max")
        let range = StudyFileLimits.wholeNumbers
        guard let low = fields.required("min")?.whole(range),
            let high = fields.required("max")?.whole(range)
        else {
            return nil
        }
        return .imported(low, high, fields.cursor)
    }

    private func realRange(_ scale: Scale) -> Domain? {
        known("min", "max")
        return ends.flatMap { .imported($0.low, $0.high, scale: scale, fields.cursor) }
    }

    /// A range of natural logarithms, of the value or of its inverse.
    private func exponents(sign: Double) -> Domain? {
        known("min", "max")
        guard let ends else { return nil }
        let first = Double.exp(sign * ends.low)
        let second = Double.exp(sign * ends.high)
        guard first > 0, second > 0, first.isFinite, second.isFinite else {
            fields.cursor.mistake(
                "min and max are natural logarithms here, and e^\(ends.low) to e^\(ends.high) is more than numbers "
                    + "hold", fix: "use 'distribution: log_uniform_values' for a range of values")
            return nil
        }
        return .imported(min(first, second), max(first, second), scale: .log, fields.cursor)
    }

    /// Values that W&B rounds to multiples of q.
    private func steps(_ scale: Scale, _ draft: inout ImportDraft) -> Domain? {
        known("min", "max", "q")
        guard let ends, let q = fields["q"].map({ $0.number() }) ?? 1, q > 0 else { return nil }
        for name in ["min", "max"] {
            guard let cursor = fields[name] else { return nil }
            let count = (name == "min" ? ends.low : ends.high) / q
            guard abs(count - count.rounded()) > 1e-9 else { continue }
            cursor.mistake(
                "\(cursor.written) is not a multiple of q, \(fields["q"]?.written ?? "1"), and W&B rounds to these",
                fix: "write the nearest multiple")
            return nil
        }
        draft.tell(
            "The ends of \(shown(name)) are as likely here as its other values; W&B tries each of them half as often."
        )
        if let low = Int(exactly: ends.low), let high = Int(exactly: ends.high), let step = Int(exactly: q)
        {
            return .imported(low, high, scale: scale, step: step, fields.cursor)
        }
        return .imported(ends.low, ends.high, scale: scale, step: q, fields.cursor)
    }

    private func normal(_ isLog: Bool) -> Domain? {
        known("mu", "sigma")
        guard let mean = fields["mu"].map({ $0.number() }) ?? 0,
            let sd = fields["sigma"].map({ $0.number() }) ?? 1
        else { return nil }
        return isLog ? .lognormal(mean: mean, sd: sd) : .normal(mean: mean, sd: sd)
    }
}

extension Cursor {
    /// Whether the value is written as a whole number.
    fileprivate var isWhole: Bool {
        guard case .scalar(let scalar) = value.content, case .int = scalar.meaning else { return false }
        return true
    }
}
