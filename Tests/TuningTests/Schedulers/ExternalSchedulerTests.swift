import Testing

@testable import Tuning

/// A scheduler that takes advice, and ASHA in its place.
@Suite struct ExternalSchedulerTests {
    static let program = ExternalPlan(command: ["schedule"], seed: 0)

    /// Rungs at 1, 2, 3, …, 9; ASHA's are 1, 3 and 9.
    static let plan = ExternalSchedulerPlan(program: program, asha: .of(1, 9, 3), step: 1)

    private func scheduler(_ losses: [Double]) -> ExternalScheduler {
        var scheduler = ExternalScheduler(Self.plan)
        for (number, loss) in losses.enumerated() {
            scheduler.take(.begin)
            scheduler.admit(TrialID(number))
            scheduler.record(TrialID(number), rung: 0, loss: Loss(value: loss))
        }
        return scheduler
    }

    @Test(arguments: [
        (nil, [1, 3, 9]), (1, [1, 2, 3, 4, 5, 6, 7, 8, 9]), (3, [1, 3, 4, 7, 9]), (100, [1, 3, 9]),
    ])
    func `its ladder has ASHA's rungs, and one after each step`(step: Int?, levels: [Int]) {
        var plan = Self.plan
        plan.step = step
        #expect(plan.levels.map(\.units) == levels)
    }

    @Test func `nothing begins and nobody goes on unless the program says so`() {
        var scheduler = ExternalScheduler(Self.plan)
        #expect(scheduler.entry(of: TrialID(0)) == nil)
        #expect(scheduler.choices(places: 2) == Choices(mayBegin: true, resting: [:]))
        scheduler.take(.begin)
        #expect(scheduler.entry(of: TrialID(0)) == 0)
        scheduler.admit(TrialID(0))
        #expect(scheduler.entry(of: TrialID(1)) == nil)
        scheduler.record(TrialID(0), rung: 0, loss: Loss(value: 1))
        #expect(scheduler.promote() == nil)
        #expect(scheduler.choices(places: 1) == Choices(mayBegin: true, resting: [TrialID(0): 0]))
        scheduler.take(.goOn(TrialID(0), rung: 3))
        #expect(
            scheduler.promote()
                == Promotion(trial: TrialID(0), rung: 3, results: 0, ground: .advised(from: 0)))
        #expect(scheduler.promote() == nil)
    }

    @Test func `it is asked for as many as there are places, and not while it rests`() {
        var scheduler = scheduler([1, 2])
        scheduler.take(.goOn(TrialID(1), rung: 1))
        #expect(scheduler.choices(places: 1) == nil)
        #expect(scheduler.choices(places: 2) != nil)
        scheduler.take(.rest)
        #expect(scheduler.choices(places: 2) == nil)
        scheduler.record(TrialID(1), rung: 1, loss: Loss(value: 1))
        #expect(scheduler.choices(places: 2) != nil)
    }

    @Test func `a trial that cannot go on yet waits, and others go first`() {
        var scheduler = scheduler([1, 2])
        scheduler.take(.goOn(TrialID(0), rung: 1))
        scheduler.take(.goOn(TrialID(1), rung: 1))
        #expect(scheduler.promote { $0 == TrialID(0) }?.trial == TrialID(1))
        #expect(scheduler.promote { $0 == TrialID(0) } == nil)
        #expect(scheduler.promote()?.trial == TrialID(0))
    }

    @Test(arguments: [
        Advice.goOn(TrialID(0), rung: 0), .goOn(TrialID(7), rung: 1), .goOn(TrialID(0), rung: 9),
    ])
    func `what cannot be followed changes nothing`(advice: Advice) {
        var scheduler = scheduler([1])
        #expect(scheduler.allChoices?.allow(advice, rungs: 9) == false)
        scheduler.take(advice)
        #expect(scheduler.promote() == nil)
        #expect(scheduler.allChoices?.resting == [TrialID(0): 0])
    }

    @Test func `alone it is ASHA on the results so far, and after an answer it is not`() {
        var scheduler = scheduler([3, 1, 2])
        scheduler.take(.alone)
        #expect(scheduler.isAlone && scheduler.choices(places: 5) == nil)
        #expect(scheduler.entry(of: TrialID(3)) == 0)
        // The best of three goes on, to ASHA's next rung, which is the third here.
        #expect(
            scheduler.promote()
                == Promotion(trial: TrialID(1), rung: 2, results: 0, ground: .advised(from: 0)))
        #expect(scheduler.promote() == nil)
        scheduler.take(.rest)
        #expect(!scheduler.isAlone && scheduler.entry(of: TrialID(3)) == nil)
    }

    @Test func `a trial that the program has sent past a rung counts there as promoted`() {
        var scheduler = scheduler([3, 1, 2])
        // Not past ASHA's rung at 3: it still waits in the lowest one.
        scheduler.take(.goOn(TrialID(1), rung: 1))
        _ = scheduler.promote()
        scheduler.take(.alone)
        #expect(scheduler.promote() == nil)
        scheduler.record(TrialID(1), rung: 1, loss: Loss(value: 1))
        #expect(
            scheduler.promote()
                == Promotion(trial: TrialID(1), rung: 2, results: 0, ground: .advised(from: 1)))

        var other = self.scheduler([3, 1, 2])
        other.take(.goOn(TrialID(1), rung: 4))
        _ = other.promote()
        other.record(TrialID(1), rung: 4, loss: Loss(value: 1))
        other.take(.alone)
        #expect(other.promote() == nil)
    }

    @Test func `no trial begins after the last, and the user may send one to the top`() {
        var scheduler = scheduler([1, 2])
        scheduler.take(.begin)
        scheduler.close()
        #expect(scheduler.entry(of: TrialID(2)) == nil)
        #expect(scheduler.choices(places: 1)?.mayBegin == false)
        scheduler.take(.goOn(TrialID(0), rung: 1))
        let released = (scheduler.release(TrialID(0), from: 0), scheduler.release(TrialID(0), from: 0))
        #expect(released == (true, false))
        #expect(scheduler.promote() == nil)
        scheduler.reopen()
        #expect(scheduler.choices(places: 1)?.mayBegin == true)
    }
}
