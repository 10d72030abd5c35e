import Testing

@testable import Tuning

/// How a child's hyperparameters come from its parent's.
@Suite struct ExplorerTests {
    static func explorer(
        _ parameters: [Parameter], constraints: [Constraint] = [],
        _ explore: PBTPlan.Explore = .perturb(percent: 20), resample: Int = 25, seed: UInt64 = 1
    ) -> Explorer {
        Explorer(
            SearchSpace(parameters, constraints: constraints),
            PBTPlan(
                population: 4, maxResource: Resource(10), interval: 1, explore: explore,
                resamplePercent: resample, seed: seed))
    }

    /// The values of many children of one parent.
    static func children(
        _ domain: Domain, of value: ParameterValue, _ explore: PBTPlan.Explore = .perturb(percent: 20),
        resample: Int = 25, count: Int = 4_000
    ) -> [ParameterValue] {
        let explorer = explorer([Parameter(name: "x", domain: domain)], explore, resample: resample)
        return (0..<count).compactMap {
            explorer.child(TrialID($0), of: Configuration(["x": value]))["x"]
        }
    }

    static let numbers: [(Domain, ParameterValue, low: ParameterValue, high: ParameterValue)] = [
        (.float(min: 0, max: 100, scale: .linear), .float(10), .float(8), .float(12)),
        (.float(min: 1e-6, max: 1, scale: .log), .float(0.01), .float(0.008), .float(0.012)),
        (.float(min: -100, max: 100, scale: .linear), .float(-10), .float(-8), .float(-12)),
        (.normal(mean: 0, sd: 1), .float(2), .float(1.6), .float(2.4)),
        (.lognormal(mean: 0, sd: 1, min: 0.9, max: 1.1), .float(1), .float(0.9), .float(1.1)),
        // Cut at the bounds.
        (.float(min: 0.9, max: 1, scale: .reverseLog), .float(0.95), .float(0.9), .float(1)),
        // To the nearest step, and at least one.
        (.float(min: 0, max: 1, scale: .linear, step: 0.1), .float(0.5), .float(0.4), .float(0.6)),
        (.float(min: 0, max: 1, scale: .linear, step: 0.1), .float(0.1), .float(0), .float(0.2)),
        (.float(min: 0, max: 1, scale: .linear, step: 0.1), .float(1), .float(0.8), .float(1)),
        (.int(min: 1, max: 1_000, scale: .log), .int(100), .int(80), .int(120)),
        (.int(min: 1, max: 10, scale: .linear), .int(2), .int(1), .int(3)),
        (.int(min: 1, max: 10, scale: .linear), .int(1), .int(1), .int(2)),
        (.int(min: -9, max: 9, scale: .linear), .int(-2), .int(-1), .int(-3)),
        (.int(min: -9, max: 9, scale: .linear), .int(0), .int(-1), .int(1)),
        (.int(min: 16, max: 256, scale: .log, step: 16), .int(64), .int(48), .int(80)),
        (
            .int(min: .min, max: .max, scale: .linear), .int(1 << 52), .int(Int(Double(1 << 52) * 0.8)),
            .int(Int(Double(1 << 52) * 1.2))
        ),
        (.ordinal([.int(1), .int(5), .int(7)]), .int(5), .int(1), .int(7)),
        (.ordinal([.int(1), .int(5), .int(7)]), .int(1), .int(1), .int(5)),
    ]

    @Test(arguments: numbers.indices)
    func `a number goes up or down by the factor, each equally likely, within its domain`(index: Int) {
        let (domain, value, low, high) = Self.numbers[index]
        let children = Self.children(domain, of: value)
        #expect(children.allSatisfy(domain.contains))
        if case .int(let least, _, _, _) = domain, least == .min {
            // Beyond 2^53 the doubles near the product are not whole.
            let near = { (child: ParameterValue, other: ParameterValue) in
                abs((child.number ?? 0) - (other.number ?? 0)) <= 2_048
            }
            #expect(children.allSatisfy { near($0, low) || near($0, high) })
            return
        }
        let near = { (child: ParameterValue, other: ParameterValue) in
            abs((child.number ?? 0) - (other.number ?? 0)) <= 1e-12 * abs(other.number ?? 0)
        }
        let lows = children.count { near($0, low) }
        let highs = children.count { near($0, high) }
        #expect(lows + highs == children.count, "\(Set(children))")
        #expect(Statistics.chiSquareIsPlausible([lows, highs], [2_000, 2_000]), "\(lows) and \(highs)")
    }

