import Testing
import Tuning

extension WishTests {
    // MARK: Trials

    @Test func `a failed trial that is tried again counts by its new result`() {
        var study = Self.study(
            .of(.halving, trials: 2, parallel: 1, retries: 0),
            [.ended(0, .exited(code: 1)), .report(1, at: 1, 0.5), .ended(1)])
        // The other one was the best of two, and is on its way up.
        #expect(study.inFlight == [AssignmentID(2)] && study.failedTrials == [TrialID(0)])
        #expect(study.apply(Self.wish(.retried([TrialID(0)]))) == [])
        #expect(study.failedTrials == [])
        _ = study.apply(.report(2, at: 2, 0.5))
        #expect(
            study.apply(.ended(2)) == [
                .conclude(1, .paused(rung: 1)), .run(3, 0, to: 1, .retry(0, "the user asks for it again")),
            ])
        _ = study.apply(.report(3, at: 1, 0.25))
        #expect(
            study.apply(.ended(3)) == [
                .conclude(0, .paused(rung: 0)),
                .run(4, 0, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
            ])
    }

    @Test func `only a trial that has failed is tried again`() throws {
        let study = Self.study(.of(.straight, trials: 2, parallel: 1))
        for (trial, words) in [(0, "has not failed"), (7, "no trial 7")] {
            let objection = try #require(study.objection(to: Wish(id: "", .retried([TrialID(trial)]))))
            #expect(objection.contains(words), "\(objection)")
        }
    }

    @Test func `a rung that has closed without a trial does not take it back`() throws {
        let plan = SchedulerPlan.successiveHalving(
            SuccessiveHalvingPlan(
                ladder: ASHAPlan(minResource: Resource(1), maxResource: Resource(2), reductionFactor: 2)))
        var study = Self.study(
            .of(plan, trials: 2, parallel: 2, retries: 0), [.ended(0, .exited(code: 1))])
        #expect(study.objection(to: Wish(id: "", .retried([TrialID(0)]))) == nil)
        _ = study.apply(.report(1, at: 1, 0.5))
        _ = study.apply(.ended(1))
        let words = try #require(study.objection(to: Wish(id: "", .retried([TrialID(0)]))))
        #expect(words.contains("stune add"), "\(words)")
    }

    @Test func `a trial that is not wanted leaves its place to the next`() throws {
        var study = Self.study(.of(.straight, trials: 3, parallel: 1))
        #expect(
            study.apply(Self.wish(.dropped([TrialID(0)]))) == [
                .conclude(0, .cancelled), .sample(1), .run(1, 1, to: 4),
            ])
        #expect(study.landed == [AssignmentID(0)])
        let words = try #require(study.objection(to: Wish(id: "", .dropped([TrialID(0)]))))
        #expect(words.contains("does not train"), "\(words)")
    }

    @Test func `the best are trained to the top past all rungs, and no further trial begins`() throws {
        var study = Self.study(
            .of(.halving, trials: 9, parallel: 1),
            [
                .report(0, at: 1, 0.25), .ended(0), .report(1, at: 1, 1), .ended(1), .report(2, at: 2, 0.5),
                .ended(2),
            ])
        // Trial 0 rests at resource 2, trial 1 at 1, and trial 2 trains.
        #expect(study.inFlight == [AssignmentID(3)])
        #expect(study.objection(to: Wish(id: "", .finished(top: 0))) != nil)
        #expect(study.apply(Self.wish(.finished(top: 2))) == [])
        #expect(study.isClosed && study.plan?.trials == 3)
        _ = study.apply(.report(3, at: 1, 2))
        #expect(
            study.apply(.ended(3)) == [
                .conclude(2, .paused(rung: 0)), .run(4, 0, rung: 2, to: 4, .finished(from: 1)),
            ])
        _ = study.apply(.report(4, at: 4, 0.125))
        #expect(
            study.apply(.ended(4)) == [
                .conclude(0, .completed), .run(5, 1, rung: 2, to: 4, .finished(from: 0)),
            ])
        _ = study.apply(.report(5, at: 4, 0.125))
        #expect(study.apply(.ended(5)) == [.conclude(1, .completed), .finish(.completed)])
    }

    @Test func `an added configuration is the next trial, and one more`() throws {
        var plan = Plan.of(.straight, trials: 2, parallel: 1, space: Self.space)
        plan.searcher = .sobol(SobolPlan(seed: 1))
        var study = Self.study(plan)
        let own = Configuration(["lr": .float(0.5), "units": .int(8)])
        #expect(study.apply(Self.wish(.added(own))) == [])
        #expect(study.plan?.trials == 3)
        _ = study.apply(.report(0, at: 4, 1))
        let next = study.apply(.ended(0))
        #expect(next[1] == .sample(trial: TrialID(1), configuration: own))
        let (whole, _) = Self.decisions(plan)
        _ = study.apply(.report(1, at: 4, 1))
        // The sequence goes on where it was.
        let sampled = whole.compactMap { if case .sample(_, let point, _) = $0 { point } else { nil } }
        #expect(study.apply(.ended(1))[1] == .sample(trial: TrialID(2), configuration: sampled[1]))
    }

    // MARK: Pauses, and requests that come twice

    @Test func `while a study is paused nothing new starts, and it does not end`() {
        var study = Self.study(.of(.halving, trials: 1, parallel: 1, retries: 1))
        #expect(study.apply(Self.wish(.paused)) == [] && study.isPaused)
        #expect(study.apply(.ended(0, .exited(code: 1))) == [])
        #expect(study.phase == .running && study.inFlight == [])
        #expect(study.objection(to: Wish(id: "", .paused)) != nil)
        #expect(
            study.apply(Self.wish(.resumed)) == [
                .run(1, 0, to: 1, .retry(0, "the command exited with code 1"))
            ])
    }

    @Test func `a command that waits at its target while the study is paused saves and leaves`() {
        var study = Self.study(
            .of(.halving, trials: 2, parallel: 1), [.report(0, at: 1, 1), .ended(0), Self.wish(.paused)])
        _ = study.apply(.report(1, at: 1, 0.5))
        #expect(
            study.apply(.waited(.of(1))) == [
                .conclude(1, .paused(rung: 0)), .release(.of(1), save: true),
            ])
    }

    @Test func `a request is granted once`() {
        var study = Self.study(.of(.straight, trials: 2, parallel: 1, space: Self.space))
        let wish = Wish(id: "one", .added(Configuration()))
        for _ in 0..<2 { _ = study.apply(.wished(wish)) }
        #expect(study.plan?.trials == 3 && study.hasGranted(wish.id))
    }

    @Test func `requests that contradict each other hold in their order`() {
        var study = Self.study(.of(.straight, trials: 20, parallel: 1))
        for count in [5, 2, 3] { _ = study.apply(Self.change { $0.parallel = count }) }
        #expect(study.plan?.parallel == 3 && study.inFlight.count == 5)
    }
}
