import Chance
import Foundation
import Testing
import Tuning

/// The quantile functions of all domains, and that draws have the right distribution.
@Suite struct QuantileTests {
    /// A continuous domain with its cumulative distribution function, written independently.
    struct Continuous: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var domain: Domain
        var cumulative: @Sendable (Double) -> Double
    }

    static func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    static func logit(_ share: Double) -> Double { log(share / (1 - share)) }

    static let continuous = [
        Continuous(testDescription: "linear", domain: .float(min: -3, max: 5, scale: .linear)) {
            ($0 + 3) / 8
        },
        Continuous(testDescription: "log", domain: .float(min: 1e-4, max: 10, scale: .log)) {
            log($0 / 1e-4) / log(1e5)
        },
        Continuous(testDescription: "reverse log", domain: .float(min: 1, max: 1_000, scale: .reverseLog)) {
            1 - log(1_001 - $0) / log(1_000)
        },
        Continuous(testDescription: "logit", domain: .float(min: 0.001, max: 0.99, scale: .logit)) {
            (logit($0) - logit(0.001)) / (logit(0.99) - logit(0.001))
        },
        Continuous(testDescription: "normal", domain: .normal(mean: 3, sd: 0.5)) { normal(($0 - 3) / 0.5) },
        Continuous(testDescription: "normal, cut", domain: .normal(mean: 0, sd: 2, min: -1, max: 5)) {
            (normal($0 / 2) - normal(-0.5)) / (normal(2.5) - normal(-0.5))
        },
        Continuous(testDescription: "normal, its upper tail", domain: .normal(mean: 0, sd: 1, min: 6)) {
            1 - erfc($0 / 2.0.squareRoot()) / erfc(6 / 2.0.squareRoot())
        },
        Continuous(testDescription: "log-normal", domain: .lognormal(mean: -6, sd: 1.5)) {
            normal((log($0) + 6) / 1.5)
        },
        Continuous(testDescription: "log-normal, cut", domain: .lognormal(mean: 0, sd: 1, min: 0.5, max: 3))
        {
            (normal(log($0)) - normal(log(0.5))) / (normal(log(3)) - normal(log(0.5)))
        },
    ]

    /// Each test rejects 1 of 1,000 correct samplers; the seed is fixed.
    @Test(arguments: continuous)
    func `draws of a continuous domain have its distribution`(fixture: Continuous) {
        let draws = RandomSearcherTests.floats(RandomSearcherTests.draws(fixture.domain, 100_000))
        #expect(draws.count == 100_000)
        #expect(draws.allSatisfy { fixture.domain.contains(.float($0)) })
        #expect(Statistics.kolmogorovSmirnovIsPlausible(draws, fixture.cumulative))
    }

    @Test(arguments: continuous)
    func `the quantile function is the inverse of the cumulative one`(fixture: Continuous) {
        for step in 1..<1_000 {
            let unit = Double(step) / 1_000
            guard case .float(let value) = fixture.domain.value(at: unit) else {
                Issue.record("no real number at \(unit)")
                return
            }
            #expect(abs(fixture.cumulative(value) - unit) < 1e-9, "\(value) at \(unit)")
            let back = fixture.domain.unit(of: .float(value))
            #expect(
                back.map { abs($0 - unit) < 1e-9 } == true, "\(value) at \(unit), back at \(back ?? .nan)")
        }
        #expect(fixture.domain.cells == nil)
    }

    /// A discrete domain with its values and their shares, written independently.
    struct Discrete: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var domain: Domain
        var values: [ParameterValue]
        var shares: [Double]

        init(_ says: String, _ domain: Domain, _ values: [ParameterValue], edges: [Double]) {
            testDescription = says
            self.domain = domain
            self.values = values
            let whole = edges[edges.count - 1] - edges[0]
            shares = zip(edges.dropFirst(), edges).map { ($0 - $1) / whole }
        }
    }

    static let discrete = [
        Discrete(
            "an int on the log scale", .int(min: 1, max: 4, scale: .log), (1...4).map { .int($0) },
            edges: [0.5, 1.5, 2.5, 3.5, 4.5].map { log($0) }),
        Discrete(
            "an int on the reverse log scale", .int(min: 1, max: 4, scale: .reverseLog),
            (1...4).map { .int($0) },
            edges: [4.5, 3.5, 2.5, 1.5, 0.5].map { -log($0) }),
        Discrete(
            "an int in steps", .int(min: -5, max: 9, scale: .linear, step: 5),
            [.int(-5), .int(0), .int(5)],
            edges: [0, 1, 2, 3]),
        Discrete(
            "an int in steps on the log scale", .int(min: 16, max: 64, scale: .log, step: 16),
            [.int(16), .int(32), .int(48), .int(64)], edges: [8, 24, 40, 56, 72].map { log($0) }),
        Discrete(
            "an int in steps greater than twice its least", .int(min: 1, max: 30, scale: .log, step: 10),
            [.int(1), .int(11), .int(21)], edges: [0.5, 6, 16, 26].map { log($0) }),
        Discrete(
            "a float in steps", .float(min: 0.1, max: 0.5, scale: .linear, step: 0.1),
            [.float(0.1), .float(0.2), .float(0.3), .float(0.4), .float(0.5)], edges: [0, 1, 2, 3, 4, 5]),
        Discrete(
            "a float in steps on the log scale", .float(min: 0.25, max: 1, scale: .log, step: 0.25),
            [.float(0.25), .float(0.5), .float(0.75), .float(1)],
            edges: [0.125, 0.375, 0.625, 0.875, 1.125].map { log($0) }),
        Discrete(
            "a float in steps on the reverse log scale",
            .float(min: 1, max: 2, scale: .reverseLog, step: 0.5),
            [.float(1), .float(1.5), .float(2)], edges: [2.25, 1.75, 1.25, 0.75].map { -log($0) }),
        Discrete(
            "a float in steps on the logit scale", .float(min: 0.2, max: 0.9, scale: .logit, step: 0.3),
            [.float(0.2), .float(0.5), .float(0.8)], edges: [0.1, 0.35, 0.65, 0.9].map(logit)),
        Discrete(
            "a choice", .choice([.string("a"), .int(2), .bool(true)]),
            [.string("a"), .int(2), .bool(true)],
            edges: [0, 1, 2, 3]),
        Discrete(
            "ordered values", .ordinal([.string("low"), .string("high")]),
            [.string("low"), .string("high")],
            edges: [0, 1, 2]),
        Discrete("a constant", .constant(.float(0.9)), [.float(0.9)], edges: [0, 1]),
    ]

    @Test(arguments: discrete)
    func `draws of a discrete domain have its shares`(fixture: Discrete) {
        let draws = RandomSearcherTests.draws(fixture.domain, 100_000)
        let counts = fixture.values.map { value in draws.count { $0 == value } }
        #expect(counts.reduce(0, +) == 100_000)
        #expect(Statistics.chiSquareIsPlausible(counts, fixture.shares.map { $0 * 100_000 }), "\(counts)")
        #expect(fixture.domain.cells == fixture.values.count)
    }

    @Test(arguments: discrete)
    func `each value has its part of the unit interval, in their order`(fixture: Discrete) {
        var edge = 0.0
        for (value, share) in zip(fixture.values, fixture.shares) {
            #expect(fixture.domain.value(at: edge + 1e-9) == value)
            #expect(fixture.domain.value(at: edge + share - 1e-9) == value)
            let middle = fixture.domain.unit(of: value)
            #expect(
                middle.map { abs($0 - edge - share / 2) < 1e-12 } == true, "\(value) at \(middle ?? .nan)")
            edge += share
        }
    }
}
