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
            that went on in the process of an earlier one prints where that one prints.

            Example: stune logs digits.stune 17 --stderr
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Argument(help: "The trial's number.")
    var trial: Int

    @Flag(help: "Print standard error instead of standard output.")
    var stderr = false

    @Option(help: "The attempt, as 'stune show' numbers them from 1 (default: the newest that started).")
    var attempt: Int?

    @Flag(name: .shortAndLong, help: "Print what is added, until the attempt is over.")
    var follow = false

    @Flag(help: "Print the log's path as JSON, not its content.")
    var json = false

    func run() async throws {
        let study = try OpenStudy(directory)
        let chosen = try choose(study)
        let path = "\(study.directory.path)/\(chosen.directory)/\(stderr ? "stderr" : "stdout")"
        if json {
            return print(try StoreJSON.text(["path": path]))
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw complaint(
                "'\(path)' cannot be opened: \(String(cString: strerror(errno))). It appears when the command starts, "
                    + "and 'stune show' tells what became of the attempt", code: 1)
        }
        if let other = StudyDirectory.trial(ofAttempt: chosen.directory), other != trial {
            say(
                "the process began with trial \(other) and then took trial \(trial): its output is in one file, and all "
                    + "of it follows")
        }
        defer { try? file.close() }
        while true {
            while let data = try file.read(upToCount: 1 << 16), !data.isEmpty {
                try FileHandle.standardOutput.write(contentsOf: data)
            }
            guard follow, try choose(OpenStudy(directory)).ending == nil else { return }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func choose(_ study: OpenStudy) throws -> StoreReader.AttemptRow {
        _ = try study.trial(trial)
        let attempts = try study.snapshot.read { try $0.attempts(of: TrialID(trial)) }
        if let attempt {
            guard attempts.indices.contains(attempt - 1), !attempts[attempt - 1].directory.isEmpty else {
                throw complaint("trial \(trial) has no attempt \(attempt) that started", code: 2)
            }
            return attempts[attempt - 1]
        }
        guard let newest = attempts.last(where: { !$0.directory.isEmpty }) else {
            throw complaint("no attempt of trial \(trial) has started yet", code: 1)
        }
        return newest
    }
}
