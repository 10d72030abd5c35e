import Foundation
import StudyFile
import Testing
import Tuning

/// A fixture's text.
func fixture(_ name: String) throws -> String {
    let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(name)")
    return try String(contentsOf: url, encoding: .utf8)
}

/// The repository's root.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// The mistakes of a text as lines, each without the file's name; empty when it is valid.
func mistakes(_ text: String) -> [String] {
    do throws(InvalidStudyFile) {
        _ = try StudyFile.read(text: text, file: "study.yaml")
        return []
    } catch {
        return error.mistakes.map { String($0.description.dropFirst("study.yaml:".count)) }
    }
}

/// The example with changed lines: each key's line is replaced, an empty line is removed, and a line that the example
/// lacks is added at its end.
func example(_ changes: KeyValuePairs<String, String> = [:]) throws -> String {
    try example(changes.map { (key: $0.key, line: $0.value) })
}

/// The example, with lines changed.
func example(_ changes: [(key: String, line: String)]) throws -> String {
    var lines = try fixture("digits.yaml").split(separator: "\n").map(String.init)
    for (key, line) in changes {
        if let index = lines.firstIndex(where: { $0.drop { $0 == " " }.hasPrefix("\(key):") }) {
            if line.isEmpty { lines.remove(at: index) } else { lines[index] = line }
        } else {
            lines.append(line)
        }
    }
    return lines.joined(separator: "\n") + "\n"
}

/// The study of the changed example.
func spec(_ changes: KeyValuePairs<String, String> = [:]) throws -> StudySpec {
    try StudyFile.read(text: example(changes), file: "study.yaml").spec
}

/// The notes on the changed example, without the file's name.
func notes(_ changes: KeyValuePairs<String, String>) throws -> [String] {
    try StudyFile.read(text: example(changes), file: "study.yaml").notes.map {
        String($0.description.dropFirst("study.yaml:".count))
    }
}

/// The space of a study with these sections.
func space(of sections: String) throws -> SearchSpace {
    let rest = """
        name: a
        metric: {name: loss, goal: minimize}
        scheduler: {type: none, max_resource: 1}
        trials: 1
        command: [train]

        """
    return try StudyFile.read(text: rest + sections, file: "study.yaml").spec.plan.space
}
