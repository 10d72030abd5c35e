import Foundation
import Store
import Testing
import Tuning

/// Studies that are extended, changed and mended, through the built executables.
@Suite struct ChangeTests {
    private func finished(trials: Int = 3, more: String = "") async throws -> Workplace {
        try await Workplace.finished(trials: trials, more: more)
    }

    private func trials(_ place: Workplace) throws -> Int {
        try StudyLog(place).read { try $0.trials().count }
    }

    @Test func `a changed file extends a study that ended, and the file is kept`() async throws {
        let place = try await finished()
        try place.writeStudy(trials: 12, parallel: 4, more: "")
        let dry = try await place.stune("change", place.study, "study.yaml", "--dry-run")
        #expect(dry.code == 0 && dry.output.contains("trials: 3 → 12"), "\(dry.output)\(dry.errors)")
        #expect(try trials(place) == 3)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try trials(place) == 12)
        let kept = try String(contentsOfFile: "\(place.study)/study.yaml", encoding: .utf8)
        #expect(kept.contains("trials: 12"))
        #expect(try await place.stune("replay", place.study).code == 0)
        #expect(try await place.stune("rebuild", place.study).code == 0)
        #expect(try trials(place) == 12)
    }

    @Test func `what was set stays when the study is run again with its own file`() async throws {
        let place = try await finished()
        let set = try await place.stune("set", place.study, "trials=5", "slurm.time=9")
        #expect(set.code == 0 && set.output.contains("trials: 3 → 5"), "\(set.output)\(set.errors)")
        #expect(set.output.contains("'stune run' opens it again"), "\(set.output)")
        for _ in 0..<2 {
            #expect(try await place.runStudy(cluster: "local").code == 0)
            #expect(try trials(place) == 5)
        }
        #expect(try await place.stune("set", place.study, "trials=5").output == "nothing changes\n")
    }

    @Test func `a field that is taken out of the file has its default from then on`() async throws {
        let place = try await finished()
        let file = try String(contentsOfFile: "\(place.path)/study.yaml", encoding: .utf8)
        #expect(file.contains("parallel: 3\n"))
        try place.write("study.yaml", file.replacing("parallel: 3\n", with: ""))
        let run = try await place.runStudy(cluster: "local")
        #expect(run.code == 0 && run.errors.contains("changed: parallel: 3 → 4"), "\(run.errors)")
        let again = try await place.runStudy(cluster: "local")
        #expect(again.code == 0 && !again.errors.contains("changed:"), "\(again.errors)")
    }

