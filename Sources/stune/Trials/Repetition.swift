import Spool
import Store
import StudyFile
import Tuning

/// The command that trains a trial's configuration again, outside of its study.
///
/// It sets the variables that `stune-worker` sets, except `STUNE_STUDY`. Reports and checkpoints go to a new directory
/// below the system's temporary one.
struct Repetition {
    /// The shell lines; `nil` if a single command cannot do it.
    let command: String?
    private let why: String

    /// The repetition of a trial.
    init(of row: StoreReader.TrialRow, in study: OpenStudy) throws {
        guard row.parent == nil else {
            command = nil
            why = "none: the model was trained by the schedule above, one trial after the other"
            return
        }
        guard study.spec.container == nil else {
            command = nil
            why = "none: the command runs in a container"
            return
        }
        guard !study.isArchive || study.spec.workspace == nil else {
            command = nil
            why = "none: the directory of the trial is not in the archive"
            return
        }
        guard let resource = row.resource, let file = study.studyFile else {
            command = nil
            why =
                "not known: the study was begun by an older stune, which did not keep where the study file is"
            return
        }
        why = ""
        let copy = study.isArchive ? nil : try CodeCopy.newest(in: study.directory)
        let home = copy?.path ?? Files.parent(of: file)
        let own = study.spec.workspace.map { _ in
            "\(study.path)/\(StudyDirectory.workspace(of: row.trial))"
        }
        let facts = CommandTemplate.Facts(
            study: study.spec.name, trial: row.trial, from: .none, to: resource, resume: nil,
            directory: own == nil ? home : ".", home: home)
        let configuration = study.spec.plan.space.completed(row.configuration)
        var arguments = study.spec.command.render(configuration: configuration, facts: facts)
        // In the worker's order: first the directory that the command starts in, then the study file's directory.
        if let own, let program = arguments.first, program.contains("/"), !program.hasPrefix("/"),
            try !Files.system.exists("\(own)/\(program)")
        {
            arguments[0] = "\(home)/\(program)"
        }
        let parameters = try StoreJSON.text(configuration)
        var variables = [
            ("STUNE_TRIAL", row.trial.description), ("STUNE_PARAMETERS", parameters),
            ("STUNE_METRIC", study.metric), ("STUNE_FROM", "0"), ("STUNE_TO", resource.description),
            ("STUNE_REPLICATE", "0"),
        ]
        variables += study.spec.batch.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let settings = variables.map { "\($0.0)=\(Shell.quoted($0.1))" }.joined(separator: " ")
        let places =
            "STUNE_ATTEMPT=again STUNE_REPORTS=\"$d/reports.jsonl\" STUNE_CHECKPOINTS=\"$d\" STUNE_LEAVE=\"$d/leave\""
        let lines =
            study.spec.batch.setup + [
                "d=$(mktemp -d) && "
                    + (own.map { "cp -a \(Shell.quoted($0)) \"$d/work\" && cd \"$d/work\"" }
                        ?? "cd \(Shell.quoted(home))")
                    + " && \(settings) STUNE_HOME=\(Shell.quoted(home)) \(places) " + Shell.line(arguments)
            ]
        command = lines.joined(separator: "\n")
    }

    /// The lines for people.
    func lines() -> [String] {
        guard let command else { return ["again       \(why)"] }
        return ["again, with reports and checkpoints in a new directory $d:"]
            + command.split(separator: "\n").map { "  \($0)" }
    }
}
