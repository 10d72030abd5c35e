package import StudyFile

/// A table that cannot be used, with its mistakes.
package struct InvalidTable: Error, Hashable, CustomStringConvertible {
    /// The mistakes in the order in which they were found: at least one, at most `CurveLimits.mistakes`.
    package let mistakes: [Mistake]

    /// One line for each mistake, as compilers print it.
    package var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// Collects a table's mistakes, so that many can be reported at once.
struct TableFindings {
    let file: String
    private(set) var mistakes: [Mistake] = []

    init(file: String) { self.file = file }

    /// Whether enough mistakes were found.
    var isFull: Bool { mistakes.count >= CurveLimits.mistakes }

    /// Records a mistake in a column; the name is empty for the table as a whole.
    mutating func mistake(at place: TextPosition, _ column: String, _ problem: String, fix: String) {
        guard !isFull else { return }
        mistakes.append(
            Mistake(
                file: file, line: place.line, column: place.column, field: column, problem: problem,
                fix: fix))
    }

    /// Throws if there are mistakes.
    func check() throws(InvalidTable) {
        if !mistakes.isEmpty { throw InvalidTable(mistakes: mistakes) }
    }
}
