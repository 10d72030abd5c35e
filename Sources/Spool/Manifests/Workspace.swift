package import Tuning

/// A separate directory for each trial, in which its commands start, and the files to write there.
package struct Workspace: Hashable, Codable, Sendable {
    /// The files, by name.
    package var files: [InputFile]

    /// A directory with these files.
    package init(files: [InputFile] = []) { self.files = files }

    /// A file or directory to put into a trial's directory.
    package struct InputFile: Hashable, Codable, Sendable {
        /// How it is made.
        package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
            /// From a file with placeholders, written again for each attempt.
            case template
            /// From a text with placeholders in the study file, written again for each attempt.
            case text
            /// A copy of a file or of a whole directory, if the name does not exist yet.
            case copy
            /// A symbolic link, if the name does not exist yet.
            case link
        }

        /// Its path in the trial's directory.
        package var name: String
        /// How it is made.
        package var kind: Kind
        /// The path of its source, relative to the study file's directory unless absolute; for `text`, the text itself.
        package var source: String

        /// A file from its parts.
        package init(name: String, kind: Kind, source: String) {
            self.name = name
            self.kind = kind
            self.source = source
        }

        /// The path of its source, given the study file's directory.
        package func path(in home: String) -> String {
            source.hasPrefix("/") ? source : "\(home)/\(source)"
        }
    }
}

/// The text of an input file, with the same placeholders as a command's arguments.
package struct TextTemplate: Sendable {
    private let lines: [CommandTemplate.Argument]

    /// Where and why a text is not a template.
    package struct Invalid: Error, Hashable {
        /// The line, from 1.
        package var line: Int
        /// The column in Unicode scalars, from 1.
        package var column: Int
        /// What is wrong.
        package var problem: String
        /// How to correct it.
        package var fix: String
    }

    /// A template from the bytes of its file.
    package init(_ bytes: [UInt8]) throws(Invalid) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Invalid(
                line: 1, column: 1, problem: "it is not UTF-8",
                fix: "save it as UTF-8, or use 'copy' for it")
        }
        var lines: [CommandTemplate.Argument] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let words = String(decoding: line, as: UTF8.self)
            do throws(CommandTemplateError) {
                lines.append(try CommandTemplate.Argument(words))
            } catch {
                throw Invalid(
                    line: lines.count + 1, column: TextTemplate.column(of: error, in: words),
                    problem: error.problem, fix: error.fix)
            }
        }
        self.lines = lines
    }

    /// A placeholder with its line and column, both from 1.
    package typealias Place = (placeholder: CommandTemplate.Placeholder, line: Int, column: Int)

    /// The placeholders, from top to bottom.
    package var placeholders: [Place] {
        var all: [Place] = []
        for (number, line) in lines.enumerated() {
            for placeholder in line.placeholders {
                all.append(
                    (placeholder, number + 1, TextTemplate.column(of: placeholder.written, in: line.text)))
            }
        }
        return all
    }

    /// The text for one attempt.
    package func render(configuration: Configuration, facts: CommandTemplate.Facts) -> [UInt8] {
        let rendered = lines.map { $0.render { $0.value(configuration, facts) } }
        return Array(rendered.joined(separator: "\n").utf8)
    }

    private static func column(of words: String, in line: String) -> Int {
        let (text, wanted) = (Array(line.unicodeScalars), Array(words.unicodeScalars))
        return (text.firstRange(of: wanted)?.lowerBound ?? 0) + 1
    }

    private static func column(of error: CommandTemplateError, in line: String) -> Int {
        switch error {
        case .unknownFact(let name, _): return column(of: "{\(name)}", in: line)
        case .emptyPlaceholder: return column(of: "{}", in: line)
        case .unclosedBrace, .strayBrace: return columnOfBrace(in: Array(line.unicodeScalars))
        case .zeroByte: return column(of: "\0", in: line)
        case .noProgram, .emptyGroup: return 1
        }
    }

    /// The column of the first brace that is neither doubled nor part of a placeholder.
    private static func columnOfBrace(in line: [Unicode.Scalar]) -> Int {
        var index = 0
        while index < line.count {
            let scalar = line[index]
            guard scalar == "{" || scalar == "}" else {
                index += 1
                continue
            }
            if index + 1 < line.count, line[index + 1] == scalar {
                index += 2
                continue
            }
            let end = line[(index + 1)...].firstIndex { $0 == "{" || $0 == "}" }
            guard scalar == "{", let end, line[end] == "}" else { return index + 1 }
            index = end + 1
        }
        return 1
    }
}

extension CommandTemplate.Placeholder {
    /// The placeholder as written.
    var written: String {
        switch self {
        case .parameter(let name): "{\(name)}"
        case .fact(let fact): "{\(CommandTemplate.Fact.prefix)\(fact.rawValue)}"
        }
    }
}
