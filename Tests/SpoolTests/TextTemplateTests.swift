import Testing
import Tuning

@testable import Spool

struct TextTemplateTests {
    private let facts = CommandTemplate.Facts(
        study: "md", trial: TrialID(3), from: Resource(1), to: Resource(9), resume: nil,
        directory: "/s/t/work",
        home: "/data/me/md")

    @Test func `placeholders become values byte for byte, and doubled braces braces`() throws {
        let template = try TextTemplate(
            Array(
                "dt = {dt}\n# {{not a value}} {stune.to} {stune.directory}\n{stune.home}/{name}{stune.resume}\n"
                    .utf8))
        let values: [String: ParameterValue] = ["dt": .float(1e-4), "name": .string("$(touch x) \"'{}\\ü")]
        let text = template.render(configuration: Configuration(values), facts: facts)
        #expect(
            String(decoding: text, as: UTF8.self)
                == "dt = 0.0001\n# {not a value} 9 /s/t/work\n/data/me/md/$(touch x) \"'{}\\ü\n")
    }

    @Test func `placeholders have places`() throws {
        let template = try TextTemplate(Array("a\n  {x} {stune.to}\n{{x}} {y}".utf8))
        let places = template.placeholders.map { "\($0.placeholder.written) \($0.line):\($0.column)" }
        #expect(places == ["{x} 2:3", "{stune.to} 2:7", "{y} 3:7"])
    }

    @Test(
        arguments: [
            ("ok\n{x", 2, 1, "a '{' is never closed"), ("a = {x}}", 1, 8, "a '}' closes nothing"),
            ("\n\nx {stune.fro}", 3, 3, "there is no placeholder '{stune.fro}'"),
            ("{}", 1, 1, "'{}' names no parameter"),
            ("{{{x", 1, 3, "a '{' is never closed"),
        ])
    func `what is no template is refused with line and column`(
        text: String, line: Int, column: Int, problem: String
    ) {
        let error = #expect(throws: TextTemplate.Invalid.self) { try TextTemplate(Array(text.utf8)) }
        #expect(error.map { "\($0.line):\($0.column) \($0.problem)" } == "\(line):\(column) \(problem)")
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: TextTemplate.Invalid.self) { try TextTemplate([0x61, 0xFF, 0x62]) }
    }
}
