import Testing

@testable import Tuning

/// Studies that begin with what others have found.
@Suite struct PriorResultsTests {
    /// Some results of `BOHBTests.loss` at the top of a ladder.
    private static let points: [[Double]] = (0..<12).map { [Double($0) / 12, Double($0 * 5 % 12) / 12] }

    private static func prior(_ points: [[Double]] = points, at resource: Int? = nil) -> PriorResults {
        PriorResults(
            source: "old.stune",
            trials: points.map { point in
                PriorTrial(
                    configuration: Configuration(["x": .float(point[0]), "y": .float(point[1])]),
                    results: [
                        PriorResult(
                            resource: resource.map { Resource($0) },
                            metrics: ["loss": BOHBTests.loss(point)])
                    ])
            })
    }

    private static func plan(_ searcher: SearcherPlan, _ scheduler: SchedulerPlan = .halving) -> Plan {
        var plan = Plan.of(scheduler, trials: 9, parallel: 3, space: BOHBTests.space)
        plan.searcher = searcher
        return plan
    }

    /// All decisions of a study whose trials report `BOHBTests.loss`, as text.
    private static func decisions(_ plan: Plan, after priors: [PriorResults]) throws -> [String] {
        var study = Study()
        var all: [Decision] = []
        for prior in priors { all += study.apply(.learned(prior)) }
        var due = study.apply(.accepted(plan))
        var configurations: [TrialID: Configuration] = [:]
        while !due.isEmpty {
            all += due
            var next: [Decision] = []
            for decision in due {
                switch decision {
                case .sample(let trial, let configuration, _): configurations[trial] = configuration
                case .evaluate(let work):
                    let loss = BOHBTests.loss(BOHBTests.point(configurations[work.trial]))
                    next += study.apply(.report(work.id.number, at: work.to.units, loss))
                    next += study.apply(.ended(work.id.number))
                default: break
                }
            }
            due = next
        }
        #expect(study.phase == .over(.completed) && study.faults == Faults())
        return try all.map(StoredText.of)
    }

    @Test func `the first proposals are those of the rule, with the prior results`() {
        let tpe = TPEPlan(seed: 3)
        var study = Study()
        #expect(study.apply(.learned(Self.prior())).isEmpty)
        let first = study.apply(.accepted(Self.plan(.tpe(tpe), .straight))).compactMap { decision in
            if case .sample(_, let configuration, _) = decision { configuration } else { nil }
        }
        var results = Self.points.map { (point: $0, loss: BOHBTests.loss($0)) }
        var pending: [[Double]] = []
        for (trial, configuration) in first.enumerated() {
            let expected = TPETests.oracle(results, pending: pending, trial: trial, tpe)
            let proposed = BOHBTests.point(configuration)
            #expect(zip(proposed, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "trial \(trial)")
            pending.append(proposed)
        }
        #expect(first.count == 3)
        // Without them the first trials are random.
        results = []
        let random = TPETests.oracle(results, pending: [], trial: 0, tpe)
        #expect(abs(random[0] - BOHBTests.point(first[0])[0]) > 1e-9)
    }

    @Test(arguments: SearcherUnderTest.allCases)
    func `searchers that learn from results learn from them, and others do not`(
        searcher: SearcherUnderTest
    ) throws {
        let plan = Self.plan(searcher.plan(BOHBTests.space, seed: 7))
        #expect(plan.searcher.learns == SearcherUnderTest.learning.contains(searcher))
        let with = try Self.decisions(plan, after: [Self.prior()])
        #expect(try Self.decisions(plan, after: [Self.prior()]) == with)
        #expect(try (Self.decisions(plan, after: []) != with) == plan.searcher.learns)
    }

    @Test(arguments: SearcherUnderTest.learning)
    func `an altered prior result leads to other decisions`(searcher: SearcherUnderTest) throws {
        let plan = Self.plan(searcher.plan(BOHBTests.space, seed: 7))
        var altered = Self.prior()
        for index in altered.trials.indices {
            altered.trials[index].results[0].metrics["loss"]? *= -1
        }
        let (one, other) = (
            try Self.decisions(plan, after: [Self.prior()]), try Self.decisions(plan, after: [altered])
        )
        #expect(one != other)
    }

