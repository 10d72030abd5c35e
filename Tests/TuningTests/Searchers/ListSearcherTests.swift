import Testing
import Tuning

/// Draws from a list of configurations.
@Suite struct ListSearcherTests {
    private static let list = (0..<20).map { Configuration(["n": .int($0)]) }

    @Test(arguments: Seeds.upTo(5))
    func `each configuration is drawn once, and then none`(seed: UInt64) {
        let searcher = ListSearcher(Self.list, seed: seed)
        let drawn = (0..<25).map { searcher.propose(for: TrialID($0)) }
        #expect(Set(drawn.prefix(20).compactMap { $0 }) == Set(Self.list))
        #expect(drawn.dropFirst(20).allSatisfy { $0 == nil })
    }

    @Test func `every configuration is equally likely at every place`() {
        var first = [Int](repeating: 0, count: 5)
        var last = first
        for seed in 0..<UInt64(5_000) {
            let order = ListSearcher.order(of: 5, seed: seed)
            first[order[0]] += 1
            last[order[4]] += 1
        }
        // 1,000 are expected, with a standard deviation of 28.
        for count in first + last { #expect((860...1_140).contains(count)) }
    }

    @Test func `an empty list has nothing to propose`() {
        #expect(ListSearcher([], seed: 1).propose(for: TrialID(0)) == nil)
    }
}
