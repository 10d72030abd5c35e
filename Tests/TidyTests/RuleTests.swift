import Foundation
import Testing

/// The rules themselves, on small texts: a rule that finds nothing would look like tidy code.
struct RuleTests {
    @Test(arguments: [
        ("let a = b!", 1), ("let a = b()!.c", 1), ("let a = b[0]!", 1), ("var a: Int!", 1),
        ("let a = \"\\(b!)\"", 1), ("let a = try! b()", 1), ("let a = b as! C", 1),
        ("fatalError(\"no\")", 1), ("var a: Any", 1), ("let a: [String: Any] = [:]", 1),
        ("func a(_ b: AnyObject)", 1), ("let a = b != c", 0), ("let a = b!=c", 0), ("if !a || !b {}", 0),
        ("let a = \"try! b as! Any fatalError(\"", 0), ("// try! Any", 0), ("/* Any /* b! */ Any */ a", 0),
        ("let a = \"\"\"\n  b! \"quoted\" Any\n  \"\"\"", 0), ("let a = #\"\\(b!) \"Any\" \"#", 0),
        ("let a = #\"\\#(b!)\"#", 1), ("@Test func `it works, Any time!`() {}", 0),
        ("let a: any B = AnyHashable(c)", 0), ("let a = [b ? !c : d]", 0), ("let a = /Any!\"/", 0),
        ("let a = b / c! / d", 1), ("let a = \"\\(\"\\(b!)\")\"", 1), ("let a = \"\\\"\" + b!", 1),
    ]) func `forced, erased and fatal code is seen in code only`(code: String, count: Int) {
        #expect(CodeRules.constructs(source(code)).count == count)
    }

    @Test func `a finding names its line`() {
        let findings = CodeRules.constructs(
            source("/* a\nb */\nlet a = \"\"\"\n  c\n  \"\"\"\nlet b = c!\n"))
        #expect(findings.map(\.line) == [6])
        #expect(findings.first?.description.hasPrefix("Sources/Tuning/A.swift:6: ") == true)
    }

    @Test(arguments: [
        ("import GRDB", ["GRDB"]), ("package import Store\nimport HeapModule", ["Store"]),
        ("import struct Foundation.Data", ["Foundation"]), ("@testable import Spool", ["Spool"]),
        ("@preconcurrency import Glibc", ["Glibc"]), ("#if a\n    import Darwin\n#endif", ["Darwin"]),
        ("// import GRDB\nlet a = \"import GRDB\"\nlet b = c.import", []),
    ]) func `imports that the table does not allow are found`(code: String, modules: [String]) {
        let source = source(code)
        #expect(ImportRule.imports(of: source).map(\.module).filter { $0 != "HeapModule" } == modules)
        #expect(ImportRule.findings(in: source).count == modules.count)
    }

    @Test(arguments: [
        ("TaskManager", "Manager"), ("managers", "Managers"), ("CommonTypes", "Common"),
        ("JSON_utils", "Utils"),
    ]) func `vague words are found in names`(name: String, word: String) {
        #expect(CodeRules.bannedWord(in: name) == word)
        #expect(CodeRules.names(source("struct \(name) {}")).count == 1)
    }

    @Test(arguments: ["Commonality", "Study", "Manage", "Utilization", "ASHA"])
    func `other names are left in peace`(name: String) {
        #expect(CodeRules.bannedWord(in: name) == nil)
    }

