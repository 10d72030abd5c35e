import Testing

@testable import Tuning

@Suite struct BestTrialsTests {
    @Test func `the best stay, of equals the lower numbers`() {
        var best = BestTrials(count: 2)
        #expect(best.add(TrialID(5), Loss(value: 1)) == nil)
        #expect(best.add(TrialID(3), Loss(value: 2)) == nil)
        #expect(best.add(TrialID(4), Loss(value: 2)) == TrialID(4))
        #expect(best.add(TrialID(1), Loss(value: 2)) == TrialID(3))
        #expect(best.add(TrialID(9), Loss(value: 0)) == TrialID(1))
        #expect(best.add(TrialID(8), Loss(value: 1)) == TrialID(8))
    }
}
