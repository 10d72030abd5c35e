import Foundation
import StudyFile
import Testing

struct HostileFileTests {
    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "~\n", "\u{FEFF}", "--- # nothing\n...\n"])
    func `an empty file is told as such`(text: String) {
        let told = mistakes(text)
        #expect(told.count == 1)
        #expect(told.first?.contains(": the file is empty; describe a study") == true)
    }

    @Test(arguments: [
        (
            "name: [a\ntrials: 3\n",
            "2:7: this is not YAML: while parsing a flow sequence from line 1, column 7: "
        ),
        ("name: a\n\ttrials: 3\n", "2:1: this is not YAML: "),
        ("name: 'a\n", "2:1: this is not YAML: while scanning a quoted scalar from line 1, column 7: "),
        (
            "name: *missing\n",
            "1:7: this is not YAML: found undefined alias; put a text that begins with '*'"
        ),
        ("a: b: c\n", "1:5: this is not YAML: "),
        ("command: [a, b]]\n", "1:16: this is not YAML: "),
        ("name: @home\n", "1:7: this is not YAML: "),
        (
            "name: a\n---\nname: b\n",
            "2:1: this is not YAML: expected a single document in the stream from "
                + "line 1, column 1: but found another document; keep one study in one file"
        ),
        ("name: a\0b\n", "1:8: the character \\u{0} has no place in a text file"),
        ("name: ä\n\n  \u{1B}[31m\n", "3:3: the character \\u{1B} has no place in a text file"),
        ("just text\n", "1:1: expected a study, found text"),
        ("- a\n- b\n", "1:1: expected a study, found a list"),
        ("7\n", "1:1: expected a study, found a number"),
    ])
    func `what is no YAML, or no study, is told with its place`(text: String, start: String) throws {
        let told = mistakes(text)
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix(start) == true, "\(told)")
    }

    @Test func `a file that is not UTF-8 is told with the place of the first wrong byte`() {
        let bytes = Array("name: a\nmetric: ".utf8) + [0xE4, 0x0A]
        let error = #expect(throws: InvalidStudyFile.self) {
            try StudyFile.read(bytes: bytes, file: "s.yaml")
        }
        #expect(
            error?.description
                == "s.yaml:2:9: the file is not UTF-8; save it as UTF-8; a study file is a YAML text")
    }

    @Test func `bytes are read as text`() throws {
        let text = try example()
        #expect(
            try StudyFile.read(bytes: Array(text.utf8), file: "s.yaml")
                == StudyFile.read(text: text, file: "s.yaml"))
    }

    @Test func `a huge file is refused by its size`() throws {
        let padding = "# " + String(repeating: "x", count: 1 << 20) + "\n"
        let told = mistakes(padding + (try example()))
        #expect(told.count == 1)
        #expect(told.first?.contains("bytes, and a study file at most 1048576; ") == true)
    }

    @Test func `a large file below the limit is read`() throws {
        #expect(mistakes(try example() + "# " + String(repeating: "x", count: 1 << 19)) == [])
    }

    @Test(arguments: [
        ("[", "]"), ("{a: ", "}"), ("[{a: ", "}]"), ("- ", ""), ("!!seq [", "]"), ("&a [", "]"),
    ])
    func `deep nesting is refused`(open: String, close: String) {
        for depth in [40, 900, 20_000] {
            let text =
                "x:\n  " + String(repeating: open, count: depth) + "1"
                + String(repeating: close, count: depth) + "\n"
            let told = mistakes(text)
            #expect(told.contains { $0.contains("nest") }, "\(told)")
        }
    }

    @Test(arguments: [40, 900, 20_000])
    func `keys of keys of keys are refused`(depth: Int) {
        #expect(!mistakes("x:\n  \(String(repeating: "? ", count: depth))1\n").isEmpty)
    }

    @Test func `aliases of aliases are refused before they grow`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let list = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(
            mistakes(text) == [
                "1:1: the file has more than 16 YAML aliases ('*name'); write the values out"
            ])
    }

    @Test func `few aliases that stand for much are refused`() {
        var text = "a0: &a0 [\(Array(repeating: "x", count: 20_000).joined(separator: ", "))]\n"
        for level in 1...5 {
            text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(
            mistakes(text).contains {
                $0.hasPrefix(
                    "1:1: the file has more than 200000 values after its aliases are resolved; ")
            })
    }

    @Test func `many duplicate keys end the search for them`() {
        let text = String(repeating: "trials: 1\n", count: 200)
        #expect(mistakes(text) == ["1:1: more than 32 keys are duplicates of others; give each field once"])
    }

    @Test(arguments: [
        (
            "\"trials\": 1\n'trials': 2\n",
            "2:1: trials: duplicate: the same field is already in line 1, column 1"
        ),
        (
            "trials: 1\n\"trials\": 2\n",
            "2:1: trials: duplicate: the same field is already in line 1, column 1"
        ),
        (
            "{trials: 1, a: [2], trials: 3, trials: 4}\n",
            "1:32: trials: duplicate: the same field is already in line 1, column 2"
        ),
        (
            "? trials\n: 1\n? trials\n: 2\n",
            "3:3: trials: duplicate: the same field is already in line 1, column 3"
        ),
        (
            "\u{FEFF}trials: 1\r\ntrials: 2\r\n",
            "2:1: trials: duplicate: the same field is already in line 1, column 1"
        ),
        ("a: {b: {c: 1, c: 2}}\r\n", "1:15: a.b.c: duplicate"),
    ])
    func `a duplicate key is told with both places, however it is written`(text: String, start: String) {
        // Nothing below an unknown field is read, so its duplicates are not reported.
        let isRead = !start.contains("a.b.c")
        #expect(mistakes(text).contains { $0.hasPrefix(start) } == isRead, "\(mistakes(text))")
        #expect(!mistakes(text).isEmpty)
    }

    @Test func `duplicate keys that are lists are told too`() {
        #expect(!mistakes("? [a]\n: 1\n? [a]\n: 2\n").isEmpty)
        #expect(!mistakes("{[a]: 1, [a]: 2}\n").isEmpty)
    }

    @Test func `there are limits to how much a study holds`() throws {
        let parameters = (0...256).map { "  p\($0): {type: int, min: 0, max: 1}\n" }.joined()
        let many = "name: a\nparameters:\n\(parameters)"
        #expect(
            mistakes(many).contains {
                $0.hasPrefix("3:3: parameters: there are 257 parameters, more than 256; ")
            })

        let values = (0...1_024).map(String.init).joined(separator: ", ")
        let choices = try example(["hidden": "  hidden: {type: choice, values: [\(values)]}"])
        #expect(
            mistakes(choices) == [
                "5:34: parameters.hidden.values: there are 1025 values, more than 1024; use an int parameter, "
                    + "and let the training code look the value up"
            ])

        let long = String(repeating: "x", count: 70_000)
        let configuration = try example(["hidden": "  hidden: {type: choice, values: [\(long)]}"])
        #expect(
            mistakes(configuration).contains { $0.contains(": parameters: a configuration can have 70") })
        let argument = try example(["command": "command: [a, \(long)]"])
        #expect(mistakes(argument).contains { $0.contains(": command[1]: the argument has 70000 bytes") })
        let arguments = try example(["command": "command: [a\(String(repeating: ", a", count: 1_024))]"])
        #expect(mistakes(arguments).contains { $0.contains(": command: the command has 1025 arguments") })
        let half = String(long.prefix(60_000))
        let command = try example(["command": "command: [a\(String(repeating: ", \(half)", count: 5))]"])
        #expect(mistakes(command).contains { $0.contains(": command: the command has 300007 bytes") })
    }

    @Test func `the assignments in flight fit into a manifest`() throws {
        let long = String(repeating: "x", count: 60_000)
        let text = try example([
            "hidden": "  hidden: {type: choice, values: [\(long)]}", "parallel": "parallel: 2000",
            "trials": "trials: 4000",
        ])
        let told = mistakes(text)
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("12:11: parallel: 2000 assignments of up to 61") == true, "\(told)")
    }

    @Test func `a mapping of very many fields is refused as a whole`() {
        let fields = (0...1_024).map { "f\($0): 1\n" }.joined()
        #expect(
            mistakes(fields) == [
                "1:1: the mapping has 1025 entries, more than 1024; check that they belong here"
            ])
    }

    @Test func `setup and environment have limits`() throws {
        let lines = Array(repeating: "a", count: 257).joined(separator: ", ")
        #expect(mistakes(try example(["slurm": "slurm: {setup: [\(lines)]}"])).count == 1)
        let variables = (0...256).map { "A\($0): 1" }.joined(separator: ", ")
        #expect(mistakes(try example(["slurm": "slurm: {environment: {\(variables)}}"])).count == 1)
        let long = String(repeating: "x", count: 20_000)
        #expect(mistakes(try example(["slurm": "slurm: {nodelist: \(long), comment: \(long)}"])).count == 2)
    }

    @Test func `more mistakes than anyone reads are counted`() {
        let fields = (0..<300).map { "f\($0): 1\n" }.joined()
        let told = mistakes(fields)
        #expect(told.count == 100)
        #expect(told.last?.hasSuffix(" more mistakes follow; correct those above first") == true)
    }
}
