import Store
import Testing
import Tuning

/// Commands that report and end, whatever they are told. In every mode, a study reaches the same result as with a task
/// for each rung.
@Suite struct CommandsThatEndTests {
    /// A command, how it is called, and where its promoted trials begin.
    struct Script: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var command: String
        /// Whether they begin at an earlier checkpoint.
        var saves = false
        /// Whether its clean end proves that it does not wait.
        var isProof = true
        /// The text of the file.
        var text: String
    }

    private static let client = """
        import argparse, os, sys
        sys.path.insert(0, "\(Tool.repository)/python")
        import stune
        """

    /// The later a trial begins, the better it is, so the third, which waits, is promoted.
    private static let shellLoss =
        "loss=$(awk -v t=\"$STUNE_TRIAL\" -v n=\"$STUNE_TO\" 'BEGIN { print 1 / (1 + t) + 1 / n }')"

    static let scripts = [
        Script(
            testDescription: "a script that has its epochs as an argument", file: "train.py",
            command: "[python3, train.py, \"--epochs={stune.to}\"]",
            text: """
                \(client)
                parser = argparse.ArgumentParser()
                parser.add_argument("--epochs", type=int)
                for epoch in range(1, parser.parse_args().epochs + 1):
                    stune.report(epoch, loss=1 / (1 + int(os.environ["STUNE_TRIAL"])) + 1 / epoch)
                """),
        Script(
            testDescription: "a loop that is left at the first target", file: "train.py",
            command: "[python3, train.py]",
            text: """
                \(client)
                trial = stune.trial()
                target = trial.to
                for epoch in trial.resources():
                    trial.report(epoch, loss=1 / (1 + trial.number) + 1 / epoch)
                    if epoch == target:
                        break
                """),
        Script(
            testDescription: "a shell script that saves and reports", file: "train.sh",
            command: "[sh, train.sh]",
            saves: true,
            text: """
                \(shellLoss)
                echo "$STUNE_TO" > model
                stune-worker checkpoint model --resource "$STUNE_TO"
                stune-worker report "loss=$loss" --resource "$STUNE_TO"
                """),
        Script(
            testDescription: "a shell script that reports and saves", file: "train.sh",
            command: "[sh, train.sh]",
            saves: true,
            text: """
                \(shellLoss)
                stune-worker report "loss=$loss" --resource "$STUNE_TO"
                echo "$STUNE_TO" > model
                stune-worker checkpoint model --resource "$STUNE_TO"
                """),
        Script(
            testDescription: "a shell script that always ends with an error", file: "train.sh",
            command: "[sh, train.sh]", isProof: false,
            text: """
                \(shellLoss)
                stune-worker report "loss=$loss" --resource "$STUNE_TO"
                exit 3
                """),
    ]

    /// The result of a study in one mode.
    private struct Course {
        let results: [String]
        let attempts: [StoreReader.AttemptRow]
        let proofs: Int
        let notices: [String]
    }

    private func run(_ script: Script, mode: String, on cluster: String) async throws -> Course {
        let place = try Workplace()
        try place.writeStudy(
            trials: 9, parallel: 1, command: script.command,
            more: "execution: {mode: \(mode)}\nmax_retries: 0\nslurm: {time: 5, mem: 100M}")
        try place.write(script.file, script.text + "\n")
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(mode): \(outcome.errors)")
        #expect(try await place.stune("replay", place.study).code == 0)
        let log = try StudyLog(place)
        return try log.read { reader in
            var proofs = 0
            try reader.forEachFact { if case .doesNotWait = $0 { proofs += 1 } }
            return Course(
                results: try reader.trials().map {
                    "\($0.trial) \($0.state) \($0.rung) \($0.value ?? .nan)"
                },
                attempts: try reader.trials().flatMap { try reader.attempts(of: $0.trial) }, proofs: proofs,
                notices: try reader.notices().map(\.text))
        }
    }

    @Test(arguments: scripts)
    func `a command that reports and ends fails no trial, in any mode`(_ script: Script) async throws {
        try await compare(script, modes: ["continue", "reuse", "auto"], on: "local")
    }

    @Test(
        .enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"),
        arguments: [scripts[0], scripts[2]])
    func `a command that reports and ends fails no trial on Slurm, in any mode`(_ script: Script)
        async throws
    {
        try await compare(script, modes: ["continue", "reuse", "auto"], on: "slurm")
    }

    private func compare(_ script: Script, modes: [String], on cluster: String) async throws {
        let expected = try await run(script, mode: "rung", on: cluster)
        #expect(expected.proofs == 0)
        #expect(!expected.results.contains { $0.contains("failed") }, "\(expected.results)")
        #expect(expected.results[8].hasPrefix("8 completed 2 "), "\(expected.results)")
        for mode in modes {
            let course = try await run(script, mode: mode, on: cluster)
            #expect(course.results == expected.results, "\(mode)")
            #expect(course.proofs == (script.isProof ? 1 : 0), "\(mode)")
            #expect(
                course.notices.contains { $0.contains("does not wait") } == script.isProof,
                "\(mode): \(course.notices)")
            let last = try #require(course.attempts.last)
            #expect(
                last.task.to == Resource(9) && last.task.from == (script.saves ? Resource(3) : .none),
                "\(mode)")
        }
    }
}
