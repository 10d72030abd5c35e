import Testing
import Tuning

@testable import Dispatching

@Suite struct QueueTimesTests {
    private let array = ArrayToken(bits: 1)

    private func advice(
        _ times: QueueTimes, _ units: Int, isRepeat: Bool = false, before end: Double? = nil
    ) -> QueueTimes.Advice {
        times.advice(from: Resource(0), to: Resource(units), isRepeat: isRepeat, before: end, now: 0)
    }

    @Test func `what is known of past assignments tells whether another one fits`() {
        var times = QueueTimes(.staying, parallel: 2)
        #expect(advice(times, 9) == .take)
        #expect(advice(times, 9, before: 100) == .take)
        times.learn(units: 3, seconds: 60)
        #expect(times.seconds == 20)
        #expect(advice(times, 1, before: 100) == .take)
        #expect(advice(times, 9, before: 100) == .wait)
        #expect(advice(times, 9, before: 1_000) == .take)
    }

    @Test func `later assignments weigh more, and none that tells nothing counts`() throws {
        var times = QueueTimes(.staying, parallel: 2)
        times.learn(units: 1, seconds: 10)
        times.learn(units: 0, seconds: 5)
        times.learn(units: 1, seconds: -1)
        times.learn(units: 1, seconds: 20)
        #expect(try #require(times.seconds) == 12)
    }

    @Test func `where the study may choose, a task that need not wait long is worth its start`() throws {
        var times = QueueTimes(.measured, parallel: 2)
        #expect(advice(times, 9) == .take)
        times.learn(units: 1, seconds: 100)
        #expect(advice(times, 9) == .take)
        let first = try #require(times.choice)
        #expect(first.takesWork && !first.isMeasured)
        times.submitted(array, at: 0)
        times.started(array, at: 10)
        times.started(array, at: 1_000)
        #expect(times.wait == 10)
        #expect(advice(times, 1) == .take)
        #expect(advice(times, 9) == .leave)
        let choice = try #require(times.choice)
        #expect(choice.takesWork && choice.isMeasured)
        #expect(choice.why.contains("queue wait ≈ 10 s, work ≈ 100 s"), "\(choice.why)")
    }

    @Test func `work that is too short for a task of its own shares one, however short the queue`() throws {
        var times = QueueTimes(.measured, parallel: 2, shortWork: 1_800)
        times.learn(units: 1, seconds: 600)
        times.submitted(array, at: 0)
        times.started(array, at: 1)
        #expect(try #require(times.choice).takesWork)
        #expect(advice(times, 2) == .take)
        #expect(advice(times, 3) == .leave)
        times = QueueTimes(.measured, parallel: 2, shortWork: 300)
        times.learn(units: 1, seconds: 600)
        times.submitted(array, at: 0)
        times.started(array, at: 1)
        #expect(try !#require(times.choice).takesWork)
    }

    @Test func `a study that has chosen is not advised otherwise`() {
        var times = QueueTimes(.staying, parallel: 2)
        times.learn(units: 1, seconds: 100)
        times.submitted(array, at: 0)
        times.started(array, at: 1)
        #expect(advice(times, 9) == .take && times.choice == nil)
    }

    @Test func `a worker with nothing to do is kept for as long as another would wait to start`() throws {
        func patience(_ times: QueueTimes, mayGetWork: Bool = true, before end: Double? = nil) -> Double? {
            times.patience(mayGetWork: mayGetWork, before: end, now: 0)
        }
        var times = QueueTimes(.measured, parallel: 2)
        #expect(patience(times) == 0)
        times.learn(units: 1, seconds: 100)
        times.submitted(array, at: 0)
        times.started(array, at: 10)
        #expect(patience(times) == 10)
        #expect(patience(times, before: 1_000) == 10)
        // No work will come, or there is no time for it.
        #expect(patience(times, mayGetWork: false) == 0)
        #expect(patience(times, before: 200) == 0)
        // Each assignment has its own task.
        times.learn(units: 1, seconds: 10_000)
        #expect(patience(times) == 0)
        #expect(patience(QueueTimes(.staying, parallel: 2)) == nil)
        // Results that arrive together were not measured at the same moment.
        times = QueueTimes(.measured, parallel: 2)
        times.learn(units: 1, seconds: 0.5)
        times.submitted(array, at: 0)
        times.started(array, at: 0.1)
        #expect(patience(times) == 1)
    }

    @Test func `what needs all the time of a task has it, where the study may choose`() {
        let levels = [Resource(1), Resource(3), Resource(9)]
        var times = QueueTimes(.measured, parallel: 2, levels: levels)
        func mayGoOn(_ units: Int, _ left: Double?) -> Bool {
            times.mayGoOn(from: Resource(units), secondsLeft: left)
        }
        #expect(mayGoOn(1, 1))
        times.learn(units: 1, seconds: 100)
        #expect(mayGoOn(1, 301) && !mayGoOn(1, 300) && mayGoOn(1, nil))
        #expect(mayGoOn(3, 901) && !mayGoOn(3, 900))
        // At the top nothing follows.
        #expect(mayGoOn(9, 1))
        #expect(advice(times, 1, isRepeat: true) == .take)
        #expect(advice(times, 1, before: 1_000) == .take)
        #expect(advice(times, 1, isRepeat: true, before: 1_000) == .wait)
        times = QueueTimes(.staying, parallel: 2, levels: levels)
        times.learn(units: 1, seconds: 100)
        #expect(mayGoOn(1, 1) && advice(times, 1, isRepeat: true, before: 1_000) == .take)
    }

    @Test func `work ahead takes a moment, and is little beside what is known`() {
        var times = QueueTimes(.measured, parallel: 2)
        #expect(times.ahead == 1)
        for _ in 0..<39 { times.learn(units: 1, seconds: 0.02) }
        #expect(times.ahead == 1)
        times.learn(units: 1, seconds: 0.02)
        #expect(times.ahead == 2)
        // Then no task is worth its start, however soon it would start.
        times.submitted(array, at: 0)
        times.started(array, at: 0)
        #expect(advice(times, 9) == .take)
        for _ in 0..<1_000 { times.learn(units: 1, seconds: 0.02) }
        #expect(times.ahead == 12)
        for _ in 0..<1_000 { times.learn(units: 1, seconds: 0) }
        #expect(times.ahead == 100)
        times.learn(units: 1, seconds: 10)
        #expect(times.ahead == 1)
        #expect(!times.mayWork(before: 30, now: 0) && times.mayWork(before: 1_000, now: 0))
    }
}
