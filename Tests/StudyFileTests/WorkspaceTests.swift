import Spool
import StudyFile
import Testing

/// Where the command starts, the files there, and where its metrics are.
struct WorkspaceTests {
    /// The files in the study file's directory.
    private static let files: [String: StudyFile.Found] = [
        "in.tmpl": .file(Array("rate = {lr}\nto = {stune.to}\n".utf8)),
        "bad.tmpl": .file(Array("rate = {lr}\nx = {lrr} {momentum}\n".utf8)),
        "open.tmpl": .file(Array("ok\n  {\n".utf8)), "data": .directory, "run.sh": .file([]),
        "pipe": .unreadable("it is neither a file nor a directory"),
        "binary": .file([0xFF, 0]),
    ]

    private func read(_ lines: String...) throws -> StudySpec {
        try parse(lines.map { line in (String(line.prefix { $0 != ":" }), line) }).spec
    }

    private func parse(_ changes: [(String, String)]) throws -> ParsedStudy {
        try StudyFile.read(text: example(changes.map { (key: $0.0, line: $0.1) }), file: "study.yaml") {
            Self.files[$0] ?? .absent
        }
    }

    private func mistakes(_ lines: [String]) -> [String] {
        do {
            _ = try parse(lines.map { line in (String(line.prefix { $0 != ":" }), line) })
            return []
        } catch let error as InvalidStudyFile {
            return error.mistakes.map { "\($0)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `each trial may have a directory with files in it`() throws {
        let spec = try read(
            "directory: trial",
            "files: {in: {template: in.tmpl}, sub/n: {text: '{lr}'}, data: {link: data}, r.sh: {copy: run.sh}}"
        )
        #expect(
            spec.workspace
                == Workspace(files: [
                    .init(name: "in", kind: .template, source: "in.tmpl"),
                    .init(name: "sub/n", kind: .text, source: "{lr}"),
                    .init(name: "data", kind: .link, source: "data"),
                    .init(name: "r.sh", kind: .copy, source: "run.sh"),
                ]))
        #expect(try read("directory: trial").workspace == Workspace())
        #expect(try read("directory: shared").workspace == nil)
        #expect(try read().workspace == nil)
    }

    static let wrong: [(lines: [String], says: String)] = [
        (["directory: own"], "unknown value own"),
        (["files: {a: {text: x}}"], "all trials share one; add 'directory: trial'"),
        (["directory: trial", "files: {/a: {text: x}}"], "'/a' is an absolute path"),
        (["directory: trial", "files: {../a: {text: x}}"], "'../a' leads out of the directory"),
        (["directory: trial", "files: {a/../../b: {text: x}}"], "leads out of the directory"),
        (["directory: trial", "files: {a//b: {text: x}}"], "is not a plain path"),
        (["directory: trial", "files: {./b: {text: x}}"], "is not a plain path"),
        (["directory: trial", "files: {a: {}}"], "it does not say what the file is made from"),
        (["directory: trial", "files: {a: {text: x, copy: run.sh}}"], "it is made from two things"),
        (["directory: trial", "files: {a: {template: none.tmpl}}"], "there is no 'none.tmpl'"),
        (["directory: trial", "files: {a: {copy: none}}"], "there is no 'none'"),
        (["directory: trial", "files: {a: {template: data}}"], "'data' is a directory"),
        (["directory: trial", "files: {a: {template: pipe}}"], "'pipe' cannot be used"),
        (
            ["directory: trial", "files: {a: {template: binary}}"],
            "binary:1:1: files.a.template: it is not UTF-8"
        ),
        (
            ["directory: trial", "files: {a: {template: bad.tmpl}}"],
            "bad.tmpl:2:5: files.a.template: the placeholder '{lrr}' names no parameter; did you mean 'lr'?"
        ),
        (
            ["directory: trial", "files: {a: {template: bad.tmpl}}"],
            "bad.tmpl:2:11: files.a.template: 'momentum' has a 'when'"
        ),
        (
            ["directory: trial", "files: {a: {template: open.tmpl}}"],
            "open.tmpl:2:3: files.a.template: a '{' is never"
        ),
        (
            ["directory: trial", "files: {a: {text: '{nobody}'}}"],
            "the placeholder '{nobody}' names no parameter"
        ),
        (
            ["directory: trial", "command: [bash, run.sh, '{lr}']"],
            "'run.sh' is in the study file's directory, but the command starts in the trial's directory"
        ),
        (["reports: {}"], "it does not say where reports are"),
        (["reports: {stdout: 'a', csv: b}"], "it says twice where reports are"),
        (
            ["reports: {stdout: 'loss (?<val_loss>\\S+'}"],
            "reports.stdout: at character 6 of the expression, a '(' is never closed"
        ),
        (["reports: {stdout: '(?<resource>.)'}"], "the expression has no group 'val_loss' for the metric"),
        (
            ["reports: {stdout: '(?<val_loss>.)'}"],
            "the expression has no group 'resource' for the resource"
        ),
        (["reports: {csv: log.csv}"], "all trials share one directory, and would write one file"),
        (["directory: trial", "reports: {csv: ../log.csv}"], "leads out of the directory"),
        (["directory: trial", "reports: {csv: a.csv, resource: val_loss}"], "is a metric of the study"),
    ]

    @Test(arguments: wrong)
    func `what cannot work is refused with its place`(lines: [String], says: String) {
        let found = mistakes(lines)
        #expect(found.contains { $0.contains(says) }, "\(found)")
    }

    @Test(
        arguments: [
            "command: [bash, '{stune.home}/run.sh', '{lr}']", "command: [bash, ./run.sh, '{lr}']",
            "command: [run.sh, '{lr}']", "command: [bash, other.sh, '{lr}']",
        ])
    func `a command may name files beside the study file, of the trial, or that are not there yet`(
        command: String
    ) {
        #expect(mistakes(["directory: trial", command]) == [])
    }

    @Test func `reports are read from what the file says`() throws {
        let pattern = #"(?<resource>\d+) (?<val_loss>\S+)"#
        #expect(
            try read("reports: {stderr: '\(pattern)'}").reports
                == ReportSource(kind: .stderr, text: pattern))
        #expect(
            try read("directory: trial", "reports: {jsonl: out/log.jsonl, resource: epoch}").reports
                == ReportSource(kind: .jsonl, text: "out/log.jsonl", resource: "epoch"))
    }
}
