import Foundation
import Testing

/// The files that docs/maintainers.md names exist.
struct MaintainerPageTests {
    private static let paths: [String] = {
        let page = CodeBlock.root.appending(path: "docs/maintainers.md")
        let parts = ((try? String(contentsOf: page, encoding: .utf8)) ?? "")
            .split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        return parts.filter { part in
            ["Sources/", "Tests/", "python/", "docs/"].contains { part.hasPrefix($0) }
                && !part.contains(" ")
        }
    }()

    @Test func `there are paths`() { #expect(Self.paths.count > 30) }

    @Test(arguments: paths)
    func `the file is there`(path: String) {
        #expect(
            FileManager.default.fileExists(atPath: CodeBlock.root.appending(path: path).path),
            "docs/maintainers.md sends people to \(path), which is not there: name its new place")
    }
}
