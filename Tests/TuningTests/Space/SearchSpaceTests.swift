import Testing
import Tuning

/// Conditions, and the order in which parameters are drawn.
@Suite struct SearchSpaceTests {
    static let unit = Domain.float(min: 0, max: 1, scale: .linear)

    static func parameter(
        _ name: String, _ domain: Domain = unit, when conditions: [(String, [ParameterValue])] = []
    ) -> Parameter {
        Parameter(
            name: name, domain: domain,
            conditions: conditions.map { Condition(parent: $0.0, values: $0.1) })
    }

    @Test(
        arguments: [
            ("no conditions", [("c", []), ("a", []), ("b", [])], ["c", "a", "b"]),
            ("parents first", [("c", ["b"]), ("b", ["a"]), ("a", [])], ["a", "b", "c"]),
            ("already in order", [("a", []), ("b", ["a"]), ("c", ["a"])], ["a", "b", "c"]),
            (
                "two parents", [("d", ["a", "c"]), ("a", []), ("b", []), ("c", ["a"])],
                ["a", "b", "c", "d"]
            ),
            ("a circle is left out", [("a", ["b"]), ("b", ["a"]), ("c", []), ("d", ["a"])], ["c"]),
            ("a parent that is not there", [("a", ["z"]), ("b", [])], ["b"]),
            ("its own parent", [("a", ["a"])], []),
            ("nothing", [], []),
        ] as [(String, [(String, [String])], [String])])
    func `parameters come after those their conditions name`(
        says: String, given: [(String, [String])], order: [String]
    ) {
        let space = SearchSpace(
            given.map { name, parents in
                Self.parameter(name, when: parents.map { ($0, [.bool(true)]) })
            })
        #expect(space.parentsFirst.map(\.name) == order)
    }

    /// Each child comes before its parent, so that the order matters.
    static let nested = SearchSpace([
        parameter(
            "nesterov", .choice([.bool(true), .bool(false)]), when: [("momentum", [.int(1), .float(0.5)])]),
        parameter(
            "momentum", .choice([.float(0), .float(0.5), .float(1)]),
            when: [("optimizer", [.string("sgd"), .string("rmsprop")])]),
        parameter("both", when: [("optimizer", [.string("sgd")]), ("layers", [.float(2)])]),
        parameter("layers", .int(min: 1, max: 3, scale: .linear)),
        parameter("optimizer", .choice([.string("sgd"), .string("adam"), .string("rmsprop")])),
    ])

    @Test func `a child is active if and only if its parents are, with a value it names`() {
        let searcher = RandomSearcher(space: Self.nested, seed: 3)
        var seen: [String: Int] = [:]
        for number in 0..<2_000 {
            guard let drawn = searcher.propose(for: TrialID(number)) else {
                Issue.record("nothing is proposed for trial \(number)")
                return
            }
            let optimizer = drawn["optimizer"]
            let momentum = drawn["momentum"]
            #expect(optimizer != nil && drawn["layers"] != nil)
            #expect((momentum != nil) == (optimizer != .string("adam")))
            #expect((drawn["nesterov"] != nil) == (momentum == .float(0.5) || momentum == .float(1)))
            #expect((drawn["both"] != nil) == (optimizer == .string("sgd") && drawn["layers"] == .int(2)))
            for name in drawn.values.keys { seen[name, default: 0] += 1 }
        }
        // Shares of 2,000 by the product of the choices' odds, within five standard deviations.
        let shares = [
            "optimizer": 1.0, "layers": 1, "momentum": 2.0 / 3, "nesterov": 4.0 / 9, "both": 1.0 / 9,
        ]
        for (name, share) in shares {
            let deviation = (2_000 * share * (1 - share)).squareRoot()
            let count = Double(seen[name, default: 0])
            #expect(abs(count - 2_000 * share) <= 5 * deviation, "\(name): \(count)")
        }
    }

    @Test(
        arguments: [
            (.int(1), .float(1), true), (.float(1), .int(1), true), (.int(1), .int(1), true),
            (.int(1), .float(1.5), false), (.int(1), .bool(true), false), (.string("1"), .int(1), false),
            (.string("a"), .string("a"), true), (.string("a"), .string("A"), false),
            (.bool(true), .bool(true), true), (.bool(true), .bool(false), false),
            (.float(0.1), .float(0.1), true), (.int(0), .float(-0.0), true),
        ] as [(ParameterValue, ParameterValue, Bool)])
    func `values match by what they stand for`(left: ParameterValue, right: ParameterValue, match: Bool) {
        #expect(left.matches(right) == match)
        #expect(right.matches(left) == match)
        #expect((left == right) == match)
        #expect(Set([left, right]).count == (match ? 1 : 2))
    }

    @Test(
        arguments: [
            (.float(1e-4), "0.0001"), (.float(0.1), "0.1"), (.float(1), "1.0"), (.int(-3), "-3"),
            (.string("a b\";$(touch x)'"), "a b\";$(touch x)'"), (.bool(true), "true"), (.string(""), ""),
        ] as [(ParameterValue, String)])
    func `a value's text is what a placeholder becomes`(value: ParameterValue, text: String) {
        #expect(value.description == text)
    }
}
