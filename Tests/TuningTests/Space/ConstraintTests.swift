import Testing
import Tuning

/// The combinations that a space allows, and that draws respect them.
@Suite struct ConstraintTests {
    static let forbidden = Constraint.forbidden([
        Condition(parent: "optimizer", values: [.string("adam")]),
        Condition(parent: "layers", values: [.int(3), .int(4)]),
    ])

    @Test(
        arguments: [
            (forbidden, ["optimizer": .string("adam"), "layers": .int(3)], false),
            (forbidden, ["optimizer": .string("adam"), "layers": .float(4)], false),
            (forbidden, ["optimizer": .string("adam"), "layers": .int(2)], true),
            (forbidden, ["optimizer": .string("sgd"), "layers": .int(3)], true),
            (forbidden, ["optimizer": .string("adam")], true),
            (.relation(.less, .parameter("a"), .parameter("b")), ["a": .int(1), "b": .float(1.5)], true),
            (.relation(.less, .parameter("a"), .parameter("b")), ["a": .float(1), "b": .int(1)], false),
            (
                .relation(.less, .parameter("a"), .parameter("b")), ["a": .int(.max - 1), "b": .int(.max)],
                true
            ),
            (.relation(.less, .parameter("a"), .parameter("b")), ["a": .int(2)], true),
            (.relation(.less, .parameter("a"), .parameter("b")), ["a": .string("1"), "b": .int(2)], false),
            (.relation(.atMost, .parameter("a"), .value(.int(2))), ["a": .float(2)], true),
            (.relation(.atMost, .value(.float(2.5)), .parameter("a")), ["a": .int(2)], false),
            (.relation(.differ, .parameter("a"), .parameter("b")), ["a": .float(2), "b": .int(2)], false),
            (
                .relation(.differ, .parameter("a"), .parameter("b")), ["a": .string("x"), "b": .int(2)],
                true
            ),
        ] as [(Constraint, [String: ParameterValue], Bool)])
    func `a constraint allows what it does not exclude`(
        constraint: Constraint, values: [String: ParameterValue], isAllowed: Bool
    ) {
        #expect(constraint.allows(Configuration(values)) == isAllowed)
        #expect(SearchSpace([], constraints: [constraint]).allows(Configuration(values)) == isAllowed)
    }

    static let constrained = SearchSpace(
        [
            SearchSpaceTests.parameter("low"), SearchSpaceTests.parameter("high"),
            SearchSpaceTests.parameter("optimizer", .choice([.string("sgd"), .string("adam")])),
            SearchSpaceTests.parameter("layers", .int(min: 1, max: 4, scale: .linear)),
            SearchSpaceTests.parameter("momentum", when: [("optimizer", [.string("sgd")])]),
        ],
        constraints: [
            forbidden, .relation(.less, .parameter("low"), .parameter("high")),
            .relation(.atMost, .parameter("momentum"), .value(.float(0.5))),
        ])

    /// Among the remaining combinations, the odds stay the same.
    @Test func `draws are those of the whole space that the constraints allow`() {
        let count = 12_000
        let searcher = RandomSearcher(space: Self.constrained, seed: 5)
        let drawn = (0..<count).compactMap { searcher.propose(for: TrialID($0)) }
        #expect(drawn.count == count)
        #expect(drawn.allSatisfy(Self.constrained.allows))
        // sgd: half of the momenta are allowed, so 4 of 4 layers at ½; adam: 2 of 4 layers.
        let counts = [("sgd", 1), ("sgd", 2), ("sgd", 3), ("sgd", 4), ("adam", 1), ("adam", 2)].map {
            name, layers in
            drawn.count { $0["optimizer"] == .string(name) && $0["layers"] == .int(layers) }
        }
        #expect(counts.reduce(0, +) == count)
        let shares = [1.0, 1, 1, 1, 2, 2].map { $0 / 8 * Double(count) }
        #expect(Statistics.chiSquareIsPlausible(counts, shares), "\(counts)")
        // The density of the lower of two is 2(1 − x).
        let lows = RandomSearcherTests.floats(drawn.compactMap { $0["low"] })
        #expect(Statistics.kolmogorovSmirnovIsPlausible(lows) { 1 - (1 - $0) * (1 - $0) })
    }

    @Test func `a draw that is allowed is the one there was without constraints`() {
        let free = RandomSearcher(space: SearchSpace(Self.constrained.parameters), seed: 5)
        let bound = RandomSearcher(space: Self.constrained, seed: 5)
        var same = 0
        for number in 0..<200 {
            guard let drawn = free.propose(for: TrialID(number)), Self.constrained.allows(drawn) else {
                continue
            }
            #expect(bound.propose(for: TrialID(number)) == drawn)
            same += 1
        }
        #expect(same > 20)
    }

    @Test func `where nothing is allowed nothing is proposed`() {
        let space = SearchSpace(
            [SearchSpaceTests.parameter("a")],
            constraints: [.relation(.less, .parameter("a"), .value(.int(-1)))])
        #expect(RandomSearcher(space: space, seed: 1).propose(for: TrialID(0)) == nil)
        #expect(SpaceSampler(space).allowed(of: 100, seed: 1) == 0)
        #expect(SpaceSampler(Self.constrained).allowed(of: 1_000, seed: 1) > 150)
    }
}
