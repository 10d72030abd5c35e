import Foundation
import Store
import Testing
import Tuning

/// Controllers that stop, die and compete, on the local cluster.
@Suite struct StopAndResumeTests {
    /// A study of which two trials have reported, and the others wait for `finish`.
    private func startedStudy() async throws -> (Workplace, Tool.Run) {
        let place = try Workplace()
        try place.writeStudy(trials: 12, parallel: 2)
        try place.writeScript(before: Workplace.gate(fromTrial: 2))
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.reports().count } ?? 0 > 0
        }
        #expect(isUnderWay)
        return (place, run)
    }

    private func finish(_ place: Workplace) async throws {
        try place.openGate()
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let log = try StudyLog(place)
        #expect(try log.read { try $0.trials().count } == 12)
        #expect(try log.read { try $0.openIntents() }.isEmpty)
        let replay = try await place.stune("replay", place.study)
        #expect(replay.code == 0, "\(replay.output)")
    }

    @Test func `a controller that is killed outright is resumed without loss`() async throws {
        let (place, run) = try await startedStudy()
        kill(run.process.processIdentifier, SIGKILL)
        try await run.end()
        try await finish(place)
        let attempts = try StudyLog(place).read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        #expect(attempts.allSatisfy { $0.ending == .finished })
    }

    @Test func `SIGINT stops cleanly, says how to resume, and resuming ends the study`() async throws {
        let (place, run) = try await startedStudy()
        run.process.interrupt()
        #expect(try await run.end() == 3)
        try await finish(place)
    }

    @Test func `a second controller of a study is refused, and names the first`() async throws {
        let (place, run) = try await startedStudy()
        let second = try await place.runStudy(cluster: "local")
        #expect(second.code == 4)
        #expect(second.errors.contains("process \(run.process.processIdentifier)"), "\(second.errors)")
        run.process.terminate()
        try await run.end()
    }

    @Test func `a study is cancelled through its controller`() async throws {
        let (place, run) = try await startedStudy()
        #expect(try await place.stune("cancel", place.study).code == 0)
        #expect(try await run.end() == 1)
        #expect(try StudyLog(place).read { try $0.outcome() } == .cancelled)
    }
}
