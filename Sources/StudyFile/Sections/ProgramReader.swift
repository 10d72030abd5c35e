import Tuning

/// Reads what a searcher and a scheduler that are programs have in common.
enum ProgramReader {
    /// The program and its arguments.
    ///
    /// - Parameter script: what an example names.
    static func command(_ cursor: Cursor?, script: String) -> [String]? {
        let example = "[python3, \(script)]"
        guard let cursor, let items = cursor.list(example: example) else { return nil }
        let command = items.compactMap { $0.text(example: script) }
        guard command.count == items.count else { return nil }
        guard command.first?.isEmpty == false else {
            cursor.mistake("it names no program", fix: "write one such as \(example)")
            return nil
        }
        return command
    }

    /// What is passed on to the program as it is.
    static func settings(_ cursor: Cursor?) -> [String: ParameterValue]? {
        guard let cursor else { return [:] }
        guard let entries = cursor.names(example: "{n_startup_trials: 20}") else { return nil }
        guard entries.count <= StudyFileLimits.settings else {
            cursor.mistake(
                "there are \(entries.count) settings, more than \(StudyFileLimits.settings)",
                fix: "write them into a file that the program reads")
            return nil
        }
        var values: [String: ParameterValue] = [:]
        for entry in entries {
            guard let value = entry.cursor.parameterValue() else { return nil }
            values[entry.name] = value
        }
        return values
    }
}
