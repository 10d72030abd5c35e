import Tuning

/// Reads `parameters`.
struct ParameterReader {
    /// The parameters, and all declarations in the file, including those with mistakes.
    struct Result {
        var drafts: [Draft]
        var parameters: [Parameter]

        /// The names that the file declares.
        var names: [String] { drafts.map(\.name) }
    }

    /// One parameter before its conditions are compared with the others.
    struct Draft {
        var name: String
        /// `nil` if it has a mistake of its own.
        var domain: Domain?
        var prior: Prior?
        var before: ParameterValue?
        var conditions: [ConditionDraft]
    }

    /// One entry of a `when`, or of a forbidden combination.
    struct ConditionDraft {
        var parent: String
        var place: TextPosition
        var path: String
        var values: [(value: ParameterValue, cursor: Cursor)]
    }

    private static let example = "{lr: {type: float, min: 0.001, max: 0.1, scale: log}}"
    /// Reads the mapping of all parameters; `nil` if it is not a mapping.
    static func read(_ cursor: Cursor) -> Result? {
        guard let entries = cursor.names(example: example) else { return nil }
        guard !entries.isEmpty else {
            cursor.mistake("there are no parameters", fix: "give at least one, such as \(example)")
            return nil
        }
        guard entries.count <= StudyFileLimits.parameters else {
            cursor.mistake(
                "there are \(entries.count) parameters, more than \(StudyFileLimits.parameters)",
                fix: "tune the ones that matter")
            return nil
        }
        let drafts = entries.map { entry in
            checkName(entry.name, at: entry.place, entry.cursor)
            return draft(entry.name, entry.cursor)
        }
        ConditionChecker(drafts: drafts, findings: cursor.findings).check()
        let parameters = drafts.compactMap { draft in
            draft.domain.map { domain in
                let conditions = draft.conditions.map {
                    Condition(parent: $0.parent, values: $0.values.map(\.value))
                }
                return Parameter(
                    name: draft.name, domain: domain, conditions: conditions, prior: draft.prior,
                    before: draft.before)
            }
        }
        checkSize(parameters, cursor)
        return Result(drafts: drafts, parameters: parameters)
    }

