import Foundation
import Testing
import Tuning

/// Bounds of metrics: what breaks them, by how much, and what follows.
@Suite struct MetricBoundTests {
    private static let plan: Plan = {
        var plan = Plan(
            objective: Objective(metric: "loss", goal: .minimize),
            space: SearchSpace([Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear))]),
            searcher: .random(seed: 1), scheduler: .none(maxResource: Resource(1)), trials: 9, parallel: 1)
        plan.bounds = [
            MetricBound(metric: "latency", .atMost, 20), MetricBound(metric: "recall", .atLeast, -0.5),
            MetricBound(metric: "drift", .atMost, 0),
        ]
        return plan
    }()

    private static func loss(_ metrics: [String: Double], nonFinite: [String: String] = [:]) -> Loss? {
        let attempt = AttemptID(assignment: AssignmentID(0), epoch: 0)
        return Loss(
            of: Report(
                attempt: attempt, resource: Resource(1), metrics: metrics, nonFinite: nonFinite),
            in: plan)
    }

    @Test(
        arguments: [
            // At the limits all bounds are kept.
            (20.0, -0.5, 0.0, 0.0), (-1e9, 7, -3, 0), (30, 0, 0, 0.5), (20, -0.75, 0, 0.5),
            // Where the limit is 0, the distance itself counts; shares are added.
            (20, 0, 0.25, 0.25), (40, -1, 2, 4),
        ] as [(Double, Double, Double, Double)])
    func `a bound is broken by the distance from its limit, as a share of the limit`(
        latency: Double, recall: Double, drift: Double, violation: Double
    ) {
        let loss = Self.loss(["loss": 3, "latency": latency, "recall": recall, "drift": drift])
        #expect(loss?.violation == violation)
        #expect(loss?.value == 3 && loss?.keepsBounds == (violation == 0))
    }

    @Test func `the next number beyond a limit breaks it, and no violation is infinite`() {
        let bound = MetricBound(metric: "a", .atMost, 1e-308)
        #expect(bound.violation(of: (1e-308).nextUp) > 0)
        #expect(bound.violation(of: .greatestFiniteMagnitude) == .greatestFiniteMagnitude)
        let metrics = Dictionary(
            uniqueKeysWithValues: ["a", "b"].map { ($0, Double.greatestFiniteMagnitude) })
        let criteria = Criteria(
            objectives: [Objective(metric: "a", goal: .minimize)],
            bounds: ["a", "b"].map { MetricBound(metric: $0, .atMost, 1e-308) })
        #expect(criteria.violation(of: metrics) == .greatestFiniteMagnitude)
        #expect(criteria.metrics == ["a", "b"])
    }

    @Test func `a report without a bounded metric is no result, and one that is not a number is the worst`()
    {
        #expect(Self.loss(["loss": 3, "latency": 1, "recall": 1]) == nil)
        #expect(Self.loss(["loss": 3, "latency": 1, "recall": 1], nonFinite: ["drift": "nan"]) == .worst)
        #expect(Self.loss(["latency": 1, "recall": 1, "drift": 0], nonFinite: ["loss": "inf"]) == .worst)
    }

    @Test func `what keeps the bounds comes first, then what breaks them by less, and failures last`() {
        let ascending = [
            Loss(value: 1), Loss(value: 9), Loss(value: 5, violation: 0.1),
            Loss(value: 6, violation: 0.1), Loss(value: -7, violation: 0.2),
            Loss(value: 0, violation: .greatestFiniteMagnitude), .worst,
        ]
        for (index, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() { #expect((left < right) == (index < other)) }
        }
        #expect(Loss(value: 1, violation: .infinity) == .worst)
        #expect(Loss(value: .nan, violation: 0) == .worst)
    }

    @Test func `a plan without bounds is written as before, and one with bounds is read back`() throws {
        var plain = Self.plan
        plain.bounds = []
        #expect(!String(decoding: try JSONEncoder().encode(plain), as: UTF8.self).contains("bounds"))
        for plan in [plain, Self.plan] {
            #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
        }
    }

    @Test func `a target is reached only by a trial that keeps its bounds`() {
        var plan = Self.plan
        plan.stop = StopPlan(target: 0.5)
        var study = Study()
        _ = study.apply(.accepted(plan))
        func train(_ number: Int, _ loss: Double, latency: Double) {
            let metrics = ["loss": loss, "latency": latency, "recall": 0, "drift": 0]
            _ = study.apply(
                .reported(Report(attempt: .of(number), resource: Resource(1), metrics: metrics)))
            _ = study.apply(.ended(number))
        }
        train(0, 0.1, latency: 30)
        #expect(study.phase == .running)
        train(1, 0.4, latency: 3)
        #expect(study.phase == .over(.stopped(.target(trial: TrialID(1), value: 0.4))))
    }

    /// The best x is 0.2, where the cost is 0.8; at most 0.5 are allowed, so that 0.5 is the best that is.
    @Test(arguments: [
        SearcherPlan.tpe(TPEPlan(seed: 3)), .bohb(BOHBPlan(seed: 3)),
        .evolution(EvolutionPlan(seed: 3)),
    ])
    func `a model learns which trials keep the bounds`(plan: SearcherPlan) {
        var searcher = plan.searcher(over: Self.plan.space)
        let bound = MetricBound(metric: "cost", .atMost, 0.5)
        var late: [Double] = []
        for trial in 0..<80 {
            guard let x = searcher.propose(for: TrialID(trial))?["x"]?.number else { return }
            searcher.observe(
                TrialID(trial), rung: 0,
                loss: Loss(value: abs(x - 0.2), violation: bound.violation(of: 1 - x)))
            if trial >= 50 { late.append(x) }
        }
        // Random search would find three of ten there, and a third of the trials of BOHB are random.
        let near = late.count { (0.5...0.8).contains($0) }
        #expect(near * 10 > late.count * 4, "\(late)")
    }
}
