import Testing
import Tuning

/// Which member exploits which, by the definitions of the paper's section 4.1.1, and when.
@Suite struct PBTTests {
    static func plan(
        _ population: Int, _ exploit: PBTPlan.Exploit, seed: UInt64 = 0, interval: Int = 1,
        to top: Int = 1_000
    ) -> PBTPlan {
        PBTPlan(
            population: population, maxResource: Resource(top), interval: interval, exploit: exploit,
            seed: seed)
    }

    /// A population in which member k has the loss k, except the last, which has no result.
    static func ranked(_ plan: PBTPlan) -> PBT {
        var pbt = PBT(plan)
        for member in 0..<plan.population { pbt.admit(TrialID(member)) }
        for member in 0..<plan.population - 1 {
            #expect(pbt.record(TrialID(member), rung: 0, loss: Loss(value: Double(member))) == .waits)
        }
        return pbt
    }

    @Test func `levels are the multiples of the interval, and the top`() {
        #expect(
            Self.plan(2, .tournament, interval: 5, to: 20).levels == [5, 10, 15, 20].map { Resource($0) })
        #expect(Self.plan(2, .tournament, interval: 7, to: 20).levels == [7, 14, 20].map { Resource($0) })
        #expect(Self.plan(2, .tournament, interval: 30, to: 20).levels == [Resource(20)])
    }

    @Test func `in truncation selection each of the worst copies one of the best, all equally likely`() {
        var copied = [Int](repeating: 0, count: 20)
        for seed in 1...4_000 as ClosedRange<UInt64> {
            var pbt = Self.ranked(Self.plan(20, .truncation(percent: 20), seed: seed))
            var other = pbt
            // In the middle of the others, it continues.
            #expect(other.record(TrialID(19), rung: 0, loss: Loss(value: 9.5)) == .waits)
            // As the worst, it copies one of the best 4 of 20.
            guard case .exploits(let parent) = pbt.record(TrialID(19), rung: 0, loss: Loss(value: 99))
            else {
                Issue.record("member 19 is the worst, and goes on with seed \(seed)")
                return
            }
            copied[parent.number] += 1
        }
        #expect(copied[4...].allSatisfy { $0 == 0 })
        #expect(Statistics.chiSquareIsPlausible(Array(copied[..<4]), [1_000, 1_000, 1_000, 1_000]))
    }

    @Test(arguments: [(2, 20, 1), (4, 20, 1), (5, 20, 1), (9, 20, 1), (10, 20, 2), (20, 20, 4), (7, 50, 3)])
    func `as many of the worst are replaced as the share says, rounded down and at least one`(
        population: Int, percent: Int, worst: Int
    ) {
        let plan = Self.plan(population, .truncation(percent: percent))
        let exploiting = (0..<population).filter { rank in
            var pbt = Self.ranked(plan)
            // The last member takes each rank in turn.
            let loss = Loss(value: Double(rank) - 0.5)
            return pbt.record(TrialID(population - 1), rung: 0, loss: loss) != .waits
        }
        #expect(exploiting == Array(population - worst..<population))
    }

    @Test func `in a tournament the rival is any other, and is copied if it is better`() {
        var rivals = [Int](repeating: 0, count: 10)
        for seed in 1...9_000 as ClosedRange<UInt64> {
            var pbt = Self.ranked(Self.plan(10, .tournament, seed: seed))
            // Better than 5 of the 9 others: it continues if it draws one of these.
            switch pbt.record(TrialID(9), rung: 0, loss: Loss(value: 3.5)) {
            case .exploits(let parent): rivals[parent.number] += 1
            default: rivals[9] += 1
            }
        }
        #expect(rivals[4..<9].allSatisfy { $0 == 0 })
        #expect(
            Statistics.chiSquareIsPlausible(
                Array(rivals[..<4]) + [rivals[9]], [1_000, 1_000, 1_000, 1_000, 5_000]))
    }

    @Test func `an equal is not copied in a tournament`() {
        for seed in 1...50 as ClosedRange<UInt64> {
            var pbt = PBT(Self.plan(2, .tournament, seed: seed))
            for member in 0...1 {
                pbt.admit(TrialID(member))
            }
            for member in 0...1 {
                #expect(pbt.record(TrialID(member), rung: 0, loss: Loss(value: 1)) == .waits)
            }
        }
    }

    @Test func `nobody exploits before all have a first result, nor when no trial is left`() {
        let plan = Self.plan(3, .truncation(percent: 50))
        var pbt = PBT(plan)
        for member in 0...2 { pbt.admit(TrialID(member)) }
        #expect(pbt.record(TrialID(0), rung: 0, loss: Loss(value: 1)) == .waits)
        for rung in 0...3 {
            #expect(pbt.record(TrialID(1), rung: rung, loss: Loss(value: 2)) == .waits)
        }
        var closed = pbt
        closed.close()
        #expect(pbt.record(TrialID(2), rung: 0, loss: Loss(value: 3)) == .exploits(TrialID(0)))
        #expect(closed.record(TrialID(2), rung: 0, loss: Loss(value: 3)) == .waits)
    }

    @Test func `who fails before all have a result is replaced anew, later by a child of one of the best`()
    {
        var pbt = PBT(Self.plan(2, .truncation(percent: 20)))
        #expect(pbt.entry(of: TrialID(0)) == 0)
        pbt.admit(TrialID(0))
        pbt.admit(TrialID(1))
        #expect(pbt.entry(of: TrialID(2)) == nil)
        pbt.record(TrialID(0), rung: 0, loss: .worst)
        #expect(pbt.entry(of: TrialID(2)) == 0)
        #expect(pbt.exploited(byNew: TrialID(2)) == nil)
        pbt.admit(TrialID(2))
        pbt.record(TrialID(1), rung: 0, loss: Loss(value: 1))
        pbt.record(TrialID(2), rung: 0, loss: Loss(value: 0.5))
        pbt.record(TrialID(1), rung: 1, loss: .worst)
        #expect(pbt.entry(of: TrialID(3)) == 0)
        #expect(pbt.exploited(byNew: TrialID(3)) == TrialID(2))
    }

    @Test func `those go on first that are behind, once all have begun`() {
        var pbt = PBT(Self.plan(3, .truncation(percent: 20)))
        pbt.admit(TrialID(0))
        pbt.record(TrialID(0), rung: 0, loss: Loss(value: 1))
        #expect(pbt.promote() == nil)
        #expect(pbt.promote(TrialID(0), from: 0) == nil)
        pbt.admit(TrialID(1))
        pbt.admit(TrialID(2))
        pbt.record(TrialID(1), rung: 0, loss: Loss(value: 2))
        let first = pbt.promote()
        #expect(first?.trial == TrialID(0))
        pbt.record(TrialID(0), rung: 1, loss: Loss(value: 1))
        // Trial 1 waits for a place, and is behind.
        #expect(pbt.promote(TrialID(0), from: 1) == nil)
        #expect(pbt.promote()?.trial == TrialID(1))
        #expect(pbt.promote(TrialID(0), from: 1)?.trial == TrialID(0))
    }
}

