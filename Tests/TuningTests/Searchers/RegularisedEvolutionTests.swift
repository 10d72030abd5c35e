import Testing

@testable import Tuning

/// Regularised evolution against Algorithm 1 of arXiv 1802.01548, line by line.
@Suite struct RegularisedEvolutionTests {
    static let space = SearchSpace([
        Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear)),
        Parameter(name: "n", domain: .int(min: 0, max: 1_000_000, scale: .linear)),
        Parameter(name: "c", domain: .choice((0..<50).map { .int($0) })),
    ])

    static func loss(_ configuration: Configuration) -> Double {
        let (x, n, c) = (configuration["x"]?.number, configuration["n"]?.number, configuration["c"]?.number)
        return abs((x ?? 9) - 0.3) + abs((n ?? 9e9) / 1e6 - 0.8) + abs((c ?? 99) - 17) / 50
    }

    /// Algorithm 1 with C cycles, one model at a time, without repetitions. It shares the random stream with the
    /// searcher, but no code: the population is an array that is copied and sorted.
    static func algorithm1(cycles C: Int, P: Int, S: Int, seed: UInt64) -> [Configuration] {
        var population: [(arch: Configuration, accuracy: Double)] = []
        var history: [Configuration] = []
        while history.count < C {
            var random = Random(seed: seed, stream: UInt64(history.count))
            let model: Configuration
            if population.count < P {
                model =
                    RandomSearcher(space: space, seed: seed).propose(for: TrialID(history.count))
                    ?? Configuration()
            } else {
                var child = history[0]
                while history.contains(child) {
                    var sample: [(arch: Configuration, accuracy: Double)] = []
                    while sample.count < S { sample.append(population[Int(random.below(UInt64(P)))]) }
                    let parent = sample.max { $0.accuracy < $1.accuracy }?.arch ?? Configuration()
                    child = mutated(parent, &random)
                }
                model = child
            }
            population.append((model, -loss(model)))
            if population.count > P { population.removeFirst() }
            history.append(model)
        }
        return history
    }

    /// One of the three parameters, each equally likely, gets another value.
    static func mutated(_ parent: Configuration, _ random: inout Random) -> Configuration {
        var child = parent
        switch random.below(3) {
        case 0: child.values["x"] = .float(normal(around: parent["x"]?.number ?? 9, &random))
        case 1:
            let quantile = ((parent["n"]?.number ?? -1) + 0.5) / 1_000_001
            child.values["n"] = .int(Int(normal(around: quantile, &random) * 1_000_001))
        default:
            let others = (0..<50).filter { .int($0) != parent["c"] }
            child.values["c"] = .int(others[Int(random.below(49))])
        }
        return child
    }

    /// Normal around a number with standard deviation 0.1, until it falls between 0 and 1; by the polar method.
    static func normal(around mean: Double, _ random: inout Random) -> Double {
        while true {
            let drawn = mean + 0.1 * random.normal()
            if (0...1).contains(drawn) { return drawn }
        }
    }

    @Test(arguments: Seeds.upTo(10))
    func `one at a time it is Algorithm 1`(seed: UInt64) {
        let (P, S) = (2 + Int(seed) * 2, 1 + Int(seed))
        var searcher = RegularisedEvolution(
            space: Self.space, EvolutionPlan(seed: seed, population: P, sample: S))
        for (number, expected) in Self.algorithm1(cycles: 150, P: P, S: S, seed: seed).enumerated() {
            let proposed = searcher.propose(for: TrialID(number))
            #expect(proposed == expected, "trial \(number), \(Seeds.replay(seed, in: Self.self))")
            searcher.observe(TrialID(number), rung: 0, loss: Loss(value: Self.loss(expected)))
        }
    }

    @Test func `trials are random until P have a result, and pending ones are no parents`() {
        var searcher = RegularisedEvolution(
            space: Self.space, EvolutionPlan(seed: 3, population: 5, sample: 5))
        let random = RandomSearcher(space: Self.space, seed: 3)
        let first = (0..<20).compactMap { searcher.propose(for: TrialID($0)) }
        #expect(first == (0..<20).compactMap { random.propose(for: TrialID($0)) })
        for number in 10..<15 {
            searcher.observe(TrialID(number), rung: 0, loss: Loss(value: Double(number)))
        }
        for number in 20..<40 {
            let child = searcher.propose(for: TrialID(number))
            let distances = (10..<15).map { parent in
                ["x", "n", "c"].count { first[parent][$0] != child?[$0] }
            }
            #expect(distances.min() == 1)
        }
    }

    @Test func `the one that came farther is the parent, whatever its loss`() {
        var searcher = RegularisedEvolution(
            space: Self.space, EvolutionPlan(seed: 3, population: 2, sample: 2))
        let first = (0..<2).compactMap { searcher.propose(for: TrialID($0)) }
        searcher.observe(TrialID(0), rung: 0, loss: Loss(value: 1))
        searcher.observe(TrialID(1), rung: 0, loss: Loss(value: 2))
        searcher.observe(TrialID(1), rung: 1, loss: Loss(value: 3))
        var parents = [0, 0]
        for number in 2..<202 {
            let child = searcher.propose(for: TrialID(number))
            for parent in 0..<2
            where ["x", "n", "c"].count(where: { first[parent][$0] != child?[$0] }) == 1 {
                parents[parent] += 1
            }
        }
        // Two draws with replacement miss the farther one in a quarter of all cases.
        #expect(parents.reduce(0, +) == 200 && (125...175).contains(parents[1]), "\(parents)")
    }

    @Test func `a child has the parameters that its own values make active`() {
        var searcher = RegularisedEvolution(
            space: RandomSearcherTests.space, EvolutionPlan(seed: 1, population: 4, sample: 1))
        var changed: Set<String> = []
        var earlier: [Configuration] = []
        for number in 0..<300 {
            guard let child = searcher.propose(for: TrialID(number)) else {
                Issue.record("nothing is proposed for trial \(number)")
                return
            }
            #expect((child["momentum"] != nil) == (child["optimizer"] == .string("sgd")))
            let names = earlier.suffix(4).map { parent in
                RandomSearcherTests.space.parameters.map(\.name).filter { parent[$0] != child[$0] }
            }
            if number > 4 {
                let single = names.filter { $0.count == 1 || $0 == ["optimizer", "momentum"] }
                #expect(!single.isEmpty, "\(names)")
                if let first = single.first { changed.formUnion(first) }
            }
            searcher.observe(TrialID(number), rung: 0, loss: Loss(value: Double(number % 7)))
            earlier.append(child)
        }
        #expect(changed == Set(RandomSearcherTests.space.parameters.map(\.name)))
    }
}
