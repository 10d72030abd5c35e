import Spool
package import Tuning

/// The value of an option of `slurm` that depends on the trial's parameters, on the rung, or on both.
package indirect enum OptionChoice: Hashable, Codable, Sendable {
    /// This text, in which `{name}` stands for the value of a parameter.
    case text(String)
    /// The option is not given: the site's default holds.
    case nothing
    /// The first where all conditions hold, else the second.
    case when([Condition], then: OptionChoice, else: OptionChoice)
    /// The first on the way to one of these rungs, else the second.
    case rungs(ClosedRange<Int>, then: OptionChoice, else: OptionChoice)

    /// What it says for a trial with this configuration on its way to a rung; `nil`: the option is not given. So it is
    /// where a parameter that the text names is not active, or null.
    package func text(for configuration: Configuration, rung: Int) -> String? {
        switch self {
        case .nothing: nil
        case .text(let text): (try? CommandTemplate.Argument(text))?.text(of: configuration)
        case .when(let conditions, let yes, let no):
            (conditions.allSatisfy { $0.holds(in: configuration) } ? yes : no)
                .text(for: configuration, rung: rung)
        case .rungs(let rungs, let yes, let no):
            (rungs.contains(rung) ? yes : no).text(for: configuration, rung: rung)
        }
    }

    /// Whether the rung makes a difference.
    var dependsOnRung: Bool {
        switch self {
        case .rungs: true
        case .when(_, let yes, let no): yes.dependsOnRung || no.dependsOnRung
        case .text, .nothing: false
        }
    }

    /// The parameters whose values occur in texts, or decide.
    var parameters: Set<String> {
        switch self {
        case .nothing: []
        case .text(let text):
            Set(
                ((try? CommandTemplate.Argument(text))?.placeholders ?? []).compactMap {
                    if case .parameter(let name) = $0 { name } else { nil }
                })
        case .when(let conditions, let yes, let no):
            Set(conditions.map(\.parent)).union(yes.parameters).union(no.parameters)
        case .rungs(_, let yes, let no): yes.parameters.union(no.parameters)
        }
    }
}

/// The options that are not the same for all tasks, by their names in the study file.
package struct OptionChoices: Hashable, Sendable {
    /// The choices by name, as `nodes`.
    package var values: [String: OptionChoice] = [:]

    /// None: all tasks ask for the same.
    package init() {}

    /// Whether all tasks ask for the same.
    package var isEmpty: Bool { values.isEmpty }

    /// The text of each option that is given, by name, for a trial with this configuration on its way to a rung.
    package func texts(for configuration: Configuration, rung: Int) -> [String: String] {
        values.compactMapValues { $0.text(for: configuration, rung: rung) }
    }
}

extension OptionChoices: Codable {
    /// Reads a mapping by name.
    package init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: OptionChoice].self)
    }

    /// Writes a mapping by name.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

extension KeyedDecodingContainer {
    /// None, in a study of the time before options could depend on anything.
    func decode(_ type: OptionChoices.Type, forKey key: Key) throws -> OptionChoices {
        try decodeIfPresent(type, forKey: key) ?? OptionChoices()
    }
}

extension KeyedEncodingContainer {
    /// Writes nothing where there are none.
    mutating func encode(_ value: OptionChoices, forKey key: Key) throws {
        if !value.isEmpty { try encodeIfPresent(value, forKey: key) }
    }
}

/// Why a choice gives no options that Slurm could be asked for.
package struct InvalidOptions: Error, Hashable, CustomStringConvertible {
    /// The option, as `slurm.mem`.
    package let field: String
    /// What is wrong, in words.
    package let problem: String
    /// What would be right.
    package let fix: String

    /// A sentence.
    package var description: String { "\(field): \(problem); \(fix)" }
}

extension BatchOptions {
    /// The options of a task for a trial with this configuration on its way to a rung.
    ///
    /// - Throws: where a value is none that Slurm takes. `stune validate` tries out many configurations before.
    package func resolved(
        for configuration: Configuration, rung: Int
    ) throws(InvalidOptions) -> BatchOptions {
        guard !choices.isEmpty else { return self }
        let texts = choices.texts(for: configuration, rung: rung)
        let chosen = try BatchOptionsReader.read(texts)
        var options = self
        options.choices = OptionChoices()
        for name in choices.values.keys { SiteOptions.copy(name, chosen, &options) }
        return options
    }
}
