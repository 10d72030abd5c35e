import Chance
import Testing
import Tuning

@testable import Curves

/// The functions with a known optimum.
@Suite struct HartmannTests {
    static let optima: [(dimensions: Int, point: [Double], value: Double)] = [
        (3, [0.114614, 0.555649, 0.852547], -3.86278),
        (6, [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573], -3.32237),
    ]

    static func plan(_ dimensions: Int) -> Plan {
        Plan(
            objective: Objective(metric: "value", goal: .minimize),
            space: SearchSpace(
                (1...dimensions).map {
                    Parameter(name: "x\($0)", domain: .float(min: 0, max: 1, scale: .linear))
                }),
            searcher: .random(seed: 1), scheduler: .none(maxResource: Resource(81)), trials: 1, parallel: 1)
    }

    static func configuration(_ point: [Double]) -> Configuration {
        Configuration(
            Dictionary(uniqueKeysWithValues: point.enumerated().map { ("x\($0 + 1)", .float($1)) }))
    }

    @Test(arguments: optima)
    func `the published optimum has the published value`(
        optimum: (dimensions: Int, point: [Double], value: Double)
    ) {
        for quality in Hartmann.Quality.allCases {
            let function = Hartmann(dimensions: optimum.dimensions, quality: quality)
            #expect(abs(function.value(at: optimum.point) - optimum.value) < 1e-5)
            #expect(function.minimum == optimum.value)
            #expect(function.biasedValue(at: optimum.point, share: 1) == function.value(at: optimum.point))
        }
    }

    @Test(arguments: optima, 1...20)
    func `no other point is better`(
        optimum: (dimensions: Int, point: [Double], value: Double), seed: UInt64
    ) {
        let function = Hartmann(dimensions: optimum.dimensions, quality: .plain)
        var dice = Dice(seed: seed)
        for _ in 0..<200 {
            let point = (0..<optimum.dimensions).map { _ in Double.random(in: 0...1, using: &dice) }
            #expect(function.value(at: point) >= optimum.value)
        }
    }

    @Test func `the bias takes its share of every weight`() {
        let point = [0.3, 0.4, 0.5]
        let plain = Hartmann(dimensions: 3, quality: .plain)
        let terrible = Hartmann(dimensions: 3, quality: .terrible)
        // At the least fidelity by 0.5 and by 4: eight times as far from the exact value.
        let small = plain.biasedValue(at: point, share: 0) - plain.value(at: point)
        let large = terrible.biasedValue(at: point, share: 0) - terrible.value(at: point)
        #expect(small > 0)
        #expect(abs(large - 8 * small) < 1e-12)
        let quarter = plain.biasedValue(at: point, share: 0.5) - plain.value(at: point)
        #expect(abs(quarter - small / 4) < 1e-12)
    }

    @Test func `a full evaluation takes an hour, and each step what the next costs more`() throws {
        let plan = Self.plan(3)
        let training = try HartmannTraining(
            Hartmann(dimensions: 3, quality: .bad), for: plan, top: Resource(81), seed: 1)
        let configuration = Self.configuration([0.1, 0.2, 0.3])
        let levels = [0, 1, 3, 9, 27, 81].map { Resource($0) }
        let steps = zip(levels, levels.dropFirst()).flatMap {
            training.steps(of: TrialID(0), configuration, from: $0, to: $1)
        }
        #expect(abs(steps.map(\.seconds).reduce(0, +) - 3_600) < 1e-9)
        #expect(abs(steps[0].seconds - 3_600 * (0.05 + 0.95 / 6_561)) < 1e-9)
        #expect(steps.map(\.isTrue) == [false, false, false, false, true])
        #expect(steps.last?.value == Hartmann(dimensions: 3, quality: .bad).value(at: [0.1, 0.2, 0.3]))
    }

    @Test func `the noise has the published deviation, and is the same for the same seed`() throws {
        let plan = Self.plan(6)
        let function = Hartmann(dimensions: 6, quality: .good)
        let configuration = Self.configuration([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
        func value(_ trial: Int, seed: UInt64) throws -> Double {
            let training = try HartmannTraining(function, for: plan, top: Resource(81), seed: seed)
            return training.steps(of: TrialID(trial), configuration, from: .none, to: Resource(1))[0].value
        }
        let truth = function.biasedValue(at: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], share: 0)
        let errors = try (0..<4_000).map { try value($0, seed: 5) - truth }
        let mean = errors.reduce(0, +) / 4_000
        let deviation = (errors.map { $0 * $0 }.reduce(0, +) / 4_000).squareRoot()
        // Standard errors 0.032 and 0.022.
        #expect(abs(mean) < 0.12)
        #expect(abs(deviation - 2) < 0.09)
        #expect(try value(3, seed: 5) == value(3, seed: 5))
        #expect(try value(3, seed: 5) != value(3, seed: 6))
    }

    @Test func `a whole number that lost its point in the manifest is a coordinate all the same`() throws {
        let training = try HartmannTraining(
            Hartmann(dimensions: 3, quality: .plain), for: Self.plan(3), top: Resource(81), seed: 1)
        let configuration = Configuration(["x1": .int(1), "x2": .float(0.5), "x3": .int(0)])
        let value = training.steps(of: TrialID(0), configuration, from: .none, to: Resource(81))[0].value
        #expect(value == Hartmann(dimensions: 3, quality: .plain).value(at: [1, 0.5, 0]))
    }

    @Test func `a study that does not fit is refused in words`() {
        let function = Hartmann(dimensions: 6, quality: .plain)
        #expect(throws: HartmannTraining.Unfit.self) {
            try HartmannTraining(function, for: Self.plan(3), top: Resource(81), seed: 1)
        }
        var plan = Self.plan(6)
        plan.objective.goal = .maximize
        #expect(throws: HartmannTraining.Unfit.self) {
            try HartmannTraining(function, for: plan, top: Resource(81), seed: 1)
        }
        plan = Self.plan(6)
        plan.space.parameters[2].domain = .float(min: -1, max: 1, scale: .linear)
        #expect(throws: HartmannTraining.Unfit.self) {
            try HartmannTraining(function, for: plan, top: Resource(81), seed: 1)
        }
        #expect(throws: HartmannTraining.Unfit.self) {
            try HartmannTraining(function, for: Self.plan(6), top: Resource(1), seed: 1)
        }
    }

    @Test func `every function has a name of its own`() {
        #expect(Hartmann.all.map(\.name).count == 10)
        #expect(Set(Hartmann.all.map(\.name)).count == 10)
        #expect(Hartmann.all[0].name == "hartmann3")
        #expect(Hartmann.all.last?.name == "hartmann6-terrible")
    }
}
