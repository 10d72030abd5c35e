import StudyFile
import Testing
import Tuning

@testable import Controller

@Suite struct TaskTimesTests {
    private func advice(
        _ times: TaskTimes, _ units: Int, before end: Double? = nil
    ) -> TaskTimes.Advice {
        times.advice(from: Resource(0), to: Resource(units), before: end, now: 0)
    }

    @Test func `what is known of past assignments tells whether another one fits`() {
        var times = TaskTimes(mode: .reuse, parallel: 2)
        #expect(advice(times, 9) == .take)
        #expect(advice(times, 9, before: 100) == .take)
        times.learn(units: 3, seconds: 60)
        #expect(times.seconds == 20)
        #expect(advice(times, 1, before: 100) == .take)
        #expect(advice(times, 9, before: 100) == .wait)
        #expect(advice(times, 9, before: 1_000) == .take)
    }

    @Test func `later assignments weigh more, and none that tells nothing counts`() throws {
        var times = TaskTimes(mode: .reuse, parallel: 2)
        times.learn(units: 1, seconds: 10)
        times.learn(units: 0, seconds: 5)
        times.learn(units: 1, seconds: -1)
        times.learn(units: 1, seconds: 20)
        #expect(try #require(times.seconds) == 12)
    }

    @Test func `where the study may choose, a task that need not wait long is worth its start`() throws {
        var times = TaskTimes(mode: .auto, parallel: 2)
        #expect(advice(times, 9) == .take)
        times.learn(units: 1, seconds: 100)
        #expect(advice(times, 9) == .take && times.choice == nil)
        times.submitted("a", at: 0)
        times.started("a", at: 10)
        times.started("a", at: 1_000)
        #expect(times.wait == 10)
        #expect(advice(times, 1) == .take)
        #expect(advice(times, 9) == .leave)
        let choice = try #require(times.choice)
        #expect(choice.takesWork)
        #expect(choice.why.contains("waits 10 s to start, and works 100 s"), "\(choice.why)")
    }

    @Test(arguments: [Execution.Mode.reuse, .continue])
    func `a study that has chosen is not advised otherwise`(_ mode: Execution.Mode) {
        var times = TaskTimes(mode: mode, parallel: 2)
        times.learn(units: 1, seconds: 100)
        times.submitted("a", at: 0)
        times.started("a", at: 1)
        #expect(advice(times, 9) == .take && times.choice == nil)
    }

    @Test func `work ahead takes a moment, and is little beside what is known`() {
        var times = TaskTimes(mode: .auto, parallel: 2)
        #expect(times.ahead == 1)
        for _ in 0..<39 { times.learn(units: 1, seconds: 0.02) }
        #expect(times.ahead == 1)
        times.learn(units: 1, seconds: 0.02)
        #expect(times.ahead == 2)
        // No task is worth its start then, however soon it would.
        times.submitted("a", at: 0)
        times.started("a", at: 0)
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
