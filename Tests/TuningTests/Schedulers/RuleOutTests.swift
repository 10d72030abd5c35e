import Chance
import Testing
import Tuning

/// A scheduler never promotes a trial that it has ruled out, and it rules out all that it can.
@Suite struct RuleOutTests {
    /// All that are ruled out, in order.
    private static func drain(_ scheduler: inout any Scheduler, trials: Int) -> [TrialID] {
        var named: [TrialID] = []
        while named.count <= trials * scheduler.levels.count, let next = scheduler.ruleOut(ofAtMost: trials)
        {
            named.append(next)
        }
        return named
    }

    @Test(arguments: SchedulerUnderTest.all)
    func `who was ruled out is not promoted, and to ask changes nothing`(scheduler: SchedulerUnderTest) {
        for seed in Seeds.upTo(80) {
            var dice = Dice(seed: seed)
            let (trials, share) = (60, dice.roll(1...4))
            var made = scheduler.make()
            var silent = made
            var waiting: [(trial: TrialID, rung: Int)] = []
            var rests: [TrialID: Int] = [:]
            var out: Set<TrialID> = []
            var (next, twin) = (0, 0)
            while true {
                let last = min(trials, next + dice.roll(0...trials))
                waiting += SchedulerConformanceTests.admit(&made, from: &next, to: last)
                _ = SchedulerConformanceTests.admit(&silent, from: &twin, to: last)
                if waiting.isEmpty && (next == trials || made.entry(of: TrialID(next)) == nil) { break }
                if waiting.isEmpty { continue }
                let (trial, rung) = waiting.remove(at: dice.roll(0...waiting.count - 1))
                let loss = dice.oneIn(6) ? Loss.worst : Loss(value: Double(dice.roll(0...30)))
                if dice.oneIn(20) {
                    made.withdraw(trial, rung: rung)
                    silent.withdraw(trial, rung: rung)
                } else {
                    made.record(trial, rung: rung, loss: loss)
                    silent.record(trial, rung: rung, loss: loss)
                    rests[trial] = rung
                }
                if dice.oneIn(share) {
                    for trial in Self.drain(&made, trials: trials) {
                        #expect(rests[trial] != nil, "trial \(trial); \(Seeds.replay(seed, in: Self.self))")
                        #expect(out.insert(trial).inserted, Seeds.replay(seed, in: Self.self))
                    }
                }
                if dice.oneIn(2) { continue }
                let promotions = SchedulerConformanceTests.drain(&made, most: 1_000)
                #expect(promotions == SchedulerConformanceTests.drain(&silent, most: 1_000))
                for promotion in promotions {
                    rests[promotion.trial] = nil
                    #expect(!out.contains(promotion.trial), Seeds.replay(seed, in: Self.self))
                    waiting.append((promotion.trial, promotion.rung))
                }
            }
        }
    }

    @Test func `asha rules out whom a worst case cannot promote, and no other`() {
        for seed in Seeds.upTo(60) {
            var dice = Dice(seed: seed)
            let (eta, trials) = (dice.roll(2...4), dice.roll(1...40))
            var asha: any Scheduler = ASHA(.of(1, eta * eta, eta))
            // The results of each rung, and the trials promoted from it.
            var rungs: [[(loss: Double, trial: Int)]] = [[], [], []]
            var promoted: [Set<Int>] = [[], [], []]
            var waiting = (0..<trials).map { (trial: TrialID($0), rung: 0) }
            for (trial, _) in waiting { asha.admit(trial) }
            var named: Set<Int> = []
            while !waiting.isEmpty {
                let (trial, rung) = waiting.remove(at: dice.roll(0...waiting.count - 1))
                let loss = Double(dice.roll(0...9))
                asha.record(trial, rung: rung, loss: Loss(value: loss))
                rungs[rung].append((loss, trial.number))
                while let promotion = asha.promote() {
                    promoted[promotion.rung - 1].insert(promotion.trial.number)
                    waiting.append((promotion.trial, promotion.rung))
                }
                named.formUnion(Self.drain(&asha, trials: trials).map(\.number))
                #expect(
                    named == Self.hopeless(rungs, promoted, eta, trials), Seeds.replay(seed, in: Self.self))
            }
        }
    }

    /// The trials that wait in a rung and stay behind the best ⌊n/η⌋, even if n is the most results that it can have.
    private static func hopeless(
        _ rungs: [[(loss: Double, trial: Int)]], _ promoted: [Set<Int>], _ eta: Int, _ trials: Int
    ) -> Set<Int> {
        var (most, all) = (trials, Set<Int>())
        for k in rungs.indices.dropLast() {
            let ranked = rungs[k].sorted { ($0.loss, $0.trial) < ($1.loss, $1.trial) }.map(\.trial)
            let out = ranked.dropFirst(most / eta).filter { !promoted[k].contains($0) }
            all.formUnion(out)
            most -= out.count
        }
        return all
    }

    @Test func `where results get better and better, a rung may get more than the share of the one below`()
    {
        var asha: any Scheduler = ASHA(.of(1, 9, 3))
        for number in 0..<9 { asha.admit(TrialID(number)) }
        var promoted: [Int] = []
        for number in 0..<9 {
            asha.record(TrialID(number), rung: 0, loss: Loss(value: Double(9 - number)))
            while let promotion = asha.promote() { promoted.append(promotion.trial.number) }
        }
        #expect(promoted == [2, 3, 4, 5, 6, 7, 8])
        #expect(Self.drain(&asha, trials: 9).map(\.number) == [0, 1])
        // Seven results may reach the next rung, so two of them may be promoted, although ⌊9/3⌋/3 is one.
        for number in 2..<5 { asha.record(TrialID(number), rung: 1, loss: Loss(value: Double(number))) }
        #expect(asha.promote()?.trial == TrialID(2))
        #expect(Self.drain(&asha, trials: 9).map(\.number) == [4])
        for number in 5..<9 { asha.record(TrialID(number), rung: 1, loss: Loss(value: Double(number))) }
        #expect(asha.promote()?.trial == TrialID(3))
    }

    @Test func `a synchronous rung rules out before it is closed, and what it has not kept after`() {
        var halving: any Scheduler = SuccessiveHalving(
            SuccessiveHalvingPlan(ladder: .of(1, 4, 2), configurations: 4))
        for number in 0..<4 { halving.admit(TrialID(number)) }
        for number in 0..<3 { halving.record(TrialID(number), rung: 0, loss: Loss(value: Double(number))) }
        #expect(Self.drain(&halving, trials: 8).map(\.number) == [2])
        halving.record(TrialID(3), rung: 0, loss: Loss(value: 0.5))
        #expect(Self.drain(&halving, trials: 8).map(\.number) == [1])
        #expect(halving.promote()?.trial == TrialID(0))
        #expect(halving.promote()?.trial == TrialID(3))
        for number in [0, 3] { halving.record(TrialID(number), rung: 1, loss: Loss(value: Double(number))) }
        #expect(Self.drain(&halving, trials: 8).map(\.number) == [3])
    }
}
