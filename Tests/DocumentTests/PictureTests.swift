import Foundation
import Testing

/// Pictures drawn by a script of the project are up to date.
struct PictureTests {
    @Test func `the picture of the README is what docs/draw-idea draws`() throws {
        let drawn = try Script.run("python3", ["docs/draw-idea"])
        #expect(drawn.code == 0, "\(drawn.text)")
        let picture = try String(
            contentsOf: CodeBlock.root.appending(path: "docs/idea.svg"), encoding: .utf8)
        #expect(picture == drawn.text, "draw it again: docs/draw-idea > docs/idea.svg")
    }

    @Test func `the picture can be read on a dark page`() throws {
        let picture = try String(
            contentsOf: CodeBlock.root.appending(path: "docs/idea.svg"), encoding: .utf8)
        #expect(picture.contains("prefers-color-scheme: dark"))
        #expect((try? XMLCheck.check(picture)) != nil, "it is no XML")
    }
}

/// Whether the tags of a text are well-formed.
private enum XMLCheck {
    struct Unbalanced: Error {}

    static func check(_ text: String) throws {
        var open: [Substring] = []
        for tag in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
            if !tag.3.isEmpty { continue }
            if tag.1.isEmpty {
                open.append(tag.2)
            } else if open.popLast() != tag.2 {
                throw Unbalanced()
            }
        }
        if !open.isEmpty { throw Unbalanced() }
    }
}
