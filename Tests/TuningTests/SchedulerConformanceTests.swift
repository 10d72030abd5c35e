import Chance
import Testing
import Tuning

/// What every scheduler has to keep, whatever its rule.
@Suite struct SchedulerConformanceTests {
    /// All promotions that are due, in order; at most `most`, should they never end.
    static func drain(_ scheduler: inout any Scheduler, most: Int) -> [Promotion] {
        var promotions: [Promotion] = []
        while promotions.count <= most, let next = scheduler.promote() { promotions.append(next) }
        return promotions
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
            var made = scheduler.make()
            var finite = made.levels.map { _ in Set<TrialID>() }
            var results = made.levels.map { _ in 0 }
            var waiting = (0..<60).map { (trial: TrialID($0), rung: 0) }
            var seen = made.levels.map { _ in Set<TrialID>() }
            while !waiting.isEmpty {
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
                    #expect(promotion.results == results[below] && promotion.kept <= promotion.results)
                    waiting.append((promotion.trial, promotion.rung))
                }
            }
        }
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `the same results in another order lead to the same promotions`(scheduler: SchedulerUnderTest) {
        for seed in Seeds.upTo(40) {
            var dice = Dice(seed: seed)
            let results = (0..<dice.roll(0...40)).map {
                (TrialID($0), Loss(value: Double(dice.roll(0...5))))
            }
            let outcomes = (0..<3).map { _ in
                var made = scheduler.make()
                for (trial, loss) in results.shuffled(using: &dice) {
                    made.record(trial, rung: 0, loss: loss)
                }
                return Self.drain(&made, most: 1_000)
            }
            #expect(Set(outcomes).count == 1, Seeds.replay(seed, in: Self.self))
        }
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `a copy goes on by itself`(scheduler: SchedulerUnderTest) {
        var original = scheduler.make()
        for number in 0..<20 {
            original.record(TrialID(number), rung: 0, loss: Loss(value: Double(number)))
        }
        var copy = original
        let ahead = Self.drain(&copy, most: 100)
        for number in 20..<40 { copy.record(TrialID(number), rung: 0, loss: .worst) }
        #expect(Self.drain(&original, most: 100) == ahead)
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
