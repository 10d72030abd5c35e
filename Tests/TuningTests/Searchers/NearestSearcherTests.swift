import Testing
import Tuning

@Suite struct NearestSearcherTests {
    private static let space = SearchSpace([
        Parameter(name: "x", domain: .float(min: 1, max: 100, scale: .log)),
        Parameter(name: "kind", domain: .choice([.string("a"), .string("b")])),
        Parameter(
            name: "y", domain: .int(min: 0, max: 10, scale: .linear),
            conditions: [Condition(parent: "kind", values: [.string("b")])]),
    ])

    /// Proposes given configurations, and stores what it observes.
    private struct Script: Searcher {
        var wishes: [Configuration]
        mutating func propose(for trial: TrialID) -> Configuration? {
            wishes.isEmpty ? nil : wishes.removeFirst()
        }
    }

    private func configuration(_ x: Double, _ kind: String, _ y: Int? = nil) -> Configuration {
        var values: [String: ParameterValue] = ["x": .float(x), "kind": .string(kind)]
        if let y { values["y"] = .int(y) }
        return Configuration(values)
    }

    @Test func `the nearest by quantiles is proposed, each once, until there are none`() {
        let table = [configuration(2, "a"), configuration(50, "a"), configuration(5, "b", 9)]
        var searcher = NearestSearcher(
            table, of: Self.space,
            to: Script(wishes: [
                // On the log scale 12 is nearer to 50 than to 2.
                configuration(12, "a"), configuration(60, "a"), configuration(60, "b", 0),
                configuration(2, "a"),
            ]))
        #expect(searcher.propose(for: TrialID(0)) == table[1])
        #expect(searcher.propose(for: TrialID(1)) == table[0])
        #expect(searcher.propose(for: TrialID(2)) == table[2])
        #expect(searcher.propose(for: TrialID(3)) == nil)
    }

    @Test(arguments: [
        SearcherPlan.tpe(TPEPlan(seed: 1, startupTrials: 5)), .bohb(BOHBPlan(seed: 1)),
        .priorband(PriorBandPlan(seed: 1)),
        .evolution(EvolutionPlan(seed: 1, population: 5, sample: 2)), .sobol(SobolPlan(seed: 1)),
    ])
    func `every configuration of a table is proposed once`(plan: SearcherPlan) {
        let table = (0..<60).compactMap {
            RandomSearcher(space: Self.space, seed: 3).propose(for: TrialID($0))
        }
        var searcher = SearcherPlan.nearest(of: table, to: plan).searcher(over: Self.space)
        var order: [Configuration] = []
        while let next = searcher.propose(for: TrialID(order.count)) {
            searcher.observe(
                TrialID(order.count), rung: 0, loss: Loss(value: abs((next["x"]?.number ?? 0) - 20)))
            order.append(next)
        }
        #expect(order.count == 60 && Set(order) == Set(table))
    }

    @Test func `an external searcher is asked, and learns what its trials have instead`() throws {
        let table = [configuration(2, "a"), configuration(50, "a")]
        let external = ExternalPlan(command: ["./search"], seed: 0)
        let plan = SearcherPlan.nearest(of: table, to: .external(external))
        #expect(plan.external == external)
        var searcher = plan.searcher(over: Self.space)
        #expect(searcher.awaits(TrialID(0)))
        #expect(searcher.propose(for: TrialID(0)) == nil)
        searcher.answer(configuration(60, "a"), for: TrialID(0))
        #expect(!searcher.awaits(TrialID(0)))
        #expect(searcher.propose(for: TrialID(0)) == table[1])
        searcher.answer(table[0], for: TrialID(1))
        #expect(searcher.propose(for: TrialID(1)) == table[0])
        searcher.observe(TrialID(0), rung: 0, loss: Loss(value: 3))
        #expect(
            searcher.history == [
                .trial(TrialID(0), table[1]), .trial(TrialID(1), table[0]),
                .result(TrialID(0), rung: 0, Loss(value: 3)),
            ])
        // All of the table are proposed, so there is nothing to ask for.
        #expect(!searcher.awaits(TrialID(2)))
    }

    @Test func `a model finds the best of a table early`() {
        let line = SearchSpace([Self.space.parameters[0]])
        let table = (0..<60).compactMap { RandomSearcher(space: line, seed: 3).propose(for: TrialID($0)) }
        let loss = { (configuration: Configuration) in abs((configuration["x"]?.number ?? 0) - 20) }
        let plan = SearcherPlan.tpe(TPEPlan(seed: 1, startupTrials: 5))
        var searcher = SearcherPlan.nearest(of: table, to: plan).searcher(over: line)
        var order: [Configuration] = []
        while let next = searcher.propose(for: TrialID(order.count)) {
            searcher.observe(TrialID(order.count), rung: 0, loss: Loss(value: loss(next)))
            order.append(next)
        }
        let best = Set(table.sorted { loss($0) < loss($1) }.prefix(5))
        #expect(best.isSubset(of: order.prefix(25)))
    }
}
