import Tuning

/// Reads `prior_results`: the paths of studies' directories and of tables. What they hold is read when the study begins,
/// and by `stune validate`; a study that has begun needs them no more.
package enum PriorResultsReader {
    private static let example = "[old.stune, results.csv]"

    /// The paths as written; `nil` if there is a mistake.
    static func read(_ cursor: Cursor) -> [String]? {
        guard let elements = cursor.list(example: example) else { return nil }
        guard (1...StudyFileLimits.priorSources).contains(elements.count) else {
            cursor.mistake(
                elements.isEmpty
                    ? "the list is empty"
                    : "there are \(elements.count) sources, more than \(StudyFileLimits.priorSources)",
                fix: "name studies' directories and CSV tables, such as \(example), or remove the field")
            return nil
        }
        var paths: [String] = []
        for element in elements {
            guard let path = element.text(example: "old.stune") else { continue }
            if path.isEmpty || path.contains("\0") {
                element.mistake("it is no path", fix: "name a study's directory or a CSV table")
            } else if paths.contains(path) {
                element.mistake("'\(shown(path))' is already in the list", fix: "remove one of the two")
            } else {
                paths.append(path)
            }
        }
        return paths.count == elements.count ? paths : nil
    }

    /// Notes that nothing learns from prior results.
    static func note(_ plan: Plan, _ cursor: Cursor) {
        if !plan.searcher.learns { cursor.note(unused) }
    }

    /// Why prior results make no difference, where the searcher does not learn.
    package static let unused =
        "the searcher does not learn from results, so prior results are recorded and change nothing; tpe, bohb, "
        + "priorband, evolution, optuna and external searchers learn from them"
}
