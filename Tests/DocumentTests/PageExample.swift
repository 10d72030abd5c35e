import Foundation
import Testing

/// The example at the beginning of a page: named files, and commands that a test runs among them.
///
/// The word after a block's language says what it is: ```` ```yaml study.yaml ```` is a file, ```` ```sh run ```` runs.
struct PageExample: Sendable, CustomTestStringConvertible {
    /// The page, relative to the repository's root.
    var page: String
    /// The files, by name.
    var files: [String: String]
    /// The commands that a reader types, in the order of the page.
    var commands: String

    var testDescription: String { page }

    /// The examples of all pages that have commands to run.
    static let all: [PageExample] = CodeBlock.pages.compactMap { page in
        let blocks = CodeBlock.all.filter { $0.page == page }
        let commands = blocks.filter(\.isRun).map(\.text).joined()
        return commands.isEmpty
            ? nil : PageExample(page: page, files: files(in: blocks), commands: commands)
    }

    /// The README's script. Other pages' examples train with it unless they have their own.
    static let script: String? = files(in: CodeBlock.all.filter { $0.page == "README.md" })["train.py"]

    private static func files(in blocks: [CodeBlock]) -> [String: String] {
        // If a name occurs twice, the page contradicts itself; a reader saves the first one.
        Dictionary(blocks.compactMap { block in block.file.map { ($0, block.text) } }) { first, _ in first }
    }

    /// Writes the files into a directory and runs the commands there, with this build's executables on PATH.
    ///
    /// - Returns: the exit code of the first command that fails, or 0, and all output.
    func run(in place: URL) throws -> (code: Int32, text: String) {
        var files = files
        if files["train.py"] == nil { files["train.py"] = Self.script }
        for (name, text) in files {
            try text.write(to: place.appending(path: name), atomically: true, encoding: .utf8)
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try Script.run(
            "bash", ["-e", "-c", commands], in: place,
            [
                "PATH": "\(Self.products):\(path)",
                "PYTHONPATH": CodeBlock.root.appending(path: "python").path,
            ])
    }

    /// The directory of this build's executables.
    private static let products: String = {
        let arguments = CommandLine.arguments
        if let flag = arguments.firstIndex(of: "--test-bundle-path"), flag + 1 < arguments.count {
            return URL(filePath: arguments[flag + 1]).deletingLastPathComponent().path
        }
        return CodeBlock.root.appending(path: ".build/debug").path
    }()
}
