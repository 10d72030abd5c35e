import Clusters
import Dispatching
import Foundation
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// The answers to workers that stay (H9).
@Suite struct AnswerTests: WorkerWords {
    @Test func `a trial that is among the best goes on in place, and another saves and leaves`()
        async throws
    {
        var scene = try await Scene(trials: 2, mode: .continue)
        let (worse, better) = (scene.attempt(0), scene.attempt(1))
        try await scene.say(worse, started, report(0.9), .waiting(secondsLeft: nil))
        #expect(try scene.answer(.rung, worse) == .release(save: true))
        try await scene.say(better, started, report(0.5), .waiting(secondsLeft: nil))
        #expect(try scene.answer(.rung, better) == .goOn(rung: 1, to: Resource(2)))
        #expect(scene.cluster.submissions.count == 1)

        try await scene.say(better, .ended(.wentOn, stderrTail: ""))
        try await scene.say(
            better.next, .started(.init(array: 1, host: "h", process: 1, home: 0)), report(0.4, at: 2),
            .waiting(secondsLeft: nil))
        #expect(try scene.answer(.rung, better.next) == .release(save: true))
        try await scene.say(better.next, .checkpoint(resource: Resource(2), home: 0), finished)
        try await scene.say(worse, finished)
        let best = try #require(try scene.read { try $0.checkpoint(of: TrialID(1)) })
        #expect(best.path == scene.fixture.directory.checkpoint(better, of: TrialID(1), at: Resource(2)))
        #expect(try scene.read { try $0.outcome() } == .completed)
        #expect(scene.cluster.submissions.count == 1)
    }

    @Test func `a trial that was to go on in place, and is gone, is tried again`() async throws {
        var scene = try await Scene(trials: 2, mode: .continue)
        try await scene.say(scene.attempt(0), started, report(0.9), finished)
        let attempt = scene.attempt(1)
        try await scene.say(attempt, started, report(0.5), .waiting(secondsLeft: nil))
        #expect(try scene.answer(.rung, attempt) == .goOn(rung: 1, to: Resource(2)))
        try await scene.say(attempt, .ended(.signalled(number: 9), stderrTail: ""))
        #expect(scene.cluster.submissions.count == 2)
        let tasks = try scene.read { try $0.openTasks() }
        #expect(tasks.map(\.trial) == [TrialID(1)])
        #expect(tasks.map { [$0.rung, $0.from.units, $0.to.units, $0.turn] } == [[1, 0, 2, 0]])
    }

    /// How a command ends that was told to continue, and whether that shows that commands do not wait.
    static let endsInPlace: [(Ending, Bool)] = [
        (.paused, true), (.exited(code: 3), false), (.signalled(number: 11), false),
    ]

