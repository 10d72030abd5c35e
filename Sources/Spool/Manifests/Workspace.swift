package import Tuning

/// A directory of its own for each trial, which its commands start in, and the files that are made in it.
package struct Workspace: Hashable, Codable, Sendable {
    /// The files, by name.
    package var files: [InputFile]

    /// A directory with these files.
    package init(files: [InputFile] = []) { self.files = files }

    /// One file or directory that a trial's command finds where it starts.
    package struct InputFile: Hashable, Codable, Sendable {
        /// How it comes about.
        package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
            /// From a file with placeholders, rendered again for each attempt.
            case template
            /// From a text with placeholders in the study file, rendered again for each attempt.
            case text
            /// As a copy, where it is not there yet: of a file, or of a directory with all below it.
            case copy
            /// As a symbolic link, where it is not there yet.
            case link
        }

        /// Its path in the trial's directory.
        package var name: String
        /// How it comes about.
        package var kind: Kind
        /// The path of what it is made from, in the study file's directory unless absolute; of `text` the text itself.
        package var source: String

        /// A file from its parts.
        package init(name: String, kind: Kind, source: String) {
            self.name = name
            self.kind = kind
            self.source = source
        }

        /// The path of what it is made from, given the study file's directory.
        package func path(in home: String) -> String {
            source.hasPrefix("/") ? source : "\(home)/\(source)"
        }
    }
}

/// The text of an input file with placeholders, as a command's arguments have them.
package struct TextTemplate: Sendable {
    private let lines: [CommandTemplate.Argument]

    /// Where a text is no template, and why.
    package struct Invalid: Error, Hashable {
        /// The line, from 1.
        package var line: Int
        /// The column in Unicode scalars, from 1.
        package var column: Int
        /// What is wrong.
        package var problem: String
        /// What would be right.
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

    /// A placeholder and where it stands, line and column from 1.
    package typealias Place = (placeholder: CommandTemplate.Placeholder, line: Int, column: Int)

    /// The placeholders, from the top to the end.
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

    /// The text of one attempt.
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
    /// As it is written.
    var written: String {
        switch self {
        case .parameter(let name): "{\(name)}"
        case .fact(let fact): "{\(CommandTemplate.Fact.prefix)\(fact.rawValue)}"
        }
    }
}
