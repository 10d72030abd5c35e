import Spool
import Tuning

/// Reads `command`.
struct CommandReader {
    /// The declared parameters, for the placeholders; `nil` when the file's own are unreadable.
    let parameters: ParameterReader.Result?

    private static let example = "[python3, train.py, --lr, \"{lr}\"]"

    /// The command; `nil` when it has mistakes.
    func read(_ cursor: Cursor) -> CommandTemplate? {
        if case .scalar(let scalar) = cursor.value.content, scalar.meaning != .null {
            cursor.mistake(
                "it is a single string, and no shell splits it",
                fix: "write a list of arguments, such as \(Self.example)")
            return nil
        }
        guard let items = cursor.list(example: Self.example) else { return nil }
        guard checkSize(items, cursor) else { return nil }
        guard let first = items.first else {
            cursor.mistake("there is no program to start", fix: "write a list such as \(Self.example)")
            return nil
        }
        let elements = items.map(element)
        guard elements.allSatisfy({ $0 != nil }) else { return nil }
        do throws(CommandTemplateError) {
            return try CommandTemplate(elements.compactMap(\.self))
        } catch {
            first.mistake(error.problem, fix: error.fix)
            return nil
        }
    }

    private func checkSize(_ items: [Cursor], _ cursor: Cursor) -> Bool {
        let arguments = items.flatMap { item -> [YAMLValue] in
            if case .list(let members) = item.value.content { members } else { [item.value] }
        }
        let bytes = arguments.reduce(0) { sum, argument in
            if case .scalar(let scalar) = argument.content { sum + scalar.text.utf8.count + 1 } else { sum }
        }
        guard arguments.count <= StudyFileLimits.arguments else {
            cursor.mistake(
                "the command has \(arguments.count) arguments, more than \(StudyFileLimits.arguments)",
                fix: "put them into a file that the command reads")
            return false
        }
        guard bytes <= StudyFileLimits.commandBytes else {
            cursor.mistake(
                "the command has \(bytes) bytes, more than \(StudyFileLimits.commandBytes)",
                fix: "put long texts into a file that the command reads")
            return false
        }
        return true
    }

    private func element(_ item: Cursor) -> CommandTemplate.Element? {
        guard case .list = item.value.content,
            let members = item.list(example: "[--momentum, \"{momentum}\"]")
        else {
            guard let argument = argument(item) else { return nil }
            checkConditions(argument, item)
            return .argument(argument)
        }
        let arguments = members.compactMap(argument)
        guard arguments.count == members.count else { return nil }
        if arguments.isEmpty {
            let error = CommandTemplateError.emptyGroup
            item.mistake(error.problem, fix: error.fix)
            return nil
        }
        if arguments.allSatisfy({ $0.placeholders.isEmpty }) {
            item.note("the group has no placeholder, so it is never left out")
        }
        return .group(arguments)
    }

    private func argument(_ item: Cursor) -> CommandTemplate.Argument? {
        guard let text = text(item) else { return nil }
        guard text.utf8.count <= StudyFileLimits.argumentBytes else {
            item.mistake(
                "the argument has \(text.utf8.count) bytes, more than \(StudyFileLimits.argumentBytes)",
                fix: "put it into a file that the command reads")
            return nil
        }
        do throws(CommandTemplateError) {
            let argument = try CommandTemplate.Argument(text)
            return checkNames(argument, item) ? argument : nil
        } catch {
            item.mistake(error.problem, fix: error.fix)
            return nil
        }
    }

    private func text(_ item: Cursor) -> String? {
        switch item.value.content {
        case .scalar(let scalar) where scalar.meaning != .null: return scalar.text
        case .scalar: item.mistake("the argument is empty", fix: "write \"\" for an empty argument")
        case .list: item.mistake("a group is inside another group", fix: "write groups one after the other")
        case .mapping(let entries):
            let name = entries.count == 1 ? shown(entries[0].key) : "name"
            item.mistake(
                "to YAML, braces without quotes are a mapping",
                fix: "put the argument into quotes: \"{\(name)}\"")
        }
        return nil
    }

    private func checkNames(_ argument: CommandTemplate.Argument, _ item: Cursor) -> Bool {
        guard let parameters else { return true }
        var isFine = true
        for case .parameter(let name) in argument.placeholders where !parameters.names.contains(name) {
            let unknown = CommandReader.unknown(name, parameters)
            item.mistake(unknown.what, fix: unknown.fix)
            isFine = false
        }
        return isFine
    }

    /// What is wrong with a placeholder that names no parameter.
    static func unknown(_ name: String, _ parameters: ParameterReader.Result) -> (what: String, fix: String)
    {
        let facts = CommandTemplate.Fact.allCases.map { CommandTemplate.Fact.prefix + $0.rawValue }
        let proposal = NearestName.proposal(
            for: name, among: parameters.names + facts, what: "placeholders")
        return (
            "the placeholder '{\(shown(name))}' names no parameter",
            "\(proposal) ('{{' and '}}' are literal braces)"
        )
    }

    /// Whether a text has letters, digits and `_` only, and no digit at the front.
    static func isWord(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == 0x5F
        }
    }

    /// Outside a group a placeholder needs a value in every configuration.
    private func checkConditions(_ argument: CommandTemplate.Argument, _ item: Cursor) {
        for case .parameter(let name) in argument.placeholders {
            guard let parameter = parameters?.parameters.first(where: { $0.name == name }) else { continue }
            if parameter.domain.hasNull {
                item.note(
                    "where '\(shown(name))' is null, the argument has the word null; put it and its option into a group "
                        + "to leave them out then, such as [--\(shown(name)), \"{\(shown(name))}\"]")
            }
            guard !parameter.conditions.isEmpty else { continue }
            item.mistake(
                "'\(shown(name))' has a 'when', so there are trials without it",
                fix:
                    "put the argument and its option into a group, such as [--\(shown(name)), \"{\(shown(name))}\"]"
            )
        }
    }
}

extension Domain {
    /// Whether null is one of its values.
    fileprivate var hasNull: Bool {
        switch self {
        case .choice(let values), .ordinal(let values): values.contains(.null)
        case .constant(let value): value == .null
        case .float, .int, .normal, .lognormal: false
        }
    }
}
