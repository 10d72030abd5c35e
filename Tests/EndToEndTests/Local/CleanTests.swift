import Foundation
import Spool
import Store
import Testing
import Tuning

/// `stune clean`, through the built executables.
@Suite struct CleanTests {
    private func finished() async throws -> Workplace {
        try await Workplace.finished(before: "echo hello")
    }

    /// The paths of the checkpoints that are there, relative to the study's directory.
    private func checkpoints(_ place: Workplace) throws -> Set<String> {
        let trials = try #require(FileManager.default.enumerator(atPath: "\(place.study)/trials"))
        var found: Set<String> = []
        for case let path as String in trials
        where Int(path.split(separator: "/").last ?? "") != nil && path.contains(".") {
            found.insert("trials/\(path)")
        }
        return found
    }

    @Test func `a complete study gives up all checkpoints but the best, and goes on without them`()
        async throws
    {
        let place = try await finished()
        let (all, events) = (
            try checkpoints(place), try StudyLog(place).read { try $0.eventCount() }
        )
        #expect(all.count == 9)
        let dry = try await place.stune("clean", place.study, "--dry-run")
        #expect(
            dry.code == 0 && dry.output.contains("to remove: 8 files"), "\(dry.output)\(dry.errors)")
        let asked = try await place.stune("clean", place.study)
        #expect(asked.code == 2 && asked.errors.contains("--yes"), "\(asked.errors)")
        #expect(try StudyLog(place).read { try $0.eventCount() } == events)
        #expect(try checkpoints(place) == all)

        let clean = try await place.stune("clean", place.study, "--yes")
        #expect(clean.code == 0 && clean.output.contains("removed"), "\(clean.output)\(clean.errors)")
        let kept = try StudyLog(place).read { reader in
            let best = try #require(try reader.best(.minimize))
            let path = try #require(try reader.checkpoint(of: best.trial)).path
            #expect(try reader.keptPaths() == [path])
            return path
        }
        #expect(try checkpoints(place) == [kept])
        let again = try await place.stune("clean", place.study, "--yes")
        #expect(again.code == 0 && again.output.contains("nothing to remove"), "\(again.output)")

        for command in ["status", "best", "trials", "replay", "rebuild"] {
            let outcome = try await place.stune(command, place.study)
            #expect(outcome.code == 0, "\(command): \(outcome.errors)")
        }
        try place.writeStudy(trials: 20)
        let more = try await place.runStudy(cluster: "local")
        #expect(more.code == 0, "\(more.errors)")
        let (states, starts) = try StudyLog(place).read { reader in
            let trials = try reader.trials()
            let attempts = try trials.flatMap { try reader.attempts(of: $0.trial) }
            return (trials.map(\.state), attempts.compactMap(\.start))
        }
        #expect(states.count == 20 && !states.contains("failed"), "\(states)")
        // No trial was sent to a checkpoint that was removed.
        let gone = all.subtracting([kept])
        #expect(Set(starts).isDisjoint(with: gone), "\(starts)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `logs go when that is said, and the commands that show them say so`() async throws {
        let place = try await finished()
        let before = try await place.stune("logs", place.study, "0")
        #expect(before.code == 0 && before.output.contains("hello"), "\(before.errors)")
        let clean = try await place.stune("clean", place.study, "--logs", "--yes", "--json")
        let answer = try JSONField(clean.output)
        #expect(clean.code == 0 && answer["removed"]?.flag == true, "\(clean.output)\(clean.errors)")
        let logs = answer["kinds"]?.elements.first { $0["kind"]?.text == "logs" }
        #expect(logs?["chosen"]?.flag == true && logs?["files"]?.number ?? 0 > 0)
        #expect(try checkpoints(place).count == 9)
        let after = try await place.stune("logs", place.study, "0")
        #expect(after.code == 1 && after.errors.contains("was removed by 'stune clean'"), "\(after.errors)")
        let shown = try await place.stune("show", place.study, "0")
        #expect(shown.output.contains("logs: removed by 'stune clean'"), "\(shown.output)")
    }

    @Test func `quarantined files and replaced stores go`() async throws {
        let place = try await finished()
        let study = StudyDirectory(place.study)
        try Files.system.createDirectory("\(study.lost)/3")
        for path in ["\(study.quarantine)/bad", "\(study.lost)/3/study.db", "\(study.snapshot).tmp"] {
            try Data("123".utf8).write(to: URL(filePath: path))
        }
        let clean = try await place.stune("clean", place.study, "--quarantine", "--old", "--yes")
        #expect(clean.code == 0, "\(clean.errors)")
        #expect(clean.output.contains("to remove: 3 files with 9 bytes"), "\(clean.output)")
        #expect(try Files.system.list(study.quarantine).isEmpty)
        #expect(try Files.system.list(study.lost).isEmpty)
        #expect(try !Files.system.exists("\(study.snapshot).tmp"))
    }

    @Test func `a study that is controlled is not touched`() async throws {
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
        let refused = try await place.stune("clean", place.study, "--yes")
        #expect(refused.code == 4 && refused.errors.contains("stop it first"), "\(refused.errors)")
        try place.openGate()
        #expect(try await run.end() == 0)
    }

    @Test func `what cannot be cleaned is refused`() async throws {
        let place = try Workplace()
        let nowhere = try await place.stune("clean", "\(place.path)/nowhere", "--yes")
        #expect(
            nowhere.code == 2 && nowhere.errors.contains("is not a study's directory"), "\(nowhere.errors)")
        let negative = try await place.stune("clean", place.study, "--keep=-1")
        #expect(negative.code == 2 && negative.errors.contains("from 0 on"), "\(negative.errors)")
    }
}
