import Testing
import Tuning

/// What every searcher has to keep, whatever it proposes.
@Suite struct SearcherConformanceTests {
    struct Space: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var space: SearchSpace
    }

    static let spaces = [
        Space(testDescription: "no parameters", space: SearchSpace([])),
        Space(testDescription: "one of each, and a condition", space: RandomSearcherTests.space),
        Space(testDescription: "nested conditions", space: SearchSpaceTests.nested),
        Space(testDescription: "constraints", space: ConstraintTests.constrained),
        Space(testDescription: "every kind, with priors", space: everyKind),
        Space(
            testDescription: "a choice of one, of each type",
            space: SearchSpace(
                [ParameterValue.int(1), .float(0.5), .string("a b\";$(touch x)'"), .bool(false)]
                    .enumerated()
                    .map { Parameter(name: "p\($0)", domain: .choice([$1])) })),
    ]

    static let everyKind = SearchSpace(
        (QuantileTests.continuous.map(\.domain) + QuantileTests.discrete.map(\.domain)).enumerated()
            .map { index, domain in
                Parameter(
                    name: "p\(index)", domain: domain,
                    prior: index % 2 == 0 ? Prior(value: domain.value(at: 0.7)) : nil)
            })

    static let count = 200

    static func proposals(
        _ searcher: SearcherUnderTest, _ space: SearchSpace, seed: UInt64 = 7
    ) -> [Configuration] {
        var searcher = searcher.make(space, seed: seed)
        return (0..<count).compactMap { searcher.propose(for: TrialID($0)) }
    }

    @Test(arguments: SearcherUnderTest.allCases, spaces)
    func `proposes a value within its domain for each active parameter, and no other`(
        searcher: SearcherUnderTest, space: Space
    ) {
        for proposal in Self.proposals(searcher, space.space) {
            #expect(space.space.allows(proposal))
            for parameter in space.space.parameters {
                let isActive = parameter.conditions.allSatisfy { condition in
                    guard let value = proposal[condition.parent] else { return false }
                    return condition.values.contains { $0.matches(value) }
                }
                let value = proposal[parameter.name]
                #expect((value != nil) == isActive, "\(parameter.name) in \(proposal)")
                if let value { #expect(parameter.domain.contains(value), "\(parameter.name) is \(value)") }
            }
            #expect(Set(proposal.values.keys).isSubset(of: space.space.parameters.map(\.name)))
        }
    }

    @Test(arguments: SearcherUnderTest.allCases, spaces)
    func `proposes the same for the same seed`(searcher: SearcherUnderTest, space: Space) {
        #expect(Self.proposals(searcher, space.space) == Self.proposals(searcher, space.space))
    }

    @Test(arguments: SearcherUnderTest.allCases, spaces)
    func `a copy goes on by itself`(searcher: SearcherUnderTest, space: Space) {
        var original = searcher.make(space.space, seed: 3)
        for number in 0..<10 { _ = original.propose(for: TrialID(number)) }
        var copy = original
        let ahead = (10..<30).map { copy.propose(for: TrialID($0)) }
        #expect((10..<30).map { original.propose(for: TrialID($0)) } == ahead)
    }

    @Test(arguments: SearcherUnderTest.allCases, spaces)
    func `a proposal reads back from the log as it was written`(
        searcher: SearcherUnderTest, space: Space
    ) throws {
        for proposal in Self.proposals(searcher, space.space) {
            let text = try StoredText.of(proposal)
            let read = try StoredText.value(Configuration.self, from: text)
            #expect(try StoredText.of(read) == text)
            for (name, value) in proposal.values { #expect(read[name]?.matches(value) == true) }
        }
    }

    @Test(arguments: SearcherUnderTest.allCases)
    func `a study samples what its searcher proposes`(searcher: SearcherUnderTest) {
        var plan = Plan.of(.straight, trials: 40, parallel: 40, space: RandomSearcherTests.space)
        plan.searcher = searcher.plan(plan.space, seed: 5)
        var study = Study()
        let sampled = study.apply(.accepted(plan)).compactMap { decision in
            if case .sample(_, let configuration) = decision { configuration } else { nil }
        }
        #expect(sampled == Array(Self.proposals(searcher, plan.space, seed: 5).prefix(40)))
    }
}
