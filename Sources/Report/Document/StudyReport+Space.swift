import Store
import StudyFile
import Tuning

/// The metrics, their bounds, and the parameters.
extension StudyReport {
    func writeSpace(_ fields: inout JSONFields) {
        fields.key("objectives")
        fields.array(spec.plan.objectives) { fields, objective in
            fields.object { fields in
                fields.key("metric")
                fields.text(objective.metric)
                fields.key("goal")
                fields.text(objective.goal.rawValue)
            }
        }
        fields.key("bounds")
        fields.array(spec.plan.bounds) { fields, bound in
            fields.object { fields in
                fields.key("metric")
                fields.text(bound.metric)
                fields.key("side")
                fields.text(bound.side == .atMost ? "at most" : "at least")
                fields.key("limit")
                fields.number(bound.limit)
            }
        }
        fields.key("parameters")
        fields.array(spec.plan.space.parameters) { fields, parameter in
            fields.object { fields in
                let axis = ParameterAxis(parameter.domain)
                fields.key("name")
                fields.text(parameter.name)
                fields.key("kind")
                fields.text(axis.kind)
                fields.key("scale")
                fields.text(axis.scale)
                fields.key("low")
                fields.number(axis.low)
                fields.key("high")
                fields.number(axis.high)
                fields.key("values")
                fields.array(values(of: parameter)) { $0.value($1) }
                fields.key("conditional")
                fields.truth(!parameter.conditions.isEmpty)
            }
        }
    }

    /// The values of a parameter without an order or scale: those of its domain, then others that trials have; none where the
    /// values are numbers on a scale.
    func values(of parameter: Parameter) -> [ParameterValue] {
        guard ParameterAxis(parameter.domain).kind != "number" else { return [] }
        var values: [ParameterValue] =
            switch parameter.domain {
            case .choice(let values), .ordinal(let values): values
            case .constant(let value): [value]
            default: []
            }
        var known = Set(values)
        for row in trials {
            guard let value = row.configuration[parameter.name], known.insert(value).inserted else {
                continue
            }
            values.append(value)
        }
        return values
    }
}

/// How a picture draws the values of a parameter.
struct ParameterAxis {
    /// `number`: on a scale from `low` to `high`; `ordinal`: in the order of `values`; `choice`: in no order.
    let kind: String
    /// One of `Scale`'s words, or `linear`.
    var scale = Scale.linear.rawValue
    /// The bounds of numbers; `nil`: there are none, and the trials' own are to be taken.
    var low, high: Double?

    /// The axis of a domain.
    init(_ domain: Domain) {
        switch domain {
        case .float(let min, let max, let scale, _):
            (kind, self.scale, low, high) = ("number", scale.rawValue, min, max)
        case .int(let min, let max, let scale, _):
            (kind, self.scale, low, high) = ("number", scale.rawValue, Double(min), Double(max))
        case .normal(_, _, let min, let max): (kind, low, high) = ("number", min, max)
        case .lognormal(_, _, let min, let max):
            (kind, scale, low, high) = ("number", Scale.log.rawValue, min, max)
        case .ordinal: kind = "ordinal"
        case .choice, .constant: kind = "choice"
        }
    }
}
