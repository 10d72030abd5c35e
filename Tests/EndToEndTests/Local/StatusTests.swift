import Foundation
import Store
import Testing
import Tuning

/// The output of `stune status`, `logs`, `show`, `best` and `trials`.
@Suite struct StatusTests {
    @Test func `without a controller, status says so, since when, and the command that resumes`()
        async throws
    {
        let place = try Workplace(name: "stune's e2e")
        try place.writeStudy(trials: 6, parallel: 2)
        try place.writeScript(before: Workplace.gate(fromTrial: 1))
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.reports().count } ?? 0 > 0
        }
        #expect(isUnderWay)
        let during = try await place.stune("status", place.study).output
        #expect(!during.contains("no controller"), "\(during)")
        kill(run.process.processIdentifier, SIGKILL)
        try await run.end()
        let after = try await place.stune("status", place.study).output
        #expect(after.contains("WARNING: no controller runs since 20"), "\(after)")
        #expect(after.contains("process \(run.process.processIdentifier) on "), "\(after)")
        let json = try await place.stune("status", place.study, "--json").output
        let controller = try #require(try JSONField(json)["controller"])
        #expect(controller["state"]?.text == "none")
        #expect(controller["since"]?.number ?? 0 > 1_000_000_000)
        let resume = try #require(controller["resume"]?.text)
        #expect(after.contains("resume with: \(resume)"))
        try place.openGate()
        // As pasted by a user, in another directory.
        let outcome = try await Tool.run(
            ["bash", "-c", resume], in: "/tmp", environment: ["PATH": "\(Tool.products):/usr/bin:/bin"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!(try await place.stune("status", place.study).output.contains("no controller")))
    }

    /// A study whose trials continue in place and print in each epoch.
    private func printed() async throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(
            trials: 12, parallel: 2, command: "[python3, train.py]", more: "execution: {mode: reuse}")
        try place.write(
            "train.py",
            """
            import stune

            trial = stune.trial(9, x=500)
            for epoch in trial.resources():
                print("trial", trial.number, "epoch", epoch, flush=True)
                trial.report(epoch, loss=trial["x"] / epoch, half=epoch / 2)
                if trial.should_save(epoch):
                    with trial.checkpoint(epoch) as directory:
                        (directory / "state").write_text(str(epoch))
            """)
        let outcome = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local",
            environment: ["PYTHONPATH": "\(Tool.repository)/python"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        return place
    }

    @Test
    func `every trial's output is shown, also where it went on in place, by the same numbers everywhere`()
        async throws
    {
        let place = try await printed()
        let stories = try StudyLog(place).read { reader in
            try reader.trials().map { (trial: $0.trial, attempts: try reader.attempts(of: $0.trial)) }
        }
        #expect(stories.contains { $0.attempts.contains { $0.ending == .wentOn } })
        for story in stories {
            let shown = try await place.stune("show", place.study, "\(story.trial)", "--json").output
            let document = try JSONField(shown)
            let attempts = document["attempts"]?.elements ?? []
            #expect(attempts.map { $0["attempt"]?.number } == story.attempts.indices.map { Double($0 + 1) })
            let reports = document["reports"]?.elements ?? []
            #expect(!reports.isEmpty)
            #expect(
                reports.allSatisfy {
                    (1...Double(story.attempts.count)).contains($0["attempt"]?.number ?? 0)
                })
            for (index, attempt) in story.attempts.enumerated() {
                let logs = try await place.stune(
                    "logs", place.study, "\(story.trial)", "--attempt", "\(index + 1)")
                #expect(logs.code == 0, "\(logs.errors)")
                #expect(
                    logs.output.contains("trial \(story.trial) epoch \(attempt.task.to)\n"),
                    "\(logs.output)")
            }
        }
    }

    @Test func `best names every metric, and its command trains the same again`() async throws {
        let place = try await printed()
        let told = try await place.stune("best", place.study).output
        #expect(told.contains("\nhalf        4.5\n"), "\(told)")
        let json = try await place.stune("best", place.study, "--json").output
        let best = try JSONField(json)
        #expect(best["metrics"]?["half"]?.number == 4.5)
        let command = try #require(best["command"]?.text)
        #expect(told.contains(command))
        let again = try await Tool.run(
            ["bash", "-c", "\(command); cat \"$d/reports.jsonl\"; rm -r \"$d\""], in: "/tmp",
            environment: ["PYTHONPATH": "\(Tool.repository)/python"])
        #expect(again.code == 0, "\(again.errors)")
        #expect(again.output.contains("epoch 9\n"), "\(again.output)")
        let value = try #require(best["value"]?.number)
        #expect(
            again.output.contains("\"loss\":\(value)") || again.output.contains("\"loss\": \(value)"),
            "\(again.output)")
    }

    @Test func `tables of trials have every metric, the times, the host and the checkpoint`() async throws {
        let place = try await printed()
        let csv = try await place.stune("trials", place.study, "--csv").output
        let lines = csv.components(separatedBy: "\r\n").map { $0.components(separatedBy: ",") }
        #expect(
            lines[0] == [
                "trial", "state", "rung", "resource", "loss", "half", "x", "attempts", "begin", "end",
                "seconds", "host",
                "checkpoint", "cpu_seconds", "memory_bytes", "gpu_percent", "gpu_memory_bytes", "reason",
            ])
        let column = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[0].indices))
        for line in lines.dropFirst() where line.count > 1 {
            func cell(_ name: String) -> String { column[name].map { line[$0] } ?? "" }
            #expect(cell("begin") < cell("end"))
            #expect(cell("begin").hasPrefix("20") && cell("begin").hasSuffix("Z"))
            #expect(Double(cell("half")) == (Double(cell("resource")) ?? 0) / 2)
            #expect(!cell("host").isEmpty)
            #expect(
                cell("checkpoint").isEmpty || FileManager.default.fileExists(atPath: cell("checkpoint")))
        }
        let json = try await place.stune("trials", place.study, "--json").output
        let trials = try JSONField(json).elements
        #expect(trials.count == 12)
        #expect(trials.allSatisfy { $0["metrics"]?.names == ["half", "loss"] })
    }
}
