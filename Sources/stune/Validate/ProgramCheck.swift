import Controller
import Foundation
import Spool
import StudyFile

/// Checks that the programs and scripts of a study's command exist, on this machine, seen from the study file's
/// directory.
struct ProgramCheck {
    /// The endings of scripts that are run by interpreters.
    private static let scripts = ["py", "sh", "bash", "R", "r", "jl", "pl", "lua", "rb", "js", "m"]

    /// The command.
    let command: CommandTemplate
    /// The directory that it starts in.
    let directory: String
    /// Whether setup lines run before it, which may change what is found.
    let hasSetup: Bool
    /// The files made in a trial's directory before the command starts there; `nil` if it starts in `directory`.
    let made: [String]?
    /// The value of PATH to search.
    let searchPath: String
    /// The container that the command runs in; `nil`: none.
    var container: Container?

    /// A check of a study that is about to run.
    init(_ setup: StudySetup) {
        self.init(
            command: setup.spec.command, directory: setup.workingDirectory,
            hasSetup: !setup.spec.batch.setup.isEmpty, made: setup.spec.workspace?.files.map(\.name))
        container = setup.spec.container
    }

    /// A check of a command.
    init(
        command: CommandTemplate, directory: String, hasSetup: Bool, made: [String]? = nil,
        searchPath: String? = nil
    ) {
        self.made = made
        (self.command, self.directory, self.hasSetup) = (command, directory, hasSetup)
        self.searchPath = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
    }

    /// What is missing, as sentences that begin with the field.
    func notes() -> [String] {
        var notes: [String] = []
        let literals = command.elements.enumerated().compactMap {
            index, element -> (index: Int, text: String)? in
            guard case .argument(let argument) = element, argument.placeholders.isEmpty else { return nil }
            return (index, argument.literal)
        }
        if let container {
            // What a name means inside, only the image knows.
            if !isOnPath(container.program) {
                notes.append(
                    "container.runtime: there is no program '\(container.program)' on this machine's PATH; fine if the "
                        + "compute nodes have it, or if 'slurm.setup' puts it there")
            }
        } else if let program = literals.first, program.index == 0 {
            notes += self.notes(program: program.text)
        }
        // The argument after -c or -m is not a file.
        let ahead = literals.dropFirst().prefix { $0.text != "-c" && $0.text != "-m" }
        if let script = ahead.first(where: { ProgramCheck.isScript($0.text) }),
            !FileManager.default.fileExists(atPath: path(of: script.text)), !isMade(script.text)
        {
            notes.append(
                "command[\(script.index)]: there is no file '\(Table.printable(script.text))' in '\(directory)', where the "
                    + "command starts; write its path relative to the study file, or an absolute one")
        }
        return notes
    }

    private func notes(program: String) -> [String] {
        let name = Table.printable(program)
        if program.contains("/") {
            if isMade(program) { return [] }
            let path = path(of: program)
            if FileManager.default.isExecutableFile(atPath: path), !isDirectory(path) { return [] }
            return [
                FileManager.default.fileExists(atPath: path)
                    ? "command[0]: '\(name)' is not executable; run chmod +x \(Shell.quoted(path)), or begin with its "
                        + "interpreter, such as [python3, \(name)]"
                    : "command[0]: there is no program '\(name)' in '\(directory)', where the command starts"
            ]
        }
        if isOnPath(program) { return [] }
        return [
            "command[0]: there is no program '\(name)' on this machine's PATH"
                + (hasSetup
                    ? "; fine if 'slurm.setup' puts it there"
                    : "; name its absolute path, or write ./\(name) for a file "
                        + "beside the study file")
        ]
    }

    private func isOnPath(_ program: String) -> Bool {
        searchPath.split(separator: ":").contains { place in
            FileManager.default.isExecutableFile(atPath: "\(place)/\(program)")
                && !isDirectory("\(place)/\(program)")
        }
    }

    private func isMade(_ name: String) -> Bool {
        made?.contains(name.hasPrefix("./") ? String(name.dropFirst(2)) : name) == true
    }

    private func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(directory)/\(name)" }

    private func isDirectory(_ path: String) -> Bool {
        var answer: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &answer) && answer.boolValue
    }

    private static func isScript(_ argument: String) -> Bool {
        guard !argument.hasPrefix("-"), let dot = argument.lastIndex(of: ".") else { return false }
        return scripts.contains(String(argument[argument.index(after: dot)...]))
    }
}

extension CommandTemplate.Argument {
    /// The text of an argument without placeholders.
    var literal: String { text.replacing("{{", with: "{").replacing("}}", with: "}") }
}