/// The resource at which members are compared.
@Suite struct PBTComparisonTests {
    /// Members with these losses, rung by rung. Each continues, also if it should exploit another.
    private static func population(
        of curves: [[Double]], _ comparison: PBTPlan.Comparison = .sameResource
    ) -> PBT {
        var plan = PBTTests.plan(curves.count + 1, .truncation(percent: 50))
        plan.comparison = comparison
        var pbt = PBT(plan)
        for member in 0...curves.count { pbt.admit(TrialID(member)) }
        for (member, curve) in curves.enumerated() {
            for (rung, loss) in curve.enumerated() {
                #expect(pbt.record(TrialID(member), rung: rung, loss: Loss(value: loss)) == .waits)
            }
        }
        return pbt
    }

    @Test func `a member that is ahead counts with what it had shown here, also where its loss has risen`()
    {
        var pbt = Self.population(of: [[1, 3, 9]])
        #expect(pbt.record(TrialID(1), rung: 0, loss: Loss(value: 2)) == .exploits(TrialID(0)))
        var older = Self.population(of: [[1, 3, 9]], .newest)
        #expect(older.record(TrialID(1), rung: 0, loss: Loss(value: 2)) == .waits)
        #expect(older.record(TrialID(0), rung: 3, loss: Loss(value: 8)) == .exploits(TrialID(1)))
    }

    @Test func `a member that is behind is not compared yet`() {
        var pbt = Self.population(of: [[2]])
        #expect(pbt.record(TrialID(1), rung: 0, loss: Loss(value: 1)) == .waits)
        // It is worse than member 1 was, but is the first to reach this rung.
        #expect(pbt.record(TrialID(0), rung: 1, loss: Loss(value: 5)) == .waits)
        #expect(pbt.promote(TrialID(0), from: 1)?.results == nil)
        _ = pbt.promote()
        _ = pbt.promote()
        let promotion = pbt.promote()
        #expect(promotion?.rung == 2)
        #expect(promotion?.results == 1)
    }

