import Foundation
import Store
import Testing
import Tuning

/// Studies that go on in another directory, with all that they have.
@Suite struct FullForkTests {
    private func finished() async throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy()
        try place.writeScript()
        #expect(try await place.runStudy(cluster: "local").code == 0)
        return place
    }

    private func read<Value>(_ study: String, _ body: (StoreReader) throws -> Value) throws -> Value {
        try Store.openSnapshot("\(study)/snapshot.db").read(body)
    }

    /// The study file of the place with another name and other fields.
    private func writeNew(_ place: Workplace, _ changes: [(String, String)]) throws {
        var text = try String(contentsOfFile: "\(place.path)/study.yaml", encoding: .utf8)
        for (old, new) in [("name: e2e", "name: longer")] + changes {
            #expect(text.contains(old))
            text = text.replacing(old, with: new)
        }
        try place.write("longer.yaml", text)
    }

    @Test func `trials count in their rungs, and their checkpoints are trained on from in the new place`()
        async throws
    {
        let place = try await finished()
        try writeNew(place, [("trials: 9", "trials: 27"), ("max_resource: 9", "max_resource: 27")])
        let kept = try read(place.study) { try $0.keptPaths() }
        #expect(!kept.isEmpty)
        let fork = try await place.stune("fork", place.study, "longer.yaml", "--full")
        #expect(fork.code == 0, "\(fork.errors)")
        for words in [
            "9 trials and \(kept.count) checkpoints of '\(place.study)' came along", "trials: 9 → 27",
            "scheduler: rungs 1, 3, 9 → rungs 1, 3, 9, 27",
        ] { #expect(fork.output.contains(words), "\(fork.output)") }
        let study = "\(place.path)/longer.stune"
        for path in kept {
            let links = try FileManager.default.attributesOfItem(atPath: "\(study)/\(path)")[
                .referenceCount]
            #expect(links as? Int == 2, "\(path)")
        }
        let before = try read(place.study) { try $0.trials() }
        try FileManager.default.removeItem(atPath: place.study)
        let run = try await place.stune("run", "longer.yaml", "--cluster", "local")
        #expect(run.code == 0, "\(run.errors)")
        let (trials, name) = try read(study) { (try $0.trials(), try $0.study()?.name) }
        #expect(trials.count == 27 && name == "longer")
        #expect(trials.prefix(9).map(\.configuration) == before.map(\.configuration))
        #expect(trials.contains { $0.resource == Resource(27) })
        let starts = try read(study) { reader in
            try before.flatMap { try reader.attempts(of: $0.trial).compactMap(\.start) }
        }
        #expect(kept.contains { starts.contains($0) }, "\(starts)")
        let replay = try await place.stune("replay", study)
        #expect(replay.code == 0, "\(replay.output)\(replay.errors)")
        #expect(try await place.stune("rebuild", study).code == 0)
    }

    @Test func `what is not the same study is refused, with the other way`() async throws {
        let place = try await finished()
        try writeNew(place, [("reduction_factor: 3", "reduction_factor: 2")])
        let factor = try await place.stune("fork", place.study, "longer.yaml", "--full")
        #expect(factor.code == 2)
        #expect(
            factor.errors.contains("a fork without --full may differ in these fields"), "\(factor.errors)")
        try writeNew(place, [("trials: 9", "trials: 4")])
        let fewer = try await place.stune("fork", place.study, "longer.yaml", "--full")
        #expect(fewer.code == 2 && fewer.errors.contains("9 trials have begun"), "\(fewer.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/longer.stune"))
        let both = try await place.stune("fork", place.study, "longer.yaml", "--full", "--prior")
        #expect(both.code == 2 && both.errors.contains("exclude each other"), "\(both.errors)")
    }

    @Test func `a study with work in flight is refused, and one that rests is taken over`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 4, parallel: 1)
        try place.writeScript(before: Workplace.gate(fromTrial: 2))
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.trials().count } ?? 0 == 3
        }
        #expect(isUnderWay)
        try writeNew(place, [("trials: 4", "trials: 5")])
        let early = try await place.stune("fork", place.study, "longer.yaml", "--full")
        #expect(early.code == 2 && early.errors.contains("are in flight"), "\(early.errors)")
        // Its results so far are prior results all the same.
        let prior = try await place.stune("fork", place.study, "longer.yaml", "--dir", "prior", "--prior")
        #expect(prior.code == 0 && prior.output.contains("2 of 3"), "\(prior.output)\(prior.errors)")
        #expect(try await place.stune("pause", place.study).code == 0)
        try place.openGate()
        let rests = try await Tool.wait(seconds: 60) {
            try StudyLog(place).read { try $0.openTasks().isEmpty && $0.idleCount() == 0 }
        }
        #expect(rests)
        let fork = try await place.stune("fork", place.study, "longer.yaml", "--full", "--json")
        #expect(fork.code == 0 && fork.output.contains("\"trials\":3"), "\(fork.output)\(fork.errors)")
        #expect(try await place.stune("cancel", place.study).code == 0)
        _ = try await run.end()
        #expect(try await place.stune("resume", "longer.stune").code == 0)
        let outcome = try await place.stune("run", "longer.yaml", "--cluster", "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try read("\(place.path)/longer.stune") { try $0.trials().count } == 5)
        #expect(try await place.stune("replay", "longer.stune").code == 0)
    }
}
