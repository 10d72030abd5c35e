package import Tuning

/// The training command: an argument vector with placeholders, and groups that are left out if a value is missing.
///
/// No shell ever sees it. A value replaces its placeholder byte for byte, so quotes, spaces and `$(…)` arrive unchanged
/// and run nothing. Its JSON is that of the study file: an array of strings, in which a nested array of strings is a
/// group.
package struct CommandTemplate: Hashable, Sendable {
    /// One element of the command.
    package enum Element: Hashable, Sendable {
        /// An argument that is always present.
        case argument(Argument)
        /// Arguments that are present only if each of their placeholders has a value. A parameter has a value while it
        /// is active and not null, `stune.resume` if there is a checkpoint to resume from.
        case group([Argument])
    }

    /// The values of the placeholders `{stune.…}` for an attempt.
    package struct Facts: Hashable, Sendable {
        /// The study's name.
        package var study: String
        /// The trial.
        package var trial: TrialID
        /// The resource that is trained already.
        package var from: Resource
        /// The resource to reach.
        package var to: Resource
        /// The absolute path of the checkpoint to resume from; `nil` to start at zero.
        package var resume: String?
        /// The absolute path of the directory that the command starts in.
        package var directory: String
        /// The absolute path of the study file's directory.
        package var home: String
        /// Which of the trial's replicates trains, from 0.
        package var replicate: Int

        /// The facts of an attempt.
        package init(
            study: String, trial: TrialID, from: Resource, to: Resource, resume: String?, directory: String,
            home: String, replicate: Int = 0
        ) {
            self.study = study
            self.trial = trial
            self.from = from
            self.to = to
            self.resume = resume
            self.directory = directory
            self.home = home
            self.replicate = replicate
        }
    }

    /// The elements; the first is the program, and never a group.
    package let elements: [Element]

    /// A command of these elements.
    ///
    /// - Throws: `.noProgram`, `.emptyGroup`.
    package init(_ elements: [Element]) throws(CommandTemplateError) {
        guard case .argument(let program) = elements.first, !program.text.isEmpty else {
            throw .noProgram
        }
        for case .group(let arguments) in elements where arguments.isEmpty { throw .emptyGroup }
        self.elements = elements
    }

    /// A command of arguments without groups.
    ///
    /// - Throws: `CommandTemplateError` at the first argument that is malformed.
    package init(_ arguments: [String]) throws(CommandTemplateError) {
        var elements: [Element] = []
        for text in arguments { elements.append(.argument(try Argument(text))) }
        try self.init(elements)
    }

    /// The argument vector of one attempt; its first element is the program.
    ///
    /// A group is left out as a whole if one of its placeholders has no value; null counts as no value there. Outside a
    /// group, null becomes `null`, and a placeholder without a value becomes nothing. The study file's parser prevents
    /// the last case.
    package func render(configuration: Configuration, facts: Facts) -> [String] {
        let value = { (placeholder: Placeholder) in placeholder.value(configuration, facts) }
        let isGiven = { (placeholder: Placeholder) -> Bool in
            if case .parameter(let name) = placeholder, configuration[name] == .null { return false }
            return value(placeholder) != nil
        }
        return elements.flatMap { element -> [String] in
            switch element {
            case .argument(let argument): [argument.render(value)]
            case .group(let arguments):
                if arguments.allSatisfy({ $0.placeholders.allSatisfy { isGiven($0) } }) {
                    arguments.map { $0.render(value) }
                } else {
                    []
                }
            }
        }
    }
}

extension CommandTemplate {
    /// A placeholder.
    package enum Placeholder: Hashable, Sendable {
        /// `{name}`: the value of a parameter.
        case parameter(String)
        /// `{stune.…}`: a fact of the attempt.
        case fact(Fact)

        /// The text that replaces it; `nil` if it has no value.
        func value(_ configuration: Configuration, _ facts: Facts) -> String? {
            switch self {
            case .parameter(let name): configuration[name]?.description
            case .fact(let fact): fact.value(in: facts)
            }
        }
    }

    /// The names in `{stune.…}`.
    package enum Fact: String, Hashable, Sendable, CaseIterable {
        /// `{stune.study}`: the study's name.
        case study
        /// `{stune.trial}`: the trial's number.
        case trial
        /// `{stune.from}`: the resource that is trained already.
        case from
        /// `{stune.to}`: the resource to reach.
        case to
        /// `{stune.resume}`: the checkpoint to resume from.
        case resume
        /// `{stune.directory}`: the directory that the command starts in.
        case directory
        /// `{stune.home}`: the study file's directory.
        case home
        /// `{stune.replicate}`: which of the trial's replicates trains, from 0.
        case replicate

        /// The prefix of all facts' names. No parameter's name has it.
        package static let prefix = "stune."

        func value(in facts: Facts) -> String? {
            switch self {
            case .study: facts.study
            case .trial: facts.trial.description
            case .from: facts.from.description
            case .to: facts.to.description
            case .resume: facts.resume
            case .directory: facts.directory
            case .home: facts.home
            case .replicate: String(facts.replicate)
            }
        }
    }

