import Chance
import Testing
import Tuning

@testable import Simulated

/// How good the best trials of a study are together.
@Suite struct LeadersTests {
    private static func standings(
        _ values: [(trial: Int, value: Double)], of count: Int, _ goal: Objective.Goal
    )
        -> [Leaders.Standing]
    {
        var leaders = Leaders(count, goal: goal)
        for (index, item) in values.enumerated() {
            leaders.see(item.value, of: TrialID(item.trial), at: Double(index))
        }
        return leaders.standings
    }

    @Test func `each trial counts once, with its best value, from when on there are enough`() {
        let values = [
            (1, 4.0), (1, 2.0), (2, 8.0), (3, .nan), (3, 6.0), (2, 9.0), (4, -.infinity), (2, 1.0),
        ]
        let standings = Self.standings(values, of: 2, .minimize)
        #expect(standings.map(\.seconds) == [2, 4, 7])
        #expect(standings.map(\.mean) == [5, 4, 1.5])
        // Of two values the deviation is their distance by the square root of two.
        for (standing, distance) in zip(standings, [6.0, 4, 1]) {
            #expect(abs(standing.deviation - distance / 2.0.squareRoot()) < 1e-12)
        }
    }

    @Test func `where greater is better the greatest count`() {
        let standings = Self.standings([(1, 0.5), (2, 0.7), (3, 0.9), (4, 0.6)], of: 3, .maximize)
        #expect(standings.count == 2)
        #expect(standings.map { ($0.mean * 1e9).rounded() } == [7e8, (2.2 / 3 * 1e9).rounded()])
        #expect(abs(standings[0].deviation - 0.2) < 1e-12)
    }

    @Test func `on random values it is what sorting all of them gives`() {
        for seed in UInt64(1)...200 {
            var dice = Dice(seed: seed)
            let count = dice.roll(2...7)
            let goal: Objective.Goal = seed.isMultiple(of: 2) ? .minimize : .maximize
            let sign = goal == .minimize ? 1.0 : -1
            var leaders = Leaders(count, goal: goal)
            var best: [Int: Double] = [:]
            for step in 1...150 {
                let (trial, loss) = (dice.roll(0...20), Double(dice.roll(0...400)))
                leaders.see(sign * loss, of: TrialID(trial), at: Double(step))
                best[trial] = min(best[trial] ?? .infinity, loss)
                let top = best.values.sorted().prefix(count)
                guard top.count == count else {
                    #expect(leaders.standings.isEmpty, "seed \(seed)")
                    continue
                }
                let mean = top.reduce(0, +) / Double(count)
                let variance = top.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
                let last = leaders.standings.last
                #expect(abs((last?.mean ?? .infinity) - sign * mean) < 1e-9, "seed \(seed), step \(step)")
                #expect(
                    abs((last?.deviation ?? .infinity) - variance.squareRoot()) < 1e-9,
                    "seed \(seed), step \(step)")
            }
            // Nothing is noted twice.
            #expect(zip(leaders.standings, leaders.standings.dropFirst()).allSatisfy { $0.mean != $1.mean })
        }
    }

    @Test func `the course of several runs has the spread of both`() {
        let runs = [
            [
                Leaders.Standing(seconds: 1, mean: 4, deviation: 1),
                Leaders.Standing(seconds: 3, mean: 2, deviation: 2),
            ],
            [Leaders.Standing(seconds: 2, mean: 3, deviation: 0.5)], [],
        ]
        let course = LeadersCourse(runs, sign: 1)
        #expect(course.stairs.map(\.seconds) == [1, 2, 3])
        #expect(course.stairs.map(\.mean.median) == [nil, 4, 3])
        #expect(course.stairs.map(\.deviation.median) == [nil, 1, 2])
        #expect(course.means.best(at: 2.5)?.lower == 3.5)
        #expect(course.deviations.best(at: 2.5)?.lower == 0.75)
    }

    @Test func `a study tells of its best trials, and how many were trained to the end`() throws {
        let plan = StudyRunTests.plan(.none(maxResource: Resource(9)), trials: 12, parallel: 3)
        let table = try StudyRunTests.table(12, plan: plan)
        let full = try StudyRunTests.run(plan, table, top: 6)
        #expect(full.trials == 12 && full.complete == 12)
        // The configurations' values are 0 to 5 and a ninth.
        let last = try #require(full.standings.last)
        #expect(abs(last.mean - (2.5 + 1.0 / 9)) < 1e-12)
        #expect(abs(last.deviation - 3.5.squareRoot()) < 1e-12)
        #expect(zip(full.standings, full.standings.dropFirst()).allSatisfy { $0.mean > $1.mean })
        #expect(try StudyRunTests.run(plan, table, top: 6) == full)
        // Without the option there are no standings, and the study is the same.
        let plain = try StudyRunTests.run(plan, table)
        #expect(plain.standings.isEmpty)
        #expect(plain.improvements == full.improvements && plain.usage == full.usage)
        let asha = StudyRunTests.plan(StudyRunTests.asha, trials: 12, parallel: 3)
        let early = try StudyRunTests.run(asha, table, top: 6)
        #expect(early.trials == 12)
        #expect((1..<12).contains(early.complete))
    }
}