    @Test func `a choice is drawn anew with the probability, and a constant never changes`() {
        let letters: [ParameterValue] = ["a", "b", "c", "d"].map { .string($0) }
        let children = Self.children(.choice(letters), of: letters[0])
        let counts = letters.map { letter in children.count { $0 == letter } }
        // A quarter of the draws returns the same value by chance: 3/4 + 1/16.
        #expect(Statistics.chiSquareIsPlausible(counts, [3_250, 250, 250, 250]), "\(counts)")
        #expect(Set(Self.children(.constant(.int(3)), of: .int(3))) == [.int(3)])
        #expect(Set(Self.children(.choice(letters), of: letters[1], resample: 0)) == [letters[1]])
    }

    @Test func `resampling draws a number anew with the probability, and leaves it else`() {
        let domain = Domain.float(min: 0, max: 1, scale: .linear)
        let children = Self.children(domain, of: .float(0.5), .resample).compactMap(\.number)
        let fresh = children.filter { $0 != 0.5 }
        #expect(Statistics.chiSquareIsPlausible([fresh.count, 4_000 - fresh.count], [1_000, 3_000]))
        #expect(Statistics.kolmogorovSmirnovIsPlausible(fresh) { $0 })
        let all = Self.children(domain, of: .float(0.5), .resample, resample: 100)
        #expect(!all.contains(.float(0.5)))
    }

    @Test func `a child keeps conditions and constraints, and its parent where nothing else is allowed`() {
        let parameters = [
            Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear)),
            Parameter(name: "optimizer", domain: .choice([.string("sgd"), .string("adam")])),
            Parameter(
                name: "momentum", domain: .float(min: 0, max: 1, scale: .linear),
                conditions: [Condition(parent: "optimizer", values: [.string("sgd")])]),
        ]
        let parent = Configuration(["lr": .float(0.5), "optimizer": .string("adam")])
        let bound = Constraint.relation(.less, .parameter("lr"), .value(.float(0.55)))
        let explorer = Self.explorer(parameters, constraints: [bound])
        let children = (0..<500).map { explorer.child(TrialID($0), of: parent) }
        #expect(children.allSatisfy { $0["lr"] == .float(0.4) })
        #expect(children.allSatisfy { ($0["momentum"] != nil) == ($0["optimizer"] == .string("sgd")) })
        #expect(Set(children.compactMap { $0["momentum"] }).count > 20)
        let narrow = Constraint.relation(.less, .value(.float(0.45)), .parameter("lr"))
        let stuck = Self.explorer(parameters, constraints: [bound, narrow], resample: 0)
        #expect(stuck.child(TrialID(1), of: parent) == parent)
    }

    @Test func `a child's draws are its own, and the same each time`() {
        let first = Self.explorer(SearcherConformanceTests.everyKind.parameters)
        var random = Random(seed: 3, stream: 0)
        let sampler = SpaceSampler(SearchSpace(SearcherConformanceTests.everyKind.parameters))
        for trial in 0..<200 {
            guard let parent = sampler.draw(&random) else { continue }
            let child = first.child(TrialID(trial), of: parent)
            #expect(child == first.child(TrialID(trial), of: parent))
            for parameter in sampler.space.parameters {
                let value = child[parameter.name]
                #expect(
                    value.map(parameter.domain.contains) == true,
                    "\(parameter) has \(String(describing: value))")
            }
        }
    }
}
