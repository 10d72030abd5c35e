import Tuning

/// Compares the `when` of each parameter with the other parameters.
struct ConditionChecker {
    let drafts: [ParameterReader.Draft]
    let findings: Findings

    private typealias Draft = ParameterReader.Draft
    private typealias Condition = ParameterReader.ConditionDraft

    /// Notes unknown parents, values that a parent cannot have, and circles.
    func check() {
        // Names that differ for the file and are equal for Unicode were refused as duplicates.
        let byName = Dictionary(drafts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for draft in drafts {
            for condition in draft.conditions {
                check(condition, of: draft, byName)
            }
        }
        checkCircles(byName)
    }

    private func check(_ condition: Condition, of draft: Draft, _ byName: [String: Draft]) {
        guard let parent = byName[condition.parent] else {
            let others = drafts.map(\.name).filter { $0 != draft.name }
            findings.mistake(
                at: condition.place, condition.path,
                "there is no parameter '\(shown(condition.parent))'",
                fix: NearestName.proposal(for: condition.parent, among: others, what: "other parameters"))
            return
        }
        guard let domain = parent.domain, parent.name != draft.name else { return }
        if domain.cells == nil {
            findings.mistake(
                at: condition.place, condition.path,
                "'\(shown(parent.name))' is a real number, which as good as never equals a given value",
                fix: "make the condition on a choice or an int")
            return
        }
        for (value, cursor) in condition.values where !domain.contains(value) {
            cursor.mistake(
                "'\(shown(parent.name))' never has the value \(cursor.written)",
                fix: "its values are \(domain.summary)")
        }
    }

    /// Follows each parameter's parents; what comes back to a parameter on the way there is a circle. Each
    /// circle is told once, at its first parameter in the file.
    private func checkCircles(_ byName: [String: Draft]) {
        var finished: Set<String> = []
        for draft in drafts {
            var way: [String] = []
            follow(draft, &way, &finished, byName)
        }
    }

    private func follow(
        _ draft: Draft, _ way: inout [String], _ finished: inout Set<String>, _ byName: [String: Draft]
    ) {
        guard !finished.contains(draft.name) else { return }
        way.append(draft.name)
        for condition in draft.conditions {
            if let start = way.firstIndex(of: condition.parent) {
                let circle = (way[start...] + [condition.parent]).map(shown).joined(separator: " → ")
                findings.mistake(
                    at: condition.place, condition.path, "the conditions run in a circle: \(circle)",
                    fix: "let one of them hold always, or depend on another parameter")
            } else if let parent = byName[condition.parent] {
                follow(parent, &way, &finished, byName)
            }
        }
        way.removeLast()
        finished.insert(draft.name)
    }
}

extension Domain {
    /// The values in few words.
    fileprivate var summary: String {
        switch self {
        case .choice(let values), .ordinal(let values):
            values.prefix(16).map(Self.written).joined(separator: ", ") + (values.count > 16 ? ", …" : "")
        case .int(let min, let max, _, let step):
            "\(min) to \(max)" + (step.map { " in steps of \($0)" } ?? "")
        case .float(let min, let max, _, let step):
            "\(min) to \(max)" + (step.map { " in steps of \($0)" } ?? "")
        case .normal(_, _, let min, let max), .lognormal(_, _, let min, let max):
            (min.map { "at least \($0)" } ?? "") + (min != nil && max != nil ? ", " : "")
                + (max.map { "at most \($0)" } ?? (min == nil ? "numbers" : ""))
        case .constant(let value): Self.written(value)
        }
    }

    private static func written(_ value: ParameterValue) -> String {
        guard case .string(let text) = value else { return value.description }
        return Scalar(text: text, isPlain: true).meaning == .text ? shown(text) : "\"\(shown(text))\""
    }
}
