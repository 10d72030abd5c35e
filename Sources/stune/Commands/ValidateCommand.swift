import ArgumentParser
import Curves
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
            when there is any. Values that come from site defaults are listed with their file and line (in JSON as \
            "defaults"). A note is no mistake: it tells what may not be meant, such as a program or a script that is \
            not on this machine.

            What 'prior_results' names is read, and what cannot be used of it is counted and named (in JSON as \
            "prior_results").

            With --try the expression or file of 'reports' is tried on a sample of what the program writes, and each \
            report that it would give is printed; exit code 2 when there is none.

            Example: stune validate study.yaml
            Example: stune validate study.yaml --try run.log
            """)

    @Argument(help: "The study file (YAML).")
    var study: String

    @Option(name: .customLong("try"), help: "Try 'reports' on this file, such as a log of the program.")
    var sample: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let bytes = try StudyInput.bytes(of: study)
        let site = try SitePlaces.own.files()
        let valid: ParsedStudy
        do throws(InvalidStudyFile) {
            valid = try StudyFile.read(
                bytes: bytes, file: study, look: StudyInput.look(beside: study), site: site)
        } catch {
            throw try refuse(error.mistakes.map(\.description))
        }
        let priors: [PriorFindings]
        do {
            priors = try PriorSources(valid.spec, file: study, in: nil).findings()
        } catch let error as PriorSources.Unusable {
            throw try refuse(error.lines)
        }
        let tried = try sample.map { try TriedReports(valid.spec, sample: $0) }
        try succeed(valid, priors, tried)
    }

    /// Prints what is wrong.
    private func refuse(_ lines: [String]) throws -> ExitCode {
        if json {
            print(try StoreJSON.text(Verdict(valid: false, mistakes: lines, notes: [], defaults: [])))
        } else {
            for line in lines { print(line) }
        }
        return ExitCode(2)
    }

    private func succeed(_ parsed: ParsedStudy, _ priors: [PriorFindings], _ tried: TriedReports?) throws {
        var check = ProgramCheck(
            command: parsed.spec.command, directory: Files.parent(of: Files.absolute(study)),
            hasSetup: !parsed.spec.batch.setup.isEmpty,
            made: parsed.spec.workspace?.files.map(\.name))
        check.container = parsed.spec.container
        let variables = SbatchVariables(Host.environment).effects(on: parsed.spec.batch)
        let hints = check.notes().map { "\(study): note: \($0)" }
        let searcher = Choice(parsed)
        let notes =
            parsed.notes.map { "\($0)" } + hints
            + variables.map { "\(study): note: on Slurm, \($0)" }
        if json {
            print(
                try StoreJSON.text(
                    Verdict(
                        valid: true, mistakes: [], notes: notes,
                        defaults: parsed.defaults.map(Origin.init), searcher: searcher,
                        priorResults: priors.isEmpty ? nil : priors.map(PriorReport.init),
                        reports: tried?.reports)))
            try tried?.demandReports()
            return
        }
        for note in notes { print(note) }
        for value in parsed.defaults { print("\(study): default: \(value)") }
        for line in priors.flatMap(\.words) { print("\(study): \(line)") }
        let plan = parsed.spec.plan
        let rungs = plan.scheduler.levels.map(\.description).joined(separator: ", ")
        print(
            "\(study): valid. Study '\(parsed.spec.name)': \(plan.space.parameters.count) parameters, "
                + "\(plan.trials) trials, \(plan.parallel) at once, rungs at resource \(rungs)")
        print("\(study): searcher: \(searcher.words)\(searcher.isAuto ? " (by 'auto')" : "")")
        print(
            parsed.spec.workspace == nil
                ? "\(study): all trials start in one directory, that of the study file ('directory: trial' gives each its own)"
                : "\(study): each trial starts in a directory of its own, and finds there: "
                    + (parsed.spec.workspace?.files.map(\.name).joined(separator: ", ") ?? ""))
        for line in tried?.lines ?? [] { print(line) }
        try tried?.demandReports()
    }

    /// The output of `--json`.
    private struct Verdict: Encodable {
        private enum CodingKeys: String, CodingKey {
            case valid, mistakes, notes, defaults, searcher
            case priorResults = "prior_results"
            case reports
        }

        var valid: Bool
        var mistakes: [String]
        var notes: [String]
        /// The values that come from files of defaults.
        var defaults: [Origin]
        /// Which searcher the study has.
        var searcher: Choice?
        /// What there is of prior results, source by source.
        var priorResults: [PriorReport]?
        /// The result of `--try`.
        var reports: [TriedReports.Report]?
    }

    /// The searcher, and whether stune has chosen it.
    private struct Choice: Encodable {
        private enum CodingKeys: String, CodingKey {
            case words = "is"
            case isAuto = "auto"
        }

        let words: String
        let isAuto: Bool

        init(_ study: ParsedStudy) {
            words = study.spec.plan.searcher.words
            isAuto = study.named.hasAutoSearcher
        }
    }

    /// A value that comes from a file of defaults.
    private struct Origin: Encodable {
        var field, value, file: String
        var line: Int

        init(_ value: DefaultValue) {
            (field, self.value, file, line) = (value.field, value.value, value.file, value.line)
        }
    }
}
