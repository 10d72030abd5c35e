import Testing

@testable import Dispatching

@Suite struct SubmissionWavesTests {
    /// The cluster's report on a study with this many running and waiting tasks.
    private func states(running: Int, pending: Int) -> [TaskSighting] {
        (0..<running + pending).map { index in
            TaskSighting(
                task: TaskID(array: ArrayID(7), index: index), state: index < running ? .running : .pending,
                stateName: index < running ? "RUNNING" : "PENDING")
        }
    }

    @Test func `nothing is known of how long a queue lasts before two looks have seen an end`() {
        var waves = SubmissionWaves()
        #expect(waves.rest(states(running: 8, pending: 100)) == .zero)
        waves.ended(3, at: .seconds(10))
        #expect(waves.rest(states(running: 8, pending: 100)) == .zero)
    }

    @Test func `half of the tasks that wait are there after the rest`() {
        var waves = SubmissionWaves()
        waves.ended(1, at: .seconds(10))
        // Two in 250 ms: one begins each 125 ms.
        waves.ended(2, at: .milliseconds(10_250))
        #expect(waves.rest(states(running: 8, pending: 6)) == .milliseconds(375))
        #expect(waves.rest(states(running: 8, pending: 0)) == .zero)
        #expect(waves.rest([]) == .zero)
    }

    @Test func `no rest is longer than people may wait for the controller`() {
        var waves = SubmissionWaves()
        waves.ended(1, at: .seconds(10))
        waves.ended(1, at: .seconds(3_610))
        #expect(waves.rest(states(running: 8, pending: 1)) == DispatchLimits.longestWave)
    }

    @Test func `the last ends weigh most, and looks that see none change nothing`() {
        var waves = SubmissionWaves()
        waves.ended(1, at: .seconds(0))
        waves.ended(1, at: .seconds(1))
        for step in 1...40 {
            waves.ended(0, at: .seconds(1) + .milliseconds(10 * step - 5))
            waves.ended(1, at: .seconds(1) + .milliseconds(10 * step))
        }
        let rest = waves.rest(states(running: 1, pending: 2))
        #expect(rest > .milliseconds(9) && rest < .milliseconds(12), "\(rest)")
    }
}
