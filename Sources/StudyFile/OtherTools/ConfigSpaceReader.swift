import Tuning

/// Reads ConfigSpace 1.x files: hyperparameters, conditions, forbidden clauses.
enum ConfigSpaceReader {
    static func read(_ root: Cursor, _ draft: inout ImportDraft) {
        guard let fields = ImportFields(root, example: "{\"hyperparameters\": […]}") else { return }
        fields.refuse(except: [
            "name", "hyperparameters", "conditions", "forbiddens", "python_module_version",
            "format_version", "meta",
        ])
        for cursor in fields.required("hyperparameters")?.list(example: "[{…}]") ?? [] {
            guard let parameter = parameter(cursor, &draft) else { continue }
            draft.add(parameter.name, parameter.domain, cursor)
        }
        for cursor in fields["conditions"]?.list(example: "[{…}]") ?? [] { addCondition(cursor, &draft) }
        for cursor in fields["forbiddens"]?.list(example: "[{…}]") ?? [] {
            guard let constraint = constraint(cursor, draft) else { continue }
            draft.add(constraint, cursor)
        }
        draft.tell("The defaults were left out: list under 'points' what is to be tried first.")
    }

    // MARK: Hyperparameters

    private static func parameter(_ cursor: Cursor, _ draft: inout ImportDraft) -> Parameter? {
        guard let fields = ImportFields(cursor, example: "{\"type\": \"uniform_float\", …}"),
            let name = fields.required("name")?.text(example: "lr"), let type = fields.required("type"),
            let domain = domain(type, fields, of: name, &draft)
        else { return nil }
        return Parameter(name: name, domain: domain)
    }

    private static func domain(
        _ type: Cursor, _ fields: ImportFields, of name: String, _ draft: inout ImportDraft
    ) -> Domain? {
        func known(_ names: String...) {
            fields.refuse(except: ["type", "name", "default_value", "meta"] + names)
        }
        switch type.text(example: "uniform_float") {
        case "uniform_float":
            known("lower", "upper", "log")
            guard let low = fields.required("lower")?.number(),
                let high = fields.required("upper")?.number(),
                let log = fields.flag("log")
            else { return nil }
            return .imported(low, high, scale: log ? .log : .linear, fields.cursor)
        case "uniform_int":
            known("lower", "upper", "log")
            let range = StudyFileLimits.wholeNumbers
            guard let low = fields.required("lower")?.whole(range),
                let high = fields.required("upper")?.whole(range), let log = fields.flag("log")
            else { return nil }
            return .imported(low, high, scale: log ? .log : .linear, fields.cursor)
        case "normal_float": return normal(fields)
        case "categorical":
            known("choices", "weights")
            if let weights = fields["weights"] { draft.leaveOut(weights: weights, of: name) }
            return fields.values("choices").map(Domain.choice)
        case "ordinal":
            known("sequence")
            return fields.values("sequence").map(Domain.ordinal)
        case "constant":
            known("value")
            return fields.value("value").map(Domain.constant)
        case .some(let other):
            type.mistake(
                "a study file has no parameters of the type '\(shown(other))'",
                fix: "use uniform_float, uniform_int, normal_float, categorical, ordinal or constant")
            return nil
        case nil: return nil
        }
    }

    private static func normal(_ fields: ImportFields) -> Domain? {
        fields.refuse(except: [
            "type", "name", "default_value", "meta", "mu", "sigma", "lower", "upper", "log",
        ])
        if fields.flag("log") == true, let log = fields["log"] {
            log.mistake(
                "a study file has no normal distribution on a log scale", fix: "use a uniform one")
            return nil
        }
        guard let mean = fields.required("mu")?.number(), let sd = fields.required("sigma")?.number() else {
            return nil
        }
        return .normal(mean: mean, sd: sd, min: fields["lower"]?.number(), max: fields["upper"]?.number())
    }

    // MARK: Conditions

    private static func addCondition(_ cursor: Cursor, _ draft: inout ImportDraft) {
        guard let fields = ImportFields(cursor, example: "{\"type\": \"EQ\", …}"),
            let child = fields.required("child"), let name = child.text(example: "momentum")
        else { return }
        guard draft.parameter(name) != nil else {
            child.mistake(
                "there is no hyperparameter '\(shown(name))'", fix: "export the file again with ConfigSpace"
            )
            return
        }
        for condition in conditions(fields, draft) {
            draft.change(name) { add(condition, to: &$0, cursor) }
        }
    }

    /// Adds a condition; two on the same parent hold only if both do.
    private static func add(_ condition: Condition, to parameter: inout Parameter, _ cursor: Cursor) {
        guard let index = parameter.conditions.firstIndex(where: { $0.parent == condition.parent }) else {
            parameter.conditions.append(condition)
            return
        }
        parameter.conditions[index].values.removeAll { value in
            !condition.values.contains { $0.matches(value) }
        }
        if parameter.conditions[index].values.isEmpty {
            cursor.mistake(
                "the conditions never hold together", fix: "remove one of them, or the parameter")
        }
    }

    /// The conditions that must all hold.
    private static func conditions(_ fields: ImportFields, _ draft: ImportDraft) -> [Condition] {
        guard let type = fields.required("type") else { return [] }
        switch type.text(example: "EQ") {
        case "AND", "OR":
            let parts = (fields.required("conditions")?.list(example: "[{…}]") ?? []).flatMap { part in
                ImportFields(part, example: "{\"type\": \"EQ\", …}").map { conditions($0, draft) } ?? []
            }
            guard type.text(example: "OR") == "OR" else { return parts }
            return either(parts, type)
        default: return values(type, fields, draft).map { [$0] } ?? []
        }
    }

