import Tuning

/// Reads `forbidden` and `constraints`: rules for a configuration beyond each parameter's domain.
struct ConstraintReader {
    private let checker: ConditionChecker

    /// Constraints on these parameters.
    init(_ parameters: ParameterReader.Result, _ findings: Findings) {
        checker = ConditionChecker(drafts: parameters.drafts, findings: findings)
    }

    // MARK: Forbidden combinations

    /// The combinations in a list, without those that have mistakes.
    func forbidden(_ cursor: Cursor) -> [Constraint] {
        let example = "[{optimizer: sgd, layers: [7, 8]}]"
        return elements(cursor, example: example).compactMap { element in
            let conditions = ParameterReader.conditions(element)
            for condition in conditions { checker.check(condition) }
            guard !conditions.isEmpty else { return nil }
            return .forbidden(
                conditions.map { Condition(parent: $0.parent, values: $0.values.map(\.value)) })
        }
    }

    // MARK: Relations

    /// The relations in a list, without those that have mistakes.
    func relations(_ cursor: Cursor) -> [Constraint] {
        elements(cursor, example: "[{less: [min_lr, max_lr]}]").compactMap(relation)
    }

    private func relation(_ cursor: Cursor) -> Constraint? {
        let words = Constraint.Relation.allCases.map(\.rawValue)
        guard let fields = SectionCursor(cursor, as: .constraint) else { return nil }
        let given = Constraint.Relation.allCases.filter { fields[$0.rawValue] != nil }
        guard given.count == 1, let relation = given.first, let pair = fields[relation.rawValue] else {
            cursor.mistake(
                given.isEmpty ? "there is no relation" : "there are \(given.count) relations",
                fix: "write one of \(listed(words)) in each constraint")
            return nil
        }
        guard let sides = pair.list(example: "[min_lr, max_lr]") else { return nil }
        guard sides.count == 2 else {
            pair.mistake(
                "the list has \(sides.count) elements",
                fix: "write two, such as [min_lr, max_lr] or [layers, 8]"
            )
            return nil
        }
        let operands = sides.map { operand($0, of: relation) }
        guard let left = operands[0], let right = operands[1] else { return nil }
        let names = [left, right].compactMap { if case .parameter(let name) = $0 { name } else { nil } }
        guard !names.isEmpty, Set(names).count == names.count else {
            pair.mistake(
                names.isEmpty ? "there is no parameter" : "both are the same parameter",
                fix: "name two parameters, or a parameter and a number")
            return nil
        }
        return .relation(relation, left, right)
    }

    /// One side of a relation: a number or a parameter's name.
    private func operand(_ cursor: Cursor, of relation: Constraint.Relation) -> Constraint.Operand? {
        guard let value = cursor.parameterValue() else { return nil }
        switch value {
        case .int, .float: return .value(value)
        case .bool, .null:
            cursor.mistake(
                "\(cursor.written) is neither a parameter nor a number",
                fix: "use 'forbidden' for other values")
            return nil
        case .string(let name):
            guard let parameter = checker.byName[name] else {
                checker.tellUnknown(name, at: cursor.value.place, cursor.path)
                return nil
            }
            if let domain = parameter.domain, relation != .differ, !domain.isNumeric {
                cursor.mistake(
                    "the values of '\(shown(name))' are not all numbers, and so have no order",
                    fix: "use 'differ', or 'forbidden'")
                return nil
            }
            return .parameter(name)
        }
    }

    private func elements(_ cursor: Cursor, example: String) -> [Cursor] {
        guard let elements = cursor.list(example: example) else { return [] }
        guard elements.count <= StudyFileLimits.constraints else {
            cursor.mistake(
                "there are \(elements.count), more than \(StudyFileLimits.constraints)",
                fix: "say the same with fewer, for example with lists of values")
            return []
        }
        return elements
    }

    // MARK: Whether they can be kept

    /// Tests by random draws that configurations are left, and enough of them.
    static func check(_ space: SearchSpace, _ cursor: Cursor) {
        let draws = StudyFileLimits.constraintDraws
        let allowed = SpaceSampler(space).allowed(of: draws, seed: 0)
        if allowed == 0 {
            cursor.mistake(
                "none of \(draws) draws satisfies 'forbidden' and 'constraints'",
                fix: "take out what excludes all others, or narrow the parameters to what is allowed")
        } else if allowed < StudyFileLimits.constraintAllowed {
            cursor.note(
                "only \(allowed) of \(draws) draws satisfy 'forbidden' and 'constraints': narrower "
                    + "parameters would leave less to draw again")
        }
    }
}
