import Chance
import Testing

@testable import Simulated

/// The summary of several runs.
@Suite struct SpreadTests {
    @Test(
        arguments: [
            ([1, 2, 3, 4, 5], 2.0, 3.0, 4.0), ([5, 1, 4, 2, 3], 2, 3, 4), ([1, 2, 3, 4], 1.75, 2.5, 3.25),
            ([7], 7, 7, 7), ([1, 2], 1.25, 1.5, 1.75), ([-3, -1], -2.5, -2, -1.5),
        ])
    func `quartiles are those of the usual definition`(
        values: [Double], lower: Double, median: Double, upper: Double
    ) {
        let spread = Spread(values)
        #expect(spread.lower == lower)
        #expect(spread.median == median)
        #expect(spread.upper == upper)
    }

    @Test func `what is infinite is beyond all numbers, and not reached is no number`() {
        let some = Spread([1, 2, 3, .infinity, .infinity])
        #expect(some.lower == 2)
        #expect(some.median == 3)
        #expect(some.upper == nil)
        #expect(Spread([.infinity, .infinity]).median == nil)
        #expect(Spread([]).median == nil)
        // Half way to infinity is infinitely far.
        #expect(Spread([1, .infinity]).median == nil)
    }

    @Test func `the course of several runs is a staircase of their medians`() {
        let runs = [
            [Improvement(seconds: 1, value: 10), Improvement(seconds: 4, value: 5)],
            [Improvement(seconds: 2, value: 8)],
            [Improvement(seconds: 3, value: 6), Improvement(seconds: 4, value: 4)],
        ]
        let course = Course(runs, sign: 1)
        #expect(course.stairs.map(\.seconds) == [1, 2, 3, 4])
        #expect(course.stairs.map(\.best.median) == [nil, 10, 8, 5])
        #expect(course.best(at: 0.5) == nil)
        #expect(course.best(at: 3.9)?.median == 8)
        #expect(course.best(at: 100)?.median == 5)
    }

    @Test func `where greater is better, what is not there yet counts as the least`() {
        let course = Course(
            [[Improvement(seconds: 1, value: 0.5)], [], [Improvement(seconds: 2, value: 0.7)]], sign: -1)
        #expect(course.stairs.map(\.best.median) == [nil, 0.5])
        #expect(course.stairs.last?.best.upper == 0.6)
        #expect(course.stairs.last?.best.lower == nil)
    }

    @Test(arguments: 1...20)
    func `the median never gets worse`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let runs = (0..<7).map { _ in
            var (seconds, value) = (0.0, 10.0)
            return (0..<20).map { _ in
                seconds += Double.random(in: 0.1...5, using: &dice)
                value -= Double.random(in: 0...1, using: &dice)
                return Improvement(seconds: seconds, value: value)
            }
        }
        let medians = Course(runs, sign: 1).stairs.compactMap(\.best.median)
        #expect(medians.count > 100)
        #expect(zip(medians, medians.dropFirst()).allSatisfy { $0 >= $1 })
    }
}