    @Test func `a child has what the member it comes from had shown, when it was copied`() {
        var pbt = Self.population(of: [[1, 1]])
        #expect(pbt.record(TrialID(1), rung: 0, loss: Loss(value: 2)) == .exploits(TrialID(0)))
        pbt.exploit(TrialID(0), inPlaceOf: TrialID(1))
        // The better member has ended before the child starts.
        pbt.record(TrialID(0), rung: 2, loss: .worst)
        pbt.join(TrialID(2))
        pbt.admit(TrialID(3))
        #expect(pbt.record(TrialID(3), rung: 0, loss: Loss(value: 3)) == .exploits(TrialID(2)))
        #expect(pbt.record(TrialID(3), rung: 1, loss: Loss(value: 0.5)) == .waits)
    }

    @Test func `a free place goes to a child of one of the best in the rung that half have reached`() {
        var pbt = Self.population(of: [[5, 1], [4, 2], [1]])
        // The fourth fails, and all others have a result; half of them have reached rung 1.
        pbt.record(TrialID(3), rung: 0, loss: Loss(value: 9))
        pbt.record(TrialID(3), rung: 1, loss: .worst)
        #expect(pbt.exploited(byNew: TrialID(4)) == TrialID(0))
        pbt.admit(TrialID(4), exploiting: TrialID(0))
        #expect(pbt.record(TrialID(4), rung: 2, loss: Loss(value: 7)) == .waits)
    }

    /// The settings of a population in the log of an older version.
    private static let older = #"""
        {"exploit":{"truncation":{"percent":20}},"explore":{"perturb":{"percent":20}},"interval":5,\#
        "maxResource":20,"population":4,"resamplePercent":25,"seed":7}
        """#

    @Test func `a plan that does not say what members are compared by is of an older version`() throws {
        var plan = PBTPlan(
            population: 4, maxResource: Resource(20), interval: 5, seed: 7, comparison: .newest)
        #expect(try StoredText.value(PBTPlan.self, from: Self.older) == plan)
        #expect(try StoredText.of(plan) == Self.older)
        plan.comparison = .sameResource
        let newer = #"{"comparison":"sameResource","# + Self.older.dropFirst()
        #expect(try StoredText.of(plan) == newer)
        #expect(try StoredText.value(PBTPlan.self, from: newer) == plan)
    }
}

/// The decisions of a study with a population.
@Suite struct PopulationStudyTests {
    @Test func `a checkpoint stays as long as a child may start from it, and goes with its last holder`() {
        let plan = Plan.of(
            .pbt(PBTTests.plan(2, .truncation(percent: 50), to: 3)), trials: 3, parallel: 2, keep: 1)
        let child = Decision.sample(trial: TrialID(2), configuration: Configuration(), parent: TrialID(0))
        StudyScript(
            "two members and a child", plan,
            [
                (.saved(0, at: 1), []), (.report(0, at: 1, 1), []),
                (
                    .ended(0),
                    [
                        .conclude(0, .paused(rung: 0)),
                        .run(2, 0, rung: 1, to: 2, from: .of(0, at: 1), .unstopped(results: 1)),
                    ]
                ),
                (.saved(1, at: 1), []), (.report(1, at: 1, 2), []),
                (
                    .ended(1),
                    [
                        .discard(.of(1, at: 1)), .conclude(1, .replaced(rung: 0, parent: TrialID(0))),
                        child,
                        .run(3, 2, rung: 1, to: 2, from: .of(0, at: 1)),
                    ]
                ),
                (.saved(2, at: 2), []), (.report(2, at: 2, 0.5), []),
                // The parent no longer needs its first checkpoint; the child does.
                (
                    .ended(2),
                    [
                        .conclude(0, .paused(rung: 1)),
                        .run(4, 0, rung: 2, to: 3, from: .of(2, at: 2), .unstopped(results: 1)),
                    ]
                ),
                (.saved(3, at: 2), []), (.report(3, at: 2, 0.7), []),
                (
                    .ended(3),
                    [
                        .discard(.of(0, at: 1)), .conclude(2, .paused(rung: 1)),
                        .run(5, 2, rung: 2, to: 3, from: .of(3, at: 2), .unstopped(results: 2)),
                    ]
                ),
            ]
        ).play()
    }

    @Test func `where the better one has saved nothing, the member goes on, and the log says why`() {
        let plan = Plan.of(
            .pbt(PBTTests.plan(2, .truncation(percent: 50), to: 3)), trials: 9, parallel: 2)
        StudyScript(
            "nothing is saved", plan,
            [
                (.report(0, at: 1, 1), []),
                (
                    .ended(0),
                    [.conclude(0, .paused(rung: 0)), .run(2, 0, rung: 1, to: 2, .unstopped(results: 1))]
                ),
                (.report(1, at: 1, 2), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(3, 1, rung: 1, to: 2, .retained(results: 2, despite: TrialID(0))),
                    ]
                ),
            ]
        ).play()
    }
}
