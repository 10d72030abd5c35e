import ArgumentParser
import Controller
import Curves
import Spool
import Store
import StudyFile
import Tuning

/// `stune fork`: a new study that begins with what another has found.
struct ForkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fork",
        abstract: "Begin a new study with what another one has found.",
        discussion: """
            The new study may have another space, searcher, scheduler or command. It begins with the results of the old one \
            as prior results: its searcher learns from them, and its rungs do not count them. Trials that the new space \
            cannot place are counted and named. The old study may run meanwhile, and stays as it is; the new one needs it no \
            more. 'prior_results' in a study file does the same for several studies and for tables.

            Example: stune fork digits.stune narrow.yaml
            Example: stune fork digits.stune narrow.yaml --dir second.stune

            Exit codes: 0 the new study's directory is ready for 'stune run'; 1 it could not be written; 2 there is no such \
            study, the new file is invalid, or nothing of the old study can be used.
            """)

    @Argument(help: "The directory of the study that is there.")
    var directory: String

    @Argument(help: "The study file of the new study (YAML).")
    var study: String

    @Option(name: .customLong("dir"), help: "The new study's directory (default: NAME.stune beside you).")
    var newDirectory: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let old = try OpenStudy(directory)
        let parsed = try StudyInput.read(study).study
        let new = StudyDirectory(ControllerOptions.path(of: parsed.spec, named: newDirectory))
        try refuseStudy(in: new)
        let fork = PriorSources.Fork(snapshot: old.directory.snapshot, origin: old.directory.path)
        let findings: [PriorFindings]
        do {
            findings = try PriorSources(parsed.spec, file: study, forking: fork).findings()
        } catch let error as PriorSources.Unusable {
            throw complaint("\(error)", code: 2)
        }
        do {
            try new.fork(old.directory)
        } catch {
            throw complaint("\(error)", code: 1)
        }
        try tell(findings, parsed, new)
    }

    /// There may be no study yet where the new one is to be. A fork that has not begun is made again.
    private func refuseStudy(in new: StudyDirectory) throws {
        let traces = [try Lease.store(of: new), new.snapshot, new.studyFile]
        guard try traces.contains(where: { try Files.system.exists($0) }) else { return }
        throw complaint(
            "'\(new.path)' has a study already; give the new study another 'name', or name a directory with --dir",
            code: 2)
    }

    private func tell(_ findings: [PriorFindings], _ parsed: ParsedStudy, _ new: StudyDirectory) throws {
        let command = Shell.line(["stune", "run", study, "--dir", new.path])
        if json {
            print(
                try StoreJSON.text(
                    Line(
                        directory: new.path, priorResults: findings.map(PriorReport.init), run: command)))
            return
        }
        for line in findings.flatMap(\.words) { print(line) }
        if !parsed.spec.plan.searcher.learns { print("note: \(PriorResultsReader.unused)") }
        print("'\(new.path)' is ready; run it with: \(command)")
    }

    /// The output of `--json`.
    private struct Line: Encodable {
        private enum CodingKeys: String, CodingKey {
            case directory
            case priorResults = "prior_results"
            case run
        }

        var directory: String
        var priorResults: [PriorReport]
        var run: String
    }
}

extension StudyDirectory {
    /// Makes this the directory of a study that begins with what another has found so far.
    fileprivate func fork(_ old: StudyDirectory) throws {
        try files.createDirectory(path)
        let copy = forked + ".tmp"
        try files.remove(copy)
        try Files.copyTree(old.snapshot, to: copy)
        // The copy comes last: a directory that has it is a whole fork.
        try files.publish(Array("\(old.path)\n".utf8), at: forkedFrom)
        try files.move(copy, to: forked)
    }
}
