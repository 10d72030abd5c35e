import ArgumentParser
import Foundation
import Spool
import Store
import Tuning

/// `stune logs`: what a trial printed.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what a trial's command printed.",
        discussion: """
            The newest attempt's standard output, unless told otherwise; 'stune show' lists the attempts. An attempt \
            that went on in the process of an earlier one prints where that one prints. Where the command has not \
            started, because the task's setup failed or the task was lost, the task's own log is printed: what the \
            setup and the worker said.

            Example: stune logs digits.stune 17 --stderr
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Argument(help: "The trial's number.")
    var trial: Int

    @Flag(help: "Print standard error instead of standard output.")
    var stderr = false

    @Flag(help: "Print the task's own log: the output of its setup and its worker.")
    var task = false

    @Option(help: "The attempt, as 'stune show' numbers them from 1 (default: the newest that started).")
    var attempt: Int?

    @Flag(name: .shortAndLong, help: "Keep printing new output until the attempt is over.")
    var follow = false

    @Flag(
        help:
            "Print where the output is as JSON, not its content: the parts of files to read one after the other."
    )
    var json = false

    func run() async throws {
        let study = try OpenStudy(directory)
        let chosen = try choose(study)
        let own = "\(chosen.directory)/\(stderr ? "stderr" : "stdout")"
        let log = chosen.log
        let path = task || chosen.hasNoCommand ? log ?? own : own
        var output = PrintedOutput(path, in: study.directory)
        if json {
            return print(try StoreJSON.text(Answer(files: try output.places(), task: log)))
        }
        if path != own, !task {
            say("the command has not started; this is the task's own log, \(study.path)/\(path)")
        }
        if try output.places().isEmpty, chosen.ending == nil || path == log {
            let other =
                log.map { "; the task's own log is '\(study.path)/\($0)' (--task prints it)" }
                ?? ""
            throw complaint(
                "there is no '\(study.path)/\(path)'. It appears when the command starts, "
                    + "and 'stune show' says what happened to the attempt" + (path == log ? "" : other),
                code: 1)
        }
        if try output.places().isEmpty, let cleaned = try study.cleaned(chosen) {
            throw complaint(
                "what trial \(trial) printed was removed by 'stune clean' on \(Numbers.moment(cleaned))",
                code: 1)
        }
        if let other = StudyDirectory.trial(ofOutputs: chosen.directory), other != trial, path != log {
            say(
                "the process began with trial \(other) and then took trial \(trial): its output is in one file, and all "
                    + "of it follows")
        }
        while true {
            try output.news { try FileHandle.standardOutput.write(contentsOf: Data($0)) }
            guard follow, try choose(OpenStudy(directory)).ending == nil else { return }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Where the output is, for `--json`.
    private struct Answer: Encodable {
        struct Part: Encodable {
            var path: String
            var offset, bytes: Int
        }

        var files: [Part]
        var task: String?

        init(files: [OutputPacks.Place], task: String?) {
            self.files = files.map { Part(path: $0.file, offset: $0.offset, bytes: $0.bytes) }
            self.task = task
        }
    }

    private func choose(_ study: OpenStudy) throws -> StoreReader.AttemptRow {
        _ = try study.trial(trial)
        let attempts = try study.snapshot.read { try $0.attempts(of: TrialID(trial)) }
        if let attempt {
            guard attempts.indices.contains(attempt - 1),
                !attempts[attempt - 1].directory.isEmpty || attempts[attempt - 1].task.job != nil
            else {
                throw complaint("trial \(trial) has no attempt \(attempt) that started", code: 2)
            }
            return attempts[attempt - 1]
        }
        let started = attempts.last { !$0.directory.isEmpty }
        // A task that was lost before its command began may still have left a log.
        let lost = attempts.last { $0.task.job != nil && !$0.task.isOpen }
        guard let newest = started ?? lost else {
            throw complaint("no attempt of trial \(trial) has started yet", code: 1)
        }
        return newest
    }
}

extension OpenStudy {
    /// When the output of an attempt was removed by `stune clean`, in seconds since 1970; `nil`: it was not.
    func cleaned(_ attempt: StoreReader.AttemptRow) throws -> Double? {
        attempt.cleaned(at: try snapshot.read { try $0.logsCleaned() })
    }
}

extension StoreReader.AttemptRow {
    /// When its output was removed, given when the study's logs were removed last; `nil`: it was not, or it ended later.
    func cleaned(at moment: Double?) -> Double? {
        guard let moment, let ended, ended <= moment else { return nil }
        return moment
    }

    /// The path of the log of the attempt's task, relative to the study directory; `nil` if the task has no number yet.
    var log: String? { task.job.map { "logs/\($0)_\(task.task).out" } }

    /// Whether its command has not started and never will.
    var hasNoCommand: Bool {
        switch ending {
        case .setupFailed: true
        case nil: directory.isEmpty
        default: false
        }
    }
}
