import Spool
import Tuning

/// Reads options of `slurm` that depend on parameters or on the rung.
struct OptionChoiceReader {
    /// What a study file says that such options may depend on.
    struct Ground {
        /// The declared parameters; `nil`: they have mistakes.
        let parameters: ParameterReader.Result?
        /// How many rungs there are; `nil`: not known.
        let rungs: Int?
    }

    /// `nil` in a file of defaults, which knows no parameters and no rungs.
    let ground: Ground?

    private static let example = "{when: {optimizer: adam}, then: 16G, else: 8G}"

    /// Whether a value is a choice, and not the same for all tasks.
    static func isChoice(_ value: YAMLValue) -> Bool {
        switch value.content {
        case .mapping: true
        case .list: false
        case .scalar(let scalar): scalar.text.contains("{") || scalar.text.contains("}")
        }
    }

    /// The choice; `nil` when it has mistakes.
    func read(_ cursor: Cursor) -> OptionChoice? {
        guard ground != nil else {
            cursor.mistake(
                "a file of defaults knows no parameters and no rungs",
                fix: "write one value here, and the choice into the study file")
            return nil
        }
        return choice(cursor, depth: 0)
    }

    private func choice(_ cursor: Cursor, depth: Int) -> OptionChoice? {
        switch cursor.value.content {
        case .list:
            cursor.mistake("expected a value, found a list", fix: "write one such as \(Self.example)")
            return nil
        case .scalar(let scalar): return scalar.meaning == .null ? .nothing : text(scalar.text, cursor)
        case .mapping: break
        }
        guard depth < StudyFileLimits.choiceDepth else {
            cursor.mistake(
                "choices are within each other more than \(StudyFileLimits.choiceDepth) times",
                fix: "compute the value in the training code, or make it a parameter")
            return nil
        }
        guard let entries = cursor.names(example: Self.example) else { return nil }
        let isConditional = entries.contains { $0.name == "when" || $0.name == "then" }
        return isConditional ? conditional(entries, cursor, depth) : byRung(entries, cursor, depth)
    }

    private typealias Entries = [(name: String, place: TextPosition, cursor: Cursor)]

    // MARK: Conditions

    /// `{when: …, then: …, else: …}`
    private func conditional(_ entries: Entries, _ cursor: Cursor, _ depth: Int) -> OptionChoice? {
        refuseOthers(entries) { ["when", "then", "else"].contains($0) }
        let fields = Dictionary(entries.map { ($0.name, $0.cursor) }) { first, _ in first }
        guard let when = fields["when"], let then = fields["then"] else {
            cursor.mistake(
                "'\(fields["when"] == nil ? "when" : "then")' is missing", fix: "write \(Self.example)")
            return nil
        }
        let drafts = ParameterReader.conditions(when)
        if let parameters = ground?.parameters {
            let checker = ConditionChecker(drafts: parameters.drafts, findings: cursor.findings)
            for draft in drafts { checker.check(draft) }
        }
        let yes = choice(then, depth: depth + 1)
        let no = fields["else"].map { choice($0, depth: depth + 1) } ?? .nothing
        guard let yes, let no, !drafts.isEmpty else { return nil }
        let conditions = drafts.map { Condition(parent: $0.parent, values: $0.values.map(\.value)) }
        return .when(conditions, then: yes, else: no)
    }

    // MARK: Rungs

    /// `{rung 0: …, rung 1-2: …, else: …}`
    private func byRung(_ entries: Entries, _ cursor: Cursor, _ depth: Int) -> OptionChoice? {
        refuseOthers(entries) { $0 == "else" || Self.rungs($0) != nil }
        let cases = entries.compactMap { entry in Self.rungs(entry.name).map { ($0, entry) } }
        if cases.isEmpty, entries.allSatisfy({ $0.name == "else" }) {
            cursor.mistake(
                "there is neither a condition nor a rung",
                fix: "write \(Self.example), or {rung 0: 8G, else: 16G}")
        }
        for (index, (rungs, entry)) in cases.enumerated() {
            if let count = ground?.rungs, rungs.upperBound >= count {
                cursor.findings.mistake(
                    at: entry.place, entry.cursor.path,
                    "there is no rung \(rungs.upperBound): the scheduler has \(count)",
                    fix: count == 1 ? "the only one is rung 0" : "they are rung 0 to rung \(count - 1)")
            }
            if let (_, other) = cases[..<index].first(where: { $0.0.overlaps(rungs) }) {
                cursor.findings.mistake(
                    at: entry.place, entry.cursor.path,
                    "'\(shown(other.name))' has some of these rungs already", fix: "name each rung once")
            }
        }
        let otherwise = entries.first { $0.name == "else" }.map { choice($0.cursor, depth: depth + 1) }
        let values = cases.map { ($0.0, choice($0.1.cursor, depth: depth + 1)) }
        guard var result = otherwise ?? .nothing, !values.isEmpty else { return nil }
        for (rungs, value) in values.reversed() {
            guard let value else { return nil }
            result = .rungs(rungs, then: value, else: result)
        }
        return result
    }

    /// The rungs of `rung 2` or `rung 1-3`; `nil`: it names none.
    static func rungs(_ name: String) -> ClosedRange<Int>? {
        guard name.hasPrefix("rung ") else { return nil }
        let parts = name.dropFirst(5).split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard numbers.count == parts.count, (1...2).contains(parts.count), let first = numbers.first,
            let last = numbers.last, first <= last
        else { return nil }
        return first...last
    }

    private func refuseOthers(_ entries: Entries, besides allows: (String) -> Bool) {
        for entry in entries where !allows(entry.name) {
            entry.cursor.findings.mistake(
                at: entry.place, entry.cursor.path,
                "'\(shown(entry.name))' is neither a condition nor a rung",
                fix: "write \(Self.example), or {rung 0: 8G, rung 1-2: 16G, else: 32G}")
        }
    }

    // MARK: Texts

    private func text(_ text: String, _ cursor: Cursor) -> OptionChoice? {
        guard text.utf8.count <= StudyFileLimits.slurmTextBytes else {
            cursor.mistake("it has \(text.utf8.count) bytes", fix: "make it shorter")
            return nil
        }
        if text == "auto" {
            cursor.mistake(
                "'auto' cannot be a part of a choice",
                fix: "let the whole option be 'auto', or give a value")
            return nil
        }
        do throws(CommandTemplateError) {
            let template = try CommandTemplate.Argument(text)
            return checkNames(template, cursor) ? .text(text) : nil
        } catch {
            cursor.mistake(error.problem, fix: error.fix)
            return nil
        }
    }

    private func checkNames(_ template: CommandTemplate.Argument, _ cursor: Cursor) -> Bool {
        var isFine = true
        for placeholder in template.placeholders {
            switch placeholder {
            case .fact(let fact):
                cursor.mistake(
                    "'{stune.\(fact.rawValue)}' is not known when a task is asked for",
                    fix: "name a parameter, or write {rung 0: …, else: …} for what depends on the rung")
                isFine = false
            case .parameter(let name):
                guard let parameters = ground?.parameters, !parameters.names.contains(name) else {
                    continue
                }
                let proposal = NearestName.proposal(for: name, among: parameters.names, what: "parameters")
                cursor.mistake("the placeholder '{\(shown(name))}' names no parameter", fix: proposal)
                isFine = false
            }
        }
        return isFine
    }
}
