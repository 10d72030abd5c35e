import Spool
import Tuning

/// Reads `directory` and `files`: where the command starts, and the files there.
struct WorkspaceReader {
    let fields: SectionCursor
    /// The declared parameters, for the placeholders; `nil` if the file's are unreadable.
    let parameters: ParameterReader.Result?

    /// The separate directory of each trial: `.some(nil)` if all share one, `nil` if there are mistakes.
    func read() -> Workspace?? {
        var isOwn = false
        if let cursor = fields["directory"] {
            guard let word = cursor.word(Section.directories) else { return nil }
            isOwn = word == Section.directories[1]
        }
        guard let cursor = fields["files"] else { return .some(isOwn ? Workspace() : nil) }
        guard let entries = cursor.names(example: "{params.in: {template: params.tmpl}}") else {
            return nil
        }
        guard entries.count <= StudyFileLimits.inputFiles else {
            cursor.mistake(
                "there are \(entries.count) files, more than \(StudyFileLimits.inputFiles)",
                fix: "copy or link a directory that holds them")
            return nil
        }
        guard isOwn else {
            cursor.mistake(
                "files are made in a trial's own directory, and all trials share one",
                fix: "add 'directory: trial'")
            return nil
        }
        let files = entries.map { file($0.name, $0.place, $0.cursor) }
        guard files.allSatisfy({ $0 != nil }) else { return nil }
        return Workspace(files: files.compactMap(\.self))
    }

    private func file(_ name: String, _ place: TextPosition, _ cursor: Cursor) -> Workspace.InputFile? {
        let isNamed = checkName(name, place, cursor)
        guard let section = SectionCursor(cursor, as: .inputFile) else { return nil }
        let given = Workspace.InputFile.Kind.allCases.filter { section[$0.rawValue] != nil }
        guard given.count == 1, let kind = given.first, let source = section[kind.rawValue] else {
            let words = Workspace.InputFile.Kind.allCases.map { "'\($0.rawValue)'" }
            cursor.mistake(
                given.isEmpty ? "it does not say what the file is made from" : "it is made from two things",
                fix: "write one of \(listed(words)), such as {template: params.tmpl}")
            return nil
        }
        guard let text = source.text(example: "params.tmpl") else { return nil }
        let file = Workspace.InputFile(name: name, kind: kind, source: text)
        guard isNamed, kind == .text ? checkText(text, source) : checkSource(file, source) else {
            return nil
        }
        return file
    }

    private func checkName(_ name: String, _ place: TextPosition, _ cursor: Cursor) -> Bool {
        guard let problem = WorkspaceReader.problem(ofPath: name) else { return true }
        cursor.findings.mistake(
            at: place, cursor.path, problem,
            fix: "write a name below the trial's directory, such as params.in")
        return false
    }

    /// What is wrong with a path that must stay within a directory.
    static func problem(ofPath path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if path.hasPrefix("/") { return "'\(shown(path))' is an absolute path" }
        if parts.contains("..") { return "'\(shown(path))' leads out of the directory" }
        if parts.contains(where: { $0.isEmpty || $0 == "." }) {
            return "'\(shown(path))' is not a plain path: it is empty, or has a part that is empty or '.'"
        }
        if parts.contains(where: { $0.utf8.count > StudyFileLimits.fileNameBytes })
            || path.unicodeScalars.contains(where: isUnprintable)
        {
            return
                "'\(shown(path))' has a part of more than \(StudyFileLimits.fileNameBytes) bytes, or a control character"
        }
        return nil
    }

    // MARK: Sources

    private func checkText(_ text: String, _ cursor: Cursor) -> Bool {
        guard text.utf8.count <= StudyFileLimits.argumentBytes else {
            cursor.mistake(
                "the text has \(text.utf8.count) bytes, more than \(StudyFileLimits.argumentBytes)",
                fix: "put it into a file, and write 'template'")
            return false
        }
        do throws(TextTemplate.Invalid) {
            let template = try TextTemplate(Array(text.utf8))
            return template.placeholders.map { problem(of: $0.placeholder) }.allSatisfy { problem in
                if let problem { cursor.mistake(problem.what, fix: problem.fix) }
                return problem == nil
            }
        } catch {
            cursor.mistake("line \(error.line) of the text: \(error.problem)", fix: error.fix)
            return false
        }
    }

