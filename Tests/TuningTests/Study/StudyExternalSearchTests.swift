import Testing
import Tuning

/// A study whose configurations come from outside.
@Suite struct StudyExternalSearchTests {
    private func plan(
        _ scheduler: SchedulerPlan = .straight, trials: Int, parallel: Int, together: Int = 1
    ) -> Plan {
        var plan = Plan.of(
            scheduler, trials: trials, parallel: parallel,
            space: SearchSpace([Parameter(name: "x", domain: .float(min: 0, max: 9, scale: .linear))]))
        plan.searcher = .external(ExternalPlan(command: ["search"], seed: 0))
        plan.together = together
        return plan
    }

    private func begun(_ plan: Plan) -> Study {
        var study = Study()
        #expect(study.apply(.accepted(plan)).isEmpty)
        return study
    }

    private func proposed(_ trial: Int) -> Event {
        .proposed(trial: TrialID(trial), configuration: x(Double(trial)))
    }

    private func x(_ value: Double) -> Configuration { Configuration(["x": .float(value)]) }

    @Test func `it is asked for as many as there are places, and each begins when it has come`() {
        var study = begun(plan(trials: 3, parallel: 2))
        #expect(study.wanted == TrialID(0))
        #expect(
            study.apply(proposed(0)) == [
                .sample(trial: TrialID(0), configuration: x(0)), .run(0, 0, to: 4),
            ])
        #expect(study.wanted == TrialID(1))
        #expect(study.apply(proposed(1)).count == 2)
        #expect(study.wanted == nil)
        #expect(study.phase == .running)
        _ = study.apply(.report(1, at: 4, 0.5))
        #expect(study.apply(.ended(1)) == [.conclude(trial: TrialID(1), .completed)])
        #expect(study.wanted == TrialID(2))
        #expect(
            study.searchHistory == [
                .trial(TrialID(0), x(0)), .trial(TrialID(1), x(1)),
            ] + study.searchHistory.dropFirst(2))
    }

    @Test func `another program goes on with all that is known, and a built-in searcher does not`() throws {
        var study = begun(plan(trials: 3, parallel: 1))
        _ = study.apply(proposed(0))
        _ = study.apply(.report(0, at: 4, 0.5))
        _ = study.apply(.ended(0))
        let before = study.searchHistory
        let now = try #require(study.plan)
        func wish(_ searcher: SearcherPlan) -> Wish {
            var plan = now
            plan.searcher = searcher
            return Wish(id: "u", .changed(Change(from: now, to: plan)))
        }
        #expect(study.objection(to: wish(.random(seed: 1))) != nil)
        let other = wish(.external(ExternalPlan(command: ["better"], seed: 0)))
        #expect(study.objection(to: other) == nil)
        _ = study.apply(.wished(other))
        #expect(study.searchHistory == before && study.wanted == TrialID(1))
    }

    @Test func `an answer that was not asked for, or that comes again, is no news`() {
        var study = begun(plan(trials: 3, parallel: 2))
        _ = study.apply(proposed(0))
        let before = study.inFlight
        #expect(study.apply(proposed(0)).isEmpty)
        #expect(study.inFlight == before)
        #expect(study.wanted == TrialID(1))
    }

    @Test func `a study ends when there are no more, and not while it waits for an answer`() {
        var study = begun(plan(trials: 9, parallel: 1))
        _ = study.apply(proposed(0))
        _ = study.apply(.report(0, at: 4, 0.5))
        #expect(study.apply(.ended(0)) == [.conclude(trial: TrialID(0), .completed)])
        #expect(study.phase == .running)
        #expect(
            study.apply(.proposed(trial: TrialID(1), configuration: nil)) == [.finish(.completed)])
    }

    @Test func `points come first, and it is told of them`() {
        var plan = plan(trials: 2, parallel: 2)
        plan.points = [x(5)]
        var study = Study()
        #expect(study.apply(.accepted(plan)).first == .sample(trial: TrialID(0), configuration: x(5)))
        #expect(study.wanted == TrialID(1))
        #expect(study.searchHistory == [.trial(TrialID(0), x(5))])
    }

    @Test func `what shares a task begins when all of it has come`() {
        var study = begun(plan(trials: 4, parallel: 4, together: 2))
        for trial in 0..<3 {
            #expect(study.wanted == TrialID(trial))
            #expect(study.apply(proposed(trial)).isEmpty)
        }
        #expect(study.apply(proposed(3)).count == 8)
    }

    @Test func `promotions need no answer`() {
        var study = begun(plan(.halving, trials: 9, parallel: 1))
        for trial in 0..<2 {
            _ = study.apply(proposed(trial))
            _ = study.apply(.report(trial, at: 1, 0.5))
            _ = study.apply(.ended(trial))
        }
        #expect(study.inFlight == [AssignmentID(2)])
        #expect(study.wanted == nil)
    }
}
