import Testing
import Tuning

/// Studies that compare trials by several metrics.
@Suite struct StudyMetricsTests {
    private static func plan(trials: Int, parallel: Int, keep: Int? = nil) -> Plan {
        var plan = Plan.of(.halving, trials: trials, parallel: parallel, keep: keep)
        plan.others = [Objective(metric: "gain", goal: .maximize)]
        return plan
    }

    private static func report(_ assignment: Int, at resource: Int, _ metrics: [String: Double]) -> Event {
        let nonFinite = metrics.filter { !$0.value.isFinite }.mapValues { _ in "nan" }
        return .reported(
            Report(
                attempt: .of(assignment), resource: Resource(resource),
                metrics: metrics.filter { $0.value.isFinite }, nonFinite: nonFinite))
    }

    private static func concluded(_ decisions: [Decision]) -> Conclusion? {
        decisions.lazy.compactMap { decision -> Conclusion? in
            if case .conclude(_, let conclusion) = decision { conclusion } else { nil }
        }.first
    }

    @Test func `a loss has all metrics, is the worst if one is no number, and is none if one is missing`() {
        let plan = Self.plan(trials: 1, parallel: 1)
        func loss(_ metrics: [String: Double], _ nonFinite: [String: String] = [:]) -> Loss? {
            Loss(
                of: Report(
                    attempt: .of(0), resource: Resource(1), metrics: metrics, nonFinite: nonFinite),
                in: plan)
        }
        #expect(loss(["loss": 0.5, "gain": 3]) == Loss(value: 0.5, further: [-3]))
        #expect(loss(["loss": 0.5], ["gain": "nan"]) == .worst)
        #expect(loss(["gain": 3], ["loss": "inf"]) == .worst)
        #expect(loss(["loss": 0.5]) == nil)
        #expect(loss(["gain": 3]) == nil)
        #expect(Loss(value: 1, further: [.infinity]) == .worst)
    }

    @Test func `who is best in any metric is promoted, and who is dominated is not`() {
        var study = Study()
        _ = study.apply(.accepted(Self.plan(trials: 4, parallel: 4)))
        var promoted: Set<TrialID> = []
        let results = [(0.1, 1.0), (0.9, 9.0), (0.5, 0.5), (0.95, 0.1)]
        for (number, result) in results.enumerated() {
            _ = study.apply(Self.report(number, at: 1, ["loss": result.0, "gain": result.1]))
            for case .evaluate(let work) in study.apply(.ended(number)) { promoted.insert(work.trial) }
        }
        #expect(promoted == [TrialID(0), TrialID(1)])
    }

    @Test
    func `a report at the target without one of the metrics is none, and one that is no number diverges`() {
        var study = Study()
        _ = study.apply(.accepted(Self.plan(trials: 2, parallel: 2)))
        _ = study.apply(Self.report(0, at: 1, ["loss": 0.5]))
        #expect(
            Self.concluded(study.apply(.ended(0)))
                == .failed(reason: "the command finished, but its report at the target is missing"))
        _ = study.apply(Self.report(1, at: 1, ["loss": 0.5, "gain": .nan]))
        #expect(Self.concluded(study.apply(.ended(1))) == .diverged(rung: 0))
    }

    @Test func `at the end the first in rank of the highest rung keep their checkpoints`() {
        var study = Study()
        _ = study.apply(.accepted(Self.plan(trials: 3, parallel: 3, keep: 2)))
        var decisions: [Decision] = []
        // The first two dominate the third, and not each other; one of the three goes on.
        for (number, result) in [(0.1, 1.0), (0.2, 2.0), (0.3, 0.5)].enumerated() {
            _ = study.apply(.saved(number, at: 1))
            _ = study.apply(Self.report(number, at: 1, ["loss": result.0, "gain": result.1]))
            decisions += study.apply(.ended(number))
        }
        let next = decisions.compactMap { decision -> Assignment? in
            if case .evaluate(let work) = decision { work } else { nil }
        }
        #expect(next.map(\.trial) == [TrialID(0)])
        _ = study.apply(Self.report(3, at: 2, ["loss": 0.1, "gain": 1]))
        let last = study.apply(.ended(3))
        #expect(study.phase == .over(.completed))
        #expect(last.contains(.discard(.of(2, at: 1))))
        #expect(!last.contains(.discard(.of(0, at: 1))) && !last.contains(.discard(.of(1, at: 1))))
    }
}