    private static func checkName(_ name: String, at place: TextPosition, _ cursor: Cursor) {
        guard cursor.name(name, at: place, what: "parameter", example: "lr") != nil else { return }
        let shownName = shown(name)
        func refuse(_ problem: String, fix: String) {
            cursor.findings.mistake(at: place, cursor.path, problem, fix: fix)
        }
        if name == "<<" {
            refuse("merge keys are not supported", fix: "write the fields out")
        } else if name.hasPrefix("stune.") {
            refuse(
                "the name '\(shownName)' begins with 'stune.', which stune keeps for its own placeholders",
                fix: "give it another name")
        } else if name.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) {
            refuse(
                "the name '\(shownName)' holds a brace, and no placeholder could name it",
                fix: "give it a name without braces")
        }
    }

    private static func draft(_ name: String, _ cursor: Cursor) -> Draft {
        var draft = Draft(name: name, domain: nil, conditions: [])
        guard case .mapping(let entries) = cursor.value.content else {
            cursor.mistake(
                "expected a mapping, found \(cursor.written)",
                fix: "describe the parameter, for example {type: float, min: 0, max: 1}")
            return draft
        }
        guard let section = section(of: entries, cursor) else { return draft }
        let other = { (field: String) -> (String, String)? in
            guard Section.parameterKinds.contains(where: { $0.field(field) != nil }) else { return nil }
            return (
                "a parameter of type \(section.name) has no '\(field)'",
                "its fields are \(listed(section.fields.map(\.name), "and"))"
            )
        }
        guard let fields = SectionCursor(cursor, as: section, other: other) else { return draft }
        draft.domain = DomainReader.read(fields, as: section)
        if let domain = draft.domain {
            draft.prior = fields["prior"].flatMap { DomainReader.prior($0, in: domain) }
        }
        draft.before = fields["before"].flatMap { $0.parameterValue() }
        draft.conditions = fields["when"].map(conditions) ?? []
        return draft
    }

    /// The section for the parameter's type, or for its fields if the type is missing.
    private static func section(of entries: [YAMLValue.Entry], _ cursor: Cursor) -> Section? {
        guard let entry = entries.first(where: { $0.key == "type" }) else {
            let keys = Set(entries.map(\.key))
            if keys.contains("values") { return .choiceParameter }
            if keys.contains("value") { return .constantParameter }
            return keys.contains("mean") ? .normalParameter : .floatParameter
        }
        let type = Cursor(value: entry.value, path: "\(cursor.path).type", findings: cursor.findings)
        let name = type.word(Section.parameterKinds.map(\.name))
        return Section.parameterKinds.first { $0.name == name }
    }

    // MARK: Values and conditions

    /// The values of a list, without invalid and repeated ones.
    static func distinct(
        _ elements: [Cursor], read: (Cursor) -> ParameterValue? = { $0.parameterValue() }
    ) -> [(value: ParameterValue, cursor: Cursor)] {
        var kept: [(value: ParameterValue, cursor: Cursor)] = []
        for element in elements {
            guard let value = read(element) else { continue }
            if let earlier = kept.first(where: { $0.value.matches(value) }) {
                element.mistake(
                    "the value \(element.written) is already in \(earlier.cursor.value.place)",
                    fix: "remove one of them")
            } else {
                kept.append((value, element))
            }
        }
        return kept
    }

    static func conditions(_ cursor: Cursor) -> [ConditionDraft] {
        guard let entries = cursor.names(example: "{optimizer: [sgd]}") else { return [] }
        if entries.isEmpty {
            cursor.mistake(
                "there is no condition", fix: "write one such as {optimizer: [sgd]}, or remove it")
        }
        return entries.map { entry in
            let isList = if case .list = entry.cursor.value.content { true } else { false }
            let elements = isList ? entry.cursor.list(example: "[sgd]") ?? [] : [entry.cursor]
            if elements.isEmpty {
                entry.cursor.mistake("the list is empty", fix: "give at least one value")
            }
            return ConditionDraft(
                parent: entry.name, place: entry.place, path: entry.cursor.path,
                values: distinct(elements))
        }
    }

    /// Checks that the largest configuration fits into one environment variable.
    private static func checkSize(_ parameters: [Parameter], _ cursor: Cursor) {
        let bytes = largestConfiguration(parameters)
        if bytes > StudyFileLimits.configurationBytes {
            cursor.mistake(
                "a configuration can have \(bytes) bytes, more than \(StudyFileLimits.configurationBytes)",
                fix: "shorten the longest values, for example by naming files that hold them")
        }
    }

    /// An upper limit on the bytes of the largest configuration as JSON.
    static func largestConfiguration(_ parameters: [Parameter]) -> Int {
        parameters.reduce(2) { bytes, parameter in
            let longest =
                switch parameter.domain {
                case .float, .int, .normal, .lognormal: 24
                case .constant(let value): jsonBytes(value.description)
                case .choice(let values), .ordinal(let values):
                    values.map { jsonBytes($0.description) }.max() ?? 0
                }
            return bytes + jsonBytes(parameter.name) + longest + 2
        }
    }

    private static func jsonBytes(_ text: String) -> Int {
        text.utf8.reduce(2) { $0 + ($1 < 0x20 ? 6 : $1 == 0x22 || $1 == 0x5C ? 2 : 1) }
    }
}

extension Cursor {
    /// A value of a choice, kept as written: a string, a number, a boolean, or `null`.
    func parameterValue() -> ParameterValue? {
        guard case .scalar(let scalar) = value.content else {
            mistake(
                "\(value.kind) cannot be the value of a parameter",
                fix: "write text, a number, a boolean or null")
            return nil
        }
        switch scalar.meaning {
        case .bool(let flag): return .bool(flag)
        case .int(let number): return .int(number)
        case .float(let number): return .float(number)
        case .null where scalar.text.isEmpty:
            mistake(
                "the value is empty",
                fix: "write \"\" for an empty text, null for Python's None, \"null\" for the word")
        case .null: return .null
        case .beyond:
            mistake("\(written) is not a finite number that 64 bits hold", fix: "quote it if text is meant")
        case .ambiguous:
            mistake(
                "YAML readers differ on what the number \(written) is",
                fix: "quote it if text is meant; else write it in decimal digits")
        case .text:
            if scalar.text.utf8.contains(0) {
                mistake("the value holds a zero byte, which no argument can", fix: "remove it")
                return nil
            }
            if let number = scalar.infinity {
                note(
                    "\(scalar.text) is taken as text; a parameter has no value such as \(number). Quote the text if "
                        + "it is meant")
            }
            if scalar.isOldBoolean {
                note(
                    "\(scalar.text) is taken as text; write true or false for a boolean, or quote the text")
            }
            return .string(scalar.text)
        }
        return nil
    }
}
