import Doctor
import Spool

/// The findings for people, as a page of text.
struct DoctorReport {
    /// The width of the page.
    private static let width = 110
    private static let titles = [
        "slurm": "Slurm", "accounts": "Accounts and limits", "files": "Study directory",
        "install": "Installation", "probe": "Compute nodes",
    ]

    /// The page.
    let text: String

    /// The page of some findings.
    init(_ findings: [Finding], host: String, directory: String) {
        var lines = ["stune doctor on \(Table.printable(host)), studies in \(Table.printable(directory))"]
        var group = ""
        for finding in findings {
            if finding.group != group {
                group = finding.group
                lines += ["", DoctorReport.titles[group] ?? group]
            }
            lines += DoctorReport.lines(finding)
        }
        let counts = Finding.Level.allCases.dropFirst().map { level in
            (level, findings.count { $0.level == level })
        }
        let words = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)\($0.1 == 1 ? "" : "s")" }
        lines += ["", words.isEmpty ? "all is as it should be" : words.joined(separator: ", ")]
        text = lines.joined(separator: "\n")
    }

    private static func lines(_ finding: Finding) -> [String] {
        let level = Table.pad(finding.level.rawValue, to: 8, .left)
        var lines = wrapped(Table.printable(finding.what), first: "  \(level) ", other: 11)
        if !finding.meaning.isEmpty {
            lines += wrapped(Table.printable(finding.meaning) + ".", first: blank(11), other: 11)
        }
        lines += finding.details.flatMap {
            wrapped("- " + Table.printable($0), first: blank(11), other: 13)
        }
        for advice in finding.advice {
            let label =
                switch advice {
                case .setting: "default: "
                case .study: "in the study: "
                case .command: "run: "
                }
            // Never broken, because it is to be pasted.
            lines.append(blank(11) + label + Table.printable(advice.line))
        }
        return lines
    }

    private static func blank(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Wraps a text into lines that fit the page.
    static func wrapped(_ text: String, first: String, other: Int) -> [String] {
        var lines = [first]
        var isFresh = true
        for word in text.split(separator: " ") {
            if !isFresh, lines[lines.count - 1].count + word.count + 1 > width {
                lines.append(blank(other))
                isFresh = true
            }
            lines[lines.count - 1] += (isFresh ? "" : " ") + word
            isFresh = false
        }
        return lines
    }

    /// How to apply the advice, if it has defaults.
    static func advice(_ findings: [Finding]) -> [String] {
        findings.settings.isEmpty
            ? [] : ["'stune doctor --write' puts the defaults into your site.yaml"]
    }
}

/// The findings for programs.
struct DoctorDocument: Encodable {
    private struct Item: Encodable {
        var topic, level, what: String
        var meaning: String?
        var defaults: [String: String]?
        var study, commands, details: [String]?
        var facts: [String: String]?

        init(_ finding: Finding) {
            func some<Elements: Collection>(_ elements: Elements) -> Elements? {
                elements.isEmpty ? nil : elements
            }
            (topic, level, what) = (finding.topic, finding.level.rawValue, finding.what)
            meaning = some(finding.meaning)
            (details, facts) = (some(finding.details), some(finding.facts))
            var values: [String: String] = [:]
            var (lines, runs): ([String], [String]) = ([], [])
            for advice in finding.advice {
                switch advice {
                case .setting(let field, let value): values[field] = value
                case .study(let line): lines.append(line)
                case .command(let line): runs.append(line)
                }
            }
            (defaults, study, commands) = (some(values), some(lines), some(runs))
        }
    }

    private let host, directory, level: String
    private let findings: [Item]
    /// The recommended defaults, by field.
    private let defaults: [String: String]
    private let written: DefaultsWriter.Result?

    /// The document of some findings, and of the fields that were written.
    init(_ findings: [Finding], _ directory: String, _ written: DefaultsWriter.Result?) {
        host = Host.name
        self.directory = directory
        level = (findings.map(\.level).max() ?? .ok).rawValue
        self.findings = findings.map(Item.init)
        defaults = Dictionary(findings.settings.map { ($0.field, $0.value) }) { first, _ in first }
        self.written = written
    }
}
