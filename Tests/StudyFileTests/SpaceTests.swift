import Foundation
import StudyFile
import Testing
import Tuning

/// The file's parameters, their combinations, and points.
struct SpaceTests {
    private func domain(_ block: String) throws -> Domain {
        try spec(["lr": "  lr: \(block)"]).plan.space.parameters[0].domain
    }

    static let domains: [(String, Domain)] = [
        ("{type: float, min: 1, max: 9, scale: reverse_log}", .float(min: 1, max: 9, scale: .reverseLog)),
        ("{type: float, min: 0.1, max: 0.9, scale: logit}", .float(min: 0.1, max: 0.9, scale: .logit)),
        ("{type: float, min: 0, max: 1, step: 0.25}", .float(min: 0, max: 1, scale: .linear, step: 0.25)),
        ("{type: int, min: 1, max: 9, scale: log, step: 2}", .int(min: 1, max: 9, scale: .log, step: 2)),
        ("{type: int, min: 1, max: 9, scale: reverse_log}", .int(min: 1, max: 9, scale: .reverseLog)),
        ("{type: int, min: 1, max: 9, step: 1}", .int(min: 1, max: 9, scale: .linear)),
        ("{type: normal, mean: -1, sd: 0.5}", .normal(mean: -1, sd: 0.5)),
        ("{mean: 0, sd: 2, min: 1, type: normal, max: 3}", .normal(mean: 0, sd: 2, min: 1, max: 3)),
        ("{type: lognormal, mean: -6, sd: 1, max: 0.1}", .lognormal(mean: -6, sd: 1, max: 0.1)),
        ("{type: ordinal, values: [s, 2, true]}", .ordinal([.string("s"), .int(2), .bool(true)])),
        ("{type: constant, value: 0.5}", .constant(.float(0.5))),
        ("{value: sgd}", .constant(.string("sgd"))),
    ]

    @Test(arguments: domains)
    func `a parameter has the domain that is written`(block: String, expected: Domain) throws {
        #expect(try domain(block) == expected)
    }

    @Test(
        arguments: [
            ("{type: float, min: 0, max: 1, prior: {default: 1}}", Prior(value: .float(1), width: 0.2)),
            (
                "{type: int, min: 0, max: 9, prior: {default: 3.0, width: 0.5}}",
                Prior(value: .int(3), width: 0.5)
            ),
            (
                "{type: float, min: 0, max: 1, step: 0.1, prior: {default: 0.30000000000000004}}",
                Prior(value: .float(0.3))
            ),
            ("{type: choice, values: [a, b], prior: {default: b}}", Prior(value: .string("b"))),
            ("{type: choice, values: [a, b]}", nil),
        ] as [(String, Prior?)])
    func `a parameter has the prior that is written`(block: String, prior: Prior?) throws {
        #expect(try spec(["lr": "  lr: \(block)"]).plan.space.parameters[0].prior == prior)
    }

    @Test func `constraints are read in their order, forbidden combinations first`() throws {
        let space = try spec([
            "constraints":
                "constraints: [{less: [lr, momentum]}, {at_most: [16, batch_size]}, {differ: [lr, 0.5]}]",
            "forbidden": "forbidden: [{optimizer: adam, hidden: [16, 17]}]",
        ]).plan.space
        #expect(
            space.constraints == [
                .forbidden([
                    Condition(parent: "optimizer", values: [.string("adam")]),
                    Condition(parent: "hidden", values: [.int(16), .int(17)]),
                ]),
                .relation(.less, .parameter("lr"), .parameter("momentum")),
                .relation(.atMost, .value(.int(16)), .parameter("batch_size")),
                .relation(.differ, .parameter("lr"), .value(.float(0.5))),
            ])
    }

    @Test func `points are read as values of their parameters`() throws {
        let plan = try spec(["points": "points: [{lr: 0.01, optimizer: adam}, {hidden: 32.0, momentum: 0}]"]
        ).plan
        #expect(
            plan.points == [
                Configuration(["lr": .float(0.01), "optimizer": .string("adam")]),
                Configuration(["hidden": .int(32), "momentum": .float(0)]),
            ])
        #expect(plan.points[1]["momentum"]?.description == "0.0")
        #expect(plan.points[1]["hidden"]?.description == "32")
    }

    @Test func `thousands of points are read, and of thousands of mistakes the first are told`() throws {
        let allowed = (1...5_000).map { "{hidden: 64, lr: \(Double($0) / 100_000 + 0.001)}" }
        let forbidden = (1...5_000).map { _ in "{hidden: 16}" }
        func text(_ points: [String]) throws -> String {
            try example([
                "constraints": "constraints: [{less: [16, hidden]}]",
                "points": "points: [\(points.joined(separator: ", "))]",
            ])
        }
        #expect(try StudyFile.read(text: text(allowed), file: "a").spec.plan.points.count == 5_000)
        let told = try mistakes(text(forbidden))
        #expect(told.count == 100)
        #expect(told.allSatisfy { $0.contains("none of 1000 draws") })
    }

    @Test func `what is allowed and perhaps not meant is noted`() throws {
        #expect(
            try notes([
                "trials": "trials: 1", "parallel": "parallel: 1",
                "points": "points: [{lr: 0.01}, {lr: 0.1}]",
            ])
            .last == "15:9: note: points: 2 points are more than 'trials', 1: not all are tried")
        let rare = try notes(["constraints": "constraints: [{at_most: [hidden, 16]}]"])
        #expect(rare.count == 1)
        #expect(rare.first?.hasPrefix("15:14: note: constraints: only ") == true)
    }

    @Test func `a study with all of this is stored and read back as it was`() throws {
        let spec = try spec([
            "lr": "  lr: {type: float, min: 0, max: 1, step: 0.5, prior: {default: 1}}",
            "constraints": "constraints: [{less: [lr, 1.0]}]",
            "forbidden": "forbidden: [{lr: 0.0}]",
            "points": "points: [{lr: 0.5}]",
        ])
        let text = try JSONEncoder().encode(spec)
        #expect(try JSONDecoder().decode(StudySpec.self, from: text) == spec)
    }
}
