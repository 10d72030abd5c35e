import Testing
import Tuning

/// What ends a study before all its trials are done.
@Suite struct StopTests {
    /// A study whose trials, one at a time, have these losses at resource 4.
    private static func end(_ stop: StopPlan, _ losses: [Double?], goal: Objective.Goal = .minimize)
        -> Study.Phase
    {
        var plan = Plan.of(.straight, trials: 20, parallel: 1, retries: 0, failures: 1_000)
        plan.stop = stop
        plan.objective.goal = goal
        var study = Study()
        _ = study.apply(.accepted(plan))
        for (id, loss) in losses.enumerated() {
            if let loss { _ = study.apply(.report(id, at: 4, loss)) }
            _ = study.apply(.ended(id, loss == nil ? .exited(code: 1) : .finished))
        }
        return study.phase
    }

    @Test func `the target is reached by a value as good or better`() {
        let stop = StopPlan(target: 0.5)
        #expect(Self.end(stop, [1, 0.6]) == .running)
        #expect(Self.end(stop, [1, 0.5]) == .over(.stopped(.target(trial: TrialID(1), value: 0.5))))
        #expect(Self.end(stop, [0.4]) == .over(.stopped(.target(trial: TrialID(0), value: 0.4))))
        #expect(Self.end(stop, [.nan, nil]) == .running)
        #expect(Self.end(stop, [0.4], goal: .maximize) == .running)
        #expect(
            Self.end(stop, [0.4, 0.75], goal: .maximize)
                == .over(.stopped(.target(trial: TrialID(1), value: 0.75))))
    }

    @Test func `trials without improvement are counted since the best, failed ones too`() {
        let stop = StopPlan(noImprovement: 3)
        let stopped = Study.Phase.over(.stopped(.noImprovement(trials: 3)))
        #expect(Self.end(stop, [5, 6, 7]) == .running)
        #expect(Self.end(stop, [5, 6, 7, 5]) == stopped)
        #expect(Self.end(stop, [5, 6, 7, 4, 6, 4]) == .running)
        #expect(Self.end(stop, [5, nil, .nan, 6]) == stopped)
        #expect(Self.end(stop, [nil, nil, nil]) == stopped)
    }

    @Test func `the resource is the sum of where trials have their last results`() {
        #expect(Self.end(StopPlan(resource: 9), [1, 1]) == .running)
        #expect(Self.end(StopPlan(resource: 9), [1, nil, 1, 1]) == .over(.stopped(.resource(spent: 12))))
        #expect(Self.end(StopPlan(resource: 8), [1, 1]) == .over(.stopped(.resource(spent: 8))))
    }

    @Test func `what a promoted trial had before is counted once`() {
        var plan = Plan.of(.halving, trials: 2, parallel: 1)
        plan.stop = StopPlan(resource: 3)
        var study = Study()
        _ = study.apply(.accepted(plan))
        for event: Event in [.report(0, at: 1, 1), .ended(0), .report(1, at: 1, 2), .ended(1)] {
            _ = study.apply(event)
        }
        #expect(study.phase == .running)
        _ = study.apply(.report(2, at: 2, 1))
        let decisions = study.apply(.ended(2))
        #expect(
            decisions == [.conclude(0, .paused(rung: 1)), .finish(.stopped(.resource(spent: 3)))])
        #expect(study.inFlight == [])
    }

    @Test
    func `a command that waits with the result that stops the study is told to leave, and not to go on`() {
        var plan = Plan.of(.halving, trials: 4, parallel: 1)
        plan.stop = StopPlan(target: 0.5)
        var study = Study()
        _ = study.apply(.accepted(plan))
        for event: Event in [.report(0, at: 1, 1), .ended(0)] { _ = study.apply(event) }
        _ = study.apply(.report(1, at: 1, 0.5))
        #expect(
            study.apply(.waited(.of(1))) == [
                .conclude(1, .paused(rung: 0)), .release(.of(1), save: true),
                .finish(.stopped(.target(trial: TrialID(1), value: 0.5))),
            ])
    }

    @Test func `what the controller has seen ends the study with its reason`() {
        var study = Study()
        _ = study.apply(.accepted(.of(.straight, trials: 2, parallel: 2)))
        let reason = StopReason.hours(.node, spent: 100.5)
        #expect(study.apply(.stopped(reason)) == [.finish(.stopped(reason))])
        #expect(study.apply(.stopped(reason)) == [])
    }
}