    @Test(arguments: endsInPlace)
    func `a command that ends where it was told to go on is promoted in a new task, without a retry`(
        _ ending: Ending, _ isProof: Bool
    ) async throws {
        var scene = try await Scene(trials: 3, mode: .continue, parallel: 3)
        try await scene.say(scene.attempt(0), started, report(0.9), finished)
        let attempt = scene.attempt(1)
        try await scene.say(attempt, started, report(0.5), .waiting(secondsLeft: nil))
        #expect(try scene.answer(.rung, attempt) == .goOn(rung: 1, to: Resource(2)))
        try await scene.say(attempt, .ended(.wentOn, stderrTail: ""))
        try await scene.say(attempt.next, started, .ended(ending, stderrTail: ""))
        #expect(scene.cluster.submissions.count == 2)
        let token = scene.cluster.submissions[1]
        let manifest = try Manifest.read(token, in: scene.fixture.directory)
        #expect(manifest.entries.map(\.trial) == [TrialID(1)])
        #expect(manifest.entries.map(\.mayWait) == [isProof ? false : nil])
        let facts = try scene.events().filter { if case .doesNotWait = $0 { true } else { false } }
        #expect(facts.count == (isProof ? 1 : 0))
        #expect(try scene.controller.notice("command")?.contains("does not wait") == (isProof ? true : nil))

        // A worker that was told earlier that it stays is no longer kept.
        let late = scene.attempt(2)
        try await scene.say(late, started, report(0.1), .waiting(secondsLeft: nil))
        #expect(
            try scene.answer(.rung, late)
                == (isProof ? .release(save: true) : .goOn(rung: 1, to: Resource(2))))
        try await scene.say(late, finished)
        let promoted = Turn(token: token, index: 1, epoch: 0)
        try await scene.say(promoted, started, report(0.4, at: 2), finished)
        #expect(try scene.read { try $0.trial(TrialID(1)) }?.state == "completed")
        #expect(try scene.read { try Replay($0) }.difference == nil)
    }

    @Test func `a process that has ended before its promotion is planned leaves the turn to other work`()
        async throws
    {
        var scene = try await Scene(trials: 3, mode: .reuse)
        try await scene.say(scene.attempt(0), started, report(0.9), finished)
        // The worker has stopped waiting, and this node does not see that yet.
        let attempt = scene.attempt(1)
        try await scene.say(
            attempt, started, report(0.5), .waiting(secondsLeft: nil), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, attempt) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt)))")
            return
        }
        #expect(work.map { [$0.trial.number, $0.rung, $0.from.units] } == [[1, 1, 0]])
        try await scene.say(attempt.next, started, report(0.4, at: 2), finished)
        #expect(try scene.read { try $0.trial(TrialID(1)) }?.state == "completed")
        #expect(try scene.read { try Replay($0) }.difference == nil)
    }

    @Test func `what a study knows of its command it still knows after a restart`() async throws {
        var scene = try await Scene(trials: 4, mode: .reuse, parallel: 2)
        try await scene.say(scene.attempt(0), started, report(0.9), finished)
        let attempt = scene.attempt(1)
        try await scene.say(attempt, started, report(0.5), .waiting(secondsLeft: nil))
        try await scene.say(attempt, .ended(.wentOn, stderrTail: ""))
        try await scene.say(attempt.next, started, .ended(.paused, stderrTail: ""), .idle(secondsLeft: nil))
        // The same worker gets the promotion as other work.
        guard case .next(let work) = try scene.answer(.work, attempt.next) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt.next)))")
            return
        }
        #expect(work.map { [$0.trial.number, $0.rung, $0.from.units] } == [[1, 1, 0]])
        #expect(work.map(\.mayWait) == [false])
        try scene.controller.reload()
        #expect(!scene.controller.study.commandWaits)
    }

    @Test func `a worker that waited in vain while no controller ran has the last word`() async throws {
        var scene = try await Scene(trials: 2, mode: .continue)
        try await scene.say(scene.attempt(0), started, report(0.9), finished)
        let attempt = scene.attempt(1)
        let standing = try Directive.gone.give(to: .rung, of: attempt, in: scene.fixture.directory)
        #expect(standing == .gone)
        try await scene.say(
            attempt, started, report(0.5), .waiting(secondsLeft: nil), .checkpoint(resource: Resource(1)),
            finished)
        // It is promoted like any other trial, from its checkpoint.
        let tasks = try scene.read { try $0.openTasks() }
        #expect(tasks.map { [$0.rung, $0.from.units, $0.turn] } == [[1, 1, 0]])
        #expect(scene.cluster.submissions.count == 2)
    }

    @Test func `an idle worker gets the work that a new task would have had, and at the end leaves`()
        async throws
    {
        var scene = try await Scene(trials: 3, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(scene.attempt(1), started)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, attempt), let entry = work.first else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt)))")
            return
        }
        #expect((entry.trial, entry.rung, entry.index) == (TrialID(2), 0, 0))
        #expect(scene.cluster.submissions.count == 1)

        try await scene.say(attempt.next, started, report(0.8), finished, .idle(secondsLeft: nil))
        guard case .next(let more) = try scene.answer(.work, attempt.next), let promoted = more.first else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt.next)))")
            return
        }
        #expect((promoted.trial, promoted.rung) == (TrialID(2), 1))
        let last = attempt.next.next
        try await scene.say(last, started, report(0.7, at: 2), finished, .idle(secondsLeft: nil))
        #expect(try scene.answer(.work, last) == nil)
        try await scene.say(scene.attempt(1), report(1), finished, .idle(secondsLeft: nil))
        #expect(try scene.answer(.work, last) == .leave)
        #expect(try scene.answer(.work, scene.attempt(1)) == .leave)
        #expect(try scene.read { try $0.outcome() } == .completed)
        #expect(scene.cluster.submissions.count == 1)
        #expect(try scene.read { try Replay($0) }.difference == nil)
    }

    @Test func `work that an idle worker has not taken goes into a new array`() async throws {
        var scene = try await Scene(trials: 3, mode: .reuse)
        let attempt = scene.attempt(0)
        // The worker stops waiting between the controller's look and its answer; only link(2) can tell.
        try Inbox(scene.fixture.directory).put(
            [started, report(0.9), finished, .idle(secondsLeft: nil)].enumerated().map {
                Message(attempt: attempt, sequence: $0.offset, time: 0, body: $0.element)
            })
        _ = try scene.controller.takeIn()
        #expect(try scene.read { try $0.openIntents() }.count == 1)
        _ = try Directive.gone.give(to: .work, of: attempt, in: scene.fixture.directory)
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.submissions.count == 2)
        let tasks = try scene.read { try $0.openTasks() }
        #expect(tasks.map { [$0.trial.number, $0.turn] } == [[1, 0], [2, 0]])
        #expect(Set(tasks.map(\.token)).count == 2)
    }

    @Test func `an idle worker takes the work of a task that has not started, unless that claims it first`()
        async throws
    {
        var scene = try await Scene(trials: 2, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, attempt), let entry = work.first else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt)))")
            return
        }
        #expect((entry.trial, entry.index) == (TrialID(1), 0))
        #expect(try scene.read { try $0.openTasks() }.map { [$0.index, $0.turn] } == [[0, 1]])
        #expect(scene.cluster.cancelled == [TaskID(array: ArrayID(1), index: 1)])
        let late = Claim(array: 1, host: "h", process: 2)
        #expect(try late.take(scene.attempt(1), in: scene.fixture.directory) != nil)

        scene = try await Scene(trials: 2, mode: .reuse)
        #expect(try late.take(scene.attempt(1), in: scene.fixture.directory) == nil)
        try await scene.say(scene.attempt(0), started, report(0.9), finished, .idle(secondsLeft: nil))
        #expect(try scene.answer(.work, scene.attempt(0)) == nil)
        #expect(try scene.read { try $0.openTasks() }.map { [$0.index, $0.turn] } == [[1, 0]])
        #expect(scene.cluster.cancelled == [])
    }

    @Test func `where an assignment takes little time, a worker gets some ahead`() async throws {
        var scene = try await Scene(trials: 40, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        try scene.learnsThatWorkIsShort()
        // Until then nothing was known, so work was given one at a time.
        guard case .next(let first) = try scene.answer(.work, attempt) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt)))")
            return
        }
        #expect(first.map(\.trial) == [TrialID(2)])
        try await scene.say(attempt.next, started, report(0.8), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, attempt.next) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt.next)))")
            return
        }
        // 0.25 s of work at 0.02 s each: the promotion comes first.
        #expect(work.map { [$0.trial.number, $0.rung] } == [[2, 1]] + (3..<14).map { [$0, 0] })
        #expect(try scene.read { try $0.openTasks() }.map(\.turn) == [0] + Array(2...13))
        #expect(scene.cluster.submissions.count == 1)
        #expect(try scene.read { try Replay($0) }.difference == nil)
    }

    @Test func `of work ahead that nobody takes one goes into a new array, and the rest waits for a place`()
        async throws
    {
        var scene = try await Scene(trials: 40, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        try scene.learnsThatWorkIsShort()
        try Inbox(scene.fixture.directory).put(
            [started, report(0.8), finished, .idle(secondsLeft: nil)].enumerated().map {
                Message(
                    attempt: attempt.next, sequence: $0.offset, time: Double($0.offset) / 100,
                    body: $0.element)
            })
        _ = try scene.controller.takeIn()
        #expect(try scene.read { try $0.openTasks() }.count == 13)
        _ = try Directive.gone.give(to: .work, of: attempt.next, in: scene.fixture.directory)
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.submissions.count == 2)
        #expect(try scene.read { try $0.openTasks() }.map(\.turn) == [0, 0])
    }

    @Test func `a worker that asks while it has work is not given more`() async throws {
        var scene = try await Scene(trials: 40, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        try await scene.say(attempt, .idle(secondsLeft: nil))
        #expect(!scene.controller.dispatcher.hasIdleWorkers)
        #expect(try scene.read { try $0.openTasks() }.map(\.turn) == [0, 1])
    }

    @Test func `work that is given back is given to the next worker that waits`() async throws {
        var scene = try await Scene(trials: 4, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: nil))
        try scene.learnsThatWorkIsShort()
        try await scene.say(attempt.next, started, report(0.95), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, attempt.next) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, attempt.next)))")
            return
        }
        #expect(work.map { [$0.trial.number, $0.rung] } == [[0, 1], [3, 0]])
        let (third, last) = (attempt.next.next, attempt.next.next.next)
        try Inbox(scene.fixture.directory).put([
            Message(attempt: third, sequence: 0, time: 1, body: started),
            Message(attempt: last, sequence: 0, time: 2, body: .ended(.givenBack, stderrTail: "")),
        ])
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(try scene.read { try $0.openTasks() }.map(\.trial.number) == [1, 0])
        try await scene.say(scene.attempt(1), started, report(1), finished, .idle(secondsLeft: nil))
        guard case .next(let again) = try scene.answer(.work, scene.attempt(1)) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, scene.attempt(1))))")
            return
        }
        #expect(again.map { [$0.trial.number, $0.rung] } == [[3, 0]])
        #expect(scene.cluster.submissions.count == 1)
    }

    @Test func `a task whose time is nearly up gets no other work`() async throws {
        var scene = try await Scene(trials: 3, mode: .reuse)
        let attempt = scene.attempt(0)
        try await scene.say(attempt, started, report(0.9), finished, .idle(secondsLeft: 5))
        #expect(try scene.answer(.work, attempt) == nil)
        #expect(scene.cluster.submissions.count == 2)
    }
}
