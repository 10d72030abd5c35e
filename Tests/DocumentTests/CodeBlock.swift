import Foundation
import Testing

/// A fenced block of a page.
struct CodeBlock: Sendable, CustomTestStringConvertible {
    /// The page, relative to the repository's root.
    var page: String
    /// The line of its first fence, from 1.
    var line: Int
    /// The first word after the fence: `yaml`, `python`, ….
    var language: String
    /// Whether it is marked as an outline: no test runs it.
    var isOutline: Bool
    /// Whether it is marked as `run`: its commands run as part of the page's example.
    var isRun = false
    /// The name that it has as a file of the page's example.
    var file: String?
    /// The text between the fences, without the indentation of a list.
    var text: String

    var testDescription: String { "\(page):\(line) \(language)" }

    /// The repository's root.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The pages that people learn from.
    static let pages: [String] = {
        let docs =
            (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        return ["README.md", "python/README.md", "templates/README.md", "Benchmarks/README.md"]
            + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    /// All blocks of all pages.
    static let all: [CodeBlock] = pages.flatMap { page in
        (try? String(contentsOf: root.appending(path: page), encoding: .utf8)).map { blocks(of: $0, page) }
            ?? []
    }

    /// The blocks in a language, without outlines.
    static func run(in language: String) -> [CodeBlock] {
        all.filter { $0.language == language && !$0.isOutline }
    }

    /// The blocks of a page.
    static func blocks(of text: String, _ page: String) -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        var open: (block: CodeBlock, indent: Int, lines: [String])?
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            let content = line.drop { $0 == " " }
            guard content.hasPrefix("```") else {
                let indent = open?.indent ?? 0
                open?.lines.append(String(line.dropFirst(min(indent, line.count - content.count))))
                continue
            }
            if let ended = open {
                var block = ended.block
                block.text = ended.lines.joined(separator: "\n") + "\n"
                blocks.append(block)
                open = nil
            } else {
                let words = content.dropFirst(3).split(separator: " ").map(String.init)
                open = (
                    CodeBlock(
                        page: page, line: index + 1, language: words.first ?? "",
                        isOutline: words.contains("outline"), isRun: words.contains("run"),
                        file: words.dropFirst().first { $0.contains(".") }, text: ""),
                    line.count - content.count, []
                )
            }
        }
        return blocks
    }
}
