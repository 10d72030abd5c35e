/// What a configuration has to keep beyond each parameter's domain.
///
/// A fixed form and not an expression: what it may say is checked when the study is read, and means the same for ever.
/// A constraint on a parameter that is not active in a configuration says nothing there.
public enum Constraint: Hashable, Codable, Sendable {
    /// Not all of these at once; at least one.
    case forbidden([Condition])
    /// The first is in this relation to the second; at least one is a parameter.
    case relation(Relation, Operand, Operand)

    /// How two numbers are to each other.
    public enum Relation: String, Hashable, Codable, Sendable, CaseIterable {
        /// The first is less than the second.
        case less
        /// The first is less than the second, or equal to it.
        case atMost = "at_most"
        /// The first is not equal to the second; the only one that texts and truth values have.
        case differ
    }

    /// One side of a relation.
    public enum Operand: Hashable, Codable, Sendable {
        /// The value of a parameter.
        case parameter(String)
        /// A value that is given.
        case value(ParameterValue)
    }

    /// Whether a configuration keeps it.
    public func allows(_ configuration: Configuration) -> Bool {
        switch self {
        case .forbidden(let conditions):
            return !conditions.allSatisfy { $0.holds(in: configuration) }
        case .relation(let relation, let left, let right):
            guard let left = left.value(in: configuration), let right = right.value(in: configuration)
            else {
                return true
            }
            return relation.holds(left, right)
        }
    }
}

extension Constraint.Relation {
    /// Whether two values are in this relation. A value that is not a number is neither less nor greater.
    public func holds(_ left: ParameterValue, _ right: ParameterValue) -> Bool {
        switch (self, left, right) {
        case (.differ, _, _): return !left.matches(right)
        case (.less, .int(let left), .int(let right)): return left < right
        case (.atMost, .int(let left), .int(let right)): return left <= right
        case (.less, _, _), (.atMost, _, _):
            guard let left = left.number, let right = right.number else { return false }
            return self == .less ? left < right : left <= right
        }
    }
}

extension Constraint.Operand {
    /// The value in a configuration; `nil` for a parameter that is not active.
    func value(in configuration: Configuration) -> ParameterValue? {
        switch self {
        case .parameter(let name): configuration[name]
        case .value(let value): value
        }
    }
}
