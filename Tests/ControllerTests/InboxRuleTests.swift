import Clusters
import Foundation
import Spool
import Store
import Testing
import Tuning

@testable import Controller

/// What the controller does with letters that come late, twice, early, or from unknown senders.
@Suite struct InboxRuleTests: WorkerWords {
    private struct Scene {
        let fixture: StudyFixture
        var controller: Controller
        let attempt: Turn

        /// A study of one running trial that has sent nothing.
        init() async throws {
            fixture = try StudyFixture(trials: 1, parallel: 1, scheduler: .none(maxResource: Resource(2)))
            let cluster = InstantCluster(fixture.directory) { _ in .waits }
            controller = try await fixture.controller(cluster)
            _ = try await controller.pass()
            attempt = Turn(token: cluster.submissions[0], index: 0, epoch: 0)
        }

        func put(_ sequence: Int, _ body: Message.Body, epoch: Int = 0) throws {
            var name = attempt
            name.epoch = epoch
            try Inbox(fixture.directory).put([
                Message(attempt: name, sequence: sequence, time: 0, body: body)
            ])
        }

        mutating func reports() async throws -> [Double?] {
            _ = try await controller.pass()
            return try controller.store.read { try $0.reports() }.map(\.value)
        }
    }

    private func report(_ value: Double, at resource: Int = 2) -> Message.Body {
        .report(resource: Resource(resource), metrics: ["loss": value], nonFinite: [:])
    }

    @Test func `a message that comes twice is stored once`() async throws {
        var scene = try await Scene()
        try scene.put(0, started)
        try scene.put(1, report(0.5))
        #expect(try await scene.reports() == [0.5])
        try scene.put(1, report(0.7))
        #expect(try await scene.reports() == [0.5])
    }

    @Test func `a letter tells of several turns of one start of a task, and of no other`() async throws {
        var scene = try await Scene()
        var other = scene.attempt
        other.epoch = 1
        try Inbox(scene.fixture.directory).put([
            Message(attempt: scene.attempt, sequence: 0, time: 0, body: started),
            Message(attempt: other, sequence: 0, time: 0, body: started),
        ])
        #expect(try await scene.reports() == [])
        let reasons = try Files.system.list(scene.fixture.directory.quarantine).filter {
            $0.hasSuffix("reason")
        }
        #expect(reasons.count == 1)
        // The second turn was given to no worker, so the first is not believed either.
        try Inbox(scene.fixture.directory).put([
            Message(attempt: scene.attempt, sequence: 0, time: 0, body: started),
            Message(attempt: scene.attempt.next, sequence: 0, time: 0, body: started),
        ])
        _ = try await scene.reports()
        #expect(try scene.controller.store.read { try $0.openTasks() }.map(\.hasStarted) == [false])
    }

    @Test func `a message that comes early waits for those before it`() async throws {
        var scene = try await Scene()
        // The window must not end in this test, however slow the machine is.
        scene.controller.setup.pace.settle = .seconds(600)
        try scene.put(2, .ended(.finished, stderrTail: ""))
        #expect(try await scene.reports() == [])
        try scene.put(1, report(0.5))
        #expect(try await scene.reports() == [])
        try scene.put(0, started)
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(try scene.controller.store.read { try $0.trial(TrialID(0)) }?.state == "completed")
    }

    @Test func `a gap that does not close is passed over after the settle window`() async throws {
        var scene = try await Scene()
        try scene.put(1, report(0.5))
        #expect(try await scene.reports() == [])
        try await Task.sleep(for: .milliseconds(40))
        #expect(try await scene.reports() == [0.5])
    }

    @Test func `a report of a superseded start is kept and decides nothing`() async throws {
        var scene = try await Scene()
        try scene.put(0, started)
        _ = try await scene.reports()
        try scene.put(0, started, epoch: 1)
        _ = try await scene.reports()
        try scene.put(1, report(0.1))
        #expect(try await scene.reports() == [0.1])
        try scene.put(1, report(0.9), epoch: 1)
        try scene.put(2, .ended(.finished, stderrTail: ""), epoch: 1)
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        let trial = try #require(try scene.controller.store.read { try $0.trial(TrialID(0)) })
        #expect(trial.value == 0.9)
        #expect(try scene.controller.store.read { try $0.reports() }.map(\.isCurrent) == [false, true])
    }

    @Test func `a letter that is of no task, and one that is none, are put aside with the reason`()
        async throws
    {
        var scene = try await Scene()
        let foreign = Turn(token: ArrayToken(bits: 1), index: 0, epoch: 0)
        try Inbox(scene.fixture.directory).put([
            Message(attempt: foreign, sequence: 0, time: 0, body: started)
        ])
        try Files.system.publish(
            Array("{\"version\":".utf8), at: "\(scene.fixture.directory.inbox)/3/new/torn")
        #expect(try await scene.reports() == [])
        let names = try Files.system.list(scene.fixture.directory.quarantine)
        #expect(names == ["\(foreign).0", "\(foreign).0.reason", "torn", "torn.reason"])
        #expect(try scene.controller.store.read { try $0.notices() }.contains { $0.topic == "quarantine" })
    }

    @Test func `a job id that only a letter tells is adopted`() async throws {
        let fixture = try StudyFixture(trials: 1, parallel: 1, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory)
        cluster.fail(.doubtful(reason: "lost"))
        var controller = try await fixture.controller(cluster)
        for _ in 0..<4 { _ = try await controller.pass() }
        let tasks = try controller.store.read { try $0.tasks(of: cluster.submissions[0]) }
        #expect(tasks.map(\.job) == [1])
        #expect(cluster.submissions.count == 1)
    }
}