    /// Alternative conditions. A study file supports them only for a single parent.
    private static func either(_ parts: [Condition], _ type: Cursor) -> [Condition] {
        guard let first = parts.first else { return [] }
        guard parts.allSatisfy({ $0.parent == first.parent }) else {
            type.mistake(
                "all conditions of a parameter have to hold, and OR asks for one of several parents",
                fix: "make two parameters of it")
            return []
        }
        var values: [ParameterValue] = []
        for value in parts.flatMap(\.values) where !values.contains(where: { $0.matches(value) }) {
            values.append(value)
        }
        return [Condition(parent: first.parent, values: values)]
    }

    /// A condition as the values for which it holds.
    private static func values(_ type: Cursor, _ fields: ImportFields, _ draft: ImportDraft) -> Condition? {
        guard let cursor = fields.required("parent"), let name = cursor.text(example: "optimizer") else {
            return nil
        }
        guard let parent = draft.parameter(name) else {
            cursor.mistake(
                "there is no hyperparameter '\(shown(name))'", fix: "export the file again with ConfigSpace"
            )
            return nil
        }
        let word = type.text(example: "EQ") ?? ""
        if word == "IN" { return fields.values("values").map { Condition(parent: name, values: $0) } }
        guard ["EQ", "NEQ", "LT", "GT"].contains(word) else {
            type.mistake(
                "a study file has no conditions of this type", fix: "use EQ, NEQ, IN, LT, GT or AND")
            return nil
        }
        guard let value = fields.value("value") else { return nil }
        if word == "EQ" { return Condition(parent: name, values: [value]) }
        guard let all = parent.domain.allValues else {
            type.mistake(
                "the condition is on the values that '\(shown(name))' may have, and those are too many to list",
                fix: "make the condition on a choice, an ordinal, or an int of at most "
                    + "\(StudyFileLimits.choices) values")
            return nil
        }
        let position = all.firstIndex { $0.matches(value) }
        let kept = all.enumerated().filter { index, other in
            if word == "NEQ" { return !other.matches(value) }
            guard let limit = position.map(Double.init) ?? place(value, in: all) else { return false }
            return word == "LT" ? Double(index) < limit : Double(index) > limit
        }
        guard !kept.isEmpty else {
            type.mistake("the condition never holds", fix: "remove the parameter")
            return nil
        }
        return Condition(parent: name, values: kept.map(\.element))
    }

    /// The position of a number that is not among the values: between two of them.
    private static func place(_ value: ParameterValue, in all: [ParameterValue]) -> Double? {
        guard let number = value.number else { return nil }
        return Double(all.count { ($0.number ?? .infinity) < number }) - 0.5
    }

    // MARK: Forbidden clauses

    private static func constraint(_ cursor: Cursor, _ draft: ImportDraft) -> Constraint? {
        guard let fields = ImportFields(cursor, example: "{\"type\": \"EQUALS\", …}"),
            let type = fields.required("type")
        else { return nil }
        switch type.text(example: "EQUALS") {
        case "RELATION_LT": return relation(fields, draft) { .relation(.atMost, $1, $0) }
        case "RELATION_GT": return relation(fields, draft) { .relation(.atMost, $0, $1) }
        case "RELATION_EQ": return relation(fields, draft) { .relation(.differ, $0, $1) }
        case "AND":
            let clauses = fields.required("clauses")?.list(example: "[{…}]") ?? []
            let parts = clauses.compactMap { clause(ImportFields($0, example: "{…}"), draft) }
            guard parts.count == clauses.count, !parts.isEmpty else { return nil }
            return .forbidden(parts)
        default: return clause(fields, draft).map { .forbidden([$0]) }
        }
    }

    private static func clause(_ fields: ImportFields?, _ draft: ImportDraft) -> Condition? {
        guard let fields, let type = fields.required("type"),
            let parameter = parameter("name", fields, draft)
        else { return nil }
        guard parameter.domain.cells != nil else {
            fields.cursor.mistake(
                "'\(shown(parameter.name))' is a real number, which almost never equals a given value",
                fix: "remove the clause")
            return nil
        }
        switch type.text(example: "EQUALS") {
        case "EQUALS":
            return fields.value("value").map {
                Condition(parent: parameter.name, values: [$0])
            }
        case "IN": return fields.values("values").map { Condition(parent: parameter.name, values: $0) }
        default:
            type.mistake(
                "a study file has no clauses of this type",
                fix: "use EQUALS, IN, AND of these, or a RELATION_…")
            return nil
        }
    }

    private static func relation(
        _ fields: ImportFields, _ draft: ImportDraft,
        _ make: (Constraint.Operand, Constraint.Operand) -> Constraint
    ) -> Constraint? {
        guard let left = parameter("left", fields, draft), let right = parameter("right", fields, draft)
        else {
            return nil
        }
        return make(.parameter(left.name), .parameter(right.name))
    }

    private static func parameter(_ field: String, _ fields: ImportFields, _ draft: ImportDraft)
        -> Parameter?
    {
        guard let cursor = fields.required(field), let name = cursor.text(example: "lr") else { return nil }
        if let parameter = draft.parameter(name) { return parameter }
        cursor.mistake(
            "there is no hyperparameter '\(shown(name))'", fix: "export the file again with ConfigSpace")
        return nil
    }
}

extension Domain {
    /// All values in order, if there are few enough to list.
    fileprivate var allValues: [ParameterValue]? {
        guard let count = cells, count <= StudyFileLimits.choices else { return nil }
        switch self {
        case .choice(let values), .ordinal(let values): return values
        case .constant(let value): return [value]
        case .int(let min, _, _, let step): return (0..<count).map { .int(min + $0 * (step ?? 1)) }
        case .float, .normal, .lognormal: return nil
        }
    }
}
