/// Reads `cluster`, `limits`, `notify` and `code`.
struct RunSettingsReader {
    let fields: SectionCursor

    /// The settings. Fields with mistakes are noted and left out.
    func read() -> RunSettings {
        var settings = RunSettings()
        settings.cluster = fields["cluster"]?.word(ClusterKind.allCases.map(\.rawValue)).flatMap(
            ClusterKind.init)
        settings.limits = limits()
        settings.notify = notify()
        settings.code = code()
        return settings
    }

    private func limits() -> RequestLimits {
        var limits = RequestLimits()
        guard let cursor = fields["limits"], let section = SectionCursor(cursor, as: .limits) else {
            return limits
        }
        if let number = section["submissions_per_hour"]?.whole(StudyFileLimits.submissionsPerHour) {
            limits.submissionsPerHour = number
        }
        if let number = section["requests_per_minute"]?.whole(StudyFileLimits.requestsPerMinute) {
            limits.requestsPerMinute = number
        }
        limits.queuedTasks = section["queued_tasks"]?.whole(StudyFileLimits.queuedTasks)
        limits.files = section["files"]?.whole(StudyFileLimits.files)
        if let number = section["task_minutes"]?.whole(StudyFileLimits.taskMinutes) {
            limits.taskMinutes = number
        }
        return limits
    }

    private func notify() -> NotifyRule? {
        guard let cursor = fields["notify"], let section = SectionCursor(cursor, as: .notify) else {
            return nil
        }
        let kinds = section["on"].map(kinds) ?? Set(Defaults.notifyOn)
        guard let command = section["command"].flatMap(command), !kinds.isEmpty else { return nil }
        return NotifyRule(command: command, kinds: kinds)
    }

    private func code() -> CodeRule {
        var rule = CodeRule()
        guard let cursor = fields["code"], let section = SectionCursor(cursor, as: .code) else {
            return rule
        }
        rule.isSnapshot = section["snapshot"]?.flag() ?? false
        rule.include = section["include"].map(include) ?? []
        return rule
    }

    private func include(_ list: Cursor) -> [String] {
        guard let elements = list.list(example: "[src, config.yaml]") else { return [] }
        guard (1...StudyFileLimits.codeFiles).contains(elements.count) else {
            list.mistake(
                elements.isEmpty
                    ? "it names no file"
                    : "it names \(elements.count) files, more than \(StudyFileLimits.codeFiles)",
                fix: "write files and directories beside the study file, such as [src, config.yaml]")
            return []
        }
        return elements.compactMap { element in
            guard let path = element.text(example: "src") else { return nil }
            guard !path.isEmpty, !path.utf8.contains(0) else {
                element.mistake("it is no path of a file", fix: "write a file or a directory, such as src")
                return nil
            }
            return path
        }
    }

    private func command(_ cursor: Cursor) -> [String]? {
        let example = "[mail, -s, stune, me@example.org]"
        guard let elements = cursor.list(example: example) else { return nil }
        guard (1...StudyFileLimits.notifyArguments).contains(elements.count) else {
            cursor.mistake(
                elements.isEmpty
                    ? "there is no program to start"
                    : "there are \(elements.count) arguments, more than \(StudyFileLimits.notifyArguments)",
                fix: "write a program and its arguments, such as \(example)")
            return nil
        }
        let words = elements.map { $0.text(example: "\"mail\"") }
        guard words.allSatisfy({ $0 != nil }) else { return nil }
        let command = words.compactMap(\.self)
        for (word, element) in zip(command, elements)
        where word.utf8.contains(0) || word.utf8.count > StudyFileLimits.slurmTextBytes {
            element.mistake(
                "it holds a zero byte or has more than \(StudyFileLimits.slurmTextBytes) bytes",
                fix: "put it into a script, and start that")
            return nil
        }
        guard let program = command.first, !program.isEmpty else {
            elements[0].mistake("the program's name is empty", fix: "write a program such as mail")
            return nil
        }
        return command
    }

    private func kinds(_ cursor: Cursor) -> Set<StudyNews.Kind> {
        let words = StudyNews.Kind.allCases.map(\.rawValue)
        let elements = cursor.list(example: "[\(words.joined(separator: ", "))]") ?? []
        if elements.isEmpty, case .list = cursor.value.content {
            cursor.mistake("it names no news", fix: "write some of \(listed(words)), or remove 'notify'")
        }
        return Set(elements.compactMap { $0.word(words).flatMap(StudyNews.Kind.init) })
    }
}
