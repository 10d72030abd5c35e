import ArgumentParser
import Store
import StudyFile
import Tuning

/// `stune validate`: checks a study file.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a study file, and tell every mistake at once.",
        discussion: """
            Each mistake is one line: file:line:column: field: what is wrong; what would be right. Exit code 2 \
            when there is any.

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
            try succeed(parsed)
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

    private func succeed(_ parsed: ParsedStudy) throws(InvalidStudyFile) {
        let notes = parsed.notes.map { "\($0)" }
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
