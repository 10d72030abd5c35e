import Foundation
import Store
import Testing
import Tuning

/// Whole studies on the local cluster, through the built executables.
@Suite struct LocalStudyTests {
    @Test func `a shell script without Python is tuned, and promoted trials resume from their checkpoints`()
        async throws
    {
        let place = try Workplace()
        try place.writeStudy()
        try place.writeScript()
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let best = try #require(try StudyLog(place).read { try $0.best(.minimize) })
        #expect(best.resource == Resource(9))
        let checkpoint = try #require(try StudyLog(place).read { try $0.checkpoint(of: best.trial) })
        let text = try String(contentsOfFile: "\(place.study)/\(checkpoint.path)", encoding: .utf8)
        #expect(text.contains("from=3"), "\(text)")
        #expect(text.contains("/trials/0/"), "\(text)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `checkpoints keep to their quota, and status says what they have`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 20, more: "checkpoints: {quota: 12M}")
        try place.write(
            "train.sh",
            #"""
            #!/bin/sh
            new="$STUNE_CHECKPOINTS/tmp.new"
            mkdir "$new"
            head -c 1500000 /dev/zero > "$new/model"
            echo meta > "$new/.metadata"
            mv "$new" "$STUNE_CHECKPOINTS/$STUNE_TO"
            echo "{\"checkpoint\": $STUNE_TO}" >> "$STUNE_REPORTS"
            echo "{\"resource\": $STUNE_TO, \"metrics\": {\"loss\": 0.$1}}" >> "$STUNE_REPORTS"
            """#)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let files = try #require(FileManager.default.enumerator(atPath: "\(place.study)/trials"))
        let models = files.compactMap { $0 as? String }.filter { $0.hasSuffix("/model") }
        let log = try StudyLog(place)
        #expect(try log.read { try $0.keptBytes() } == models.count * 1_500_005)
        #expect((1...8).contains(models.count))
        let best = try #require(try log.read { try $0.best(.minimize) })
        let kept = try #require(try log.read { try $0.checkpoint(of: best.trial) })
        #expect(FileManager.default.fileExists(atPath: "\(place.study)/\(kept.path)/.metadata"))
        let status = try await place.stune("status", place.study).output
        #expect(status.contains("checkpoints: ") && status.contains(" of 12M"), "\(status)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a value with quotes, blanks and a command in it arrives unchanged and runs nothing`()
        async throws
    {
        let place = try Workplace()
        try place.write(
            "study.yaml",
            #"""
            name: odd
            metric: {name: loss, goal: minimize}
            parameters:
              x: {type: choice, values: ['a b";$(touch x)''']}
            searcher: {type: random, seed: 1}
            scheduler: {type: none, max_resource: 1}
            trials: 1
            command: [./train.sh, "{x}", "--x={x}"]
            """#)
        try place.write(
            "train.sh",
            #"""
            #!/bin/sh
            printf '%s\n' "$1" "$2" "$STUNE_PARAMETERS"
            echo '{"resource": 1, "metrics": {"loss": 1}}' >> "$STUNE_REPORTS"
            """#)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let printed = try await place.stune("logs", place.study, "0").output
        #expect(
            printed == #"""
                a b";$(touch x)'
                --x=a b";$(touch x)'
                {"x":"a b\";$(touch x)'"}

                """#)
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/x"))
    }

    static let badReports: [(String, String)] = [
        (
            #"{"resource": 1, "metrics": {"loss": "low"}}"#,
            "the metric 'loss' is the text 'low', not a number"
        ),
        (#"{"resource": 1, "metrics": {"accuracy": 1}}"#, "has no metric 'loss'; it has: accuracy"),
        (#"{"resource": 7, "metrics": {"loss": 1}}"#, "a report at resource 7 is outside of this attempt"),
        (#"{"resource": 1, "metrics": {"loss": 1e400}}"#, "line 1 of the reports"),
        ("loss is 3", "it is not a report"),
    ]

    @Test(arguments: badReports)
    func `a report that cannot be used fails its trial with a sentence`(
        _ line: String, _ words: String
    ) async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1, command: "[sh, train.sh]")
        try place.write("train.sh", "cat line >> \"$STUNE_REPORTS\"\n")
        try place.write("line", line + "\n")
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 1)
        let trial = try #require(try StudyLog(place).read { try $0.trial(TrialID(0)) })
        #expect(trial.state == "failed")
        #expect(trial.reason.contains(words), "\(trial.reason)")
    }

    @Test(arguments: ["NaN", "Infinity", "\"nan\"", "\"-inf\""])
    func `a metric that is not finite makes a trial diverge, not fail`(_ value: String) async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 2, command: "[sh, train.sh]")
        try place.write("train.sh", "cat line >> \"$STUNE_REPORTS\"\n")
        try place.write("line", "{\"resource\": 1, \"metrics\": {\"loss\": \(value)}}\n")
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("no trial has a usable result"))
        #expect(try StudyLog(place).read { try $0.trialCounts() } == ["diverged": 2])
    }

    @Test func `a script that cannot start stops the study with its reason`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 20, parallel: 2, command: "[./nothing-here]")
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("stopped after 8 failures in a row"), "\(outcome.errors)")
        #expect(outcome.errors.contains("nothing-here"), "\(outcome.errors)")
    }

    @Test func `the last words of a crash are told`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1, more: "max_retries: 0")
        try place.write("train.sh", "#!/bin/sh\necho 'no module named torch' >&2\nexit 3\n")
        _ = try await place.runStudy(cluster: "local")
        let shown = try await place.stune("show", place.study, "0").output
        #expect(shown.contains("the command exited with code 3"))
        #expect(shown.contains("no module named torch"))
    }

    @Test func `an invalid study file starts nothing`() async throws {
        let place = try Workplace()
        try place.writeStudy(command: "[./train.sh, \"{y}\"]")
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("study.yaml:"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.study))
    }

    @Test func `a directory that cannot be written is told with its path`() async throws {
        let place = try Workplace()
        try place.writeStudy()
        try place.writeScript()
        try place.write("file", "in the way")
        let outcome = try await place.stune(
            "run", "study.yaml", "--dir", "\(place.path)/file/study", "--cluster", "local")
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("/file"), "\(outcome.errors)")
        #expect(outcome.errors.contains("--dir"))
    }

    @Test func `another study file in the same directory is refused`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1)
        try place.writeScript()
        #expect(try await place.runStudy(cluster: "local").code == 0)
        try place.writeStudy(trials: 2)
        let file = try String(contentsOfFile: "\(place.path)/study.yaml", encoding: .utf8)
        try place.write("study.yaml", file.replacing("goal: minimize", with: "goal: maximize"))
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("another study file"))
        #expect(outcome.errors.contains("metric cannot change"), "\(outcome.errors)")
        #expect(outcome.errors.contains("trials: 1 → 2"), "\(outcome.errors)")
    }

    @Test func `a study goes on in the mode that its file names, or that stune chooses`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1, more: "execution: {mode: rung}")
        try place.writeScript()
        #expect(try await place.runStudy(cluster: "local").code == 0)
        try place.writeStudy(trials: 1, more: "")
        let silent = try await place.runStudy(cluster: "local")
        #expect(
            silent.code == 0 && silent.errors.contains("execution.mode: rung → auto"), "\(silent.errors)")
        try place.writeStudy(trials: 1, more: "execution: {mode: auto}")
        let named = try await place.runStudy(cluster: "local")
        #expect(named.code == 0 && !named.errors.contains("changed:"), "\(named.errors)")
    }
}
