import Tuning

/// Tries out what options of `slurm` come to, for many configurations and each rung, so that no task of a study asks for
/// what Slurm's options refuse.
struct OptionChoiceChecker {
    let choices: OptionChoices
    /// The section with its other options.
    let section: SectionCursor
    let parameters: ParameterReader.Result
    let rungs: Int

    /// All that the options come to.
    func check() -> [BatchOptions] {
        var seen: Set<[String: String]> = []
        var variants: [BatchOptions] = []
        // One value of an option is enough to show what is wrong with it.
        var told: Set<String> = []
        // Where no choice depends on the rung, all rungs ask for the same.
        let count = choices.values.values.contains { $0.dependsOnRung } ? rungs : min(rungs, 1)
        for configuration in configurations {
            for rung in 0..<count where seen.count < StudyFileLimits.choiceVariants {
                let texts = choices.texts(for: configuration, rung: rung)
                guard seen.insert(texts).inserted else { continue }
                if let options = options(texts, configuration, rung, &told) { variants.append(options) }
            }
        }
        return variants
    }

    /// The options that these texts come to; `nil`: they are refused, and that is noted.
    private func options(
        _ texts: [String: String], _ configuration: Configuration, _ rung: Int, _ told: inout Set<String>
    ) -> BatchOptions? {
        let own = Findings(file: "")
        let entries = section.entries(besides: Set(choices.values.keys)).map { name, cursor in
            YAMLValue.Entry(key: name, place: cursor.value.place, value: cursor.value)
        }
        let chosen = texts.sorted { $0.key < $1.key }.compactMap { name, text -> YAMLValue.Entry? in
            guard let place = section[name]?.value.place else { return nil }
            return YAMLValue.Entry(
                key: name, place: place,
                value: YAMLValue(content: .scalar(Scalar(text: text, isPlain: true)), place: place))
        }
        let value = YAMLValue(content: .mapping(entries + chosen), place: section.cursor.value.place)
        let options = BatchOptionsReader.read(Cursor(value: value, path: "slurm", findings: own))
        guard own.hasMistakes else { return options }
        for mistake in own.invalid.mistakes where told.insert(mistake.field).inserted {
            let name = String(mistake.field.dropFirst("slurm.".count))
            let isChosen = choices.values[name] != nil
            // Which of several choices is at fault may not be told by the field that is named.
            let field = isChosen ? name : choices.values.keys.min() ?? name
            let context = words(choices.values[field] ?? .nothing, configuration, rung)
            section.cursor.findings.mistake(
                at: section[field]?.value.place ?? section.cursor.value.place, mistake.field,
                mistake.problem + context, fix: mistake.fix)
        }
        return nil
    }

    private func words(_ choice: OptionChoice, _ configuration: Configuration, _ rung: Int) -> String {
        let values = choice.parameters.sorted().compactMap { name in
            configuration[name].map { "\(shown(name)) is \(shown($0.description))" }
        }
        let facts = values + (choice.dependsOnRung ? ["the rung is \(rung)"] : [])
        return facts.isEmpty ? "" : " (where \(facts.joined(separator: " and ")))"
    }

    /// Configurations that show what there is: draws, and among them each extreme value of the parameters that matter.
    private var configurations: [Configuration] {
        let sampler = SpaceSampler(SearchSpace(parameters.parameters))
        var random = Random(seed: 0, stream: 0)
        let draws = (0..<StudyFileLimits.choiceDraws).compactMap { _ in sampler.draw(&random) }
        let names = choices.values.values.reduce(into: Set<String>()) { $0.formUnion($1.parameters) }
        let extremes = parameters.parameters.filter { names.contains($0.name) }.flatMap { parameter in
            parameter.domain.extremes.compactMap { value in
                sampler.draw(&random, given: Configuration([parameter.name: value]))
            }
        }
        return extremes + draws
    }
}

extension Domain {
    /// The values at its ends, and all of a choice.
    fileprivate var extremes: [ParameterValue] {
        switch self {
        case .choice(let values), .ordinal(let values): values
        case .constant(let value): [value]
        case .int(let min, let max, _, _): [.int(min), .int(max)]
        case .float(let min, let max, _, _): [.float(min), .float(max)]
        case .normal(_, _, let min, let max), .lognormal(_, _, let min, let max):
            [min, max].compactMap { $0.map(ParameterValue.float) }
        }
    }
}