    @Test func `a parameter comes with the value that trials had before, and goes`() async throws {
        let place = try Workplace()
        func write(_ parameters: String, trials: Int, top: Int, _ command: String) throws {
            try place.write(
                "study.yaml",
                """
                name: e2e
                metric: {name: loss, goal: minimize}
                parameters: \(parameters)
                searcher: {type: tpe, seed: 7}
                scheduler: {type: asha, max_resource: \(top)}
                trials: \(trials)
                parallel: 2
                command: \(command)

                """)
        }
        try place.writeScript(before: "echo \"decay=$2\"")
        let old = "{x: {type: int, min: 100, max: 999}}"
        func wide(_ more: String) -> String {
            "{x: {type: int, min: 100, max: 999}, decay: {type: float, min: 0.1, max: 0.9\(more)}}"
        }
        try write(old, trials: 3, top: 3, "[./train.sh, \"{x}\"]")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        try write(wide(""), trials: 5, top: 9, "[./train.sh, \"{x}\", \"{decay}\"]")
        let refused = try await place.runStudy(cluster: "local")
        #expect(refused.code == 2 && refused.errors.contains("'decay' is new"), "\(refused.errors)")
        try write(wide(", before: 0.0"), trials: 5, top: 9, "[./train.sh, \"{x}\", \"{decay}\"]")
        let widened = try await place.runStudy(cluster: "local")
        #expect(
            widened.code == 0 && widened.errors.contains("count with decay=0.0"), "\(widened.errors)")
        let (trials, best) = try StudyLog(place).read { reader in
            (try reader.trials(), try reader.trials().first { $0.resource == Resource(9) })
        }
        #expect(trials.prefix(3).allSatisfy { $0.configuration["decay"] == nil })
        #expect(trials.dropFirst(3).allSatisfy { $0.configuration["decay"] != nil } && trials.count == 5)
        if let best, best.trial.number < 3 {
            let printed = try await place.stune("logs", place.study, "\(best.trial)").output
            #expect(printed.contains("decay=0"), "\(printed)")
        }
        try write(old, trials: 6, top: 9, "[./train.sh, \"{x}\"]")
        let narrowed = try await place.runStudy(cluster: "local")
        #expect(narrowed.code == 0 && narrowed.errors.contains("'decay' is no more"), "\(narrowed.errors)")
        #expect(try StudyLog(place).read { try $0.trials()[5].configuration["decay"] } == nil)
        for command in ["replay", "rebuild", "replay"] {
            let outcome = try await place.stune(command, place.study)
            #expect(outcome.code == 0, "\(command): \(outcome.output)\(outcome.errors)")
        }
    }

    @Test func `a setting is in force within seconds at a controller that waits`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 8, parallel: 1)
        try place.writeScript(before: Workplace.gate())
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.openTasks().count } ?? 0 == 1
        }
        #expect(isUnderWay)
        let set = try await place.stune("set", place.study, "parallel=3", "--json")
        #expect(
            set.code == 0 && set.output.contains("\"result\":\"granted\""), "\(set.output)\(set.errors)")
        let hasMore = try await Tool.wait(seconds: 5) {
            try StudyLog(place).read { try $0.openTasks().count } == 3
        }
        #expect(hasMore)
        let refused = try await place.stune("set", place.study, "parallel=5", "metric.name=other")
        #expect(refused.code == 2 && refused.errors.contains("metric cannot change"), "\(refused.errors)")
        let paused = try await place.stune("pause", place.study)
        #expect(paused.code == 0, "\(paused.errors)")
        #expect(try await place.stune("cancel", place.study, "0").code == 0)
        #expect(try await place.stune("resume", place.study).code == 0)
        try place.openGate()
        #expect(try await run.end() == 0)
        let states = try StudyLog(place).read { try $0.trials().map(\.state) }
        #expect(states.count == 8 && states.count { $0 == "cancelled" } == 1, "\(states)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a study whose script was broken is mended, and its failed trials are tried again`()
        async throws
    {
        let place = try Workplace()
        try place.writeStudy(trials: 6, parallel: 1, more: "max_failures: 2\nmax_retries: 0")
        try place.write("train.sh", "#!/bin/sh\nexit 3\n")
        let broken = try await place.runStudy(cluster: "local")
        #expect(broken.code == 1 && broken.errors.contains("stune retry"), "\(broken.errors)")
        try place.writeScript()
        let retry = try await place.stune("retry", place.study, "--failed")
        #expect(retry.code == 0 && retry.output.contains("trials 0, 1"), "\(retry.output)\(retry.errors)")
        let mended = try await place.runStudy(cluster: "local")
        #expect(mended.code == 0, "\(mended.errors)")
        let states = try StudyLog(place).read { try $0.trials().map(\.state) }
        #expect(states.count == 6 && !states.contains("failed"), "\(states)")
        let none = try await place.stune("retry", place.study, "--failed")
        #expect(
            none.code == 2 && none.errors.contains("no trial of this study has failed"), "\(none.errors)")
        #expect(try await place.stune("retry", place.study, "0").code == 2)
        #expect(try await place.stune("replay", place.study).code == 0)
        #expect(try await place.stune("rebuild", place.study).code == 0)
    }

    @Test func `the ladder of a complete study grows, and a tick goes on with it`() async throws {
        let place = try await finished(trials: 9)
        #expect(try await place.stune("set", place.study, "scheduler.max_resource=27").code == 0)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let before = try StudyLog(place).read { try $0.best(.minimize)?.resource }
        // One of nine was trained to 9, and one of one is not among the best third: nobody goes on.
        #expect(before == Resource(9))
        #expect(try await place.stune("set", place.study, "trials=40").code == 0)
        #expect(try await place.runStudy(cluster: "local").code == 0)
        #expect(try StudyLog(place).read { try $0.trials().map { $0.resource?.units ?? 0 }.max() } == 27)
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a cancelled study goes on with the same command, and a complete one is not cancelled`()
        async throws
    {
        let place = try Workplace()
        try place.writeStudy(trials: 4, parallel: 2)
        try place.writeScript(before: Workplace.gate())
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.openTasks().count } ?? 0 == 2
        }
        #expect(isUnderWay)
        #expect(try await place.stune("cancel", place.study).code == 0)
        #expect(try await run.end() == 1)
        try place.openGate()
        // Nothing starts by itself what the user has cancelled.
        #expect(
            try await place.stune("tick", "study.yaml", "--dir", place.study, "--cluster", "local").code
                == 1)
        #expect(try await place.runStudy(cluster: "local").code == 0)
        let states = try StudyLog(place).read { try $0.trials().map(\.state) }
        #expect(states.count == 4 && !states.contains("cancelled"), "\(states)")
        let cancel = try await place.stune("cancel", place.study)
        #expect(cancel.code == 0 && cancel.output.contains("nothing to cancel"), "\(cancel.output)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `an added trial has its values, and bad ones are refused`() async throws {
        let place = try await finished()
        let add = try await place.stune("add", place.study, "x=123")
        #expect(add.code == 0, "\(add.errors)")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        let rows = try StudyLog(place).read { try $0.trials() }
        #expect(rows.count == 4 && rows.last?.configuration["x"] == .int(123))
        for (value, words) in [("x=5", "x"), ("y=5", "y"), ("x", "no value of a parameter")] {
            let bad = try await place.stune("add", place.study, value)
            #expect(bad.code == 2 && bad.errors.contains(words), "\(value): \(bad.errors)")
        }
    }

    static let mistakes: [([String], String)] = [
        (["trials=many"], "trials"), (["nonsense=3"], "nonsense"), (["trials"], "is not a setting"),
        (["trials=0"], "trials"), (["trials=2"], "trials have begun"),
        (["metric.goal=maximize"], "metric cannot change"),
        (["scheduler.max_resource=10"], "max_resource"), (["name=other"], "name cannot change"),
        (["searcher={type: external, command: [ls]}"], "a program of its own"),
    ]

    @Test func `what cannot be set is refused, and changes nothing`() async throws {
        let place = try await finished()
        let before = try StudyLog(place).read { try $0.eventCount() }
        for (settings, words) in Self.mistakes {
            for flag in [["--dry-run"], []] {
                let arguments = [Tool.stune, "set", place.study] + settings + flag
                let outcome = try await Tool.run(arguments, in: place.path)
                #expect(
                    outcome.code == 2 && outcome.errors.contains(words), "\(settings): \(outcome.errors)")
            }
        }
        let other = try await place.stune("set", "\(place.path)/nowhere", "trials=9")
        #expect(other.code == 2 && other.errors.contains("is not a study's directory"), "\(other.errors)")
        #expect(try StudyLog(place).read { try $0.eventCount() } == before)
    }
}
