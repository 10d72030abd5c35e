import Testing

/// The rules for tables and anchors find what they should, and nothing else.
struct PageRuleTests {
    @Test(arguments: [
        ("| a | b |\n|---|:-:|\n| 1 | 2 |\n", []), ("| a |\n|---|\n\n| b |\n", [4]),
        ("| a |\n| b |\n", [1]),
        ("| a | b |\n|---|---|\n| `x|y` | 2 |\n", [3]), ("| a | b |\n|---|---|\n| `x\\|y` | 2 |\n", []),
        ("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |\n", [3, 4]), ("| a | b |\n|---|---|\n| 1 | |\n", []),
        ("```\n| a |\n```\n", []), ("1. x\n\n   | a |\n   |---|\n   | 1 |\n", []),
    ])
    func `broken tables are found`(text: String, lines: [Int]) {
        #expect(PageRules.tables(in: "a.md", text: text).map(\.line) == lines)
    }

    @Test func `headings become anchors as GitHub makes them`() {
        let text = """
            # What it's for: a `map` of \"things\"
            ## Several trials in a task
            ## Same
            ## Same
            ### [A link](https://a.b/c#d) and more
            #no heading
            ```
            # no heading
            ```
            """
        #expect(
            PageRules.anchors(of: text) == [
                "what-its-for-a-map-of-things", "several-trials-in-a-task", "same", "same-1",
                "a-link-and-more",
            ])
    }

    @Test func `links to headings that are not there are found`() {
        let anchors = ["docs/a.md": Set(["one"]), "README.md": Set(["two"])]
        let text =
            "[x](#one) [x](#two)\n[x](../README.md#two) [x](../README.md#one)\n[x](https://a.b#c) [x](b.txt#c) `[x](#no)`"
        let findings = PageRules.deadAnchors(in: "docs/a.md", text: text) { anchors[$0] }
        #expect(findings.map(\.line) == [1, 2])
    }

    @Test(arguments: [
        ("It is started anew.", [1]), ("`anew` is quoted\nBesides, it waits in vain", [2, 2]),
        ("```\nanew\n```\nbesidesthis renewed", []),
    ])
    func `words that are not plain are found`(text: String, lines: [Int]) {
        #expect(PageRules.words(in: "a.md", text: text).map(\.line) == lines)
    }
}
