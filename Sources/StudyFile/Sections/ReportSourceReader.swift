import Spool
import Tuning

/// Reads `reports`: where a command that cannot be changed shows its metrics.
struct ReportSourceReader {
    /// The study's metrics.
    let metrics: [String]
    /// Whether each trial has a separate directory.
    let hasDirectory: Bool

    /// The source; `nil` if it has mistakes.
    func read(_ cursor: Cursor) -> ReportSource? {
        guard let section = SectionCursor(cursor, as: .reports) else { return nil }
        let given = ReportSource.Kind.allCases.filter { section[$0.rawValue] != nil }
        guard given.count == 1, let kind = given.first, let source = section[kind.rawValue] else {
            let words = ReportSource.Kind.allCases.map { "'\($0.rawValue)'" }
            cursor.mistake(
                given.isEmpty ? "it does not say where reports are" : "it says twice where reports are",
                fix:
                    "write one of \(listed(words)), such as {stdout: 'step (?<resource>\\d+) loss=(?<loss>\\S+)'}"
            )
            return nil
        }
        var resource = ReportSource.usualResource
        if let other = section["resource"] {
            guard let name = other.name(what: "resource", example: "step") else { return nil }
            guard !metrics.contains(name) else {
                other.mistake(
                    "'\(shown(name))' is a metric of the study", fix: "name what counts the steps")
                return nil
            }
            resource = name
        }
        guard let text = source.text(example: "log.csv") else { return nil }
        let reports = ReportSource(kind: kind, text: text, resource: resource)
        return (kind == .csv || kind == .jsonl ? checkPath(text, source) : checkPattern(reports, source))
            ? reports : nil
    }

    private func checkPath(_ path: String, _ cursor: Cursor) -> Bool {
        if let problem = WorkspaceReader.problem(ofPath: path) {
            cursor.mistake(problem, fix: "write a path below the trial's directory, such as out/log.csv")
            return false
        }
        guard hasDirectory else {
            cursor.mistake(
                "all trials share one directory, and would write one file", fix: "add 'directory: trial'")
            return false
        }
        return true
    }

    private func checkPattern(_ source: ReportSource, _ cursor: Cursor) -> Bool {
        guard source.text.utf8.count <= StudyFileLimits.patternBytes else {
            cursor.mistake(
                "the expression has \(source.text.utf8.count) bytes, more than \(StudyFileLimits.patternBytes)",
                fix: "write a shorter one")
            return false
        }
        do throws(LinePattern.Invalid) {
            let pattern = try LinePattern(source.text)
            var isFine = true
            for name in [source.resource] + metrics where !pattern.names.contains(name) {
                isFine = false
                let what = name == source.resource ? "the resource" : "the metric"
                cursor.mistake(
                    "the expression has no group '\(shown(name))' for \(what)",
                    fix: CommandReader.isWord(name)
                        ? "write (?<\(shown(name))>…) where it stands, such as (?<\(shown(name))>\\S+)"
                        : "rename the metric: a group's name has letters, digits and '_' only")
            }
            return isFine
        } catch {
            cursor.mistake(
                "at character \(error.offset + 1) of the expression, \(error.problem)", fix: error.fix)
            return false
        }
    }
}
