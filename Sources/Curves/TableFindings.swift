package import StudyFile

/// A table that cannot be used, with what is wrong with it.
package struct InvalidTable: Error, Hashable, CustomStringConvertible {
    /// The mistakes in the order in which they were found; at least one, at most `CurveLimits.mistakes`.
    package let mistakes: [Mistake]

    /// One line for each mistake, as compilers print it.
    package var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// Gathers what is wrong with a table, so that much of it is told at once.
struct TableFindings {
    let file: String
    private(set) var mistakes: [Mistake] = []

    init(file: String) { self.file = file }

    /// Whether there is no use in looking for more.
    var isFull: Bool { mistakes.count >= CurveLimits.mistakes }

    /// Notes a mistake in a column; the column's name is empty where the table as a whole is meant.
    mutating func mistake(at place: TextPosition, _ column: String, _ problem: String, fix: String) {
        guard !isFull else { return }
        mistakes.append(
            Mistake(
                file: file, line: place.line, column: place.column, field: column, problem: problem,
                fix: fix))
    }

    /// Gives up when there are mistakes.
    func check() throws(InvalidTable) {
        if !mistakes.isEmpty { throw InvalidTable(mistakes: mistakes) }
    }
}
