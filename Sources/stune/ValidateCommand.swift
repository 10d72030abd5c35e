import ArgumentParser
import Spool
import Store
import StudyFile
import Tuning

/// `stune validate`: checks a study file.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a study file and print every mistake.",
        discussion: """
            Each mistake is one line: file:line:column: field: what is wrong; what would be right. Exit code 2 \
            when there is any. A note is no mistake: it tells what may not be meant, such as a program or a script that is \
            not on this machine.

            Example: stune validate study.yaml
            """)

    @Argument(help: "The study file (YAML).")
    var study: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let bytes = try StudyInput.bytes(of: study)
        do throws(InvalidStudyFile) {
            let parsed = try StudyFile.read(bytes: bytes, file: study)
            succeed(parsed)
        } catch {
            if json {
                let lines = error.mistakes.map(\.description)
                print(try StoreJSON.text(Verdict(valid: false, mistakes: lines, notes: [])))
            } else {
                for mistake in error.mistakes { print(mistake) }
            }
            throw ExitCode(2)
        }
    }

    private func succeed(_ parsed: ParsedStudy) {
        let check = ProgramCheck(
            command: parsed.spec.command, directory: Files.parent(of: Files.absolute(study)),
            hasSetup: !parsed.spec.batch.setup.isEmpty)
        let notes = parsed.notes.map { "\($0)" } + check.notes().map { "\(study): note: \($0)" }
        if json {
            // Texts only: it has a JSON form.
            let verdict = Verdict(valid: true, mistakes: [], notes: notes)
            print((try? StoreJSON.text(verdict)) ?? "")
            return
        }
        for note in notes { print(note) }
        let plan = parsed.spec.plan
        let rungs = plan.scheduler.levels.map(\.description).joined(separator: ", ")
        print(
            "\(study): valid. Study '\(parsed.spec.name)': \(plan.space.parameters.count) parameters, "
                + "\(plan.trials) trials, \(plan.parallel) at once, rungs at resource \(rungs)")
    }

    /// The result as `--json` prints it.
    private struct Verdict: Encodable {
        var valid: Bool
        var mistakes: [String]
        var notes: [String]
    }
}
