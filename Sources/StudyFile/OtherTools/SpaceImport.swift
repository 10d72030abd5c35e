package import Tuning

/// Reads the search spaces of other tools and writes them as sections of a study file.
package enum SpaceImport {
    /// The tools whose files can be read.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        /// ConfigSpace's `space.to_json(…)`, format 0.4.
        case configspace
        /// The configuration of a Weights & Biases sweep, YAML or JSON.
        case wandb
        /// A JSON object with the output of `optuna.distributions.distribution_to_json(…)` by parameter, or with such
        /// an object under `distributions`.
        case optuna
    }

    /// A space and its sections of a study file.
    package struct Result: Hashable, Sendable {
        /// The space.
        package let space: SearchSpace
        /// The sections `parameters`, `forbidden` and `constraints`, without empty ones. Lines that begin with `#` say
        /// what was left out or differs slightly.
        package let text: String
    }

    /// The space in a file of another tool.
    ///
    /// - Parameters:
    ///   - bytes: the file's content; reading one byte more than `StudyFileLimits.fileBytes` is enough.
    ///   - file: the file's name, for messages.
    ///   - format: the tool; `nil` to detect it from the content.
    /// - Throws: `InvalidStudyFile` with everything that could not be read or that a study file does not support.
    package static func read(
        bytes: [UInt8], file: String, from format: Format?
    ) throws(InvalidStudyFile) -> Result {
        let findings = Findings(file: file)
        var draft = ImportDraft()
        if let text = String(validating: bytes, as: UTF8.self) {
            let isJSON = text.first { !$0.isWhitespace } == "{"
            if let root = Document.read(isJSON ? SurrogatePairs.joined(text) : text, findings) {
                let cursor = Cursor(value: root, path: "", findings: findings)
                if let format = format ?? detected(cursor) { read(cursor, format, &draft) }
            }
        } else {
            findings.mistake(
                at: TextPosition(line: 1, column: 1), "", "the file is not UTF-8", fix: "save it as UTF-8")
        }
        guard !findings.hasMistakes else { throw findings.invalid }
        let space = SearchSpace(draft.parameters, constraints: draft.constraints)
        let text = draft.comments.map { "# \($0)\n" }.joined() + SpaceWriter.text(of: space)
        do throws(InvalidStudyFile) {
            // The study file's own reader finds what a study file does not support: a name with a brace, an empty
            // space.
            _ = try StudyFile.read(text: remainder + text, file: file)
        } catch {
            for mistake in error.mistakes {
                findings.mistake(
                    at: draft.place(of: mistake.field), mistake.field, mistake.problem, fix: mistake.fix)
            }
            throw findings.invalid
        }
        return Result(space: space, text: text)
    }

    /// The other required sections of a study file.
    private static let remainder = """
        name: imported
        metric: {name: loss, goal: minimize}
        scheduler: {type: none, max_resource: 1}
        trials: 1
        parallel: 1
        command: [train]

        """

    private static func read(_ root: Cursor, _ format: Format, _ draft: inout ImportDraft) {
        switch format {
        case .configspace: ConfigSpaceReader.read(root, &draft)
        case .wandb: SweepReader.read(root, &draft)
        case .optuna: DistributionReader.read(root, &draft)
        }
    }

    /// The tool, from the file's fields; a mistake is noted if they do not show it.
    private static func detected(_ root: Cursor) -> Format? {
        if case .mapping(let entries) = root.value.content {
            let keys = entries.map(\.key)
            if keys.contains("hyperparameters") { return .configspace }
            if keys.contains("parameters") { return .wandb }
            if keys.contains("distributions") || entries.contains(where: isDistribution) { return .optuna }
        }
        root.mistake(
            "the fields do not show whether this is a space of ConfigSpace, W&B or Optuna",
            fix: "pass --from configspace, --from wandb or --from optuna")
        return nil
    }

    private static func isDistribution(_ entry: YAMLValue.Entry) -> Bool {
        switch entry.value.content {
        case .mapping(let fields): fields.contains { $0.key == "attributes" }
        case .scalar(let scalar): scalar.text.contains("\"attributes\"")
        case .list: false
        }
    }
}

/// The parts of another tool's space that were read so far.
struct ImportDraft {
    private(set) var parameters: [Parameter] = []
    private(set) var constraints: [Constraint] = []
    private(set) var comments: [String] = []
    /// The position of each parameter in the file.
    private var places: [String: TextPosition] = [:]
    /// The position of each forbidden combination and each relation in the file, in order.
    private var forbidden: [TextPosition] = []
    private var relations: [TextPosition] = []

    /// The parameter of a name.
    func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// Adds a parameter; a repeated name is a mistake.
    mutating func add(_ name: String, _ domain: Domain, _ cursor: Cursor) {
        if let earlier = places[name] {
            cursor.mistake(
                "there is another parameter '\(shown(name))', in \(earlier)",
                fix: "rename or remove one of them")
            return
        }
        places[name] = cursor.value.place
        parameters.append(Parameter(name: name, domain: domain))
    }

    /// Changes the parameter of a name.
    mutating func change(_ name: String, _ change: (inout Parameter) -> Void) {
        guard let index = parameters.firstIndex(where: { $0.name == name }) else { return }
        change(&parameters[index])
    }

    /// Adds a constraint.
    mutating func add(_ constraint: Constraint, _ cursor: Cursor) {
        switch constraint {
        case .forbidden: forbidden.append(cursor.value.place)
        case .relation: relations.append(cursor.value.place)
        }
        constraints.append(constraint)
    }

