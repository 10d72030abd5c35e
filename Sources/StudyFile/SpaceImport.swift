package import Tuning

/// Reads the search spaces of other tools, and writes them as the sections of a study file.
package enum SpaceImport {
    /// The tools whose files are read.
    package enum Format: String, Hashable, Sendable, CaseIterable {
        /// ConfigSpace's `space.to_json(…)`, format 0.4.
        case configspace
        /// The configuration of a sweep of Weights & Biases, YAML or JSON.
        case wandb
        /// A JSON object of `optuna.distributions.distribution_to_json(…)` by parameter, or with such an object under
        /// `distributions`.
        case optuna
    }

    /// A space, and what a study file says for it.
    package struct Result: Hashable, Sendable {
        /// The space.
        package let space: SearchSpace
        /// The sections `parameters`, `forbidden` and `constraints`, those that say something. Lines that begin with
        /// `#` tell what was left out, or is not quite the same.
        package let text: String
    }

    /// The space in a file of another tool.
    ///
    /// - Parameters:
    ///   - bytes: the file's content; reading one byte more than `StudyFileLimits.fileBytes` is enough.
    ///   - file: the file's name, for messages.
    ///   - format: whose file it is; `nil`: to be told by what is in it.
    /// - Throws: `InvalidStudyFile` with everything that could not be read, or that a study file cannot say.
    package static func read(
        bytes: [UInt8], file: String, from format: Format?
    ) throws(InvalidStudyFile) -> Result {
        let findings = Findings(file: file)
        var draft = ImportDraft()
        if let text = String(validating: bytes, as: UTF8.self) {
            if let root = Document.read(text, findings) {
                let cursor = Cursor(value: root, path: "", findings: findings)
                if let format = format ?? detected(cursor) { read(cursor, format, &draft) }
            }
        } else {
            findings.mistake(
                at: Place(line: 1, column: 1), "", "the file is not UTF-8", fix: "save it as UTF-8")
        }
        guard !findings.hasMistakes else { throw findings.invalid }
        let space = SearchSpace(draft.parameters, constraints: draft.constraints)
        let text = draft.comments.map { "# \($0)\n" }.joined() + SpaceWriter.text(of: space)
        // What a study file cannot say beyond the domains (a name with a brace, a space of nothing) its own reader
        // tells best.
        _ = try StudyFile.read(text: remainder + text, file: "\(file), as a study")
        return Result(space: space, text: text)
    }

    /// What a study file needs besides.
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

    /// Whose file it is, where its fields say so; else that is a mistake.
    private static func detected(_ root: Cursor) -> Format? {
        if case .mapping(let entries) = root.value.content {
            let keys = entries.map(\.key)
            if keys.contains("hyperparameters") { return .configspace }
            if keys.contains("parameters") { return .wandb }
            if keys.contains("distributions") || entries.contains(where: isDistribution) { return .optuna }
        }
        root.mistake(
            "this is no space of ConfigSpace, W&B or Optuna that its fields would tell",
            fix: "say whose it is, as --from optuna")
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

/// What has been read of another tool's space.
struct ImportDraft {
    var parameters: [Parameter] = []
    var constraints: [Constraint] = []
    var comments: [String] = []

    /// The parameter of a name.
    func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// Adds a comment once.
    mutating func tell(_ comment: String) {
        if !comments.contains(comment) { comments.append(comment) }
    }
}

/// A mapping of another tool's file: each field is asked for by name; a null counts as left out.
struct ImportFields {
    /// The mapping itself.
    let cursor: Cursor
    private let fields: [String: Cursor]

    /// Opens a mapping; `nil` when it is none.
    init?(_ cursor: Cursor, example: String) {
        guard let entries = cursor.names(example: example) else { return nil }
        self.cursor = cursor
        let given = entries.filter { entry in
            if case .scalar(let scalar) = entry.cursor.value.content {
                scalar.meaning != .null
            } else {
                true
            }
        }
        fields = Dictionary(given.map { ($0.name, $0.cursor) }, uniquingKeysWith: { first, _ in first })
    }

    /// The field of this name, where it is given.
    subscript(name: String) -> Cursor? { fields[name] }

    /// The field of this name, which has to be there.
    func required(_ name: String) -> Cursor? {
        if let field = fields[name] { return field }
        cursor.mistake("'\(name)' is missing", fix: "write the file anew with the tool it is from")
        return nil
    }

    /// Notes each field that is not among these: it may change what is meant.
    func refuse(except known: [String]) {
        for (name, field) in fields where !known.contains(name) {
            field.mistake("stune cannot express '\(shown(name))'", fix: "remove it, if it does not matter")
        }
    }

    /// A flag that is false where it is left out.
    func flag(_ name: String) -> Bool? { fields[name].map { $0.flag() } ?? false }

    /// The values of a list.
    func values(_ name: String) -> [ParameterValue]? {
        guard let elements = required(name)?.list(example: "[a, b]") else { return nil }
        let values = elements.compactMap { $0.parameterValue() }
        return values.count == elements.count ? values : nil
    }
}

extension Domain {
    /// Real numbers in a range; a constant, where it has one value. `nil`, with a mistake, when it is empty.
    static func imported(
        _ low: Double, _ high: Double, scale: Scale = .linear, step: Double? = nil, _ cursor: Cursor
    ) -> Domain? {
        guard low != high else { return .constant(.float(low)) }
        guard low < high else {
            cursor.mistake("the range from \(low) to \(high) is empty", fix: "make the first smaller")
            return nil
        }
        return .float(min: low, max: high, scale: scale, step: step)
    }

    /// Whole numbers in a range; a constant, where it has one value. `nil`, with a mistake, when it is empty.
    static func imported(
        _ low: Int, _ high: Int, scale: Scale = .linear, step: Int = 1, _ cursor: Cursor
    ) -> Domain? {
        guard low != high else { return .constant(.int(low)) }
        guard low < high else {
            cursor.mistake("the range from \(low) to \(high) is empty", fix: "make the first smaller")
            return nil
        }
        return .int(min: low, max: high, scale: scale, step: step == 1 ? nil : step)
    }
}
