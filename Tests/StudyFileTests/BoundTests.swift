import StudyFile
import Testing
import Tuning

/// Metrics that are bounded, in a study file.
@Suite struct BoundTests {
    @Test func `a metric may have a goal, bounds, or both, in any order`() throws {
        let plan = try spec([
            "metric":
                "metrics: [{name: ms, at_most: 20}, {name: loss, goal: minimize, at_most: 9}, {name: recall, at_least: 0.5, at_most: 1}]"
        ]).plan
        #expect(plan.objective == Objective(metric: "loss", goal: .minimize))
        #expect(plan.others.isEmpty)
        #expect(
            plan.bounds == [
                MetricBound(metric: "ms", .atMost, 20), MetricBound(metric: "loss", .atMost, 9),
                MetricBound(metric: "recall", .atMost, 1), MetricBound(metric: "recall", .atLeast, 0.5),
            ])
        #expect(plan.criteria.metrics == ["loss", "ms", "recall"])
    }

    @Test func `a model may learn bounds of one objective, and a target is allowed`() throws {
        let plan = try spec([
            "metric": "metrics: [{name: loss, goal: minimize}, {name: ms, at_most: 20}]",
            "searcher": "searcher: {type: tpe}", "stop": "stop: {target: 0.1}",
        ]).plan
        #expect(plan.searcher == .tpe(TPEPlan(seed: 0)))
        #expect(plan.stop?.target == 0.1)
    }

    @Test func `what a program prints must have the bounded metrics, too`() throws {
        let text = try example([
            "metric": "metrics: [{name: loss, goal: minimize}, {name: ms, at_most: 20}]",
            "reports": "reports: {stdout: 'epoch (?<resource>\\\\d+) loss (?<loss>\\\\S+)'}",
        ])
        #expect(mistakes(text).contains { $0.contains("ms") })
    }
}
