import ArgumentParser
import Foundation
import Spool
import Store
import StudyFile

/// How a change of a study is asked for, and told.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Only show what would change, and what is refused.")
    var dryRun = false

    @Flag(help: "Print the answer as JSON.")
    var json = false

    /// Shows a change, or asks the study's controller for it.
    ///
    /// - Throws: an exit code of 2 where it is refused.
    func carryOut(_ change: StudyChange, _ study: OpenStudy) async throws {
        guard dryRun || change.difference.hasUnknown else {
            if change.difference.isEmpty, change.text == nil {
                return RequestDelivery.tell(.granted, ["nothing changes"], json: json)
            }
            return try await RequestDelivery(study.directory.path, json: json).ask(try change.request())
        }
        let refusals = try change.refusals(study)
        let lines = change.difference.items.map(\.words)
        if json {
            print(try StoreJSON.text(Preview(lines: lines, refused: refusals)))
        } else {
            for line in lines.isEmpty ? ["nothing changes"] : lines { print(line) }
            for line in refusals { say(line) }
        }
        if !refusals.isEmpty { throw ExitCode(2) }
    }

    private struct Preview: Encodable {
        var lines: [String]
        var refused: [String]
    }
}

/// `stune change`: a changed study file for a study that has begun.
struct ChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Change a study that has begun to what a study file says.",
        discussion: """
            Shows what differs, and changes it while the study runs, rests or is over; what runs keeps its terms. If a \
            field cannot change, nothing does, and the reason and the way out are told. change.md in 'stune where docs' \
            has the table of all fields.

            Example: stune change digits.stune study.yaml --dry-run

            Exit codes: 0 changed; 2 refused, or the file is invalid; 3 the controller has not answered yet.
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Argument(help: "The changed study file (YAML).")
    var file: String

    @OptionGroup var options: ChangeOptions

    func run() async throws {
        let study = try OpenStudy(directory)
        try await options.carryOut(StudyChange(study, file: file), study)
    }
}

/// `stune set`: other values for fields of the study file, in a study that has begun.
struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set fields of a study that has begun.",
        discussion: """
            Each setting is a field of the study file and its value. They hold for the study from now on, also when it \
            is run again with its own file, until a changed file says otherwise. Either all are set or none.

            Example: stune set digits.stune trials=200 parallel=32 slurm.time=2:00:00

            Exit codes: 0 set; 2 refused, or a setting is invalid; 3 the controller has not answered yet.
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Argument(help: "Fields and values, such as trials=200.")
    var settings: [String]

    @OptionGroup var options: ChangeOptions

    func run() async throws {
        let study = try OpenStudy(directory)
        let settings = try settings.map { text in
            do throws(Setting.Invalid) {
                return try Setting(text)
            } catch {
                throw complaint(error.why, code: 2)
            }
        }
        try await options.carryOut(StudyChange(study, settings: settings), study)
    }
}
