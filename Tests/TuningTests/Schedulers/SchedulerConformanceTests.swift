import Chance
import Testing
import Tuning

/// What every scheduler must guarantee.
@Suite struct SchedulerConformanceTests {
    /// All possible promotions, in order; at most `most`, in case they never end.
    static func drain(_ scheduler: inout any Scheduler, most: Int) -> [Promotion] {
        var promotions: [Promotion] = []
        while promotions.count <= most, let next = scheduler.promote() { promotions.append(next) }
        return promotions
    }

    /// Starts trials as far as the scheduler allows, and closes admission after trial 59.
    static func admit(
        _ scheduler: inout any Scheduler, from next: inout Int, to last: Int
    ) -> [(trial: TrialID, rung: Int)] {
        var admitted: [(trial: TrialID, rung: Int)] = []
        while next < last, let rung = scheduler.entry(of: TrialID(next)) {
            scheduler.admit(TrialID(next))
            admitted.append((TrialID(next), rung))
            next += 1
            if next == 60 { scheduler.close() }
        }
        return admitted
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `its levels ascend from one unit or more up to the maximum resource`(scheduler: SchedulerUnderTest)
    {
        let levels = scheduler.make().levels
        #expect(levels == scheduler.plan.levels)
        #expect(!levels.isEmpty)
        #expect(levels.allSatisfy { $0 > .none && $0 <= scheduler.plan.maxResource })
        #expect(zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `promotes nobody before there are results`(scheduler: SchedulerUnderTest) {
        var scheduler = scheduler.make()
        #expect(scheduler.promote() == nil)
        #expect(scheduler.promote() == nil)
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `promotes only who has a finite result in the rung below, and once`(scheduler: SchedulerUnderTest)
    {
        for seed in Seeds.upTo(60) {
            var dice = Dice(seed: seed)
            let hasChildren = scheduler.plan.hasChildren
            var made = scheduler.make()
            var finite = made.levels.map { _ in Set<TrialID>() }
            var results = made.levels.map { _ in 0 }
            var waiting: [(trial: TrialID, rung: Int)] = []
            var next = 0
            var seen = made.levels.map { _ in Set<TrialID>() }
            while true {
                waiting += Self.admit(&made, from: &next, to: min(60, next + dice.roll(0...60)))
                if waiting.isEmpty && (next == 60 || made.entry(of: TrialID(next)) == nil) { break }
                if waiting.isEmpty { continue }
                let (trial, rung) = waiting.remove(at: dice.roll(0...waiting.count - 1))
                let loss = dice.oneIn(5) ? Loss.worst : Loss(value: Double(dice.roll(0...9)))
                made.record(trial, rung: rung, loss: loss)
                results[rung] += 1
                if loss.isFinite { finite[rung].insert(trial) }
                if dice.oneIn(2) { continue }
                for promotion in Self.drain(&made, most: 1_000) {
                    let below = promotion.rung - 1
                    #expect(made.levels.indices.contains(promotion.rung) && below >= 0)
                    #expect(finite[below].contains(promotion.trial), Seeds.replay(seed, in: Self.self))
                    #expect(seen[below].insert(promotion.trial).inserted, Seeds.replay(seed, in: Self.self))
                    // Members of a population are compared whatever their rung.
                    let known = hasChildren ? results.reduce(0, +) : results[below]
                    #expect(promotion.results <= known)
                    if case .amongBest(let kept) = promotion.ground { #expect(kept <= promotion.results) }
                    waiting.append((promotion.trial, promotion.rung))
                }
            }
        }
    }

    @Test(arguments: SchedulerUnderTest.all.filter(\.waitsForOthers))
    func `the same results in another order lead to the same promotions`(scheduler: SchedulerUnderTest) {
        for seed in Seeds.upTo(40) {
            var dice = Dice(seed: seed)
            var next = 0
            let count = dice.roll(0...40)
            var first = scheduler.make()
            let results = Self.admit(&first, from: &next, to: count).map {
                ($0.trial, $0.rung, Loss(value: Double(dice.roll(0...5))))
            }
            let outcomes = (0..<3).map { _ in
                var made = first
                for (trial, rung, loss) in results.shuffled(using: &dice) {
                    made.record(trial, rung: rung, loss: loss)
                }
                return Self.drain(&made, most: 1_000)
            }
            #expect(Set(outcomes).count == 1, Seeds.replay(seed, in: Self.self))
        }
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `a copy goes on by itself`(scheduler: SchedulerUnderTest) {
        var original = scheduler.make()
        var next = 0
        for (trial, rung) in Self.admit(&original, from: &next, to: 20) {
            original.record(trial, rung: rung, loss: Loss(value: Double(trial.number)))
        }
        var copy = original
        let ahead = Self.drain(&copy, most: 100)
        for (trial, rung) in Self.admit(&copy, from: &next, to: 40) {
            copy.record(trial, rung: rung, loss: .worst)
        }
        #expect(Self.drain(&original, most: 100) == ahead)
    }

    @Test(arguments: SearcherUnderTest.allCases, SchedulerUnderTest.all)
    func `it works with every searcher`(searcher: SearcherUnderTest, scheduler: SchedulerUnderTest) {
        for seed in Seeds.upTo(1) {
            var plan = Plan.of(
                scheduler.plan, trials: 25, parallel: 4, failures: 1_000, space: RandomSearcherTests.space)
            plan.searcher = searcher.plan(plan.space, seed: seed)
            let history = History(plan: plan, world: seed, order: seed, isLeftAlone: true)
            #expect(history.violations == [], Seeds.replay(seed, in: Self.self))
            #expect(history.decisions.last == .finish(.completed), Seeds.replay(seed, in: Self.self))
        }
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `a study whose searcher has nothing more to propose ends`(scheduler: SchedulerUnderTest) {
        var plan = Plan.of(scheduler.plan, trials: 50, parallel: 3)
        plan.searcher = .list((0..<7).map { Configuration(["x": .int($0)]) }, seed: 1)
        var study = Study()
        var due = study.apply(.accepted(plan))
        var promoted = 0
        while !due.isEmpty {
            guard case .evaluate(let work) = due.removeFirst() else { continue }
            let id = work.id.number
            if work.reason != .new { promoted += 1 }
            due += study.apply(.report(id, at: work.to.units, Double(work.trial.number)))
            due += study.apply(.ended(id))
        }
        #expect(study.phase == .over(.completed))
        #expect(study.trialCount == 7)
        // No trial waits for trials that never come.
        #expect(promoted > 0 || scheduler.plan.levels.count == 1)
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `a study with it ends, and keeps every rule`(scheduler: SchedulerUnderTest) {
        for seed in Seeds.upTo(10) {
            let plan = Plan.of(scheduler.plan, trials: 25, parallel: 4, retries: 1, failures: 1_000)
            let history = History(plan: plan, world: seed, order: seed)
            #expect(history.violations == [], Seeds.replay(seed, in: Self.self))
        }
    }
}
