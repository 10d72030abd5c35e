import Testing

@testable import Simulated

/// How long tasks wait.
@Suite struct QueueWaitTests {
    struct NoFile: Error, Equatable {}

    private static func read(_ text: String) throws -> QueueWait {
        try QueueWait(text) { file in
            guard file == "waits.txt" else { throw NoFile() }
            return [1, 2, 3]
        }
    }

    @Test(
        arguments: [
            ("0", QueueWait.constant(0)), ("60", .constant(60)), ("1.5", .constant(1.5)),
            ("exp:60", .exponential(mean: 60)), ("uniform:10:120", .uniform(least: 10, most: 120)),
            ("uniform:5:5", .uniform(least: 5, most: 5)),
            ("lognormal:60:1.5", .lognormal(median: 60, sigma: 1.5)),
            ("backfill:60:0.5", .backfill(base: 60, share: 0.5)), ("trace:waits.txt", .trace([1, 2, 3])),
        ])
    func `a text says how tasks wait`(text: String, wait: QueueWait) throws {
        #expect(try Self.read(text) == wait)
    }

    @Test(
        arguments: [
            "", "x", "-1", "inf", "nan", "exp", "exp:", "exp:-1", "exp:1:2", "uniform:1", "uniform:2:1",
            "gamma:1",
            "lognormal:60", "lognormal:60:21", "backfill:1", "1e99", ":", "trace",
        ])
    func `what is no wait is refused with the forms that there are`(text: String) {
        let error = #expect(throws: QueueWait.Invalid.self) { try Self.read(text) }
        #expect(error?.why.contains("'\(text)'") == true)
    }

    @Test func `what a trace's file is refused for is passed on`() {
        #expect(throws: NoFile()) { try Self.read("trace:other.txt") }
    }

    @Test func `a trace is one number a line`() throws {
        #expect(try QueueWait.trace("# waits\n1\n\n 2.5 \r\n0\n", file: "w") == [1, 2.5, 0])
        #expect(
            throws: QueueWait.Invalid(
                why: "w:1:1: there is no wait in it; write one number of seconds a line")
        ) {
            try QueueWait.trace("\n# nothing\n", file: "w")
        }
        let error = #expect(throws: QueueWait.Invalid.self) { try QueueWait.trace("1\n2\nx\n", file: "w") }
        #expect(
            error?.why.hasPrefix("w:3:1: 'x' is not a wait; write one number of seconds a line") == true)
    }

    private static func draws(
        _ wait: QueueWait, seed: UInt64, _ count: Int = 20_000, limit: Int? = nil
    ) -> [Double] {
        var draws = QueueWait.Draws(wait, seed: seed)
        return (0..<count).map { _ in draws.draw(limit: limit) }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    @Test func `draws follow their distribution`() {
        #expect(Self.draws(.constant(7), seed: 1).allSatisfy { $0 == 7 })
        let exponential = Self.draws(.exponential(mean: 60), seed: 1)
        // Standard error 0.42; a share of 1 − 1/e is below the mean.
        #expect(abs(Self.mean(exponential) - 60) < 2)
        #expect(abs(Double(exponential.count { $0 < 60 }) / 20_000 - 0.632) < 0.015)
        let backfill = QueueWait.backfill(base: 60, share: 0.5)
        for (limit, mean) in [(600, 360.0), (7_200, 3_660), (nil, 43_260)] as [(Int?, Double)] {
            #expect(abs(Self.mean(Self.draws(backfill, seed: 1, limit: limit)) / mean - 1) < 0.03)
        }
        let uniform = Self.draws(.uniform(least: 10, most: 30), seed: 1)
        #expect(uniform.allSatisfy { (10...30).contains($0) })
        #expect(abs(Self.mean(uniform) - 20) < 0.2)
        let lognormal = Self.draws(.lognormal(median: 60, sigma: 1), seed: 1)
        #expect(abs(Double(lognormal.count { $0 < 60 }) / 20_000 - 0.5) < 0.015)
        // One deviation up: e times the median.
        #expect(abs(Double(lognormal.count { $0 < 163.097 }) / 20_000 - 0.841) < 0.012)
    }

    @Test func `a trace is followed in its order, from a place that the seed says`() {
        let waits = (0..<50).map(Double.init)
        var starts: Set<Double> = []
        for seed in 0..<200 {
            let drawn = Self.draws(.trace(waits), seed: UInt64(seed), 120)
            starts.insert(drawn[0])
            #expect(
                zip(drawn, drawn.dropFirst()).allSatisfy {
                    $1 == ($0 + 1).truncatingRemainder(dividingBy: 50)
                })
        }
        #expect(starts.count > 40)
    }

    @Test(arguments: [
        QueueWait.exponential(mean: 5), .uniform(least: 0, most: 9), .lognormal(median: 5, sigma: 2),
    ])
    func `the same seed draws the same waits, and another others`(wait: QueueWait) {
        #expect(Self.draws(wait, seed: 3, 100) == Self.draws(wait, seed: 3, 100))
        #expect(Self.draws(wait, seed: 3, 100) != Self.draws(wait, seed: 4, 100))
        #expect(Self.draws(wait, seed: 3).allSatisfy { $0 >= 0 && $0.isFinite })
    }
}
