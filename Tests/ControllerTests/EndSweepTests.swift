import Clusters
import Dispatching
import Foundation
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// The rest of a study that is over, and of checkpoints that another start may need.
@Suite struct EndSweepTests: WorkerWords {
    @Test func `a study says that it is over only when nothing of it is left that could start`()
        async throws
    {
        let fixture = try StudyFixture(trials: 1, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory)
        var controller = try await fixture.controller(cluster)
        while !controller.study.isOver { _ = try await controller.pass() }
        #expect(cluster.cancelled.isEmpty)
        // The result is in, and an operator has the task requeued.
        let task = TaskID(array: ArrayID(1), index: 0)
        cluster.requeue(task)
        let end = try await controller.run(shouldStop: { false }, observe: { _ in })
        guard case .over(.completed) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(cluster.cancelled == [task])
        #expect(FileManager.default.fileExists(atPath: fixture.directory.over))
    }

    @Test func `a task that runs again is cancelled, and one that is about to leave is not`() async throws {
        let fixture = try StudyFixture(trials: 2, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory)
        var controller = try await fixture.controller(cluster)
        while !controller.study.isOver { _ = try await controller.pass() }
        let tasks = [0, 1].map { TaskID(array: ArrayID(1), index: $0) }
        cluster.set(tasks[0], .running, restarts: 0)
        cluster.set(tasks[1], .running, restarts: 1)
        _ = try await controller.run(shouldStop: { false }, observe: { _ in })
        #expect(cluster.cancelled == [tasks[1]])
    }

    @Test func `the worker of a task that is preempted is told once in each start`() async throws {
        let fixture = try StudyFixture(trials: 1, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        var controller = try await fixture.controller(cluster)
        for _ in 0..<3 { _ = try await controller.pass() }
        #expect(cluster.warned.isEmpty)
        let task = TaskID(array: ArrayID(1), index: 0)
        cluster.preempt(task)
        for _ in 0..<3 { _ = try await controller.pass() }
        #expect(cluster.warned == [task])
        cluster.set(task, .running, restarts: 1)
        for _ in 0..<3 { _ = try await controller.pass() }
        #expect(cluster.warned == [task, task])
    }

    @Test func `a study that goes on takes the mark of its end away`() async throws {
        let fixture = try StudyFixture(trials: 1)
        try Files.system.publish([], at: fixture.directory.over)
        let cluster = InstantCluster(fixture.directory) { _ in .waits }
        _ = try await fixture.controller(cluster)
        #expect(!FileManager.default.fileExists(atPath: fixture.directory.over))
    }

    @Test func `what a start has saved stays for the start after it, until the work is done`() async throws
    {
        var scene = try await Scene(
            trials: 1, mode: .rung, parallel: 1, scheduler: .none(maxResource: Resource(9)))
        let study = scene.fixture.directory
        let (first, second) = (scene.attempt(0), scene.attempt(0, epoch: 1))
        func path(_ attempt: Turn, _ resource: Int) -> String {
            "\(study.path)/\(study.checkpoint(attempt, of: TrialID(0), at: Resource(resource)))"
        }
        func save(_ attempt: Turn, _ resource: Int) throws {
            try Files.system.createDirectory(path(attempt, resource))
        }
        func isThere(_ attempt: Turn, _ resource: Int) -> Bool {
            FileManager.default.fileExists(atPath: path(attempt, resource))
        }
        try save(first, 2)
        try await scene.say(first, started, .checkpoint(resource: Resource(2)))
        try save(first, 4)
        try await scene.say(first, .checkpoint(resource: Resource(4)))
        #expect(!isThere(first, 2))
        // The task is started again, and its worker looks for checkpoints while the old process still writes.
        let claim = Claim(array: 1, host: "h", process: 2)
        #expect(try claim.take(second, in: study) == nil)
        try save(first, 6)
        try await scene.say(first, .checkpoint(resource: Resource(6)))
        #expect(isThere(first, 4))
        let place = Message.Started(
            array: 1, host: "h", process: 2, resume: Message.Started.Resume(epoch: 0, resource: Resource(4))
        )
        try await scene.say(second, .started(place))
        let start = try scene.read { try $0.attempts(of: TrialID(0)) }.last?.start
        #expect(start.map { "\(study.path)/\($0)" } == path(first, 4))
        try await scene.say(second, report(1, at: 9), finished)
        #expect(!isThere(first, 4))
        #expect(try scene.read { try Replay($0).difference } == nil)
    }

    @Test func `a late start of work that is done brings back no checkpoint that is gone`() async throws {
        var scene = try await Scene(
            trials: 2, mode: .rung, parallel: 1, scheduler: .none(maxResource: Resource(9)))
        let study = scene.fixture.directory
        let (first, second) = (scene.attempt(0), scene.attempt(0, epoch: 1))
        for resource in [4, 9] {
            try Files.system.createDirectory(
                "\(study.path)/\(study.checkpoint(first, of: TrialID(0), at: Resource(resource)))")
        }
        try await scene.say(
            first, started, .checkpoint(resource: Resource(4)), .checkpoint(resource: Resource(9)),
            report(1, at: 9), finished)
        let kept = try scene.read { try $0.keptPaths() }
        #expect(kept == [study.checkpoint(first, of: TrialID(0), at: Resource(9))])
        let place = Message.Started(
            array: 1, host: "h", process: 2, resume: Message.Started.Resume(epoch: 0, resource: Resource(4))
        )
        try await scene.say(second, .started(place))
        #expect(try scene.read { try $0.keptPaths() } == kept)
        #expect(try scene.read { try Replay($0).difference } == nil)
    }
}
