import ArgumentParser
import Foundation
import Report
import Spool
import Store
import StudyFile
import Tuning

/// `stune report`: a study's page as one file.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a study's page: one HTML file that needs no network and no server.",
        discussion: """
            The page has the state of the study, learning curves, the ladder, a timeline of tasks, the parameters and \
            their importances, and a table of all trials. It is made from the study's snapshot: while the study runs \
            or afterwards, also from a copy of its directory on another machine.

            Examples:
              stune report digits.stune
              stune report digits.stune -o digits-monday.html
              stune report digits.stune --json > digits.json
            """)

    @Argument(help: "The study's directory.")
    var directory: String

    @Option(
        name: .shortAndLong,
        help: "The file to write; '-' is standard output (default: the study's name with .html).")
    var output: String?

    @Flag(help: "Print the document that the page draws, as JSON, and write no page.")
    var json = false

    func validate() throws {
        if json && output != nil { throw ValidationError("--json prints; it takes no --output") }
    }

    func run() throws {
        let study = try OpenStudy(directory)
        let source = ReportSource(study: study)
        let document = try study.snapshot.read { reader in
            try source.report(reader).json { trial in
                try source.detail(of: trial, reader) ?? Array("null".utf8)
            }
        }
        if json {
            try FileHandle.standardOutput.write(contentsOf: Data(document + [UInt8(ascii: "\n")]))
            return
        }
        let page = PageFile.html(document: document)
        if output == "-" { return try FileHandle.standardOutput.write(contentsOf: Data(page)) }
        let path = output ?? "\(ReportCommand.fileName(study.spec.name)).html"
        do {
            try Data(page).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw complaint(
                "cannot write '\(path)': \(error.localizedDescription); name another with -o", code: 1)
        }
        print(path)
    }

    /// A study's name as a file's: whatever is no letter, digit, dash, dot or underscore is a dash.
    static func fileName(_ name: String) -> String {
        let plain = name.map { character in
            character.isLetter || character.isNumber || "-._".contains(character) ? character : "-"
        }
        let text = String(plain)
        return text.hasPrefix(".") || text.isEmpty ? "study\(text)" : text
    }
}