    /// The position in the user's file of what became a field of the study file; the first line if there is no single
    /// position.
    func place(of field: String) -> TextPosition {
        for (list, places) in [("forbidden", forbidden), ("constraints", relations)] {
            for (index, place) in places.enumerated() where field.hasPrefix("\(list)[\(index)]") {
                return place
            }
        }
        let names = parameters.map(\.name).filter { name in
            let path = "parameters.\(shown(name))"
            return field == path || field.hasPrefix("\(path).")
        }
        // Of `a` and `a.min`, which may both be parameters, the longer one is meant.
        let longest = names.max { $0.utf8.count < $1.utf8.count }
        return longest.flatMap { places[$0] } ?? TextPosition(line: 1, column: 1)
    }

    /// Reports that a choice's weights are left out, unless they are all equal.
    mutating func leaveOut(weights cursor: Cursor, of name: String) {
        let weights = cursor.list(example: "[1, 1]")?.map { $0.number() } ?? []
        guard Set(weights).count > 1 else { return }
        tell(
            "The weights of \(shown(name)) are left out: its values are equally likely here. A 'prior' can favour one of them."
        )
    }

    /// Adds a comment once.
    mutating func tell(_ comment: String) {
        if !comments.contains(comment) { comments.append(comment) }
    }
}

/// A mapping in another tool's file, whose fields are read by name. A null field counts as missing, except where a
/// parameter's value is allowed.
struct ImportFields {
    /// The mapping itself.
    let cursor: Cursor
    private let fields: [String: Cursor]
    private let nulls: [String: Cursor]

    /// Opens a mapping; `nil` if it is not one.
    init?(_ cursor: Cursor, example: String) {
        guard let entries = cursor.names(example: example) else { return nil }
        self.cursor = cursor
        // `names` has removed repeated names.
        let all = Dictionary(entries.map { ($0.name, $0.cursor) }, uniquingKeysWith: { first, _ in first })
        fields = all.filter { !$0.value.isNull }
        nulls = all.filter { $0.value.isNull }
    }

    /// The field of this name, if it is given.
    subscript(name: String) -> Cursor? { fields[name] }

    /// The field of this name, which is required.
    func required(_ name: String) -> Cursor? {
        if let field = fields[name] { return field }
        let place = nulls[name] ?? cursor
        place.mistake("'\(name)' is missing", fix: "export the file again with the tool that wrote it")
        return nil
    }

    /// Whether a field exists with any value, including null.
    func has(_ name: String) -> Bool { fields[name] != nil || nulls[name] != nil }

    /// The value of a parameter in a required field; null is a value.
    func value(_ name: String) -> ParameterValue? {
        (nulls[name] ?? required(name))?.importedValue()
    }

    /// Notes every field that is not among these, because it may change the meaning.
    func refuse(except known: [String]) {
        for (name, field) in fields where !known.contains(name) {
            field.mistake(
                "stune cannot express '\(shown(name))'", fix: "remove it if the study can do without")
        }
    }

    /// A flag, false by default.
    func flag(_ name: String) -> Bool? { fields[name].map { $0.flag() } ?? false }

    /// The values of a list.
    func values(_ name: String) -> [ParameterValue]? {
        guard let elements = required(name)?.list(example: "[a, b]") else { return nil }
        let values = ParameterReader.distinct(elements) { $0.importedValue() }
        return values.count == elements.count ? values.map(\.value) : nil
    }
}

extension Cursor {
    /// Whether it is empty or null.
    fileprivate var isNull: Bool {
        guard case .scalar(let scalar) = value.content else { return false }
        return scalar.meaning == .null
    }

    /// A parameter's value as another tool wrote it. Python writes infinity into JSON as a bare word, which must not
    /// become a string.
    func importedValue() -> ParameterValue? {
        if case .scalar(let scalar) = value.content, let number = scalar.infinity {
            mistake(
                "\(number) cannot be the value of a stune parameter",
                fix:
                    "use a large finite number, null, or a word in quotes that the training code understands"
            )
            return nil
        }
        return parameterValue()
    }
}

extension Domain {
    /// Real numbers in a range; a constant if the range has one value. `nil`, with a mistake noted, if it is empty.
    static func imported(
        _ low: Double, _ high: Double, scale: Scale = .linear, step: Double? = nil, _ cursor: Cursor
    ) -> Domain? {
        guard isRange(low, high, scale, cursor) else { return nil }
        guard low != high else { return .constant(.float(low)) }
        return .float(min: low, max: high, scale: scale, step: step)
    }

    /// Whole numbers in a range; a constant if the range has one value. `nil`, with a mistake noted, if it is empty.
    static func imported(
        _ low: Int, _ high: Int, scale: Scale = .linear, step: Int = 1, _ cursor: Cursor
    ) -> Domain? {
        guard isRange(low, high, scale, cursor) else { return nil }
        guard low != high else { return .constant(.int(low)) }
        return .int(min: low, max: high, scale: scale, step: step == 1 ? nil : step)
    }

    private static func isRange<Number: Comparable & ExpressibleByIntegerLiteral>(
        _ low: Number, _ high: Number, _ scale: Scale, _ cursor: Cursor
    ) -> Bool {
        guard low <= high else {
            cursor.mistake("the range from \(low) to \(high) is empty", fix: "swap the two ends")
            return false
        }
        guard scale == .linear || low > 0 else {
            cursor.mistake(
                "the range begins at \(low), and a log scale has no place for 0 or less",
                fix:
                    "begin it above 0, such as at 1e-6, or make the distribution uniform without a log scale"
            )
            return false
        }
        return true
    }
}
