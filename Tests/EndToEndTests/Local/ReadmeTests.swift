import Foundation
import Testing
import Tuning

/// The first study that someone runs who has read the README.
@Suite struct ReadmeTests {
    /// The first block of a language in the README, without what the list indents it by.
    private func block(_ language: String) throws -> String {
        let text = try String(contentsOfFile: "\(Tool.repository)/README.md", encoding: .utf8)
        let lines = text.components(separatedBy: "\n")
        let first = try #require(lines.firstIndex { $0.hasSuffix("```\(language)") })
        let indent = lines[first].prefix { $0 == " " }.count
        return lines[(first + 1)...].prefix { !$0.hasSuffix("```") }
            .map { String($0.dropFirst(min(indent, $0.prefix { $0 == " " }.count))) }.joined(
                separator: "\n") + "\n"
    }

    @Test
    func `the script and the study of the README run together as they stand, but for the number of trials`()
        async throws
    {
        let place = try Workplace(name: "stune readme")
        try place.write("train.py", block("python"))
        let study = try block("yaml")
        try place.write(
            "study.yaml",
            study.replacing("trials: 64", with: "trials: 9").replacing("parallel: 16", with: "parallel: 2"))
        #expect(study.contains("trials: 64") && study.contains("parallel: 16"))
        let client = ["PYTHONPATH": "\(Tool.repository)/python"]
        let outcome = try await place.stune("run", "study.yaml", "--cluster", "local", environment: client)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("the study is complete\n9 trials: "), "\(outcome.output)")
        #expect(!outcome.output.contains("failed"), "\(outcome.output)")
        #expect(try await place.stune("best", "mine.stune").output.contains("val_loss"))
    }
}
