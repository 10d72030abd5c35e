import Clusters
import Dispatching
import Foundation
import Spool
import Store
import StudyFile
import Synchronization
import Testing
import Tuning

@testable import Controller

@Suite struct ControllerRunTests {
    @Test func `a study runs to its end, and its log replays`() async throws {
        let fixture = try StudyFixture(trials: 200, parallel: 16)
        let cluster = InstantCluster(fixture.directory)
        #expect(try await fixture.run(cluster) == .completed)
        let replay = try fixture.read { try Replay($0) }
        #expect(replay.difference == nil)
        #expect(replay.trials == 200)
        let best = try fixture.read { try $0.best(.minimize) }
        #expect(best?.resource == Resource(9))
        let ladder = try fixture.read { try $0.ladder(.minimize) }
        #expect(ladder.map(\.running) == [0, 0, 0])
        #expect(ladder[0].results == 200)
        #expect(ladder[0].promoted == ladder[1].results)
        #expect(ladder[1].promoted == ladder[2].results)
        #expect(try fixture.read { try $0.openIntents() }.isEmpty)
    }

    @Test func `a study whose time is up is stopped, with the reason in its log`() async throws {
        let fixture = try StudyFixture(trials: 500, parallel: 2)
        fixture.spec.stop = StopLimits(wallMinutes: 0)
        let end = try await fixture.run(InstantCluster(fixture.directory))
        guard case .stopped(.wallTime(let seconds)) = end else {
            Issue.record("it ended as \(String(describing: end))")
            return
        }
        #expect(seconds >= 0)
        let replay = try fixture.read { try Replay($0) }
        #expect(replay.difference == nil)
        #expect(try fixture.read { try $0.openIntents() }.isEmpty)
        #expect(try fixture.read { try $0.trialCounts() }["running"] == nil)
    }