    /// One argument: literal text and placeholders.
    package struct Argument: Hashable, Sendable {
        /// The argument as it was written.
        package let text: String
        /// Its placeholders, from left to right.
        package var placeholders: [Placeholder] {
            pieces.compactMap {
                if case .placeholder(let placeholder) = $0 { placeholder } else { nil }
            }
        }

        private let pieces: [Piece]

        /// Parses an argument: `{name}` is a placeholder, `{{` and `}}` are literal braces.
        ///
        /// - Throws: `.unclosedBrace`, `.strayBrace`, `.emptyPlaceholder`, `.unknownFact`, `.zeroByte`.
        package init(_ text: String) throws(CommandTemplateError) {
            self.text = text
            pieces = try Self.pieces(of: text)
        }

        /// The text with the values of parameters; `nil` where one of them has none, or null.
        package func text(of configuration: Configuration) -> String? {
            let names = placeholders.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
            guard names.allSatisfy({ configuration[$0] != nil && configuration[$0] != .null }) else {
                return nil
            }
            return render { placeholder in
                if case .parameter(let name) = placeholder { configuration[name]?.description } else { nil }
            }
        }

        /// The argument with each placeholder replaced; one without a value becomes nothing.
        package func render(_ value: (Placeholder) -> String?) -> String {
            var rendered = ""
            for piece in pieces {
                switch piece {
                case .literal(let text): rendered += text
                case .placeholder(let placeholder): rendered += value(placeholder) ?? ""
                }
            }
            return rendered
        }
    }

    private enum Piece: Hashable {
        case literal(String)
        case placeholder(Placeholder)
    }
}

extension CommandTemplate.Argument {
    // By bytes, because a brace followed by a combining character is one `Character` but still a brace.
    private static func pieces(
        of text: String
    ) throws(CommandTemplateError) -> [CommandTemplate.Piece] {
        let open = UInt8(ascii: "{")
        let close = UInt8(ascii: "}")
        let bytes = Array(text.utf8)
        guard !bytes.contains(0) else { throw .zeroByte }
        var pieces: [CommandTemplate.Piece] = []
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte != open, byte != close {
                literal.append(byte)
                index += 1
                continue
            }
            if index + 1 < bytes.count, bytes[index + 1] == byte {
                literal.append(byte)
                index += 2
                continue
            }
            guard byte == open else { throw .strayBrace(in: text) }
            let rest = bytes[(index + 1)...]
            guard let end = rest.firstIndex(where: { $0 == open || $0 == close }), bytes[end] == close
            else { throw .unclosedBrace(in: text) }
            if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
            literal = []
            let name = String(decoding: rest[..<end], as: UTF8.self)
            pieces.append(.placeholder(try placeholder(name, in: text)))
            index = end + 1
        }
        if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
        return pieces
    }

    private static func placeholder(
        _ name: String, in text: String
    ) throws(CommandTemplateError) -> CommandTemplate.Placeholder {
        guard !name.isEmpty else { throw .emptyPlaceholder(in: text) }
        let prefix = CommandTemplate.Fact.prefix
        guard name.hasPrefix(prefix) else { return .parameter(name) }
        guard let fact = CommandTemplate.Fact(rawValue: String(name.dropFirst(prefix.count))) else {
            throw .unknownFact(name, in: text)
        }
        return .fact(fact)
    }
}

/// Why a command is invalid.
package enum CommandTemplateError: Error, Hashable, CustomStringConvertible {
    /// There is no element, or the first is a group or empty.
    case noProgram
    /// A group has no arguments.
    case emptyGroup
    /// A `{` has no `}` after it.
    case unclosedBrace(in: String)
    /// A `}` has no `{` before it.
    case strayBrace(in: String)
    /// `{}` has no name.
    case emptyPlaceholder(in: String)
    /// `{stune.…}` with an unknown name, given here with its prefix.
    case unknownFact(String, in: String)
    /// A zero byte, which no process argument can contain.
    case zeroByte

    /// What is wrong, in words.
    package var problem: String {
        switch self {
        case .noProgram: "there is no program to start"
        case .emptyGroup: "the group has no arguments"
        case .unclosedBrace: "a '{' is never closed"
        case .strayBrace: "a '}' closes nothing"
        case .emptyPlaceholder: "'{}' names no parameter"
        case .unknownFact(let name, _): "there is no placeholder '{\(name)}'"
        case .zeroByte: "it holds a zero byte, which no argument can"
        }
    }

    /// How to correct it.
    package var fix: String {
        switch self {
        case .noProgram: "let the command begin with the program, such as [python3, train.py]"
        case .emptyGroup: "remove it, or put arguments into it"
        case .unclosedBrace: "write '{name}' for a parameter, '{{' for the brace itself"
        case .strayBrace: "write '}}' for the brace itself"
        case .emptyPlaceholder: "write '{name}' for a parameter, '{{}}' for the braces themselves"
        case .unknownFact:
            "the placeholders of stune are "
                + CommandTemplate.Fact.allCases.map { "'{\(CommandTemplate.Fact.prefix)\($0.rawValue)}'" }
                .joined(separator: ", ")
        case .zeroByte: "remove it"
        }
    }

    /// A sentence with the argument.
    package var description: String {
        switch self {
        case .noProgram, .emptyGroup, .zeroByte: "\(problem); \(fix)"
        case .unclosedBrace(let text), .strayBrace(let text), .emptyPlaceholder(let text),
            .unknownFact(_, let text):
            "in '\(text)': \(problem); \(fix)"
        }
    }
}

extension CommandTemplate: Codable {
    /// Reads an array of strings and of arrays of strings.
    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        var elements: [Element] = []
        do {
            while !container.isAtEnd {
                if let text = try? container.decode(String.self) {
                    elements.append(.argument(try Argument(text)))
                } else {
                    let texts = try container.decode([String].self)
                    elements.append(.group(try texts.map { try Argument($0) }))
                }
            }
            try self.init(elements)
        } catch let error as CommandTemplateError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Writes an array of strings and of arrays of strings.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for element in elements {
            switch element {
            case .argument(let argument): try container.encode(argument.text)
            case .group(let arguments): try container.encode(arguments.map(\.text))
            }
        }
    }
}
