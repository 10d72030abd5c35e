import Chance
import Testing

@testable import Tuning

/// What every searcher must guarantee, whatever it proposes.
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
        Space(testDescription: "null as a value", space: withNull),
        Space(
            testDescription: "a choice of one, of each type",
            space: SearchSpace(
                [ParameterValue.int(1), .float(0.5), .string("a b\";$(touch x)'"), .bool(false)]
                    .enumerated()
                    .map { Parameter(name: "p\($0)", domain: .choice([$1])) })),
    ]

    static let withNull = SearchSpace([
        Parameter(name: "cap", domain: .choice([.null, .int(4), .string("null")])),
        Parameter(
            name: "level", domain: .ordinal([.null, .float(0.05), .float(0.25)]), prior: Prior(value: .null)
        ),
        Parameter(name: "fixed", domain: .constant(.null)),
        Parameter(
            name: "inner", domain: .float(min: 0, max: 1, scale: .linear),
            conditions: [Condition(parent: "cap", values: [.null])]),
    ])

    static let everyKind = SearchSpace(
        (QuantileTests.continuous.map(\.domain) + QuantileTests.discrete.map(\.domain)).enumerated()
            .map { index, domain in
                Parameter(
                    name: "p\(index)", domain: domain,
                    prior: index % 2 == 0 ? Prior(value: domain.value(at: 0.7)) : nil)
            })

    /// More than the number of configurations in a space that is finite, or finite in one branch.
    static let many = 120

    static func proposals(
        _ searcher: SearcherUnderTest, _ space: SearchSpace, seed: UInt64 = 7, count: Int = 40
    ) -> [Configuration] {
        var run = Run(searcher.make(space, seed: seed), seed: seed)
        return (0..<count).compactMap { run.propose(TrialID($0)) }
    }

    /// A searcher in a study in which some trials never have a result, some fail, and some reach higher rungs than
    /// others.
    struct Run {
        var searcher: any Searcher
        private var dice: Dice
        private var pending: [TrialID] = []

        init(_ searcher: any Searcher, seed: UInt64) {
            self.searcher = searcher
            dice = Dice(seed: seed)
        }

        mutating func propose(_ trial: TrialID) -> Configuration? {
            let proposal = searcher.propose(for: trial)
            if proposal != nil { pending.append(trial) }
            while pending.count > 3 {
                let trial = pending.remove(at: dice.roll(0...pending.count - 1))
                if dice.oneIn(10) { continue }
                for rung in 0...dice.pick([0, 0, 1, 2]) {
                    let loss = dice.oneIn(8) ? Loss.worst : Loss(value: Double(dice.roll(0...20)))
                    searcher.observe(trial, rung: rung, loss: loss)
                }
            }
            return proposal
        }
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
        var original = Run(searcher.make(space.space, seed: 3), seed: 3)
        for number in 0..<30 { _ = original.propose(TrialID(number)) }
        var copy = original
        let ahead = (30..<60).map { copy.propose(TrialID($0)) }
        #expect((30..<60).map { original.propose(TrialID($0)) } == ahead)
    }

    /// 2 · 3 · (2 + 1) combinations, of which one is forbidden.
    static let finite = SearchSpace(
        [
            Parameter(name: "a", domain: .choice([.string("x"), .string("y")])),
            Parameter(name: "n", domain: .int(min: 1, max: 3, scale: .log)),
            Parameter(name: "deep", domain: .choice([.bool(true), .bool(false)])),
            Parameter(
                name: "o", domain: .ordinal([.int(8), .int(16)]),
                conditions: [Condition(parent: "deep", values: [.bool(true)])]),
            Parameter(name: "one", domain: .constant(.int(1))),
        ],
        constraints: [
            .forbidden([
                Condition(parent: "a", values: [.string("x")]), Condition(parent: "n", values: [.int(2)]),
                Condition(parent: "deep", values: [.bool(false)]),
            ])
        ])

    @Test(arguments: SearcherUnderTest.exhaustive, Seeds.upTo(5))
    func `proposes every configuration of a finite space once, and then none`(
        searcher: SearcherUnderTest, seed: UInt64
    ) {
        let proposals = Self.proposals(searcher, Self.finite, seed: seed, count: Self.many)
        #expect(proposals.count == 17, Seeds.replay(seed, in: Self.self))
        #expect(Set(proposals).count == 17, Seeds.replay(seed, in: Self.self))
        #expect(proposals.allSatisfy(Self.finite.allows))
    }

    /// A space that is finite in one branch, which is soon used up, and infinite in the other.
    static let halfFinite = SearchSpace([
        Parameter(name: "a", domain: .choice((0..<40).map { .int($0) })),
        Parameter(
            name: "x", domain: .float(min: 0, max: 1, scale: .linear),
            conditions: [Condition(parent: "a", values: [.int(3)])]),
    ])

    @Test(arguments: SearcherUnderTest.exhaustive.filter { $0 != .grid }, Seeds.upTo(3))
    func `proposes nothing twice where real numbers are left`(searcher: SearcherUnderTest, seed: UInt64) {
        let proposals = Self.proposals(searcher, Self.halfFinite, seed: seed, count: Self.many)
        #expect(Set(proposals).count == Self.many, Seeds.replay(seed, in: Self.self))
    }

    @Test(arguments: SearcherUnderTest.learning)
    func `learns from points that others proposed`(searcher: SearcherUnderTest) {
        var plan = Plan.of(.straight, trials: 60, parallel: 1, space: Self.spaces[1].space)
        plan.searcher = searcher.plan(plan.space, seed: 1)
        var (told, untold) = (plan.makeSearcher(), plan.makeSearcher())
        let others = RandomSearcher(space: plan.space, seed: 9)
        for number in 0..<30 {
            guard let point = others.propose(for: TrialID(number)) else { continue }
            told.adopt(point, for: TrialID(number))
            for trial in [TrialID(number)] {
                told.observe(trial, rung: 0, loss: Loss(value: Double(number)))
                untold.observe(trial, rung: 0, loss: Loss(value: Double(number)))
            }
        }
        let ahead = (30..<50).map { untold.propose(for: TrialID($0)) }
        #expect((30..<50).map { told.propose(for: TrialID($0)) } != ahead)
        // Results of a trial that was never proposed are ignored.
        var fresh = plan.makeSearcher()
        #expect((30..<50).map { fresh.propose(for: TrialID($0)) } == ahead)
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
            if case .sample(_, let configuration, _) = decision { configuration } else { nil }
        }
        var same = searcher.make(plan.space, seed: 5)
        #expect(sampled == (0..<40).compactMap { same.propose(for: TrialID($0)) })
    }

    @Test(arguments: SearcherUnderTest.learning)
    func `a study tells its searcher of results and failures`(searcher: SearcherUnderTest) {
        var plan = Plan.of(.straight, trials: 60, parallel: 1, space: RandomSearcherTests.space)
        plan.searcher = searcher.plan(plan.space, seed: 5)
        (plan.maxRetries, plan.maxFailures) = (0, 1_000)
        var (study, same) = (Study(), searcher.make(plan.space, seed: 5))
        var decisions = study.apply(.accepted(plan))
        for number in 0..<60 {
            let sampled = decisions.compactMap { decision in
                if case .sample(_, let configuration, _) = decision { configuration } else { nil }
            }
            #expect(sampled == [same.propose(for: TrialID(number))].compactMap(\.self), "trial \(number)")
            let attempt = AttemptID(assignment: AssignmentID(number), epoch: 0)
            let loss = number % 5 == 4 ? nil : Double(number * 37 % 11)
            if let loss {
                _ = study.apply(
                    .reported(Report(attempt: attempt, resource: Resource(4), metrics: ["loss": loss])))
            }
            decisions = study.apply(
                .ended(AttemptEnded(attempt: attempt, ending: loss == nil ? .exited(code: 1) : .finished)))
            same.observe(TrialID(number), rung: 0, loss: loss.map(Loss.init) ?? .worst)
        }
        #expect(study.isOver)
    }
}
