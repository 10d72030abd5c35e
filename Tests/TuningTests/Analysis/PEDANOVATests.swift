import Foundation
import Testing
import Tuning

/// PED-ANOVA beside Optuna's own evaluator, whose answers `Fixtures/ped-anova.py` has recorded.
struct PEDANOVATests {
    struct Recorded: Decodable, Sendable, CustomTestStringConvertible {
        struct Axis: Decodable, Sendable {
            var name, kind: String
            var low, high, step: Double?
            var log: Bool
            var choices: [String]?

            var domain: Domain {
                let scale = log ? Scale.log : .linear
                switch kind {
                case "choice": return .choice((choices ?? []).map { .string($0) })
                case "int":
                    return .int(
                        min: Int(low ?? 0), max: Int(high ?? 0), scale: scale, step: step.map { Int($0) })
                default: return .float(min: low ?? 0, max: high ?? 0, scale: scale, step: step)
                }
            }
        }

        struct Trial: Decodable, Sendable {
            var values: [String: ParameterValue]
            var value: Double
        }

        var name, goal: String
        var parameters: [Axis]
        var trials: [Trial]
        var importances: [String: Double]

        var testDescription: String { name }
    }

    static let recorded: [Recorded] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/ped-anova.json")
        do {
            return try JSONDecoder().decode([Recorded].self, from: Data(contentsOf: file))
        } catch {
            Issue.record("\(error)")
            return []
        }
    }()

    @Test func `there are recorded answers`() {
        #expect(PEDANOVATests.recorded.count == 8)
    }

    @Test(arguments: recorded)
    func `importances are those of Optuna's evaluator`(recorded: Recorded) {
        let space = SearchSpace(recorded.parameters.map { Parameter(name: $0.name, domain: $0.domain) })
        let found = space.importances(
            recorded.trials.map { Configuration($0.values) },
            losses: recorded.trials.map { recorded.goal == "minimize" ? $0.value : -$0.value })
        for (parameter, importance) in zip(recorded.parameters, found) {
            let expected = recorded.importances[parameter.name] ?? .nan
            #expect(
                abs(importance - expected) <= 1e-9 * max(1, expected),
                "\(parameter.name): \(importance), and Optuna has \(expected)")
        }
    }

    @Test func `scales that Optuna does not have are counted along the scale`() {
        let domains: [Domain] = [
            .float(min: 0.9, max: 0.9999, scale: .reverseLog), .float(min: 0.01, max: 0.99, scale: .logit),
            .normal(mean: 0, sd: 1), .lognormal(mean: 0, sd: 1, min: 0.1, max: 10),
            .int(min: 1, max: 100, scale: .reverseLog), .ordinal([.int(1), .int(2), .int(4)]),
        ]
        let space = SearchSpace(
            domains.enumerated().map { Parameter(name: "p\($0.offset)", domain: $0.element) })
        // Each is spread evenly along its scale; only the first decides.
        let configurations = (0..<200).map { trial in
            Configuration(
                Dictionary(
                    uniqueKeysWithValues: domains.enumerated().map { index, domain in
                        let unit = Double((trial * (2 * index + 1)) % 200) / 200
                        return ("p\(index)", domain.value(at: unit))
                    }))
        }
        let importances = space.importances(configurations, losses: (0..<200).map(Double.init))
        #expect(importances.allSatisfy { $0.isFinite && $0 >= 0 })
        #expect(importances.dropFirst().allSatisfy { $0 < importances[0] }, "\(importances)")
    }

    @Test func `nothing is important where there is nothing to compare`() {
        let space = SearchSpace([
            Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear)),
            Parameter(name: "c", domain: .constant(.int(3))),
        ])
        #expect(space.importances([], losses: []) == [0, 0])
        let one = Configuration(["x": .float(0.5), "c": .int(3)])
        #expect(space.importances([one], losses: [1]) == [0, 0])
        let alike = space.importances([one, one, one], losses: [1, 1, 1])
        #expect(alike == [0, 0])
    }
}
