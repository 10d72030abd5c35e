import Testing

@testable import Tuning

/// Grid search, and the odometer that produces its combinations.
@Suite struct GridSearcherTests {
    static func all(_ space: SearchSpace, _ plan: GridPlan) -> [Configuration] {
        var searcher = GridSearcher(space: space, plan)
        var found: [Configuration] = []
        while let next = searcher.propose(for: TrialID(found.count)), found.count < 10_000 {
            found.append(next)
        }
        return found
    }

    @Test func `the last parameter turns first, and only what is active turns`() {
        let space = SearchSpace([
            Parameter(name: "a", domain: .choice([.string("x"), .string("y")])),
            Parameter(
                name: "b", domain: .int(min: 1, max: 2, scale: .linear),
                conditions: [Condition(parent: "a", values: [.string("y")])]),
            Parameter(name: "c", domain: .float(min: 0, max: 1, scale: .linear)),
        ])
        let expected: [[String: ParameterValue]] = [
            ["a": .string("x"), "c": .float(0)],
            ["a": .string("x"), "c": .float(0.5)],
            ["a": .string("x"), "c": .float(1)],
            ["a": .string("y"), "c": .float(0), "b": .int(1)],
            ["a": .string("y"), "c": .float(0), "b": .int(2)],
            ["a": .string("y"), "c": .float(0.5), "b": .int(1)],
            ["a": .string("y"), "c": .float(0.5), "b": .int(2)],
            ["a": .string("y"), "c": .float(1), "b": .int(1)],
            ["a": .string("y"), "c": .float(1), "b": .int(2)],
        ]
        #expect(Self.all(space, GridPlan(resolution: 3)).map(\.values) == expected)
        #expect(GridPlan(resolution: 3).combinations(over: space) == 9)
    }

    @Test(
        arguments: [
            (
                .float(min: 0, max: 8, scale: .linear),
                [.float(0), .float(2), .float(4), .float(6), .float(8)]
            ),
            (.int(min: 1, max: 3, scale: .linear), [.int(1), .int(2), .int(3)]),
            (.int(min: 0, max: 100, scale: .linear), [.int(0), .int(25), .int(50), .int(75), .int(100)]),
            (.ordinal([.int(8), .int(16), .int(32)]), [.int(8), .int(16), .int(32)]),
            (.constant(.bool(true)), [.bool(true)]),
            (.choice((0..<9).map { .int($0) }), (0..<9).map { .int($0) }),
        ] as [(Domain, [ParameterValue])])
    func `five values of each, its ends among them, and all of a choice`(
        domain: Domain, values: [ParameterValue]
    ) {
        #expect(GridPlan().values(of: Parameter(name: "p", domain: domain)) == values)
    }

    @Test func `a resolution by name goes before that of all, and holds for choices too`() {
        let plan = GridPlan(resolutions: ["p": 2, "q": 1], resolution: 4)
        let float = Domain.float(min: 0, max: 3, scale: .linear)
        #expect(plan.values(of: Parameter(name: "p", domain: float)) == [.float(0), .float(3)])
        #expect(plan.values(of: Parameter(name: "q", domain: float)) == [.float(1.5)])
        #expect(plan.values(of: Parameter(name: "r", domain: float)).count == 4)
        let choice = Domain.choice([.int(1), .int(2), .int(3)])
        #expect(plan.values(of: Parameter(name: "p", domain: choice)) == [.int(1), .int(3)])
    }

    @Test func `a distribution without ends is cut into parts of equal probability`() {
        let values = GridPlan(resolution: 3).values(
            of: Parameter(name: "p", domain: .normal(mean: 1, sd: 2)))
        let numbers = values.compactMap { if case .float(let value) = $0 { value } else { nil } }
        // The quantiles of 1/6, 1/2 and 5/6.
        #expect(zip(numbers, [-0.934843, 1, 2.934843]).allSatisfy { abs($0 - $1) < 1e-5 }, "\(numbers)")
    }

    @Test func `what constraints forbid is left out`() {
        let int = Domain.int(min: 1, max: 3, scale: .linear)
        let space = SearchSpace(
            [Parameter(name: "a", domain: int), Parameter(name: "b", domain: int)],
            constraints: [.relation(.less, .parameter("a"), .parameter("b"))])
        let pairs = Self.all(space, GridPlan()).map { "\($0["a", default: "-"])\($0["b", default: "-"])" }
        #expect(pairs == ["12", "13", "23"])
    }

    @Test func `more combinations than can be counted are not counted`() {
        let floats = (0..<40).map {
            Parameter(name: "p\($0)", domain: .float(min: 0, max: 1, scale: .linear))
        }
        #expect(GridPlan(resolution: 2).combinations(over: SearchSpace(floats)) == 1 << 40)
        #expect(GridPlan().combinations(over: SearchSpace(floats)) == nil)
        let parents = (0..<40).map { number in
            Parameter(
                name: "p\(number)", domain: .choice([.int(0), .int(1)]),
                conditions: number == 0
                    ? [] : [Condition(parent: "p\(number - 1)", values: [.int(0), .int(1)])])
        }
        #expect(GridPlan().combinations(over: SearchSpace(parents)) == nil)
        #expect(GridPlan().combinations(over: SearchSpace(Array(parents.prefix(10)))) == 1_024)
    }

    @Test func `as many as are counted are proposed`() {
        for space in [
            SearchSpaceTests.nested, RandomSearcherTests.space, SearcherConformanceTests.halfFinite,
        ] {
            let plan = GridPlan(resolution: 3)
            let all = Self.all(space, plan)
            #expect(all.count == plan.combinations(over: space))
            #expect(Set(all).count == all.count)
        }
    }
}

extension Configuration {
    fileprivate subscript(name: String, default none: String) -> String { self[name]?.description ?? none }
}
