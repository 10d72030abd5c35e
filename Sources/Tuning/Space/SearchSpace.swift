/// The hyperparameters of a study, in the order of the study file, and the allowed combinations.
public struct SearchSpace: Hashable, Codable, Sendable {
    /// The parameters. Names are unique; every `when` names another parameter, without cycles.
    public var parameters: [Parameter]
    /// The rules for each configuration; they name only parameters of this space.
    public var constraints: [Constraint]

    /// A space from its parts. The study file's parser has checked names and conditions.
    public init(_ parameters: [Parameter], constraints: [Constraint] = []) {
        self.parameters = parameters
        self.constraints = constraints
    }

    private enum CodingKeys: String, CodingKey {
        case parameters, constraints
    }

    /// Reads a space of this version or an older one.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        parameters = try fields.decode([Parameter].self, forKey: .parameters)
        constraints = try fields.decodeIfPresent([Constraint].self, forKey: .constraints) ?? []
    }

    /// Writes a space; without constraints, in the same form as older versions.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(parameters, forKey: .parameters)
        if !constraints.isEmpty { try fields.encode(constraints, forKey: .constraints) }
    }

    /// The parameters, each after those that its `when` names, otherwise in the given order.
    ///
    /// A parameter in a cycle of conditions is left out; the study file's parser rejects cycles.
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

    /// Whether a configuration satisfies all constraints.
    public func allows(_ configuration: Configuration) -> Bool {
        constraints.allSatisfy { $0.allows(configuration) }
    }

    /// Whether the domains have all values of a configuration, which may lack some.
    public func hasDomains(for configuration: Configuration) -> Bool {
        parameters.allSatisfy { configuration[$0.name].map($0.domain.contains) != false }
    }

    /// A configuration with a value for each active parameter: one that the space has had only since its trial began has the
    /// value that counts for such trials.
    public func completed(_ configuration: Configuration) -> Configuration {
        var whole = configuration
        for parameter in parentsFirst where whole[parameter.name] == nil {
            if let value = parameter.before, parameter.isActive(in: whole) {
                whole.values[parameter.name] = value
            }
        }
        return whole
    }

    /// The same, without values of parameters that the space has no longer.
    public func adapted(_ configuration: Configuration) -> Configuration {
        let names = Set(parameters.map(\.name))
        return Configuration(completed(configuration).values.filter { names.contains($0.key) })
    }

    /// Whether a configuration has a value of its domain for each active parameter, and no others; constraints may forbid
    /// it all the same.
    public func places(_ configuration: Configuration) -> Bool {
        hasDomains(for: configuration)
            && parameters.allSatisfy { (configuration[$0.name] != nil) == $0.isActive(in: configuration) }
            && configuration.values.count <= parameters.count
    }
}

/// One hyperparameter: its name, its domain, and when it is active.
public struct Parameter: Hashable, Codable, Sendable {
    /// The name, unique in its study.
    public var name: String
    /// The values that it may take.
    public var domain: Domain
    /// The conditions that must all hold for it to be active; empty if it always is.
    public var conditions: [Condition]
    /// The value that its author expects to be good; `nil` for none.
    public var prior: Prior?
    /// The value of trials that began before the study had the parameter; `nil`: it had it from the start.
    public var before: ParameterValue?

    /// A parameter from its parts.
    public init(
        name: String, domain: Domain, conditions: [Condition] = [], prior: Prior? = nil,
        before: ParameterValue? = nil
    ) {
        self.name = name
        self.domain = domain
        self.conditions = conditions
        self.prior = prior
        self.before = before
    }

    /// Whether all conditions hold in a configuration that has the parents.
    public func isActive(in configuration: Configuration) -> Bool {
        conditions.allSatisfy { $0.holds(in: configuration) }
    }
}

/// A parameter is active if its parent is active and has one of these values.
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

    /// Whether the parent is active in a configuration and has one of the values.
    public func holds(in configuration: Configuration) -> Bool {
        guard let value = configuration[parent] else { return false }
        return values.contains { $0.matches(value) }
    }
}