    @Test func `a function is measured from its first line to its closing brace`() {
        let source = source(
            """
            protocol P {
                func required() async throws -> Int
                var value: Int { get }
            }
            struct S: P {
                var stored = [1, 2].map { $0 }
                init(a: Int = { 3 }()) {
                    if var b = c() { b = "}" }
                }
                func required(
                    _ d: () -> Void
                ) -> Int {
                    .init()
                }
            }
            """)
        #expect(
            Declarations.bodies(in: source).filter { $0.lastLine > $0.firstLine } == [
                .init(name: "init", firstLine: 7, lastLine: 9),
                .init(name: "required", firstLine: 10, lastLine: 14),
            ])
    }

    @Test func `a function of one line too many is found`() {
        let longest = CodeRules.longestFunction
        let fits = "func a() {\n" + String(repeating: "b()\n", count: longest - 2) + "}\n"
        #expect(CodeRules.functionLength(source(fits)).isEmpty)
        #expect(CodeRules.functionLength(source("func a() {\n b()" + fits.dropFirst(10))).count == 1)
    }

    @Test func `a file of one line too many is found`() {
        let fits = String(repeating: "a\n", count: CodeRules.longestFile)
        #expect(CodeRules.fileLength(source(fits)).isEmpty)
        #expect(CodeRules.fileLength(source(fits + "a")).count == 1)
    }

    @Test(arguments: [
        ("package func a() {}", ["func a"]), ("/// A.\npackage func a() {}", []),
        ("/** A. */\npublic struct A {}", []), ("// A.\npackage let a = 1", ["let a"]),
        ("/// A.\n@discardableResult\n@inlinable package func a() {}", []),
        ("@discardableResult\npackage func a() {}", ["func a"]), ("package import Tuning", []),
        ("package extension A {}", []), ("public private(set) var a = 1", ["var a"]),
        ("/// A.\npackage(set) var a = 1", []), ("package static func < (a: B, b: B) -> Bool", ["func <"]),
        ("package init() {}", ["init"]), ("let package = Package()", []), ("\"package func a()\"", []),
        ("////\npackage class func a() {}", ["func a"]), ("/// A.\n\npackage enum B {}", ["enum B"]),
    ]) func `undocumented declarations are found`(code: String, names: [String]) {
        let source = source(code)
        let undocumented = Set(CodeRules.documentation(source).map(\.line))
        #expect(
            Declarations.exported(in: source).filter { undocumented.contains($0.line) }.map(\.name) == names
        )
    }

    @Test(arguments: [
        ("[a](b.md)", ["b.md"]), ("[a](../A.md#x)", []), ("![a](/A.md)", ["/A.md"]), ("`[a](b.md)`", []),
        ("```\n[a](b.md)\n```", []), ("[a](https://b.c) [d](e/f.md \"g\")", ["e/f.md"]),
        ("[a]: b.md", ["b.md"]),
        ("[a](#b)", []), ("[a](../../A.md)", ["../../A.md"]), ("[a](c%20d.md)", []), ("[a](.)", []),
    ]) func `dead links are found`(text: String, targets: [String]) {
        let there: Set<String> = ["A.md", "docs", "docs/c d.md"]
        let findings = TextRules.deadLinks(in: "docs/X.md", text: text, exists: there.contains)
        #expect(findings.count == targets.count)
        for (finding, target) in zip(findings, targets) { #expect(finding.message.contains(target)) }
    }

    @Test func `paths into a home directory are found`() {
        for home in TextRules.homes {
            #expect(TextRules.homePaths(in: "a", contents: Data("b\nc=\(home)d/e".utf8)).map(\.line) == [2])
        }
        let fine =
            "\(TextRules.homes[0])you/study https://a.b\(TextRules.homes[0])c $PREFIX\(TextRules.homes[2])d"
        #expect(TextRules.homePaths(in: "a", contents: Data(fine.utf8)).isEmpty)
    }

    @Test func `a decision record out of form is found`() {
        let sections = "\n## Context\n## Decision\n## Alternatives\n## Consequences\n"
        let path = "docs/decisions/0002-a.md"
        #expect(TextRules.decision(path, text: "# 0002. A" + sections, number: 2).isEmpty)
        #expect(TextRules.decision(path, text: "# 0002. A" + sections, number: 3).count == 2)
        #expect(TextRules.decision(path, text: "# 0002. A\n## Context\n", number: 2).count == 1)
    }

    private func source(_ code: String) -> SwiftSource {
        SwiftSource(path: "Sources/Tuning/A.swift", bytes: [UInt8](code.utf8))
    }
}
