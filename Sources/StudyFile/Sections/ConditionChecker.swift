import Tuning

/// Compares conditions, of parameters and of forbidden combinations, with the parameters that they name.
struct ConditionChecker {
    let drafts: [ParameterReader.Draft]
    let findings: Findings

    private typealias Draft = ParameterReader.Draft

    /// The parameters that the file declares. Names that differ for the file and are equal for Unicode were refused
    /// as duplicates.
    let byName: [String: ParameterReader.Draft]

    init(drafts: [ParameterReader.Draft], findings: Findings) {
        self.drafts = drafts
        self.findings = findings
        byName = Dictionary(drafts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Notes unknown parents, values that a parent cannot have, and cycles, in the `when` of each parameter.
    func check() {
        for draft in drafts {
            for condition in draft.conditions {
                check(condition, of: draft.name)
            }
        }
        checkCircles()
    }

    /// Notes what is wrong with one condition, of a parameter or without one.
    func check(_ condition: ParameterReader.ConditionDraft, of child: String? = nil) {
        guard let parent = byName[condition.parent] else {
            tellUnknown(condition.parent, at: condition.place, condition.path, except: child)
            return
        }
        guard let domain = parent.domain, parent.name != child else { return }
        if domain.cells == nil {
            findings.mistake(
                at: condition.place, condition.path,
                "'\(shown(parent.name))' is a real number, which almost never equals a given value",
                fix: "make the condition on a choice or an int")
            return
        }
        for (value, cursor) in condition.values where !domain.contains(value) {
            cursor.mistake(
                "'\(shown(parent.name))' never has the value \(cursor.written)",
                fix: "its values are \(domain.summary)")
        }
    }

    /// Notes a name that is not a parameter's.
    func tellUnknown(_ name: String, at place: TextPosition, _ path: String, except child: String? = nil) {
        let others = drafts.map(\.name).filter { $0 != child }
        findings.mistake(
            at: place, path, "there is no parameter '\(shown(name))'",
            fix: NearestName.proposal(
                for: name, among: others, what: child == nil ? "parameters" : "other parameters"))
    }

    /// Follows each parameter's parents; reaching a parameter again is a cycle. Each cycle is reported once, at its
    /// first parameter in the file.
    private func checkCircles() {
        var finished: Set<String> = []
        for draft in drafts {
            var way: [String] = []
            follow(draft, &way, &finished)
        }
    }

    private func follow(_ draft: Draft, _ way: inout [String], _ finished: inout Set<String>) {
        guard !finished.contains(draft.name) else { return }
        way.append(draft.name)
        for condition in draft.conditions {
            if let start = way.firstIndex(of: condition.parent) {
                let circle = (way[start...] + [condition.parent]).map(shown).joined(separator: " → ")
                findings.mistake(
                    at: condition.place, condition.path, "the conditions form a cycle: \(circle)",
                    fix: "let one of them hold always, or depend on another parameter")
            } else if let parent = byName[condition.parent] {
                follow(parent, &way, &finished)
            }
        }
        way.removeLast()
        finished.insert(draft.name)
    }
}

extension Domain {
    /// The values in a few words.
    var summary: String {
        switch self {
        case .choice(let values), .ordinal(let values):
            values.prefix(16).map(Self.written).joined(separator: ", ") + (values.count > 16 ? ", …" : "")
        case .int(let min, let max, _, let step):
            "\(min) to \(max)" + (step.map { " in steps of \($0)" } ?? "")
        case .float(let min, let max, _, let step):
            "\(min) to \(max)" + (step.map { " in steps of \($0)" } ?? "")
        case .normal(_, _, let min, let max), .lognormal(_, _, let min, let max):
            "numbers" + (min.map { " from \($0)" } ?? "") + (max.map { " to \($0)" } ?? "")
        case .constant(let value): Self.written(value)
        }
    }

    private static func written(_ value: ParameterValue) -> String {
        guard case .string(let text) = value else { return value.description }
        return Scalar(text: text, isPlain: true).meaning == .text ? shown(text) : "\"\(shown(text))\""
    }
}
