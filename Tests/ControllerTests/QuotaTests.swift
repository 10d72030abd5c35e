import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// What the controller knows, says and removes if checkpoints have a quota.
@Suite struct QuotaTests: WorkerWords {
    @Test func `the bytes of checkpoints are those that workers tell, or that the controller finds`()
        async throws
    {
        var scene = try await Scene(trials: 2, mode: .rung)
        #expect(try scene.read { try $0.keptBytes() } == 0)
        let (one, other) = (scene.attempt(0), scene.attempt(1))
        try await scene.say(one, started, .checkpoint(resource: Resource(1), bytes: 4_000))
        #expect(try scene.read { try $0.keptBytes() } == 4_000)
        let path = scene.fixture.directory.checkpoint(other, of: TrialID(1), at: Resource(1))
        let directory = "\(scene.fixture.directory.path)/\(path)"
        try Files.system.createDirectory(directory)
        try Files.system.publish(Array("weights".utf8), at: "\(directory)/model")
        try await scene.say(other, started, .checkpoint(resource: Resource(1)))
        #expect(try scene.read { try $0.keptBytes() } == 4_007)
        var told: [Int?] = []
        try scene.read { reader in
            try reader.forEachFact { if case .checkpointed(_, let bytes) = $0 { told.append(bytes) } }
        }
        #expect(told == [4_000, 7])
    }

    @Test func `of what is not there the bytes are not known, and the news of it counts`() async throws {
        var scene = try await Scene(trials: 2, mode: .rung)
        try await scene.say(scene.attempt(0), started, .checkpoint(resource: Resource(1)))
        #expect(try scene.read { try $0.keptBytes() } == 0)
        #expect(try scene.read { try $0.checkpoint(of: TrialID(0)) }?.resource == Resource(1))
    }

    @Test func `it says when new trials wait for room, and takes it back when they do no more`()
        async throws
    {
        var scene = try await Scene(trials: 8, mode: .rung, quota: 15 << 20)
        let (one, other) = (scene.attempt(0), scene.attempt(1))
        try await scene.say(one, started, .checkpoint(resource: Resource(1), bytes: 10 << 20))
        #expect(try scene.controller.notice("quota") == nil)
        try await scene.say(other, started, .checkpoint(resource: Resource(1), bytes: 10 << 20))
        let text = try #require(try scene.controller.notice("quota"))
        #expect(text.contains("20M kept, checkpoints.quota is 15M"), "\(text)")
        #expect(text.contains("raise checkpoints.quota"), "\(text)")
        try await scene.say(one, report(0.9), finished)
        // No third trial starts, although there is a place.
        #expect(try scene.read { try $0.openTasks() }.map(\.trial) == [TrialID(1)])
        try await scene.say(other, .ended(.noReport, stderrTail: ""))
        // A failed trial no longer needs its checkpoint and counts as the worst, so the other is promoted.
        #expect(try scene.controller.notice("quota") == nil)
        #expect(try scene.read { try $0.keptBytes() } == 10 << 20)
        #expect(try scene.read { try $0.openTasks() }.map(\.trial) == [TrialID(0), TrialID(2)])
    }

    @Test func `what nobody can need is removed`() async throws {
        var scene = try await Scene(trials: 2, mode: .rung, eta: 3, quota: 1)
        for (index, loss) in [0.5, 0.4].enumerated() {
            let attempt = scene.attempt(index)
            let path = scene.fixture.directory.checkpoint(attempt, of: TrialID(index), at: Resource(1))
            let directory = scene.fixture.directory.path
            try Files.system.createDirectory(Files.parent(of: "\(directory)/\(path)"))
            try Files.system.publish([1, 2], at: "\(directory)/\(path)")
            try await scene.say(
                attempt, started, .checkpoint(resource: Resource(1)), report(loss), finished)
        }
        // Of two trials, none is among the best third.
        #expect(try scene.read { try $0.outcome() } == .completed)
        #expect(try scene.read { try $0.keptBytes() } == 2)
        #expect(try scene.read { try $0.checkpoint(of: TrialID(0)) } == nil)
        let kept = try #require(try scene.read { try $0.checkpoint(of: TrialID(1)) })
        #expect(try Files.system.exists("\(scene.fixture.directory.path)/\(kept.path)"))
        let gone = scene.fixture.directory.checkpoint(scene.attempt(0), of: TrialID(0), at: Resource(1))
        #expect(try !Files.system.exists("\(scene.fixture.directory.path)/\(gone)"))
    }
}
