import Foundation
import Testing

/// Style rules that a machine can check. Each failure names the place and the remedy.
struct TidyTests {
    @Test func `every target of Sources has a row in the table of imports and none is left over`() {
        let targets = Repository.directories(in: "Sources")
        #expect(targets == ImportRule.allowed.keys.sorted(), "keep ImportRule.allowed and Sources the same")
    }

    @Test func `imports go in one direction`() {
        report(sources.flatMap(ImportRule.findings(in:)))
    }

    @Test func `files are short`() {
        report(Repository.swift.flatMap(CodeRules.fileLength))
    }

    @Test func `functions are short`() {
        report(Repository.swift.flatMap(CodeRules.functionLength))
    }

    @Test func `names say what a thing is for`() {
        report(Repository.swift.flatMap(CodeRules.names))
    }

    @Test func `nothing is forced, erased or fatal`() {
        report(Repository.swift.flatMap(CodeRules.constructs))
    }

    @Test func `what other targets see is documented`() {
        report(sources.flatMap(CodeRules.documentation))
    }

    @Test func `every target has a README of at least three lines`() {
        for target in Repository.directories(in: "Sources") {
            let path = "Sources/\(target)/README.md"
            let lines = Repository.text(of: path)?.split(separator: "\n").count ?? 0
            if lines < 3 {
                report([
                    Finding(
                        file: path, line: 1,
                        message: "it has \(lines) lines; say what the target is, what it imports and why, "
                            + "and where to begin to read")
                ])
            }
        }
    }

    @Test func `no link in Markdown is dead`() {
        report(
            Repository.files.filter { $0.hasSuffix(".md") }.flatMap { path in
                TextRules.deadLinks(
                    in: path, text: Repository.text(of: path) ?? "", exists: Repository.exists)
            })
    }

    @Test func `every table in Markdown has a header and as many cells in each row`() {
        report(pages.flatMap { PageRules.tables(in: $0, text: Repository.text(of: $0) ?? "") })
    }

    @Test func `every link to a heading leads to one`() {
        let anchors = Dictionary(
            uniqueKeysWithValues: pages.map { ($0, PageRules.anchors(of: Repository.text(of: $0) ?? "")) })
        report(
            pages.flatMap {
                PageRules.deadAnchors(in: $0, text: Repository.text(of: $0) ?? "") { anchors[$0] }
            })
    }

    @Test func `pages are in plain words`() {
        // `make bench` writes this page itself.
        let written = pages.filter { $0 != "Benchmarks/RESULTS.md" }
        report(written.flatMap { PageRules.words(in: $0, text: Repository.text(of: $0) ?? "") })
    }

    @Test func `no file names a home directory`() {
        report(
            Repository.files.flatMap { path in
                TextRules.homePaths(in: path, contents: Repository.contents(of: path) ?? Data())
            })
    }

    @Test func `decision records are numbered and have the four sections`() {
        let records = Repository.files.filter {
            $0.hasPrefix("docs/decisions/") && $0.hasSuffix(".md") && !$0.hasSuffix("README.md")
        }
        #expect(!records.isEmpty)
        // Records written in parallel leave gaps in the numbers; no two may have the same number.
        var numbers: Set<Int> = []
        for path in records {
            let digits = path.dropFirst("docs/decisions/".count).prefix { $0 != "-" }
            let number = Int(digits) ?? 0
            #expect(numbers.insert(number).inserted, "two records have the number of \(path)")
            report(TextRules.decision(path, text: Repository.text(of: path) ?? "", number: number))
        }
    }

    private var pages: [String] { Repository.files.filter { $0.hasSuffix(".md") } }

    private var sources: [SwiftSource] { Repository.swift.filter { $0.path.hasPrefix("Sources/") } }

    /// Fails once for each finding, at the place to correct.
    private func report(_ findings: [Finding]) {
        for finding in findings {
            Issue.record(
                Comment(rawValue: finding.description),
                sourceLocation: SourceLocation(
                    fileID: "stune/\(finding.file)", filePath: "\(Repository.root)/\(finding.file)",
                    line: finding.line, column: 1))
        }
    }
}
