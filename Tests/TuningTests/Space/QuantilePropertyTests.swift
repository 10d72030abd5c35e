import Chance
import Testing
import Tuning

/// Properties of the quantiles of any domain.
@Suite struct QuantilePropertyTests {
    /// A domain of any kind.
    static func domain(_ dice: inout Dice) -> Domain {
        func real(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &dice) }
        let scale = dice.pick(Scale.allCases)
        switch dice.roll(0...6) {
        case 0:
            let low = scale == .linear ? real(-10...10) : real(1e-6...0.4)
            let high = scale == .linear ? low + real(1e-3...20) : real(0.5...0.999)
            return .float(min: low, max: high, scale: scale)
        case 1:
            let low = scale == .linear ? real(-10...10) : real(0.01...0.3)
            let high = scale == .linear ? low + real(0.1...20) : real(0.5...0.98)
            return .float(min: low, max: high, scale: scale, step: (high - low) / real(1...100))
        case 2:
            let low = dice.roll(1...100)
            let high = low + dice.roll(1...1_000)
            let step = dice.oneIn(2) ? nil : dice.roll(1...(high - low))
            return .int(min: low, max: high, scale: scale == .logit ? .linear : scale, step: step)
        case 3:
            return .normal(mean: real(-5...5), sd: real(0.01...10), min: dice.oneIn(2) ? nil : -6, max: nil)
        case 4:
            return .lognormal(
                mean: real(-5...5), sd: real(0.01...3), min: nil, max: dice.oneIn(2) ? nil : 1e4)
        case 5: return .ordinal((0...dice.roll(0...9)).map { .int($0 * 2) })
        default: return .choice((0...dice.roll(0...9)).map { .string("v\($0)") })
        }
    }

    @Test(arguments: Seeds.upTo(400))
    func `a value leads to its place, and its place to the value`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let domain = Self.domain(&dice)
        let replay = Seeds.replay(seed, in: Self.self)
        for _ in 0..<50 {
            let unit = Double.random(in: 0..<1, using: &dice)
            let value = domain.value(at: unit)
            let place = try #require(domain.unit(of: value), replay)
            #expect(place >= 0 && place < 1, replay)
            #expect(domain.contains(value) && domain.member(value) == value, replay)
            if domain.cells == nil {
                #expect(abs(place - unit) < 1e-6, "\(domain) at \(unit): \(value), at \(place); \(replay)")
            } else {
                #expect(domain.value(at: place) == value, "\(domain) at \(unit); \(replay)")
            }
        }
    }

    @Test(arguments: Seeds.upTo(400))
    func `greater places have greater values`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let domain = Self.domain(&dice)
        guard domain.isNumeric else { return }
        let values = (0..<200).compactMap { domain.value(at: Double($0) / 200).number }
        #expect(values.count == 200, Seeds.replay(seed, in: Self.self))
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }, Seeds.replay(seed, in: Self.self))
    }

    @Test(arguments: Seeds.upTo(100))
    func `there are as many values as cells`(seed: UInt64) {
        var dice = Dice(seed: seed)
        let domain = Self.domain(&dice)
        guard let cells = domain.cells else { return }
        let seen = Set((0..<20_000).map { domain.value(at: Double($0) / 20_000) })
        #expect(seen.count <= cells, Seeds.replay(seed, in: Self.self))
        // The narrowest of a thousand cells on the log scale is about a ten-thousandth wide.
        #expect(seen.count == cells, "\(domain); \(Seeds.replay(seed, in: Self.self))")
    }

    @Test func `what is no value has no place`() {
        let domains: [(Domain, [ParameterValue])] = [
            (
                .float(min: 0, max: 1, scale: .linear),
                [.float(1.01), .float(-0.01), .string("0"), .bool(true)]
            ),
            (
                .float(min: 0, max: 1, scale: .linear, step: 0.25),
                [.float(0.3), .float(1.25), .float(-0.25)]
            ),
            (.int(min: 1, max: 9, scale: .log), [.int(0), .int(10), .float(1.5), .float(1e300)]),
            (.int(min: 1, max: 9, scale: .linear, step: 3), [.int(2), .int(9)]),
            (.normal(mean: 0, sd: 1, min: -1), [.float(-1.5), .string("0")]),
            (.lognormal(mean: 0, sd: 1, max: 2), [.float(0), .float(-1), .float(2.5)]),
            (.choice([.int(1)]), [.string("1"), .int(2)]),
            (.constant(.bool(true)), [.bool(false), .int(1)]),
        ]
        for (domain, values) in domains {
            for value in values {
                #expect(domain.unit(of: value) == nil, "\(value) of \(domain)")
                #expect(domain.member(value) == nil && !domain.contains(value), "\(value) of \(domain)")
            }
        }
    }

    @Test func `a value is taken for the domain's own that it stands for`() {
        let tenths = Domain.float(min: 0, max: 1, scale: .linear, step: 0.1)
        #expect(tenths.member(.float(0.1 + 0.2))?.description == "0.3")
        #expect((0..<10).allSatisfy { tenths.value(at: (Double($0) + 0.5) / 11).description == "0.\($0)" })
        #expect(Domain.int(min: 1, max: 3, scale: .linear).member(.float(2))?.description == "2")
        #expect(Domain.float(min: 1, max: 3, scale: .linear).member(.int(2))?.description == "2.0")
    }
}
