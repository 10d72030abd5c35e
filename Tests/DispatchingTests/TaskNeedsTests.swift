import Testing
import Tuning

@testable import Dispatching

/// What tasks need, as learned from others.
@Suite struct TaskNeedsTests {
    private func seconds(_ needs: TaskNeeds, _ trial: Int, rung: Int, units: Int) -> Double? {
        needs.seconds(TrialID(trial), rung: rung, units: units)
    }

    /// Needs after attempts of these trials in rung 0, of one unit each, took so many seconds.
    private func needs(_ samples: [Double]) -> TaskNeeds {
        var needs = TaskNeeds()
        for (trial, seconds) in samples.enumerated() {
            needs.learn(TrialID(trial), rung: 0, units: 1, seconds: seconds)
        }
        return needs
    }

    @Test func `nothing is known of new trials until five attempts have told`() {
        #expect(seconds(needs([]), 9, rung: 0, units: 1) == nil)
        #expect(seconds(needs([10, 20, 30, 40]), 9, rung: 0, units: 1) == nil)
        #expect(seconds(needs([10, 20, 30, 40, 5]), 9, rung: 0, units: 1) == 40)
    }

    @Test func `a trial that has run is judged by its own slowest pace`() {
        var needs = needs([10, 20, 30, 40, 5])
        #expect(seconds(needs, 4, rung: 1, units: 2) == 10)
        #expect(seconds(needs, 3, rung: 1, units: 2) == 80)
        needs.learn(TrialID(4), rung: 1, units: 2, seconds: 30)
        #expect(seconds(needs, 4, rung: 2, units: 6) == 90)
    }

    @Test func `a rung that is not known is judged by the nearest one below`() {
        var needs = needs([10, 20, 30, 40, 5])
        for trial in 0..<5 { needs.learn(TrialID(trial), rung: 1, units: 2, seconds: 16) }
        #expect(seconds(needs, 9, rung: 2, units: 6) == 48)
        #expect(seconds(needs, 9, rung: 1, units: 2) == 16)
        #expect(seconds(needs, 9, rung: 0, units: 1) == 40)
    }

    @Test func `only the last forty count, so that a slow hour is forgotten`() {
        let needs = needs([1_000] + Array(repeating: 10, count: 40))
        #expect(seconds(needs, 99, rung: 0, units: 1) == 10)
        #expect(
            seconds(self.needs([1_000] + Array(repeating: 10, count: 39)), 99, rung: 0, units: 1) == 1_000)
    }

    @Test(arguments: [(0, 5.0), (1, 0), (1, -1), (1, .infinity), (1, .nan)] as [(Int, Double)])
    func `what cannot be a time teaches nothing`(units: Int, seconds: Double) {
        var needs = TaskNeeds()
        needs.learn(TrialID(0), rung: 0, units: units, seconds: seconds)
        #expect(self.seconds(needs, 0, rung: 0, units: 1) == nil)
    }

    @Test func `a new trial needs as much memory as any has used, and one that has run what it used`() {
        var needs = TaskNeeds()
        for (trial, bytes) in [1e9, 3e9, 2e9, 0.5e9].enumerated() {
            needs.learn(TrialID(trial), bytes: bytes)
        }
        #expect(needs.bytes(TrialID(9)) == nil && needs.bytes(TrialID(1)) == 3e9)
        needs.learn(TrialID(0), bytes: 0.2e9)
        #expect(needs.bytes(TrialID(9)) == 3e9 && needs.bytes(TrialID(0)) == 1e9)
        needs.learn(TrialID(0), bytes: .nan)
        #expect(needs.bytes(TrialID(0)) == 1e9)
    }

    @Test func `requests are rounded up to few numbers, by a quarter at most`() {
        let table = [
            (-3, 1), (0, 1), (1, 1), (7, 7), (8, 8), (9, 10), (10, 10), (11, 12), (15, 16), (16, 16),
            (17, 20), (60, 64), (61, 64), (65, 80), (1_000, 1_024), (1_025, 1_280),
        ]
        for (number, rounded) in table { #expect(RequestStep.roundedUp(number) == rounded, "\(number)") }
        for number in 1...5_000 {
            let rounded = RequestStep.roundedUp(number)
            #expect(rounded >= number && rounded * 4 <= number * 5 + 4)
            #expect(RequestStep.roundedUp(rounded) == rounded)
        }
    }
}
