import Testing
import Tuning

@testable import StudyFile

/// Forms of other tools for which YAML has no word: null, infinity, nested names. Every mistake names a line of the
/// user's file.
struct ForeignSpaceTests {
    private func read(
        _ text: String, file: String = "space"
    ) throws -> SpaceImport.Result {
        try SpaceImport.read(bytes: Array(text.utf8), file: file, from: nil)
    }

    private func mistakes(_ text: String) throws -> [String] {
        let error = #expect(throws: InvalidStudyFile.self) { try read(text) }
        return error?.mistakes.map { "\($0.line): \($0.field): \($0.problem)" } ?? []
    }

    @Test(arguments: [
        "parameters:\n  depth: {values: [3, null, 7]}\n  head: {value: null}\n  tail: {values: [~, true]}\n",
        #"""
        {"depth": {"name": "CategoricalDistribution", "attributes": {"choices": [3, null, 7]}},
         "head": {"name": "CategoricalDistribution", "attributes": {"choices": [null]}},
         "tail": "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [null, true]}}"}
        """#,
    ])
    func `null stays a value, and the study reads it back`(text: String) throws {
        let result = try read(text)
        let domains = result.space.parameters.map(\.domain)
        #expect(domains[0] == .choice([.int(3), .null, .int(7)]))
        #expect(domains[1] == .constant(.null) || domains[1] == .choice([.null]))
        #expect(domains[2] == .choice([.null, .bool(true)]))
        #expect(try space(of: result.text) == result.space)
    }

    @Test func `a null of ConfigSpace is a value of its clauses and conditions too`() throws {
        let result = try read(
            #"""
            {"hyperparameters": [
              {"type": "categorical", "name": "cap", "choices": [null, 2, 5]},
              {"type": "uniform_float", "name": "rate", "lower": 0.1, "upper": 0.9}],
             "conditions": [{"type": "NEQ", "child": "rate", "parent": "cap", "value": null}],
             "forbiddens": [{"type": "EQUALS", "name": "cap", "value": null}]}
            """#)
        #expect(
            result.space.parameters[1].conditions == [Condition(parent: "cap", values: [.int(2), .int(5)])])
        #expect(
            result.space.constraints == [.forbidden([Condition(parent: "cap", values: [.null])])])
        #expect(try space(of: result.text) == result.space)
    }

    @Test(arguments: [
        (
            "\n{\"gap\": {\"name\": \"CategoricalDistribution\",\n \"attributes\": {\"choices\": [2.0,\n Infinity]}}}",
            "4: gap.attributes.choices[1]: infinity cannot be the value of a stune parameter"
        ),
        (
            "{\"gap\": {\"name\": \"CategoricalDistribution\",\n \"attributes\": {\"choices\": [-Infinity]}}}",
            "2: gap.attributes.choices[0]: minus infinity cannot be the value of a stune parameter"
        ),
        (
            "{\"gap\": {\"name\": \"CategoricalDistribution\",\n \"attributes\": {\"choices\": [NaN, 1]}}}",
            "2: gap.attributes.choices[0]: not-a-number cannot be the value of a stune parameter"
        ),
        (
            "{\"gap\":\n \"{\\\"name\\\": \\\"CategoricalDistribution\\\", \\\"attributes\\\": {\\\"choices\\\": [Infinity]}}\"}",
            "2: gap.attributes.choices[0]: infinity cannot be the value of a stune parameter"
        ),
        (
            "parameters:\n  gap:\n    value: Infinity\n",
            "3: parameters.gap.value: infinity cannot be the value of a stune parameter"
        ),
        (
            "parameters:\n  gap:\n    values: [1, .inf]\n",
            "3: parameters.gap.values[1]: .inf is not a finite number that 64 bits hold"
        ),
        (
            "{\"gap\": {\"name\": \"FloatDistribution\",\n \"attributes\": {\"low\": 0.0, \"high\": Infinity}}}",
            "2: gap.attributes.high: Infinity is not a finite number"
        ),
    ])
    func `infinity is never taken for a text`(text: String, mistake: String) throws {
        #expect(try mistakes(text) == [mistake])
    }

    @Test func `a quoted word stays a text`() throws {
        let result = try read("parameters: {gap: {values: [\"Infinity\", 'NaN']}}")
        #expect(result.space.parameters[0].domain == .choice([.string("Infinity"), .string("NaN")]))
    }

    @Test func `nested parameters of a sweep get dotted names`() throws {
        let result = try read(
            """
            parameters:
              seed: {value: 3}
              net:
                parameters:
                  width: {distribution: int_uniform, min: 8, max: 64}
                  head:
                    parameters:
                      drop: {min: 0.0, max: 0.5}
              opt.lr: {distribution: log_uniform_values, min: 0.001, max: 0.1}
            """)
        #expect(result.space.parameters.map(\.name) == ["seed", "net.width", "net.head.drop", "opt.lr"])
        #expect(try space(of: result.text) == result.space)
    }

    @Test(arguments: [
        (
            "parameters:\n  net.width: {value: 1}\n  net:\n    parameters:\n      width: {value: 2}\n",
            "5: parameters.net.parameters.width: there is another parameter 'net.width', in line 2, column 14"
        ),
        (
            "parameters:\n  net:\n    distribution: uniform\n    parameters:\n      width: {value: 2}\n",
            "3: parameters.net.distribution: stune cannot express 'distribution'"
        ),
        // Mistakes that only the study file's own reader finds.
        (
            "parameters:\n  fine: {value: 1}\n  \"a{b\":\n    value: 2\n",
            "4: parameters.a{b: the name 'a{b' holds a brace, and no placeholder could name it"
        ),
        (
            "parameters:\n  twin:\n    values: [1, 1.0]\n",
            "3: parameters.twin.values[1]: the value 1.0 is already in line 3, column 14"
        ),
    ])
    func `a mistake names the user's own line`(text: String, mistake: String) throws {
        #expect(try mistakes(text) == [mistake])
    }

    @Test(arguments: [
        ("parameters:\n  decay: {distribution: log_uniform_values, min: 0, max: 9.5}\n", 2),
        ("parameters:\n  decay: {distribution: q_log_uniform_values, min: 0, max: 9, q: 1}\n", 2),
        (
            "{\"decay\":\n {\"name\": \"FloatDistribution\", \"attributes\": {\"low\": 0.0, \"high\": 1.0, \"log\": true}}}",
            2
        ),
        (
            "{\"hyperparameters\": [\n {\"type\": \"uniform_int\", \"name\": \"decay\", \"lower\": 0, \"upper\": 8, \"log\": true}]}",
            2
        ),
    ])
    func `a log scale from 0 is refused with what to do`(text: String, line: Int) throws {
        let error = #expect(throws: InvalidStudyFile.self) { try read(text) }
        let mistake = try #require(error?.mistakes.first)
        #expect(error?.mistakes.count == 1)
        #expect(mistake.line == line)
        #expect(mistake.problem.hasPrefix("the range begins at 0"))
        #expect(
            mistake.fix.hasPrefix("begin it above 0, such as at 1e-6, or make the distribution uniform"))
    }

    @Test func `characters that JSON writes as two escapes are read, in texts within texts too`() throws {
        let pair = "\\ud83d\\ude00"
        let inner =
            "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [\"\(pair) x\", \"a\\\\ud83d\"]}}"
        let quoted = inner.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        for text in ["{\"face\": \(inner)}", "{\"face\": \"\(quoted)\"}"] {
            let result = try read(text)
            #expect(
                result.space.parameters[0].domain == .choice([.string("\u{1F600} x"), .string("a\\ud83d")]))
            #expect(try space(of: result.text) == result.space)
        }
    }

    @Test func `JSON that is indented with tabs is read`() throws {
        let result = try read(
            "{\n\t\"a\": {\n\t\t\"name\": \"IntDistribution\",\n\t\t\"attributes\": {\"low\": 1, \"high\": 3}\n\t}\n}\n"
        )
        #expect(result.space.parameters[0].domain == .int(min: 1, max: 3, scale: .linear))
    }
}
