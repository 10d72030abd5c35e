/// The hyperparameters of a study, in the order of the study file.
public struct SearchSpace: Hashable, Codable, Sendable {
    /// The parameters. Names are unique; every `when` names another parameter, without a circle.
    public var parameters: [Parameter]

    /// A space of these parameters. The study file's parser has checked names and conditions.
    public init(_ parameters: [Parameter]) { self.parameters = parameters }

    /// The parameters such that each comes after those its `when` names; else in the given order.
    ///
    /// A parameter in a circle of conditions is left out; the study file's parser refuses circles.
    public var parentsFirst: [Parameter] {
        var placed: Set<String> = []
        var order: [Parameter] = []
        var waiting = parameters
        while !waiting.isEmpty {
            let ready = waiting.filter { $0.conditions.allSatisfy { placed.contains($0.parent) } }
            if ready.isEmpty { break }
            for parameter in ready {
                order.append(parameter)
                placed.insert(parameter.name)
            }
            waiting.removeAll { placed.contains($0.name) }
        }
        return order
    }
}

/// One hyperparameter: its name, its domain, and when it is active.
public struct Parameter: Hashable, Codable, Sendable {
    /// The name, unique in its study.
    public var name: String
    /// The values it may take.
    public var domain: Domain
    /// It is active when all of these hold; always, when there are none.
    public var conditions: [Condition]

    /// A parameter from its parts.
    public init(name: String, domain: Domain, conditions: [Condition] = []) {
        self.name = name
        self.domain = domain
        self.conditions = conditions
    }
}

/// The values that a parameter may take, and how they are spread.
public enum Domain: Hashable, Codable, Sendable {
    /// Real numbers from `min` to `max`, both finite, `min` < `max`; above 0 on the log scale.
    case float(min: Double, max: Double, scale: Scale)
    /// Whole numbers from `min` to `max`, both included, `min` < `max`; above 0 on the log scale.
    case int(min: Int, max: Int, scale: Scale)
    /// One of these values, all equally likely; at least one.
    case choice([ParameterValue])
}

/// How draws are spread over a range.
public enum Scale: String, Hashable, Codable, Sendable, CaseIterable {
    /// Uniform in the value.
    case linear
    /// Uniform in the value's logarithm.
    case log
}

/// A parameter is active when its parent is active and has one of these values.
public struct Condition: Hashable, Codable, Sendable {
    /// The parent's name.
    public var parent: String
    /// The values for which the condition holds; at least one.
    public var values: [ParameterValue]

    /// A condition on a parent.
    public init(parent: String, values: [ParameterValue]) {
        self.parent = parent
        self.values = values
    }
}
