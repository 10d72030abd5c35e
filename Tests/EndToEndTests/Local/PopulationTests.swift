import Foundation
import Store
import Testing
import Tuning

/// Population Based Training on the local cluster, through the built executables.
@Suite struct PopulationTests {
    /// A study of four members that train to 12 with a script whose loss depends on the learning rate and on all
    /// earlier training. Two train at a time, in turn, so that they stay level on any machine.
    private static func write(_ place: Workplace, mode: String, saves: Bool = true) throws {
        try place.write(
            "study.yaml",
            """
            name: population
            metric: {name: loss, goal: minimize}
            parameters:
              lr: {type: float, min: 0.01, max: 1, scale: log}
            searcher: {type: sobol, seed: 3}
            scheduler: {type: pbt, population: 4, max_resource: 12, interval: 2, truncation_percent: 25, seed: 1}
            trials: 30
            parallel: 2
            execution: {mode: \(mode), linger_seconds: 10}
            command: [python3, train.py]
            slurm: {time: 5, mem: 200M}

            """)
        try place.write(
            "train.py",
            """
            import sys
            sys.path.insert(0, "\(Tool.repository)/python")
            import stune

            trial = stune.trial()
            error, line = 1.0, []
            if trial.resume:
                words = (trial.resume / "model").read_text().split()
                error, line = float(words[0]), words[1:]
            if line[-1:] != [str(trial.number)]:
                line.append(str(trial.number))
            for step in trial.resources():
                error *= 1 - 0.5 * min(trial.parameters["lr"], 0.6)
                trial.report(step, loss=error)
                if \(saves ? "trial.should_save(step)" : "False"):
                    with trial.checkpoint(step) as directory:
                        (directory / "model").write_text(" ".join([repr(error)] + line))

            """)
    }

    @Test(arguments: ["rung", "continue", "reuse"])
    func `children train on from what their parents have saved`(mode: String) async throws {
        let place = try Workplace()
        try Self.write(place, mode: mode)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let rows = try StudyLog(place).read { try $0.trials() }
        let children = rows.filter { $0.parent != nil }
        #expect(!children.isEmpty)
        #expect(rows.count { $0.state == "completed" } == 4, "\(rows.map(\.state))")
        for child in children where child.state == "completed" {
            let line = try StudyLog(place).read { try $0.line(of: child.trial) }
            #expect(line.first?.from == Resource.none && line.last?.to == Resource(12))
            #expect(zip(line, line.dropFirst()).allSatisfy { $0.to == $1.from })
            // Its model records its trainers, and its loss is that of the whole schedule. A member that was replaced
            // before it trained has only passed on its parent's state.
            let trained = line.filter { $0.from < $0.to }.map(\.trial.description)
            let kept = try StudyLog(place).read { try $0.checkpoint(of: child.trial) }
            let path = try #require(kept).path
            let words = try String(contentsOfFile: "\(place.study)/\(path)/model", encoding: .utf8)
                .split(separator: " ")
            #expect(words.dropFirst().map(String.init) == trained)
            let error = line.reduce(1.0) { error, part in
                let rate = min(part.configuration["lr"]?.number ?? 0, 0.6)
                return (part.from.units..<part.to.units).reduce(error) { error, _ in
                    error * (1 - 0.5 * rate)
                }
            }
            #expect(abs(error - (child.value ?? 0)) < 1e-9)
        }
        #expect(try await place.stune("replay", place.study).code == 0)
        let youngest = try #require(children.last)
        let told = try await place.stune("show", place.study, youngest.trial.description).output
        #expect(told.contains("schedule\n"), "\(told)")
        #expect(told.contains("a child of trial \(youngest.parent?.description ?? "")"), "\(told)")
        let table = try await place.stune("trials", place.study, "--csv").output
        #expect(table.hasPrefix("trial,state,rung,resource,parent,loss,lr,attempts,begin,"), "\(table)")
    }

    @Test func `who is to copy what was not saved goes on, and is told why`() async throws {
        let place = try Workplace()
        try Self.write(place, mode: "continue", saves: false)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let rows = try StudyLog(place).read { try $0.trials() }
        #expect(rows.count == 4 && rows.allSatisfy { $0.state == "completed" && $0.parent == nil })
        var stories = ""
        for row in rows {
            stories += try await place.stune("show", place.study, row.trial.description).output
        }
        #expect(stories.contains("which has no checkpoint to go on from"), "\(stories)")
    }
}
