import Tuning

/// Reads `points`: configurations to try first.
struct PointReader {
    private let space: SearchSpace
    private let sampler: SpaceSampler
    private let checker: ConditionChecker

    /// Points in a space with these declared parameters.
    init(_ space: SearchSpace, _ parameters: ParameterReader.Result, _ findings: Findings) {
        self.space = space
        sampler = SpaceSampler(space)
        checker = ConditionChecker(drafts: parameters.drafts, findings: findings)
    }

    /// The points of a list, without those that have mistakes.
    func read(_ cursor: Cursor) -> [Configuration] {
        guard let elements = cursor.list(example: "[{lr: 0.01, optimizer: sgd}]") else { return [] }
        guard elements.count <= StudyFileLimits.points else {
            cursor.mistake(
                "there are \(elements.count) points, more than \(StudyFileLimits.points)",
                fix: "give those that matter")
            return []
        }
        var points: [Configuration] = []
        for (index, element) in elements.enumerated() {
            // Detecting a forbidden point takes many draws, and no further mistakes are reported.
            if index - points.count >= StudyFileLimits.mistakes { break }
            if let point = point(element) { points.append(point) }
        }
        return points
    }

    private func point(_ cursor: Cursor) -> Configuration? {
        guard let entries = cursor.names(example: "{lr: 0.01, optimizer: sgd}") else { return nil }
        guard !entries.isEmpty else {
            cursor.mistake("the point is empty", fix: "give at least one value, such as {lr: 0.01}")
            return nil
        }
        var point = Configuration()
        for entry in entries {
            guard let value = value(entry.cursor, of: entry.name, at: entry.place) else { continue }
            point.values[entry.name] = value
        }
        guard point.values.count == entries.count else { return nil }
        return isFine(point, cursor) ? point : nil
    }

    private func value(_ cursor: Cursor, of name: String, at place: TextPosition) -> ParameterValue? {
        guard let parameter = checker.byName[name] else {
            checker.tellUnknown(name, at: place, cursor.path)
            return nil
        }
        guard let value = cursor.parameterValue(), let domain = parameter.domain else { return nil }
        guard let member = domain.member(value) else {
            cursor.mistake(
                "'\(shown(name))' never has the value \(cursor.written)",
                fix: "its values are \(domain.summary)")
            return nil
        }
        return member
    }

    /// Whether configurations with these values exist: no value makes another inactive, and the constraints allow some.
    private func isFine(_ point: Configuration, _ cursor: Cursor) -> Bool {
        for parameter in space.parameters where point[parameter.name] != nil {
            for condition in parameter.conditions where point[condition.parent] != nil {
                guard !condition.holds(in: point) else { continue }
                cursor.mistake(
                    "'\(shown(parameter.name))' is not active with this value of '\(shown(condition.parent))'",
                    fix: "remove one of them from the point")
                return false
            }
        }
        guard !space.constraints.isEmpty else { return true }
        let draws = StudyFileLimits.constraintDraws
        let isAllowed = (0..<draws).contains { seed in
            sampler.allowed(of: 1, given: point, seed: UInt64(seed)) > 0
        }
        guard isAllowed else {
            cursor.mistake(
                "with these values none of \(draws) draws satisfies 'forbidden' and 'constraints'",
                fix: "change the point, or what forbids it")
            return false
        }
        return true
    }
}
