import Tuning

/// Reads Optuna's distributions by parameter, each as written by `distribution_to_json`: an object, or its text.
enum DistributionReader {
    static func read(_ root: Cursor, _ draft: inout ImportDraft) {
        let example = "{\"lr\": {\"name\": \"FloatDistribution\", \"attributes\": {…}}}"
        guard let entries = root.names(example: example) else { return }
        // A parameter may have that name, too; then its value is a distribution.
        if let inner = entries.first(where: { $0.name == "distributions" })?.cursor,
            case .mapping(let fields) = inner.value.content,
            !fields.contains(where: { $0.key == "attributes" })
        {
            read(inner, &draft)
            return
        }
        for entry in entries {
            guard let domain = domain(entry.cursor) else { continue }
            draft.add(entry.name, domain, entry.cursor)
        }
    }

    private static func domain(_ cursor: Cursor) -> Domain? {
        guard let object = object(cursor),
            let fields = ImportFields(
                object, example: "{\"name\": \"FloatDistribution\", \"attributes\": {…}}"),
            let name = fields.required("name"),
            let attributes = fields.required("attributes").flatMap({
                ImportFields($0, example: "{\"low\": 0}")
            })
        else { return nil }
        fields.refuse(except: ["name", "attributes"])
        let text = name.text(example: "FloatDistribution")
        switch text {
        case "FloatDistribution", "UniformDistribution", "LogUniformDistribution",
            "DiscreteUniformDistribution":
            return float(attributes, isLog: text == "LogUniformDistribution")
        case "IntDistribution", "IntUniformDistribution", "IntLogUniformDistribution":
            return int(attributes, isLog: text == "IntLogUniformDistribution")
        case "CategoricalDistribution":
            attributes.refuse(except: ["choices"])
            return attributes.values("choices").map(Domain.choice)
        case .some(let other):
            name.mistake(
                "stune knows no distribution '\(shown(other))'",
                fix: "use FloatDistribution, IntDistribution or CategoricalDistribution")
            return nil
        case nil: return nil
        }
    }

    private static func float(_ fields: ImportFields, isLog: Bool) -> Domain? {
        fields.refuse(except: ["low", "high", "log", "step", "q"])
        guard let low = fields.required("low")?.number(), let high = fields.required("high")?.number(),
            let log = fields.flag("log")
        else { return nil }
        let scale = isLog || log ? Scale.log : .linear
        guard let step = fields["step"] ?? fields["q"] else {
            return .imported(low, high, scale: scale, fields.cursor)
        }
        return step.number().flatMap { .imported(low, high, scale: scale, step: $0, fields.cursor) }
    }

    private static func int(_ fields: ImportFields, isLog: Bool) -> Domain? {
        fields.refuse(except: ["low", "high", "log", "step"])
        let range = StudyFileLimits.wholeNumbers
        guard let low = fields.required("low")?.whole(range),
            let high = fields.required("high")?.whole(range),
            let log = fields.flag("log")
        else { return nil }
        let scale = isLog || log ? Scale.log : .linear
        guard let step = fields["step"] else { return .imported(low, high, scale: scale, fields.cursor) }
        return step.whole(StudyFileLimits.wholeSteps)
            .flatMap { .imported(low, high, scale: scale, step: $0, fields.cursor) }
    }

    /// The object that a text contains; the value itself if it is an object.
    private static func object(_ cursor: Cursor) -> Cursor? {
        guard case .scalar(let scalar) = cursor.value.content else { return cursor }
        let findings = Findings(file: "")
        guard let value = Document.read(SurrogatePairs.joined(scalar.text), findings), !findings.hasMistakes
        else {
            cursor.mistake(
                "the text is not a distribution", fix: "write what optuna's distribution_to_json returns")
            return nil
        }
        return Cursor(
            value: value.moved(to: cursor.value.place), path: cursor.path, findings: cursor.findings)
    }
}

extension YAMLValue {
    /// The same value with all positions replaced by this one.
    fileprivate func moved(to place: TextPosition) -> YAMLValue {
        switch content {
        case .scalar: YAMLValue(content: content, place: place)
        case .list(let values):
            YAMLValue(content: .list(values.map { $0.moved(to: place) }), place: place)
        case .mapping(let entries):
            YAMLValue(
                content: .mapping(
                    entries.map { Entry(key: $0.key, place: place, value: $0.value.moved(to: place)) }),
                place: place)
        }
    }
}