    @Test(arguments: [
        SchedulerPlan.hyperband(
            HyperbandPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)),
        .ashaStopping(ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)),
    ])
    func `the store knows who was stopped, and in which rung a trial began`(scheduler: SchedulerPlan)
        async throws
    {
        let fixture = try StudyFixture(trials: 44, parallel: 4, scheduler: scheduler)
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        let trials = try fixture.read { try $0.trials() }
        let ladder = try fixture.read { try $0.ladder(.minimize) }
        let agreements = try fixture.read { try $0.rankAgreements() }
        for agreement in agreements {
            #expect(agreement.trials == ladder[agreement.rung].promoted)
        }
        if case .hyperband = scheduler {
            // Two rounds of brackets with 9, 5 and 3 trials, and one with 9 and 1.
            #expect(ladder.map(\.results) == [27, 9 + 11, 3 + 2 + 6])
            #expect(Set(trials.map(\.state)) == ["paused", "completed"])
        } else {
            #expect(Set(trials.map(\.state)) == ["stopped", "completed"])
            #expect(ladder[0].results == 44)
            #expect(ladder[0].promoted == ladder[1].results)
        }
    }

    @Test func `one trial at a time decides the same in every run`() async throws {
        let runs = try [StudyFixture(trials: 20, parallel: 1), StudyFixture(trials: 20, parallel: 1)]
        for run in runs { _ = try await run.run(InstantCluster(run.directory)) }
        #expect(try runs[0].decisions() == runs[1].decisions())
    }

    @Test func `a rung's tasks go out as one array, and are numbered like their trials`() async throws {
        let fixture = try StudyFixture(trials: 4, parallel: 4, scheduler: .none(maxResource: Resource(2)))
        let cluster = InstantCluster(fixture.directory)
        _ = try await fixture.run(cluster)
        #expect(cluster.submissions.count == 1)
        let tasks = try fixture.read { try $0.tasks(of: cluster.submissions[0]) }
        #expect(tasks.map(\.index) == tasks.map(\.trial.number))
    }

    @Test func `trials beyond the cluster's largest index get arrays of their own`() async throws {
        let fixture = try StudyFixture(trials: 7, parallel: 7, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory, limit: 3)
        #expect(try await fixture.run(cluster) == .completed)
        #expect(cluster.submissions.count == 3)
        let names = try fixture.read { reader in
            try cluster.submissions.map { try reader.arrayName($0) ?? "" }
        }
        #expect(names.map { $0.split(separator: ".")[1] } == ["rung0", "rung0+3", "rung0+6"])
    }

    @Test func `only the newest checkpoint of a trial is kept`() async throws {
        let fixture = try StudyFixture(trials: 9, parallel: 1)
        _ = try await fixture.run(InstantCluster(fixture.directory))
        let best = try #require(try fixture.read { try $0.best(.minimize) })
        #expect(best.resource == Resource(9))
        #expect(try fixture.read { try $0.checkpoint(of: best.trial) }?.resource == Resource(9))
    }

    static let failures: [(InstantCluster.Course, String, Int)] = [
        (.ends(.exited(code: 3)), "exited with code 3", 2),
        (.ends(.signalled(number: 9)), "signal 9", 2),
        (.ends(.noReport), "reported nothing", 1),
        (.ends(.badReport(reason: "no metric")), "no metric", 1),
        (.ends(.notStarted(reason: "no such file")), "no such file", 1),
        (.vanishes(.completed), "without a word", 2),
        (.vanishes(.timedOut), "time limit", 2),
        (.vanishes(.outOfMemory), "memory", 2),
    ]

    @Test(arguments: failures)
    func `a trial that comes to nothing fails with the reason, after the tries that the rule gives`(
        _ course: InstantCluster.Course, _ words: String, _ tries: Int
    ) async throws {
        let fixture = try StudyFixture(trials: 3, parallel: 1, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory) { $0.trial == TrialID(1) ? course : .finishes }
        #expect(try await fixture.run(cluster) == .completed)
        let trial = try #require(try fixture.read { try $0.trial(TrialID(1)) })
        #expect(trial.state == "failed")
        #expect(trial.reason.contains(words), "\(trial.reason)")
        #expect(try fixture.read { try $0.attempts(of: TrialID(1)) }.count == tries)
        #expect(try fixture.read { try Replay($0) }.difference == nil)
    }

    @Test func `a trial that ran out of memory asks for more, and goes on asking for it`() async throws {
        let fixture = try StudyFixture(trials: 3, parallel: 3, maxRetries: 2)
        fixture.spec.batch.memoryMiB = 1_001
        fixture.spec.batch.retryMemoryPercent = 150
        let tries = Mutex(0)
        let cluster = InstantCluster(fixture.directory) { entry in
            guard entry.trial == TrialID(1), entry.rung == 0 else { return .finishes }
            return tries.withLock { tries in
                tries += 1
                return tries < 3 ? .vanishes(.outOfMemory) : .reports(-1)
            }
        }
        #expect(try await fixture.run(cluster) == .completed)
        // The first array has all trials; then trial 1 alone twice, and again in the rung above.
        let own = cluster.arrays.filter { $0.indices == [1] }.map(\.options.memoryMiB)
        #expect(cluster.arrays.first?.options.memoryMiB == 1_001)
        #expect(own.prefix(2) == [1_502, 2_253])
        #expect(own.dropFirst(2).allSatisfy { $0 == 2_253 } && own.count > 2)
        #expect(try fixture.read { try Replay($0) }.difference == nil)
    }

    @Test func `an array over a limit is split until it fits, and later ones are smaller`() async throws {
        let fixture = try StudyFixture(trials: 8, parallel: 8, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory)
        cluster.fail(.overLimit(reason: "Job violates accounting/QOS policy"), .overLimit(reason: "again"))
        #expect(try await fixture.run(cluster) == .completed)
        #expect(cluster.arrays.map(\.indices.count).max() == 4)
        #expect(Set(cluster.arrays.flatMap(\.indices)) == Set(0..<8))
        #expect(cluster.arrays.flatMap(\.indices).count == 8)
        #expect(try fixture.read { try $0.notices() }.contains { $0.topic == "limit" })
    }

    @Test func `a task that the user cancelled is not tried again`() async throws {
        let fixture = try StudyFixture(trials: 3, parallel: 1, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory) {
            $0.trial == TrialID(1) ? .vanishes(.cancelled) : .finishes
        }
        #expect(try await fixture.run(cluster) == .completed)
        #expect(try fixture.read { try $0.trial(TrialID(1)) }?.state == "cancelled")
        #expect(try fixture.read { try $0.attempts(of: TrialID(1)) }.count == 1)
    }

    @Test func `a study stops when too many trials fail in a row, with the last words`() async throws {
        let fixture = try StudyFixture(trials: 50, parallel: 1, maxRetries: 0, maxFailures: 3)
        let cluster = InstantCluster(fixture.directory) { _ in .ends(.exited(code: 1)) }
        let outcome = try await fixture.run(cluster)
        guard case .tooManyFailures(3, let last) = outcome else {
            Issue.record("ended with \(String(describing: outcome))")
            return
        }
        #expect(last.contains("boom"))
        #expect(cluster.submissions.count == 3)
    }

    @Test func `a metric that is not a number is ranked last and never promoted`() async throws {
        let fixture = try StudyFixture(trials: 3, parallel: 1)
        let cluster = InstantCluster(fixture.directory) {
            $0.trial == TrialID(0) ? .reports(.nan) : .finishes
        }
        #expect(try await fixture.run(cluster) == .completed)
        #expect(try fixture.read { try $0.trial(TrialID(0)) }?.state == "diverged")
        #expect(try fixture.read { try $0.best(.minimize) }?.trial != TrialID(0))
    }

    @Test func `a refusal for good ends the study with the cluster's reason`() async throws {
        let fixture = try StudyFixture()
        let cluster = InstantCluster(fixture.directory)
        cluster.fail(.refused(reason: "Invalid partition name specified"))
        let outcome = try await fixture.run(cluster)
        #expect(outcome == .refused(reason: "Invalid partition name specified"))
        #expect(cluster.submissions.isEmpty)
    }

    @Test func `a submission whose reply was lost is adopted, not repeated`() async throws {
        let fixture = try StudyFixture(trials: 4, parallel: 4, scheduler: .none(maxResource: Resource(1)))
        let cluster = InstantCluster(fixture.directory)
        cluster.fail(.doubtful(reason: "Socket timed out on send/recv operation"))
        #expect(try await fixture.run(cluster) == .completed)
        #expect(cluster.submissions.count == 1)
    }

    @Test func `an array whose number the cluster gives again was forgotten, and its tasks are lost`()
        async throws
    {
        let fixture = try StudyFixture(trials: 4, parallel: 2, scheduler: .none(maxResource: Resource(1)))
        let isForgotten = Mutex(false)
        let cluster = InstantCluster(fixture.directory) { entry in
            entry.trial == TrialID(1) && !isForgotten.withLock { $0 } ? .waits : .finishes
        }
        var controller = try await fixture.controller(cluster)
        _ = try await controller.pass()
        cluster.forgetNewest()
        isForgotten.withLock { $0 = true }
        let end = try await controller.run(shouldStop: { false }, observe: { _ in })
        guard case .over(.completed) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(try fixture.read { try $0.trialCounts() } == ["completed": 4])
        #expect(try fixture.read { try $0.attempts(of: TrialID(1)) }.count == 2)
    }

    @Test func `a cancelled study cancels its tasks and keeps what it learned`() async throws {
        let fixture = try StudyFixture(trials: 8, parallel: 4)
        let cluster = InstantCluster(fixture.directory) { $0.trial.number == 2 ? .waits : .finishes }
        var controller = try await fixture.controller(cluster)
        for _ in 0..<5 { _ = try await controller.pass() }
        try Inbox(fixture.directory).putCancel()
        let end = try await controller.run(shouldStop: { false }, observe: { _ in })
        guard case .over(.cancelled) = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(cluster.cancelled.map(\.index) == [2])
        #expect(try fixture.read { try $0.best(.minimize) } != nil)
    }
}
