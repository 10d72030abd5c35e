import Testing
import Tuning

/// What users ask of a study that has begun.
@Suite struct WishTests {
    static func wish(_ kind: Wish.Kind, id: String = "") -> Event { .wished(Wish(id: id, kind)) }

    static func change(_ body: (inout Change) -> Void) -> Event {
        var change = Change()
        body(&change)
        return wish(.changed(change))
    }

    static let space = SearchSpace([
        Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear)),
        Parameter(name: "units", domain: .int(min: 1, max: 64, scale: .linear)),
    ])

    /// A study that was told so much of.
    static func study(_ plan: Plan, _ events: [Event] = []) -> Study {
        var study = Study()
        _ = study.apply(.accepted(plan))
        for event in events { _ = study.apply(event) }
        return study
    }

    /// The loss of a trial by its configuration, the same in every study.
    static func loss(_ configuration: Configuration) -> Double {
        var loss = 0.0
        if case .float(let lr)? = configuration["lr"] { loss += (lr - 0.3) * (lr - 0.3) }
        if case .int(let units)? = configuration["units"] { loss += Double(units % 7) / 10 }
        return loss
    }

    /// Runs what is in flight, the oldest first, until a study is over.
    ///
    /// - Parameter meddle: what else happens before the event of this number; decides nothing else.
    static func decisions(
        _ plan: Plan, meddle: (Int, Study) -> Event? = { _, _ in nil }
    ) -> (decisions: [Decision], study: Study) {
        var study = Study()
        var all = study.apply(.accepted(plan))
        var (todo, configurations) = ([Assignment](), [TrialID: Configuration]())
        func note(_ decisions: [Decision]) {
            for decision in decisions {
                if case .sample(let trial, let configuration, _) = decision {
                    configurations[trial] = configuration
                }
                if case .evaluate(let work) = decision { todo.append(work) }
            }
        }
        note(all)
        var step = 0
        while !todo.isEmpty, step < 10_000 {
            if let event = meddle(step, study) {
                let more = study.apply(event)
                all += more
                note(more)
            }
            step += 1
            let work = todo.removeFirst()
            let value = loss(configurations[work.trial] ?? Configuration()) / Double(work.to.units)
            for event: Event in [.report(work.id.number, at: work.to.units, value), .ended(work.id.number)]
            {
                let more = study.apply(event)
                all += more
                note(more)
            }
        }
        return (all, study)
    }

    static let searchers: [SearcherPlan] = [
        .random(seed: 3), .grid(GridPlan(resolution: 8)), .sobol(SobolPlan(seed: 3)),
        .tpe(TPEPlan(seed: 3)),
        .bohb(BOHBPlan(seed: 3)), .priorband(PriorBandPlan(seed: 3)),
        .evolution(EvolutionPlan(seed: 3, population: 6, sample: 2)),
    ]
    static let schedulers: [SchedulerPlan] = [
        .straight,
        .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)),
        .hyperband(HyperbandPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)),
    ]

    // MARK: More trials

    @Test(arguments: searchers, schedulers)
    func `a study that is extended before its last trial began decides as one that had them all`(
        searcher: SearcherPlan, scheduler: SchedulerPlan
    ) throws {
        var short = Plan.of(scheduler, trials: 16, parallel: 1, space: Self.space)
        short.searcher = searcher
        var long = short
        long.trials = 48
        let whole = Self.decisions(long)
        let extended = Self.decisions(short) { step, study in
            step == 9 && study.trialCount < 16 ? Self.change { $0.trials = 48 } : nil
        }
        #expect(
            try extended.decisions.map { try StoredText.of($0) }
                == whole.decisions.map { try StoredText.of($0) })
        #expect(whole.study.trialCount == 48 && extended.study.phase == .over(.completed))
    }

    @Test(arguments: searchers)
    func `a study that ended goes on with the searcher where it was`(searcher: SearcherPlan) {
        var plan = Plan.of(.straight, trials: 16, parallel: 1, space: Self.space)
        plan.searcher = searcher
        var long = plan
        long.trials = 48
        var (decisions, study) = Self.decisions(plan)
        #expect(study.apply(Self.change { $0.trials = 48 }) == [])
        #expect(study.wouldGoOn && study.isAsked && study.phase == .over(.completed))
        let next = study.apply(Self.wish(.reopened))
        decisions.removeLast()
        let whole = Self.decisions(long).decisions
        #expect((decisions + next)[...] == whole.prefix(decisions.count + next.count))
        #expect(next.count == 2 && study.phase == .running)
    }

    @Test func `fewer trials than have begun are refused, and change nothing`() throws {
        var study = Self.study(.of(.straight, trials: 8, parallel: 3))
        var change = Change()
        change.trials = 2
        let words = try #require(study.objection(to: Wish(id: "a", .changed(change))))
        #expect(words.contains("trials: 3 trials have begun"), "\(words)")
        #expect(study.apply(Self.wish(.changed(change), id: "a")) == [])
        #expect(study.plan?.trials == 8 && !study.hasGranted("a"))
        #expect(study.apply(Self.change { $0.trials = 3 }) == [])
        #expect(study.isClosed)
    }

    // MARK: The other numbers of the plan

    @Test func `more places are filled at once, and fewer let what runs go on`() {
        var study = Self.study(.of(.straight, trials: 8, parallel: 1))
        #expect(
            study.apply(Self.change { $0.parallel = 3 }) == [
                .sample(1), .run(1, 1, to: 4), .sample(2), .run(2, 2, to: 4),
            ])
        #expect(study.apply(Self.change { $0.parallel = 1 }) == [])
        #expect(study.inFlight.count == 3)
        #expect(study.apply(.ended(0, .noReport)).count == 1)
        #expect(study.inFlight.count == 2)
    }

    @Test func `retries and failures hold for the next failure`() {
        var study = Self.study(.of(.straight, trials: 8, parallel: 1, retries: 0, failures: 8))
        _ = study.apply(Self.change { $0.maxRetries = 1 })
        #expect(
            study.apply(.ended(0, .exited(code: 1))) == [
                .run(1, 0, to: 4, .retry(0, "the command exited with code 1"))
            ])
        _ = study.apply(Self.change { $0.maxFailures = 1 })
        #expect(study.isOver == false)
        _ = study.apply(.ended(1, .exited(code: 1)))
        guard case .over(.tooManyFailures(let count, _)) = study.phase else {
            Issue.record("the study goes on after a failure")
            return
        }
        #expect(count == 1)
    }

    @Test func `a stop condition that holds already stops the study, and one that is taken back opens it`()
    {
        var study = Self.study(
            .of(.straight, trials: 8, parallel: 2), [.report(0, at: 4, 0.25), .ended(0)])
        let stop = study.apply(Self.change { $0.stop = StopPlan(target: 0.5) })
        #expect(stop == [.finish(.stopped(.target(trial: TrialID(0), value: 0.25)))])
        #expect(!study.wouldGoOn)
        // Opened although it holds, the study stops again.
        #expect(study.apply(Self.wish(.reopened)).last == stop.last)
        #expect(study.apply(Self.change { $0.stop = StopPlan() }) == [])
        #expect(study.wouldGoOn)
        let next = study.apply(Self.wish(.reopened))
        #expect(study.phase == .running && next.count == 2, "\(next)")
        #expect(study.inFlight.count == 2)
    }

    @Test func `fewer checkpoints are kept at once`() {
        var study = Self.study(
            .of(.straight, trials: 4, parallel: 1),
            [
                .saved(0, at: 4), .report(0, at: 4, 0.5), .ended(0), .saved(1, at: 4),
                .report(1, at: 4, 0.25),
                .ended(1),
            ])
        #expect(
            study.apply(Self.change { $0.checkpoints = .init(keep: 1) }) == [.discard(.of(0, at: 4))])
    }

    @Test func `a quota that is set later counts what was saved before`() {
        var study = Self.study(
            .of(.straight, trials: 4, parallel: 1),
            [
                .saved(0, at: 4, bytes: 60), .report(0, at: 4, 0.5), .ended(0), .saved(1, at: 4, bytes: 60),
                .report(1, at: 4, 0.25), .ended(1),
            ])
        #expect(
            study.apply(Self.change { $0.checkpoints = .init(quota: 100) }) == [.discard(.of(0, at: 4))])
    }

    // MARK: A ladder that grows

    static func ladder(_ most: Int) -> SchedulerPlan {
        .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(most), reductionFactor: 3))
    }

    @Test func `the best of what was the top rung are promoted by the same rule`() throws {
        let plan = Plan.of(Self.ladder(3), trials: 27, parallel: 1, space: Self.space)
        var (_, study) = Self.decisions(plan)
        #expect(study.phase == .over(.completed))
        #expect(study.apply(Self.change { $0.scheduler = Self.ladder(9) }) == [])
        let next = study.apply(Self.wish(.reopened))
        guard case .evaluate(let work)? = next.first else {
            Issue.record("nothing is promoted: \(next)")
            return
        }
        #expect(next.count == 1 && work.rung == 2 && work.to == Resource(9))
        // Three in nine of the old top rung are among its best third.
        guard case .promoted(let results, let kept) = work.reason else {
            Issue.record("\(work.reason)")
            return
        }
        #expect(kept == results / 3 && results >= 9)
    }

    @Test(arguments: [
        ladder(8), ladder(1), .straight,
        .asha(ASHAPlan(minResource: Resource(3), maxResource: Resource(9), reductionFactor: 3)),
        .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 2)),
    ])
    func `another ladder than one that is higher is refused`(scheduler: SchedulerPlan) throws {
        var study = Self.study(.of(Self.ladder(3), trials: 4, parallel: 1))
        var change = Change()
        change.scheduler = scheduler
        // 8 is above 3 and has no rung of the paper, so the rungs stay the same.
        let words = try #require(study.objection(to: Wish(id: "", .changed(change))))
        #expect(words.contains("max_resource"), "\(words)")
        #expect(study.apply(Self.wish(.changed(change))) == [])
        #expect(study.plan?.scheduler == Self.ladder(3))
    }

    // MARK: A study that is over

    static let ends: [(Event, StudyOutcome)] = [
        (.cancelled, .cancelled), (.refused(reason: "no account"), .refused(reason: "no account")),
        (.stopped(.wallTime(seconds: 60)), .stopped(.wallTime(seconds: 60))),
    ]

    @Test(arguments: ends)
    func `what was in flight at the end goes on from its checkpoint`(end: Event, outcome: StudyOutcome) {
        var study = Self.study(
            .of(.straight, trials: 2, parallel: 2), [.started(0), .saved(0, at: 1), end])
        #expect(study.phase == .over(outcome))
        // Its command was told to leave, and has saved what it had.
        #expect(study.apply(.saved(0, at: 2)) == [])
        #expect(study.apply(.ended(0, .left)) == [])
        #expect(
            study.apply(Self.wish(.reopened)) == [
                .run(2, 0, to: 4, from: .of(0, at: 2), .continued(0, "the study had ended, and goes on")),
                .run(3, 1, to: 4, .continued(1, "the study had ended, and goes on")),
            ])
        #expect(study.phase == .running)
    }

    @Test func `a result that came with the end counts when the study goes on`() {
        var study = Self.study(
            .of(.straight, trials: 1, parallel: 1), [.cancelled, .report(0, at: 4, 0.5)])
        #expect(
            study.apply(Self.wish(.reopened)) == [.conclude(0, .completed), .finish(.completed)])
    }

    @Test func `a study that stopped after failures in a row counts them anew`() {
        var study = Self.study(
            .of(.straight, trials: 4, parallel: 1, retries: 0, failures: 2),
            [.ended(0, .exited(code: 1)), .ended(1, .exited(code: 1))])
        #expect(study.isOver && study.wouldGoOn && !study.isAsked)
        #expect(study.apply(Self.wish(.reopened)) == [.sample(2), .run(2, 2, to: 4)])
        #expect(study.apply(.ended(2, .exited(code: 1))).count == 3)
        #expect(study.phase == .running)
    }

    @Test func `a study that is complete has nothing to go on with`() {
        let study = Self.decisions(.of(.straight, trials: 1, parallel: 1)).study
        #expect(!study.wouldGoOn)
    }
}
