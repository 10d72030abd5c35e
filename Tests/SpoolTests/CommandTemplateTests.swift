import FoundationEssentials
import Spool
import Testing
import Tuning

struct CommandTemplateTests {
    private let facts = CommandTemplate.Facts(
        study: "digits", trial: TrialID(17), from: Resource(3), to: Resource(9), resume: "/s/ckpt/3",
        directory: "/s/work", home: "/h")

    private func render(
        _ json: String, _ values: [String: ParameterValue] = [:], resume: String? = nil
    ) throws -> [String] {
        let template = try JSONDecoder().decode(CommandTemplate.self, from: Data(json.utf8))
        var facts = facts
        facts.resume = resume
        return template.render(configuration: Configuration(values), facts: facts)
    }

    @Test func `a placeholder becomes the value, inside other text too`() throws {
        let values: [String: ParameterValue] = [
            "lr": .float(1e-4), "n": .int(-3), "o": .string("sgd"), "f": .bool(true), "a b": .int(1),
        ]
        #expect(
            try render(#"["run", "{lr}", "--n={n}", "{o}{f}", "{a b}"]"#, values)
                == ["run", "0.0001", "--n=-3", "sgdtrue", "1"])
    }

    @Test(arguments: [
        #"a b";$(touch x)'"#, "", " ", "`id`", "{lr}", "{{", "}", "%s\n", "\\", "*", "~", "ä\u{301}",
        "--flag",
    ])
    func `a value arrives byte for byte as one argument`(value: String) throws {
        let rendered = try render(#"["run", "{v}", "<{v}>"]"#, ["v": .string(value)])
        #expect(rendered.map { Array($0.utf8) } == ["run", value, "<\(value)>"].map { Array($0.utf8) })
    }

    @Test func `the facts of the attempt have placeholders`() throws {
        let command = #"["run","{stune.study}","{stune.trial}","{stune.from}-{stune.to}","{stune.resume}"]"#
        #expect(try render(command, resume: "/c/3") == ["run", "digits", "17", "3-9", "/c/3"])
        #expect(try render(command) == ["run", "digits", "17", "3-9", ""])
    }

    @Test func `a group is there only when all its placeholders have values`() throws {
        let command = #"["run", ["--m", "{m}", "{n}"], ["--always"], ["--resume", "{stune.resume}"]]"#
        #expect(try render(command) == ["run", "--always"])
        #expect(try render(command, ["m": .int(1)]) == ["run", "--always"])
        #expect(
            try render(command, ["m": .int(1), "n": .string("")], resume: "/c")
                == ["run", "--m", "1", "", "--always", "--resume", "/c"])
    }

    @Test func `a placeholder without a value outside a group becomes nothing`() throws {
        #expect(try render(#"["run", "a{m}b"]"#) == ["run", "ab"])
    }

    @Test(arguments: [
        ("{{}}", "{}"), (#"{{"lr": {lr}}}"#, #"{"lr": 1}"#), ("{{lr}}", "{lr}"), ("{{{lr}}}", "{1}"),
        ("a}}b", "a}b"), ("{{\u{301}", "{\u{301}"),
    ])
    func `doubled braces are literal`(text: String, rendered: String) throws {
        let template = try CommandTemplate(["run", text])
        #expect(
            template.render(configuration: Configuration(["lr": .int(1)]), facts: facts)
                == ["run", rendered])
    }

    @Test(arguments: [
        ("{", CommandTemplateError.unclosedBrace(in: "{")), ("a{b", .unclosedBrace(in: "a{b")),
        ("{a{b}", .unclosedBrace(in: "{a{b}")), ("}", .strayBrace(in: "}")),
        ("{a}}", .strayBrace(in: "{a}}")),
        ("{}", .emptyPlaceholder(in: "{}")), ("a\0", .zeroByte),
        ("{stune.rung}", .unknownFact("stune.rung", in: "{stune.rung}")),
        ("{stune.}", .unknownFact("stune.", in: "{stune.}")),
    ])
    func `a malformed argument is refused`(text: String, error: CommandTemplateError) {
        #expect(throws: error) { try CommandTemplate.Argument(text) }
    }

    @Test func `a command begins with a program, and has no empty group`() throws {
        #expect(throws: CommandTemplateError.noProgram) { try CommandTemplate([String]()) }
        #expect(throws: CommandTemplateError.noProgram) { try CommandTemplate([""]) }
        let run = CommandTemplate.Element.argument(try CommandTemplate.Argument("run"))
        #expect(throws: CommandTemplateError.noProgram) { try CommandTemplate([.group([]), run]) }
        #expect(throws: CommandTemplateError.emptyGroup) { try CommandTemplate([run, .group([])]) }
    }

    @Test func `an error says what would be right`() {
        #expect(
            CommandTemplateError.unknownFact("stune.rung", in: "--r={stune.rung}").description
                == "in '--r={stune.rung}': there is no placeholder '{stune.rung}'; the placeholders of stune are "
                + "'{stune.study}', '{stune.trial}', '{stune.from}', '{stune.to}', '{stune.resume}', '{stune.directory}', "
                + "'{stune.home}', '{stune.replicate}'")
    }

    @Test func `as JSON it is what the study file holds`() throws {
        let json = #"["run","{lr}",["--m","{m}"],"{{}}"]"#
        let template = try JSONDecoder().decode(CommandTemplate.self, from: Data(json.utf8))
        #expect(String(decoding: try JSONEncoder().encode(template), as: UTF8.self) == json)
    }

    @Test(arguments: [
        "[]", "[[]]", #"["run", 3]"#, #"["run", "{"]"#, #"["run", [["a"]]]"#, #""run""#, "{}",
    ])
    func `JSON that is no command is refused`(json: String) {
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(CommandTemplate.self, from: Data(json.utf8))
        }
    }

    @Test func `null leaves a group out, and is a word outside of one`() throws {
        let command = ##"["run", ["--cap", "{cap}"], "--top={top}", ["--both={cap},{top}"]]"##
        #expect(try render(command, ["cap": .null, "top": .int(2)]) == ["run", "--top=2"])
        #expect(
            try render(command, ["cap": .int(5), "top": .null]) == ["run", "--cap", "5", "--top=null"])
    }
}
