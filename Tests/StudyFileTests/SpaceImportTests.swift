import Foundation
import Testing
import Tuning

@testable import StudyFile

/// Spaces written by other tools (Fixtures/spaces/make.py), as sections of a study file.
struct SpaceImportTests {
    private func read(_ name: String, from format: SpaceImport.Format? = nil) throws -> SpaceImport.Result {
        let text = try fixture("spaces/\(name)")
        return try SpaceImport.read(bytes: Array(text.utf8), file: name, from: format)
    }

    private func mistakes(_ name: String) throws -> [String] {
        let error = #expect(throws: InvalidStudyFile.self) { try read(name) }
        return error?.mistakes.map { "\($0.field): \($0.problem)" } ?? []
    }

    private func parameter(
        _ name: String, _ domain: Domain, when conditions: [(String, [ParameterValue])] = []
    ) -> Parameter {
        Parameter(
            name: name, domain: domain,
            conditions: conditions.map { Condition(parent: $0.0, values: $0.1) })
    }

    @Test func `a space of ConfigSpace keeps its domains, conditions and forbidden clauses`() throws {
        let result = try read("configspace.json")
        let sgd = ParameterValue.string("sgd")
        let expected = [
            parameter("init", .normal(mean: 0, sd: 0.1, min: -1, max: 1)),
            parameter("layers", .int(min: 1, max: 8, scale: .linear)),
            parameter("lr", .float(min: 1e-5, max: 0.1, scale: .log)),
            parameter("no: text", .constant(.string("yes"))),
            parameter("optimizer", .choice([sgd, .string("adam"), .string("rmsprop")])),
            parameter("size", .ordinal([.string("s"), .string("m"), .string("l")])),
            parameter("version", .constant(.int(3))),
            parameter("width", .int(min: 16, max: 512, scale: .log)),
            parameter(
                "decay", .float(min: 1e-6, max: 1e-2, scale: .log),
                when: [("optimizer", [sgd, .string("adam")])]),
            parameter(
                "head", .int(min: 1, max: 4, scale: .linear),
                when: [("size", [.string("s"), .string("l")])]),
            parameter(
                "last", .int(min: 16, max: 64, scale: .linear),
                when: [
                    ("layers", (3...8).map { .int($0) }), ("optimizer", [sgd, .string("adam")]),
                ]),
            parameter("momentum", .float(min: 0, max: 0.99, scale: .linear), when: [("optimizer", [sgd])]),
            parameter("nesterov", .choice([.bool(true), .bool(false)]), when: [("optimizer", [sgd])]),
        ]
        #expect(result.space.parameters.map(\.name) == expected.map(\.name))
        for (parameter, expected) in zip(result.space.parameters, expected) {
            #expect(parameter == expected)
        }
        #expect(
            result.space.constraints == [
                .forbidden([
                    Condition(parent: "optimizer", values: [.string("adam")]),
                    Condition(parent: "layers", values: [.int(7), .int(8)]),
                ]),
                .forbidden([Condition(parent: "width", values: [.int(17)])]),
                .relation(.atMost, .parameter("decay"), .parameter("lr")),
            ])
        #expect(try space(of: result.text) == result.space)
        #expect(result.text.hasPrefix("# The defaults were left out: "))
    }

    @Test(arguments: ["optuna.json", "optuna-objects.json"])
    func `distributions of Optuna keep what they are`(name: String) throws {
        let result = try read(name)
        #expect(
            result.space
                == SearchSpace([
                    parameter("lr", .float(min: 1e-5, max: 0.1, scale: .log)),
                    parameter("dropout", .float(min: 0, max: 0.5, scale: .linear, step: 0.1)),
                    parameter("momentum", .float(min: 0, max: 0.99, scale: .linear)),
                    parameter("layers", .int(min: 1, max: 8, scale: .linear)),
                    parameter("batch", .int(min: 16, max: 256, scale: .linear, step: 16)),
                    parameter("width", .int(min: 16, max: 512, scale: .log)),
                    parameter(
                        "optimizer",
                        .choice([.string("sgd"), .string("adam"), .int(3), .bool(true), .float(0.5)])),
                    parameter("fixed", .constant(.int(3))),
                ]))
        #expect(try space(of: result.text) == result.space)
    }

    @Test func `a sweep keeps its parameters, and says what was left out`() throws {
        let result = try read("sweep.yaml")
        #expect(
            result.space
                == SearchSpace([
                    parameter("lr", .float(min: 1e-5, max: 0.1, scale: .log)),
                    parameter("decay", .float(min: exp(-10), max: exp(-2), scale: .log)),
                    parameter("inverse", .float(min: 0.01, max: 1, scale: .log)),
                    parameter("inverse_exponent", .float(min: exp(-3), max: exp(-1), scale: .log)),
                    parameter("dropout", .float(min: 0, max: 0.5, scale: .linear)),
                    parameter("layers", .int(min: 1, max: 8, scale: .linear)),
                    parameter("batch", .int(min: 32, max: 256, scale: .log, step: 8)),
                    parameter("ratio", .float(min: 0.5, max: 2, scale: .linear, step: 0.25)),
                    parameter("init", .normal(mean: 0, sd: 0.1)),
                    parameter("clip", .lognormal(mean: 0, sd: 1)),
                    parameter("optimizer", .choice([.string("adam"), .string("sgd"), .string("no")])),
                    parameter("flags", .choice([.bool(true), .int(2), .float(0.5)])),
                    parameter("epochs", .constant(.int(27))),
                ]))
        #expect(try space(of: result.text) == result.space)
        let comments = result.text.split(separator: "\n").filter { $0.hasPrefix("#") }
        #expect(
            comments == [
                "# Left out: program, method, metric and early_terminate.",
                "# The ends of batch are as likely here as its other values; W&B tries each of them half as often.",
                "# The ends of ratio are as likely here as its other values; W&B tries each of them half as often.",
            ])
    }

    @Test(arguments: [
        "parameters: {size: {values: [null, 1, 2], probabilities: [0.5, 0.25, 0.25]}}",
        #"{"hyperparameters": [{"type": "categorical", "name": "size", "choices": [null, 1, 2], "weights": [2, 1, 1]}]}"#,
    ])
    func `weights of a choice are left out, and a comment says so`(text: String) throws {
        let result = try SpaceImport.read(bytes: Array(text.utf8), file: "other", from: nil)
        #expect(result.space.parameters == [parameter("size", .choice([.null, .int(1), .int(2)]))])
        let comment =
            "# The weights of size are left out: its values are equally likely here. A 'prior' can favour one of them."
        #expect(result.text.split(separator: "\n").contains(Substring(comment)))
    }

    @Test func `what a study file cannot say is refused with its field`() throws {
        #expect(
            try mistakes("configspace-refused.json") == [
                "hyperparameters[0].type: a study file has no parameters of the type 'beta_float'",
                "hyperparameters[3].type: a study file has no parameters of the type 'normal_int'",
                "conditions[0].type: all conditions of a parameter have to hold, and OR asks for one of several parents",
            ])
        #expect(
            try mistakes("sweep-refused.yaml") == [
                "parameters.beta.distribution: a study file has no distribution such as 'beta'",
                "parameters.rounded.distribution: a study file has no distribution such as 'q_normal'",
                "parameters.between.min: 2 is not a multiple of q, 4, and W&B rounds to these",
            ])
    }

    @Test(
        arguments: [
            ("{}", ": the fields do not show whether this is a space of ConfigSpace, W&B or Optuna"),
            ("[1]", ": the fields do not show whether this is a space of ConfigSpace, W&B or Optuna"),
            ("{\"x\": \"{\\\"attributes\\\": \"}", "x: the text is not a distribution"),
            (
                "{\"x\": {\"name\": \"New\", \"attributes\": {}}}",
                "x.name: stune knows no distribution 'New'"
            ),
            ("parameters: {x: {min: 2, max: 1}}", "parameters.x: the range from 2 to 1 is empty"),
            ("parameters: {x: {min: 1, max: 2, q: 1}}", "parameters.x.q: stune cannot express 'q'"),
            (
                "parameters: {\"a{b\": {value: 1}}",
                "parameters.a{b: the name 'a{b' holds a brace, and no placeholder could name it"
            ),
        ])
    func `what is none is told`(text: String, mistake: String) {
        let error = #expect(throws: InvalidStudyFile.self) {
            try SpaceImport.read(bytes: Array(text.utf8), file: "a.json", from: nil)
        }
        #expect(error?.mistakes.map { "\($0.field): \($0.problem)" } == [mistake])
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: InvalidStudyFile.self) {
            try SpaceImport.read(bytes: [0xFF], file: "a", from: .optuna)
        }
    }

    @Test func `a space that is written reads back, whatever its names and values`() throws {
        let texts = [
            "yes", "~", "1e-4", "a: b", "#x", "\"q\"", "ä\\n", "\u{1F600}", " x", "", "-", "{lr}", "010",
            "*a",
        ]
        let values =
            texts.map { ParameterValue.string($0) }
            + [.bool(false), .int(-3), .float(1e-300), .float(2.5), .null]
        let names = ["a b", "yes", "1", "l'r", "a:", "é", "null"]
        var parameters = names.map { parameter($0, .choice(values)) }
        parameters.append(parameter("o", .ordinal(values), when: [("yes", [.string("~"), .bool(false)])]))
        parameters.append(parameter("z", .float(min: 1e-7, max: 1e22, scale: .reverseLog, step: 1e21)))
        parameters.append(
            Parameter(name: "p", domain: .normal(mean: 0, sd: 1), prior: Prior(value: .float(1))))
        parameters += SpaceTests.domains.enumerated().map { parameter("d\($0)", $1.1) }
        let written = SearchSpace(
            parameters,
            constraints: [
                .forbidden([Condition(parent: "null", values: [.string("*a"), .string("")])]),
                .relation(.differ, .parameter("1"), .parameter("é")),
            ])
        #expect(try space(of: SpaceWriter.text(of: written)) == written)
    }
}
