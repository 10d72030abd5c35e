import Foundation
import Store
import Testing
import Tuning

/// Controllers that stop, die and meet, on the local cluster.
@Suite struct StopAndResumeTests {
    /// A study of which two trials have reported, and the others wait for `finish`.
    private func startedStudy() async throws -> (Workplace, Process) {
        let place = try Workplace()
        try place.writeStudy(trials: 12, parallel: 2)
        try place.writeScript(before: Workplace.gate(fromTrial: 2))
        let started = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.reports().count } ?? 0 > 0
        }
        #expect(isUnderWay)
        return (place, started.process)
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
        let (place, process) = try await startedStudy()
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try await finish(place)
        let attempts = try StudyLog(place).read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        #expect(attempts.allSatisfy { $0.ending == .finished })
    }

    @Test func `SIGINT stops cleanly, says how to resume, and resuming ends the study`() async throws {
        let (place, process) = try await startedStudy()
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 3)
        try await finish(place)
    }

    @Test func `a second controller of a study is refused, and names the first`() async throws {
        let (place, process) = try await startedStudy()
        let second = try await place.runStudy(cluster: "local")
        #expect(second.code == 4)
        #expect(second.errors.contains("process \(process.processIdentifier)"), "\(second.errors)")
        process.terminate()
        process.waitUntilExit()
    }

    @Test func `a study is cancelled through its controller`() async throws {
        let (place, process) = try await startedStudy()
        #expect(try await place.stune("cancel", place.study).code == 0)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(try StudyLog(place).read { try $0.outcome() } == .cancelled)
    }
}