    /// Checks the file itself, if the caller provides a way to look.
    private func checkSource(_ file: Workspace.InputFile, _ cursor: Cursor) -> Bool {
        guard !file.source.isEmpty, !file.source.utf8.contains(0) else {
            cursor.mistake(
                "the path is empty, or holds a zero byte", fix: "write a path such as params.tmpl")
            return false
        }
        guard let look = cursor.findings.look else { return true }
        switch (look(file.source), file.kind) {
        case (.absent, .link):
            // The target of a link may exist only on compute nodes.
            cursor.note("'\(shown(file.source))' does not exist on this machine")
            return true
        case (.absent, _):
            cursor.mistake(
                "there is no '\(shown(file.source))'",
                fix: "paths begin in the study file's directory; correct the path, or make the file")
            return false
        case (.unreadable(let why), .template), (.unreadable(let why), .copy):
            cursor.mistake("'\(shown(file.source))' cannot be used: \(why)", fix: "correct the path")
            return false
        case (.directory, .template):
            cursor.mistake("'\(shown(file.source))' is a directory", fix: "name a file, or write 'copy'")
            return false
        case (.file(let bytes), .template): return checkTemplate(bytes, file, cursor)
        default: return true
        }
    }

    private func checkTemplate(_ bytes: [UInt8], _ file: Workspace.InputFile, _ cursor: Cursor) -> Bool {
        guard bytes.count <= SpoolLimits.templateBytes else {
            cursor.mistake(
                "'\(shown(file.source))' has more than \(SpoolLimits.templateBytes) bytes",
                fix: "put the placeholders into a small file, and write 'copy' or 'link' for the large one")
            return false
        }
        do throws(TextTemplate.Invalid) {
            let template = try TextTemplate(bytes)
            var isFine = true
            for place in template.placeholders {
                guard let problem = problem(of: place.placeholder) else { continue }
                isFine = false
                cursor.findings.mistake(
                    in: file.source, at: TextPosition(line: place.line, column: place.column), cursor.path,
                    problem.what, fix: problem.fix)
            }
            return isFine
        } catch {
            cursor.findings.mistake(
                in: file.source, at: TextPosition(line: error.line, column: error.column), cursor.path,
                error.problem, fix: error.fix)
            return false
        }
    }

    private func problem(of placeholder: CommandTemplate.Placeholder) -> (what: String, fix: String)? {
        guard case .parameter(let name) = placeholder, let parameters else { return nil }
        guard parameters.names.contains(name) else { return CommandReader.unknown(name, parameters) }
        guard let parameter = parameters.parameters.first(where: { $0.name == name }),
            !parameter.conditions.isEmpty
        else { return nil }
        return (
            "'\(shown(name))' has a 'when', so there are trials without it",
            "let the program read STUNE_PARAMETERS, or pass the value in a group of 'command'"
        )
    }

    // MARK: The command

    /// Notes a script that is in the study file's directory, because the command looks for it where it starts.
    func check(_ command: CommandTemplate, in workspace: Workspace, _ cursor: Cursor?) {
        guard let cursor, let look = cursor.findings.look else { return }
        for case .argument(let argument) in command.elements.dropFirst() where argument.placeholders.isEmpty
        {
            let text = argument.text
            guard WorkspaceReader.problem(ofPath: text) == nil, case .file = look(text),
                !workspace.files.contains(where: { $0.name == text })
            else { continue }
            cursor.mistake(
                "'\(shown(text))' is in the study file's directory, but the command starts in the trial's directory",
                fix:
                    "write \"{stune.home}/\(shown(text))\", or './\(shown(text))' for a file of the trial's own"
            )
        }
    }
}
