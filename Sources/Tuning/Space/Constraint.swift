/// A rule for configurations beyond each parameter's domain.
///
/// It has a fixed form and is not an expression: it is checked when the study is read, and its meaning never changes. A
/// constraint on an inactive parameter is ignored.
public enum Constraint: Hashable, Codable, Sendable {
    /// These conditions must not all hold; at least one.
    case forbidden([Condition])
    /// The first operand has this relation to the second; at least one is a parameter.
    case relation(Relation, Operand, Operand)

    /// A relation between two values.
    public enum Relation: String, Hashable, Codable, Sendable, CaseIterable {
        /// The first is less than the second.
        case less
        /// The first is less than the second, or equal to it.
        case atMost = "at_most"
        /// The first is not equal to the second; the only relation for strings and booleans.
        case differ
    }

    /// One side of a relation.
    public enum Operand: Hashable, Codable, Sendable {
        /// The value of a parameter.
        case parameter(String)
        /// A fixed value.
        case value(ParameterValue)
    }

    /// Whether a configuration satisfies it.
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
    /// Whether two values have this relation. A value that is not a number is neither less nor greater.
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
    /// The value in a configuration; `nil` for an inactive parameter.
    func value(in configuration: Configuration) -> ParameterValue? {
        switch self {
        case .parameter(let name): configuration[name]
        case .value(let value): value
        }
    }
}
