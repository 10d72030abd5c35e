import Foundation
import Testing

/// The messages that docs/troubleshooting.md quotes are in the code.
struct MessageTests {
    /// All of Sources without comments, with strings joined by `+` as one, and the scripts that print messages.
    private static let code: String = {
        let sources = CodeBlock.root.appending(path: "Sources")
        let files = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        let texts = files.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") }.map {
            sources.appending(path: $0)
        }
        let scripts = [CodeBlock.root.appending(path: "sbatch/controller.sbatch")]
        return (texts + scripts).compactMap { try? String(contentsOf: $0, encoding: .utf8) }
            .joined(separator: "\n")
            .replacing(/(?m)^\s*\/\/.*$/, with: "")
            .replacing(/"\s*\+\s*"/, with: "")
    }()

    /// The messages in the first column of the tables of messages.
    private static let messages: [String] = {
        let page = CodeBlock.root.appending(path: "docs/troubleshooting.md")
        let lines = ((try? String(contentsOf: page, encoding: .utf8)) ?? "").components(separatedBy: "\n")
        var isInTable = false
        var found: [String] = []
        for line in lines {
            if line.hasPrefix("| stune says") { isInTable = true }
            if !line.hasPrefix("|") { isInTable = false }
            guard isInTable, line.hasPrefix("| `") else { continue }
            let cell = line.split(separator: " | ", maxSplits: 1)[0]
            let parts = cell.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
            found += parts.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
        }
        return found
    }()

    @Test func `there are messages`() { #expect(Self.messages.count > 50) }

    @Test(arguments: messages)
    func `the code has the message`(message: String) {
        let parts = message.split(separator: "…").map { $0.trimmingCharacters(in: .whitespaces) }
        for part in parts where part.count > 3 {
            #expect(
                Self.code.contains(part),
                "docs/troubleshooting.md quotes '\(message)'; no source has '\(part)': correct the page")
        }
    }
}
