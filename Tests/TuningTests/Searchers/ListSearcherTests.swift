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
            let order = ListSearcher.order(of: Array(Self.list.prefix(5)), seed: seed)
            first[order[0]] += 1
            last[order[4]] += 1
        }
        // 1,000 are expected, with a standard deviation of 28.
        for count in first + last { #expect((860...1_140).contains(count)) }
    }

    @Test(arguments: Seeds.upTo(5))
    func `one seed draws what two lists share in the same order`(seed: UInt64) {
        // As in two tables, one of which has fewer rows, in another order, and whole numbers written as real ones.
        let other = Self.list.filter { $0["n"]?.number != 3 }.reversed().map { configuration in
            Configuration(["n": .float(configuration["n"]?.number ?? 0)])
        }
        let order = ListSearcher.order(of: Self.list, seed: seed).map { Self.list[$0] }
        let otherOrder = ListSearcher.order(of: other, seed: seed).map { other[$0] }
        #expect(order.filter { $0["n"] != .int(3) } == otherOrder)
        #expect(order != Self.list)
    }

    @Test func `equal configurations are drawn as often as they are listed`() {
        let twice = Self.list + Self.list
        #expect(ListSearcher.order(of: twice, seed: 1).sorted() == Array(twice.indices))
    }

    @Test func `an empty list has nothing to propose`() {
        #expect(ListSearcher([], seed: 1).propose(for: TrialID(0)) == nil)
    }
}
