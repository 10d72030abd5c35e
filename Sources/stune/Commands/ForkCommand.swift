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

            With --full all trials come along with their results, reports and checkpoints, and count in their rungs, as if the \
            new study had run them. Nothing of the old study may be in flight, and the new file may differ only where \
            'stune change' could change it, and in its name. Checkpoints are links to the same files where the file system \
            allows that, else copies.

            Example: stune fork digits.stune narrow.yaml
            Example: stune fork digits.stune longer.yaml --full --dir second.stune

            Exit codes: 0 the new study's directory is ready for 'stune run'; 1 it could not be written; 2 there is no such \
            study, the new file is invalid, nothing of the old study can be used, or --full is not possible.
            """)

    @Argument(help: "The directory of the study that is there.")
    var directory: String

    @Argument(help: "The study file of the new study (YAML).")
    var study: String

    @Option(name: .customLong("dir"), help: "The new study's directory (default: NAME.stune beside you).")
    var newDirectory: String?

    @Flag(help: "Take all trials over as trials of the new study, with their results and checkpoints.")
    var full = false

    @Flag(help: "Take the results as prior results, which only the searcher learns from (default).")
    var prior = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if full && prior { throw ValidationError("--full and --prior exclude each other") }
    }

    func run() throws {
        let old = try OpenStudy(directory)
        let parsed = try StudyInput.read(study).study
        let new = StudyDirectory(ControllerOptions.path(of: parsed.spec, named: newDirectory))
        try refuseStudy(in: new)
        if full { try takeOver(old, parsed, new) } else { try begin(with: old, parsed, new) }
    }

    /// The new study begins with prior results.
    private func begin(with old: OpenStudy, _ parsed: ParsedStudy, _ new: StudyDirectory) throws {
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
        var lines = findings.flatMap(\.words)
        if !parsed.spec.plan.searcher.learns { lines.append("note: \(PriorResultsReader.unused)") }
        var line = Line(directory: new.path, run: command(new))
        line.priorResults = findings.map(PriorReport.init)
        try tell(lines, line)
    }

    /// The new study takes all trials over.
    private func takeOver(_ old: OpenStudy, _ parsed: ParsedStudy, _ new: StudyDirectory) throws {
        let fork = try FullFork(old, into: new, as: parsed)
        let refusals = try fork.refusals()
        guard refusals.isEmpty else { throw complaint(refusals.joined(separator: "\n"), code: 2) }
        let taken: FullFork.Taken
        do {
            taken = try fork.make()
        } catch {
            throw complaint("\(error)", code: 1)
        }
        for path in taken.missing {
            say(
                "note: the checkpoint '\(path)' is gone; its trial goes on from an earlier one, or from the start"
            )
        }
        if taken.isPaused {
            say("note: the old study is paused, and so is the new one; 'stune resume' lets it go on")
        }
        var line = Line(directory: new.path, run: command(new))
        (line.trials, line.checkpoints) = (taken.trials, taken.checkpoints)
        line.changes = fork.differences
        let first =
            "\(taken.trials) trials and \(taken.checkpoints) checkpoints of '\(old.directory.path)' came along"
        try tell([first] + fork.differences, line)
    }

    /// There may be no study yet where the new one is to be. A fork that has not begun is made again.
    private func refuseStudy(in new: StudyDirectory) throws {
        let traces = [try Lease.store(of: new), new.snapshot, new.studyFile]
        guard try traces.contains(where: { try Files.system.exists($0) }) else { return }
        throw complaint(
            "'\(new.path)' has a study already; give the new study another 'name', or name a directory with --dir",
            code: 2)
    }

    /// The command that runs the new study.
    private func command(_ new: StudyDirectory) -> String {
        Shell.line(["stune", "run", study, "--dir", new.path])
    }

    private func tell(_ lines: [String], _ line: Line) throws {
        if json { return print(try StoreJSON.text(line)) }
        for line in lines { print(line) }
        print("'\(line.directory)' is ready; run it with: \(line.run)")
    }

    /// The output of `--json`.
    private struct Line: Encodable {
        private enum CodingKeys: String, CodingKey {
            case directory
            case priorResults = "prior_results"
            case trials, checkpoints, changes, run
        }

        var directory: String
        var run: String
        /// What the new study begins with; `nil` with --full.
        var priorResults: [PriorReport]?
        /// How many trials and checkpoints came along, and what differs; `nil` without --full.
        var trials, checkpoints: Int?
        var changes: [String]?
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
