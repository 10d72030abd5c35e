import Foundation
import Testing
import Tuning

/// Priors, and points to try first.
@Suite struct PriorTests {
    static func draws(_ domain: Domain, _ prior: Prior, _ count: Int) -> [ParameterValue] {
        let space = SearchSpace([Parameter(name: "x", domain: domain, prior: prior)])
        let searcher = RandomSearcher(space: space, seed: 7)
        return (0..<count).compactMap { searcher.propose(for: TrialID($0))?["x"] }
    }

    /// Half uniform, half normal around the default's place and truncated at 0 and 1. Rejects 1 of 1,000 correct
    /// samplers.
    @Test(
        arguments: [
            (.float(min: 0, max: 1, scale: .linear), .float(0.3), 0.1),
            (.float(min: 1e-4, max: 1, scale: .log), .float(1e-3), 0.2),
            (.float(min: 1e-4, max: 1, scale: .log), .float(1), 0.05),
            (.normal(mean: 2, sd: 3), .float(4), 1),
        ] as [(Domain, ParameterValue, Double)])
    func `half of the draws are around the default`(domain: Domain, center: ParameterValue, width: Double)
        throws
    {
        let draws = Self.draws(domain, Prior(value: center, width: width), 100_000)
        let middle = try #require(domain.unit(of: center))
        let around = TruncatedNormal(mean: middle, sd: width, min: 0, max: 1)
        let isPlausible = Statistics.kolmogorovSmirnovIsPlausible(draws.compactMap { domain.unit(of: $0) })
        {
            ($0 + around.unit(of: $0)) / 2
        }
        #expect(draws.count == 100_000 && isPlausible)
    }

    @Test func `in an order neighbours of the default are likelier, in a choice only itself`() {
        let values = ["a", "b", "c", "d"].map { ParameterValue.string($0) }
        func counts(_ domain: Domain) -> [Int] {
            let draws = Self.draws(domain, Prior(value: .string("b"), width: 0.1), 20_000)
            return values.map { value in draws.count { $0 == value } }
        }
        let chosen = counts(.choice(values))
        #expect(Statistics.chiSquareIsPlausible(chosen, [2_500, 12_500, 2_500, 2_500]), "\(chosen)")
        // The middle of b is at 0.375, and its part of the interval ends an eighth to each side.
        let around = TruncatedNormal(mean: 0.375, sd: 0.1, min: 0, max: 1)
        let edges = [0, 0.25, 0.5, 0.75, 1].map { ($0 + around.unit(of: $0)) / 2 * 20_000 }
        let ordered = counts(.ordinal(values))
        #expect(
            Statistics.chiSquareIsPlausible(ordered, zip(edges.dropFirst(), edges).map(-)), "\(ordered)")
    }

    static let space = SearchSpace(
        RandomSearcherTests.space.parameters,
        constraints: [.forbidden([Condition(parent: "layers", values: [.int(4)])])])

    static let points = [
        Configuration([
            "lr": .float(0.01), "optimizer": .string("adam"), "layers": .int(2), "hidden": .int(64),
        ]),
        Configuration(["optimizer": .string("sgd")]),
        Configuration(["optimizer": .string("adam"), "momentum": .float(0.5)]),
        Configuration(["layers": .int(4)]),
    ]

    @Test func `points come first, in their order, and what they leave open is drawn`() {
        let random = RandomSearcher(space: Self.space, seed: 3)
        var searcher = PointsSearcher(Self.points, of: Self.space, seed: 3, then: random)
        let proposals = (0..<8).compactMap { searcher.propose(for: TrialID($0)) }
        #expect(proposals.count == 8)
        #expect(proposals[0] == Self.points[0])
        #expect(proposals[1]["optimizer"] == .string("sgd"))
        #expect(Set(proposals[1].values.keys) == ["lr", "hidden", "optimizer", "momentum", "layers"])
        // Values of a point that its other values make inactive are left out.
        #expect(proposals[2]["optimizer"] == .string("adam") && proposals[2]["momentum"] == nil)
        // A point that the constraints never allow is replaced by the other searcher's proposal.
        #expect(proposals[3] == random.propose(for: TrialID(3)))
        for number in 4..<8 { #expect(proposals[number] == random.propose(for: TrialID(number))) }
        #expect(proposals.allSatisfy(Self.space.allows))
    }

    @Test func `a study tries its points first, and reads them back from its log`() throws {
        var plan = Plan.of(.straight, trials: 6, parallel: 6, space: Self.space)
        plan.points = [Configuration(["lr": .float(0.001), "momentum": .float(0)])]
        let read = try StoredText.value(Plan.self, from: try StoredText.of(plan))
        #expect(read == plan)
        func sampled(_ plan: Plan) -> [Configuration] {
            var study = Study()
            return study.apply(.accepted(plan)).compactMap { decision in
                if case .sample(_, let configuration, _) = decision { configuration } else { nil }
            }
        }
        #expect(sampled(plan).first?["lr"] == .float(0.001))
        #expect(sampled(plan).count == 6)
        #expect(sampled(read) == sampled(plan))
    }
}