    @Test func `rungs do not count them`() throws {
        // They are better than any trial.
        let best = Self.prior([[0.2, 0.7], [0.2, 0.7]], at: 1)
        let plan = Self.plan(.random(seed: 7))
        #expect(try Self.decisions(plan, after: [best, best]) == Self.decisions(plan, after: []))
    }

    @Test func `a study with all configurations among them tries each again`() throws {
        let space = SearchSpace([Parameter(name: "n", domain: .int(min: 1, max: 3, scale: .linear))])
        for searcher in SearcherUnderTest.learning {
            var plan = Plan.of(.straight, trials: 9, parallel: 9, space: space)
            plan.searcher = searcher.plan(space, seed: 1)
            var study = Study()
            let trials = (1...3).map { value in
                PriorTrial(
                    configuration: Configuration(["n": .int(value)]),
                    results: [PriorResult(resource: nil, metrics: ["loss": Double(value)])])
            }
            _ = study.apply(.learned(PriorResults(source: "t.csv", trials: trials)))
            let samples = study.apply(.accepted(plan)).count {
                if case .sample = $0 { true } else { false }
            }
            #expect(samples == 3, "\(searcher)")
        }
    }

    @Test func `an external searcher is told them as trials below 0, before anything else`() {
        var study = Study()
        var prior = Self.prior([[0.25, 0.5], [0.5, 0.5]])
        prior.trials[1].results = [
            PriorResult(resource: Resource(1), metrics: [:], nonFinite: ["loss": "nan"]),
            PriorResult(resource: Resource(3), metrics: ["loss": 2]),
        ]
        _ = study.apply(.learned(prior))
        _ = study.apply(.accepted(Self.plan(.external(ExternalPlan(command: ["s"], seed: 0)))))
        #expect(
            study.searchHistory == [
                .trial(TrialID(-1), prior.trials[0].configuration),
                .result(TrialID(-1), rung: 2, Loss(value: BOHBTests.loss([0.25, 0.5]))),
                .trial(TrialID(-2), prior.trials[1].configuration), .result(TrialID(-2), rung: 0, .worst),
                .result(TrialID(-2), rung: 1, Loss(value: 2)),
            ])
    }

    @Test func `a result without the study's metric is not told`() {
        var study = Study()
        var prior = Self.prior([[0.25, 0.5]])
        prior.trials[0].results[0].metrics = ["accuracy": 1]
        _ = study.apply(.learned(prior))
        _ = study.apply(.accepted(Self.plan(.external(ExternalPlan(command: ["s"], seed: 0)))))
        #expect(study.searchHistory == [.trial(TrialID(-1), prior.trials[0].configuration)])
    }

    /// The resources of a prior trial's results, and which of them stand for the rungs at 1, 3 and 9; 0: for a result
    /// without a resource, −1 for none.
    static let places: [(results: [Int], rungs: [Int])] = [
        ([1, 3, 9], [1, 3, 9]), ([9, 3, 1], [1, 3, 9]), ([2], [2, -1, -1]), ([2, 5, 20], [2, 5, 20]),
        ([8, 4], [-1, 4, -1]), ([81], [-1, -1, 81]), ([0], [-1, -1, 0]), ([0, 9], [-1, -1, 9]),
        ([0, 3], [-1, 3, 0]),
    ]

    @Test(arguments: places)
    func `a result stands for the highest rung that is not above it`(results: [Int], rungs: [Int]) {
        let trial = PriorTrial(
            configuration: Configuration(),
            results: results.map {
                PriorResult(resource: $0 == 0 ? nil : Resource($0), metrics: ["loss": Double($0)])
            })
        let found = trial.results(at: [1, 3, 9].map { Resource($0) })
        #expect(found.map { $0.map { $0.resource?.units ?? 0 } ?? -1 } == rungs)
    }
}
