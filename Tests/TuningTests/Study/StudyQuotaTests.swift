import Chance
import Testing
import Tuning

/// What is discarded and what waits when checkpoints have a quota.
@Suite struct StudyQuotaTests {
    /// Rungs at 1 and 2, of which the upper has the better half.
    private static let twoRungs = SchedulerPlan.asha(.of(1, 2, 2))

    static let scripts = [
        StudyScript(
            "a paused trial gives its checkpoint up once it cannot be promoted any more",
            .of(twoRungs, trials: 4, parallel: 1, quota: 20),
            [
                (.saved(0, at: 1, bytes: 10), []), (.report(0, at: 1, 3), []),
                (.ended(0), [.conclude(0, .paused(rung: 0)), .sample(1), .run(1, 1, to: 1)]),
                (.saved(1, at: 1, bytes: 10), []), (.report(1, at: 1, 1), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, from: .of(1, at: 1), .promoted(results: 2, kept: 1)),
                    ]
                ),
                // Of four trials two may be promoted: trial 0 is still one of them.
                (.saved(2, at: 2, bytes: 10), []), (.report(2, at: 2, 1), []),
                (
                    .ended(2),
                    [.discard(.of(1, at: 1)), .conclude(1, .completed), .sample(2), .run(3, 2, to: 1)]
                ),
                (.saved(3, at: 1, bytes: 10), []), (.report(3, at: 1, 2), []),
                (
                    .ended(3),
                    [
                        .conclude(2, .paused(rung: 0)), .discard(.of(0, at: 1)), .sample(3),
                        .run(4, 3, to: 1),
                    ]
                ),
                (.saved(4, at: 1, bytes: 10), []), (.report(4, at: 1, 4), []),
                (
                    .ended(4),
                    [
                        .conclude(3, .paused(rung: 0)), .discard(.of(4, at: 1)),
                        .run(5, 2, rung: 1, to: 2, from: .of(3, at: 1), .promoted(results: 4, kept: 2)),
                    ]
                ),
                (.saved(5, at: 2, bytes: 10), []), (.report(5, at: 2, 2), []),
                (.ended(5), [.discard(.of(3, at: 1)), .conclude(2, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "where there are too many files, checkpoints go as for a quota of bytes",
            .of(twoRungs, trials: 4, parallel: 1),
            [
                (.saved(0, at: 1), []), (.report(0, at: 1, 3), []),
                (.ended(0), [.conclude(0, .paused(rung: 0)), .sample(1), .run(1, 1, to: 1)]),
                (.saved(1, at: 1), []), (.report(1, at: 1, 1), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, from: .of(1, at: 1), .promoted(results: 2, kept: 1)),
                    ]
                ),
                // Both may still be needed.
                (.crowded(checkpoints: 2), []),
                (.saved(2, at: 2), []), (.report(2, at: 2, 1), []),
                (
                    .ended(2),
                    [.discard(.of(1, at: 1)), .conclude(1, .completed), .sample(2), .run(3, 2, to: 1)]
                ),
                (.saved(3, at: 1), []), (.report(3, at: 1, 2), []),
                (
                    .ended(3),
                    [
                        .conclude(2, .paused(rung: 0)), .discard(.of(0, at: 1)), .sample(3),
                        .run(4, 3, to: 1),
                    ]
                ),
                // As many as had to go are gone.
                (.saved(4, at: 1), []), (.report(4, at: 1, 4), []),
                (
                    .ended(4),
                    [
                        .conclude(3, .paused(rung: 0)),
                        .run(5, 2, rung: 1, to: 2, from: .of(3, at: 1), .promoted(results: 4, kept: 2)),
                    ]
                ),
                (.crowded(checkpoints: 1), [.discard(.of(4, at: 1))]),
                (.crowded(checkpoints: 0), []),
            ]),
        StudyScript(
            "new trials wait for room, and where nothing else runs one starts nevertheless",
            .of(twoRungs, trials: 8, parallel: 2, quota: 10),
            [
                (.saved(0, at: 1, bytes: 10), []),
                (.saved(1, at: 1, bytes: 10), []),
                (.report(0, at: 1, 2), []), (.report(1, at: 1, 1), []),
                (.ended(0), [.conclude(0, .paused(rung: 0))]),
                // A promoted trial continues.
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, from: .of(1, at: 1), .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.report(2, at: 2, 1), []),
                (.ended(2), [.conclude(1, .completed), .sample(2), .run(3, 2, to: 1)]),
                // Without a checkpoint it takes no room, and the others' checkpoints stay.
                (.report(3, at: 1, 9), []),
                (.ended(3), [.conclude(2, .paused(rung: 0)), .sample(3), .run(4, 3, to: 1)]),
            ]),
        StudyScript(
            "of complete trials the worst go first, and the best one stays",
            .of(.straight, trials: 3, parallel: 1, quota: 15),
            [
                (.saved(0, at: 4, bytes: 10), []), (.report(0, at: 4, 1), []),
                (.ended(0), [.conclude(0, .completed), .sample(1), .run(1, 1, to: 4)]),
                (.saved(1, at: 4, bytes: 10), []), (.report(1, at: 4, 2), []),
                (
                    .ended(1),
                    [.conclude(1, .completed), .discard(.of(1, at: 4)), .sample(2), .run(2, 2, to: 4)]
                ),
                (.saved(2, at: 4, bytes: 30), []), (.report(2, at: 4, 0), []),
                (
                    .ended(2),
                    [.conclude(2, .completed), .discard(.of(0, at: 4)), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "what nobody has taken for its own goes at once, but nothing that is known",
            .of(.straight, trials: 1, parallel: 1, quota: 1_000),
            [
                (.saved(0, at: 2, bytes: 5), []),
                (.saved(0, at: 2, bytes: 5), []),
                (.saved(0, at: 1, bytes: 5), [.discard(.of(0, at: 1))]),
                (.started(0, epoch: 1), []),
                (.saved(0, at: 3, bytes: 5), [.discard(.of(0, at: 3))]),
                (.report(0, epoch: 1, at: 4, 1), []),
                (.ended(0, epoch: 1), [.conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "of what nobody knows the bytes nothing goes",
            .of(.straight, trials: 2, parallel: 1, quota: 1),
            [
                (.saved(0, at: 4), []), (.report(0, at: 4, 1), []),
                (.ended(0), [.conclude(0, .completed), .sample(1), .run(1, 1, to: 4)]),
                (.saved(1, at: 4), []), (.report(1, at: 4, 2), []),
                (.ended(1), [.conclude(1, .completed), .finish(.completed)]),
            ]),
    ]

    @Test(arguments: scripts)
    func `a study keeps its quota where it can`(script: StudyScript) { script.play() }

    @Test func `what is missing is told as long as it is`() throws {
        var study = Study()
        _ = study.apply(.accepted(.of(Self.twoRungs, trials: 8, parallel: 2, quota: 10)))
        #expect(study.shortage == nil)
        _ = study.apply(.saved(0, at: 1, bytes: 10))
        #expect(study.shortage == nil)
        _ = study.apply(.saved(1, at: 1, bytes: 12))
        let shortage = try #require(study.shortage)
        #expect(shortage == (22, 10))
        _ = study.apply(.lost(1, .cancelled))
        #expect(study.shortage == nil)
        _ = study.apply(.cancelled)
        #expect(study.shortage == nil)
    }

    @Test func `in any world a study with a quota keeps every rule to its end`() {
        for seed in Seeds.upTo(300) {
            let history = History(plan: .tight(seed), world: seed, order: seed)
            #expect(history.violations == [], Seeds.replay(seed, in: Self.self))
        }
    }

    @Test func `in any order of arrival too`() {
        for seed in Seeds.upTo(20) {
            for order: UInt64 in 1...6 {
                let history = History(plan: .tight(seed), world: seed, order: order)
                #expect(
                    history.violations == [], "order \(order), \(Seeds.replay(seed, in: Self.self))")
            }
        }
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `with hardly any room each scheduler comes to its end`(scheduler: SchedulerUnderTest) {
        for seed in Seeds.upTo(10) {
            let plan = Plan.of(
                scheduler.plan, trials: 25, parallel: 4, retries: 1, failures: 1_000, quota: 1)
            let history = History(plan: plan, world: seed, order: seed, isLeftAlone: true)
            #expect(history.violations == [], Seeds.replay(seed, in: Self.self))
            #expect(history.decisions.last == .finish(.completed), Seeds.replay(seed, in: Self.self))
        }
    }

    @Test func `a quota that is never reached changes nothing but for what is nobody's`() {
        for seed in Seeds.upTo(60) {
            var plan = Plan.random(seed)
            let without = History(plan: plan, world: seed, order: seed)
            plan.quota = .max
            let with = History(plan: plan, world: seed, order: seed)
            #expect(
                without.decisions.filter { !$0.isDiscard } == with.decisions.filter { !$0.isDiscard },
                Seeds.replay(seed, in: Self.self))
        }
    }
}

extension Decision {
    fileprivate var isDiscard: Bool {
        if case .discard = self { true } else { false }
    }
}

extension Plan {
    /// A small plan of any kind, with a tight quota.
    fileprivate static func tight(_ seed: UInt64) -> Plan {
        var dice = Dice(seed: seed ^ 0x5151)
        var plan = random(seed)
        plan.quota = dice.pick([1, 5, 20, 50])
        if dice.oneIn(3) { plan.keep = dice.roll(1...4) }
        return plan
    }
}
