/// A position in the study file or in a file of defaults.
package struct TextPosition: Hashable, Comparable, Sendable {
    /// The line, from 1.
    package let line: Int
    /// The column in Unicode scalars, from 1.
    package let column: Int
    /// The file of defaults; `nil` for the study file itself.
    package var file: String?

    /// A position from its parts.
    package init(line: Int, column: Int, file: String? = nil) {
        self.line = line
        self.column = column
        self.file = file
    }

    /// Orders from the top of the file to its end.
    package static func < (left: TextPosition, right: TextPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One mistake in a file that a person wrote: where, in which field, what is wrong, and how to correct it.
package struct Mistake: Hashable, Sendable, CustomStringConvertible {
    /// The file, as the caller named it.
    package let file: String
    /// The line, from 1.
    package let line: Int
    /// The column in Unicode scalars, from 1.
    package let column: Int
    /// The field, such as `parameters.lr.min` or `command[3]`; empty for the file as a whole.
    package let field: String
    /// What is wrong.
    package let problem: String
    /// How to correct it.
    package let fix: String

    /// A mistake from its parts.
    package init(file: String, line: Int, column: Int, field: String, problem: String, fix: String) {
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.problem = problem
        self.fix = fix
    }

    /// One line in the format of compilers, which lets editors jump to the place.
    package var description: String {
        "\(file):\(line):\(column): \(field.isEmpty ? "" : field + ": ")\(problem); \(fix)"
    }
}

/// A setting in a valid study file that may not be intended.
package struct Note: Hashable, Sendable, CustomStringConvertible {
    /// The file, as the caller named it.
    package let file: String
    /// The line, from 1.
    package let line: Int
    /// The column in Unicode scalars, from 1.
    package let column: Int
    /// The field, such as `scheduler.max_resource`.
    package let field: String
    /// What is worth knowing.
    package let text: String

    /// One line in the format of compilers.
    package var description: String { "\(file):\(line):\(column): note: \(field): \(text)" }
}

/// A study file that cannot be used, with everything that is wrong with it.
package struct InvalidStudyFile: Error, Hashable, CustomStringConvertible {
    /// The mistakes from the top of the file to its end: at least one, at most `StudyFileLimits.mistakes`.
    package let mistakes: [Mistake]

    /// One line for each mistake.
    package var description: String {
        mistakes.map(\.description).joined(separator: "\n")
    }
}

/// A valid study file.
package struct ParsedStudy: Hashable, Sendable {
    /// The study.
    package let spec: StudySpec
    /// How to run it.
    package let settings: RunSettings
    /// The settings that the file names; for the others, `spec` has the defaults.
    package let named: NamedSettings
    /// The values that come from files of defaults, in the order of their fields.
    package let defaults: [DefaultValue]
    /// Notes for its author, from the top of the file to its end.
    package let notes: [Note]
}

/// Collects mistakes and notes while a file is read.
final class Findings {
    private let file: String
    /// Looks at files that the study file names; `nil` to skip that.
    let look: StudyFile.Look?
    private var mistakes: Set<Mistake> = []
    private var notes: [Note] = []

    init(file: String, look: StudyFile.Look? = nil) { (self.file, self.look) = (file, look) }

    var hasMistakes: Bool { !mistakes.isEmpty }

    /// `other`: the file with the mistake, if it is not the study file itself.
    func mistake(
        in other: String? = nil, at place: TextPosition, _ field: String, _ problem: String, fix: String
    ) {
        mistakes.insert(
            Mistake(
                file: other ?? place.file ?? file, line: place.line, column: place.column, field: field,
                problem: problem, fix: fix))
    }

    /// Adds a note for the author of the study. Values in a site's defaults give no notes, because their author does
    /// not know the study.
    func note(at place: TextPosition, _ field: String, _ text: String) {
        guard place.file == nil else { return }
        notes.append(
            Note(file: file, line: place.line, column: place.column, field: field, text: text))
    }

    /// The mistakes in the file's order, cut at the limit.
    var invalid: InvalidStudyFile {
        let sorted = mistakes.sorted {
            // The study file's own mistakes come first.
            let (left, right) = ($0.file == file ? "" : $0.file, $1.file == file ? "" : $1.file)
            if left != right { return left < right }
            return ($0.line, $0.column, $0.field, $0.problem) < ($1.line, $1.column, $1.field, $1.problem)
        }
        guard sorted.count > StudyFileLimits.mistakes else { return InvalidStudyFile(mistakes: sorted) }
        let kept = sorted.prefix(StudyFileLimits.mistakes - 1)
        let next = sorted[kept.count]
        let rest = Mistake(
            file: file, line: next.line, column: next.column, field: "",
            problem: "\(sorted.count - kept.count) more mistakes follow", fix: "correct those above first")
        return InvalidStudyFile(mistakes: kept + [rest])
    }

    /// Adds the findings of another file.
    func add(_ other: Findings) {
        mistakes.formUnion(other.mistakes)
        notes += other.notes
    }

    func parsed(
        _ spec: StudySpec, _ settings: RunSettings, named: NamedSettings, defaults: [DefaultValue]
    ) -> ParsedStudy {
        ParsedStudy(
            spec: spec, settings: settings, named: named, defaults: defaults,
            notes: notes.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
}

/// Text from the file in a form for messages: short, on one line, without control characters.
package func shown(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
        if index == 60 { return result + "…" }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse:
            result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// `one, two or three`.
func listed(_ words: [String], _ conjunction: String = "or") -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}
