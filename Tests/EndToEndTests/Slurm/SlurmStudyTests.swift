import Foundation
import Store
import Testing
import Tuning

/// Whole studies on a real Slurm.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct SlurmStudyTests {
    @Test func `one trial at a time decides the same on Slurm and locally`() async throws {
        let (local, slurm) = (try Workplace(), try Workplace())
        for place in [local, slurm] {
            try place.writeStudy(trials: 12, parallel: 1)
            try place.writeScript()
        }
        let outcomes = (
            try await local.runStudy(cluster: "local"), try await slurm.runStudy(cluster: "slurm")
        )
        #expect(outcomes.0.code == 0 && outcomes.1.code == 0, "\(outcomes.1.errors)")
        let decisions = (try StudyLog(local).decisions(), try StudyLog(slurm).decisions())
        #expect(decisions.0 == decisions.1)
        #expect(decisions.0.count > 24)
    }

    @Test func `squeue names study, rung and trial, and status agrees with it task for task`() async throws
    {
        let place = try Workplace()
        try place.writeStudy(trials: 6, parallel: 6)
        try place.writeScript(before: Workplace.gate())
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
        defer { run.process.terminate() }
        var rows: [String] = []
        let agrees = try await Tool.wait(seconds: 90) {
            let squeue = try await Tool.run(
                ["squeue", "-r", "-h", "-o", "%i %j %T %k"], in: place.path)
            let ours = squeue.output.split(separator: "\n").filter { $0.hasSuffix(place.study) }
            rows = ours.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }.sorted()
            let status = try await place.stune("status", place.study, "-h", "-o", "%i %j %T")
            let own = status.output.split(separator: "\n").map(String.init).sorted()
            return rows.count == 6 && rows == own && rows.contains { $0.hasSuffix("RUNNING") }
        }
        #expect(agrees, "\(rows)")
        #expect(rows.allSatisfy { $0.contains(" e2e.rung0.") })
        #expect(Set(rows.map { $0.split(separator: " ")[0].split(separator: "_")[1] }).count == 6)
        let trials = try await place.stune("status", place.study, "-h", "-o", "%i %{trial} %{rung}")
        for line in trials.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            #expect(words[0].hasSuffix("_\(words[1])") && words[2] == "0")
        }
        try place.openGate()
        try await run.end()
    }

    @Test func `a two-node study runs its command with srun`() async throws {
        let place = try Workplace()
        let template = "\(Tool.repository)/templates/multinode"
        for name in try FileManager.default.contentsOfDirectory(atPath: template) {
            try FileManager.default.copyItem(
                atPath: "\(template)/\(name)", toPath: "\(place.path)/\(name)")
        }
        let outcome = try await Tool.run(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path,
            environment: ["PYTHONPATH": "\(Tool.repository)/python"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try StudyLog(place).read { try $0.best(.minimize) ?? $0.best(.maximize) } != nil)
    }

    @Test func `a partition that Slurm does not have ends the study with Slurm's words`() async throws {
        let place = try Workplace()
        try place.writeStudy(more: "slurm: {partition: nowhere}")
        try place.writeScript()
        let outcome = try await place.runStudy(cluster: "slurm")
        #expect(outcome.code == 1)
        #expect(outcome.errors.localizedCaseInsensitiveContains("partition"), "\(outcome.errors)")
    }

    @Test func `controller.sbatch runs a study from any directory`() async throws {
        let place = try Workplace(name: "stune é")
        try place.writeStudy(trials: 4, maxResource: 3)
        try place.writeScript()
        let submitted = try await Tool.run(
            [
                "sbatch", "--wait", "\(Tool.repository)/sbatch/controller.sbatch", "study.yaml", "--dir",
                "study",
            ],
            in: place.path, environment: ["STUNE_BIN": Tool.products])
        #expect(submitted.code == 0, "\(submitted.output)\(submitted.errors)")
        #expect(try StudyLog(place).read { try $0.outcome() } == .completed)
        #expect(try StudyLog(place).read { try $0.trials().count } == 4)
    }

    @Test func `a task that is cancelled while it waits is not tried again`() async throws {
        let place = try Workplace()
        try place.writeStudy(
            trials: 2, parallel: 2, maxResource: 1,
            // Otherwise the other task might take its work before Slurm is asked.
            more: "execution: {mode: rung}\nsettle_seconds: 1\nslurm: {nodelist: n3, exclusive: true}")
        try place.writeScript(before: Workplace.gate())
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
        defer { run.process.terminate() }
        var waiting = ""
        let isWaiting = try await Tool.wait(seconds: 300) {
            let status = try await place.stune("status", place.study, "-h", "-o", "%i %t")
            let rows = status.output.split(separator: "\n")
            waiting = rows.first { $0.hasSuffix(" PD") }.map { String($0.dropLast(3)) } ?? ""
            return rows.count == 2 && rows.contains { $0.hasSuffix(" R") } && !waiting.isEmpty
        }
        #expect(isWaiting)
        _ = try await Tool.run(["scancel", waiting], in: place.path)
        try place.openGate()
        try await run.end()
        #expect(try StudyLog(place).read { try $0.trialCounts() } == ["cancelled": 1, "completed": 1])
    }

    @Test func `a cancelled task is not tried again`() async throws {
        let place = try Workplace()
        try place.writeStudy(
            trials: 2, parallel: 2, maxResource: 1, more: "settle_seconds: 1\nslurm: {mem: 50M}")
        try place.writeScript(before: "[ \"$STUNE_TRIAL\" = 1 ] && exec sleep 300")
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
        defer { run.process.terminate() }
        var task = ""
        let isRunning = try await Tool.wait(seconds: 90) {
            let status = try await place.stune("status", place.study, "-h", "-t", "R", "-o", "%i %{trial}")
            task = status.output.split(separator: "\n").first { $0.hasSuffix(" 1") }.map(String.init) ?? ""
            return !task.isEmpty
        }
        #expect(isRunning)
        _ = try await Tool.run(
            ["scancel", String(task.split(separator: " ").first ?? "")], in: place.path)
        #expect(try await run.end() == 0)
        let trial = try #require(try StudyLog(place).read { try $0.trial(TrialID(1)) })
        #expect(trial.state == "cancelled", "\(trial)")
        #expect(try StudyLog(place).read { try $0.attempts(of: TrialID(1)) }.count == 1)
    }
}
