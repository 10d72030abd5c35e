import Foundation
import StudyFile
import Testing

/// One case of the table in Fixtures/mistakes.txt.
struct MistakeCase: CustomTestStringConvertible {
    let testDescription: String
    var changes: [(key: String, line: String)] = []
    var mistakes: [String] = []

    /// All cases of the table.
    static func table() throws -> [MistakeCase] {
        var cases: [MistakeCase] = []
        for line in try fixture("mistakes.txt").split(separator: "\n") {
            if line.hasPrefix("= ") {
                cases.append(MistakeCase(testDescription: String(line.dropFirst(2))))
            } else if line.hasPrefix("! ") {
                cases[cases.count - 1].mistakes.append(String(line.dropFirst(2)))
            } else if !line.hasPrefix("#") {
                let change = try #require(line.firstRange(of: " > "), "no change: \(line)")
                cases[cases.count - 1].changes.append(
                    (String(line[..<change.lowerBound]), String(line[change.upperBound...])))
            }
        }
        return cases
    }
}

struct MistakeTests {
    @Test(arguments: try MistakeCase.table())
    func `every mistake is told with its place, field and fix`(expected: MistakeCase) throws {
        #expect(try mistakes(example(expected.changes)) == expected.mistakes)
        #expect(!expected.mistakes.isEmpty)
    }

    @Test func `mistakes all over the file are told at once, from its top to its end`() throws {
        let text = """
            name: ""
            metric: {name: loss, goal: low}
            parameters:
              lr: {type: float, min: 0.1, max: 0.01}
              lr: {type: float, min: 0.1, max: 1}
              n: {type: int, min: 1, max: 2, wen: {lr: 1}}
            scheduler: {type: asha, max_resource: 27, reduction_factor: 1, max_resource: 9}
            trials: 0
            command: [a, "{x}"]
            slurm: {mem: 1G, array: 1-3, "mem": 2G}
            trials: 5
            """
        #expect(
            mistakes(text) == [
                "1:7: name: the study's name is empty; give it a name such as digits",
                "2:28: metric.goal: unknown value low; write minimize or maximize",
                "4:26: parameters.lr.min: 0.1 is not below max 0.01; make min smaller than max",
                "5:3: parameters.lr: duplicate: the same field is already in line 4, column 3; "
                    + "remove one of them",
                "6:34: parameters.n.wen: unknown field; did you mean 'when'?",
                "7:61: scheduler.reduction_factor: 1 is less than 2; write a whole number from 2 to 1000",
                "7:64: scheduler.max_resource: duplicate: the same field is already in line 7, "
                    + "column 25; remove one of them",
                "8:9: trials: 0 is less than 1; write a whole number from 1 to 1000000",
                "9:14: command[1]: the placeholder '{x}' names no parameter; the placeholders are lr, n, "
                    + "stune.study, stune.trial, stune.from, stune.to, stune.resume, stune.directory, "
                    + "stune.home, stune.replicate ('{{' and '}}' are literal braces)",
                "10:18: slurm.array: stune does not pass this on: every rung is a job array with one task "
                    + "for each trial; remove it; 'parallel' says how many tasks may be in flight",
                "10:30: slurm.mem: duplicate: the same field is already in line 10, column 9; "
                    + "remove one of them",
                "11:1: trials: duplicate: the same field is already in line 8, column 1; "
                    + "remove one of them",
            ])
    }

    @Test func `a mistake has parts, and a line that editors can jump to`() throws {
        let text = try example(["lr": "  lr: {type: float, min: 0.1, max: 0.01}"])
        let error = #expect(throws: InvalidStudyFile.self) {
            try StudyFile.read(text: text, file: "a/study.yaml")
        }
        let mistake = try #require(error?.mistakes.first)
        #expect(mistake.file == "a/study.yaml")
        #expect(mistake.line == 4)
        #expect(mistake.column == 26)
        #expect(mistake.field == "parameters.lr.min")
        #expect(mistake.problem == "0.1 is not below max 0.01")
        #expect(mistake.fix == "make min smaller than max")
        #expect(
            error?.description == "a/study.yaml:4:26: parameters.lr.min: 0.1 is not below max 0.01; "
                + "make min smaller than max")
    }
}
