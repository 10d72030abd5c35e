import Foundation
import Store
import Testing
import Tuning

/// Controllers that wait for one another, and controllers that run one pass, on the local cluster.
@Suite struct WaitAndTickTests {
    @Test func `run --wait says who holds the study, and goes on with it when that one stops`() async throws
    {
        let place = try Workplace()
        try place.writeStudy(trials: 6, parallel: 2, maxResource: 3)
        try place.writeScript(before: Workplace.gate(fromTrial: 2))
        let run = ["run", "study.yaml", "--dir", place.study, "--cluster", "local"]
        let first = try Tool.start([Tool.stune] + run, in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            (try? StudyLog(place).read { try $0.reports().isEmpty }) == false
        }
        #expect(isUnderWay)
        let second = try Tool.start([Tool.stune] + run + ["--wait"], in: place.path)
        defer { second.process.terminate() }
        let words = "controlled by process \(first.process.processIdentifier)"
        let isWaiting = try await Tool.wait(seconds: 60) {
            second.words.contains(words)
        }
        #expect(isWaiting)
        first.process.terminate()
        #expect(try await first.end() == 3)
        try place.openGate()
        #expect(try await second.end() == 0)
        #expect(try StudyLog(place).read { try $0.outcome() } == .completed)
    }

    @Test func `a waiting controller that is told to stop leaves`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 2)
        try place.writeScript(before: Workplace.gate())
        let run = ["run", "study.yaml", "--dir", place.study, "--cluster", "local"]
        let first = try Tool.start([Tool.stune] + run, in: place.path)
        defer { first.process.terminate() }
        #expect(
            try await Tool.wait(seconds: 60) {
                FileManager.default.fileExists(atPath: "\(place.study)/snapshot.db")
            })
        let second = try Tool.start([Tool.stune] + run + ["--wait"], in: place.path)
        let isWaiting = try await Tool.wait(seconds: 60) {
            second.words.contains("waiting")
        }
        #expect(isWaiting)
        second.process.terminate()
        #expect(try await second.end(seconds: 30) == 4)
        try place.openGate()
    }

    @Test func `a hand-over without a job to hand over to is refused, and nothing is started`() async throws
    {
        let place = try Workplace()
        try place.writeStudy()
        let outcome = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local", "--hand-over",
            environment: ["SLURM_JOB_ID": ""])
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("SLURM_JOB_ID"), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: place.study))
    }

    @Test func `a study is done by ticks alone, and a tick leaves it to whom it belongs`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 4, parallel: 2, maxResource: 3)
        try place.writeScript(before: Workplace.gate(fromTrial: 2))
        let tick = ["tick", "study.yaml", "--dir", place.study, "--cluster", "local"]
        var codes: [Int32] = []
        let isOver = try await Tool.wait(seconds: 180) {
            let outcome = try await Tool.run([Tool.stune] + tick, in: place.path)
            codes.append(outcome.code)
            if codes.count == 3 { try place.openGate() }
            return outcome.code != 3
        }
        #expect(isOver)
        #expect(codes.last == 0, "\(codes)")
        #expect(codes.count > 3)
        let notices = try StudyLog(place).read { try $0.notices() }.map(\.text)
        #expect(notices.contains { $0.contains("between two ticks nobody could answer") }, "\(notices)")
        #expect(try StudyLog(place).read { try $0.trials().count } == 4)
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a tick while a controller runs says who that is`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 2)
        try place.writeScript(before: Workplace.gate())
        let first = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        defer { first.process.terminate() }
        #expect(
            try await Tool.wait(seconds: 60) {
                FileManager.default.fileExists(atPath: "\(place.study)/snapshot.db")
            })
        let outcome = try await place.stune(
            "tick", "study.yaml", "--dir", place.study, "--cluster", "local")
        #expect(outcome.code == 4)
        #expect(
            outcome.errors.contains("process \(first.process.processIdentifier)"), "\(outcome.errors)")
        try place.openGate()
    }
}
