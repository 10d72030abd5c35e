import ArgumentParser
import Foundation
import Spool
import StudyFile
import Testing

@testable import stune

/// Every code block of the pages that people learn from runs, or is marked as an outline.
struct CodeBlockTests {
    @Test func `every block says what it is`() {
        #expect(CodeBlock.all.count > 30)
        for block in CodeBlock.all {
            #expect(
                ["yaml", "python", "sh", "console", "json", "csv", "text"].contains(block.language),
                "\(block.testDescription): a test knows of no such language; 'text' is a picture, 'LANGUAGE outline' is not run"
            )
        }
    }

    // MARK: Study files

    /// The first block of docs/study.md: the study that other blocks change.
    private func base() throws -> String {
        try #require(CodeBlock.run(in: "yaml").first { $0.page == "docs/study.md" }).text
    }

    /// The names of the sections of a text.
    private func sections(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") else {
                return nil
            }
            return String(line[..<colon])
        }
    }

    /// The base with its sections replaced by those of a block.
    private func study(with block: String) throws -> String {
        var replaced = Set(sections(block))
        if replaced.contains("metrics") { replaced.insert("metric") }
        // A command with the base's parameters fits only the base's parameters.
        var added = ""
        if replaced.contains("parameters"), !replaced.contains("command") {
            replaced.insert("command")
            added = "command: [python3, train.py]\n"
        }
        if block.contains("type: pbt") { replaced.formUnion(["searcher"]) }
        var isKept = true
        let kept = try base().split(separator: "\n").filter { line in
            if let first = line.first, first.isLetter {
                isKept = !sections(String(line)).contains(where: replaced.contains)
            }
            return isKept
        }
        return kept.joined(separator: "\n") + "\n" + added + block
    }

    @Test(arguments: CodeBlock.run(in: "yaml"))
    func `a study file, or a section of one, is valid`(block: CodeBlock) throws {
        let isWhole = sections(block.text).contains("name")
        let text = isWhole ? block.text : try study(with: block.text)
        let error = Result { try StudyFile.read(text: text, file: block.testDescription) }
        if case .failure(let error) = error { Issue.record("\(error)\n\(text)") }
    }

    // MARK: Data

    @Test(arguments: CodeBlock.run(in: "json"))
    func `JSON is one value, or one in each line`(block: CodeBlock) throws {
        func isValid(_ text: String) -> Bool {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
        }
        let lines = block.text.split(separator: "\n").map(String.init)
        #expect(isValid(block.text) || lines.allSatisfy(isValid))
        guard block.page == "docs/spool.md" else { return }
        if lines[0].contains("\"type\"") {
            for line in lines {
                #expect(throws: Never.self, "\(line)") {
                    try JSONDecoder().decode(Message.self, from: Data(line.utf8))
                }
            }
        } else {
            #expect(throws: Never.self) {
                try JSONDecoder().decode(Manifest.self, from: Data(block.text.utf8))
            }
        }
    }

    @Test(arguments: CodeBlock.run(in: "csv"))
    func `CSV has as many cells in each row`(block: CodeBlock) {
        let counts = block.text.split(separator: "\n").map { $0.count { $0 == "," } }
        #expect(Set(counts).count == 1)
    }

    // MARK: Shell

    /// The commands of a block, without comments; for a console, the text after `$ `.
    private func commands(_ block: CodeBlock) -> [String] {
        let joined = block.text.replacing("\\\n", with: " ")
        let lines = joined.split(separator: "\n").map(String.init)
        let typed =
            block.language == "console"
            ? lines.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) } : lines
        return typed.map { line in
            line.range(of: " #").map { String(line[..<$0.lowerBound]) } ?? line
        }
    }

    @Test(arguments: CodeBlock.run(in: "sh") + CodeBlock.run(in: "console"))
    func `a shell reads it, and our commands take what they are given`(block: CodeBlock) throws {
        let commands = commands(block)
        #expect(!commands.isEmpty)
        #expect(try Script.run("bash", ["-n", "-c", commands.joined(separator: "\n")]).code == 0)
        for words in commands.flatMap(Script.simpleCommands) {
            for word in words where isOurs(word) {
                #expect(exists(word), "there is no \(word)")
            }
            switch words.first {
            case "stune":
                #expect(throws: Never.self, "\(words)") { try Stune.parseAsRoot(Array(words.dropFirst())) }
            case "make":
                let file = try String(
                    contentsOf: CodeBlock.root.appending(path: "Makefile"), encoding: .utf8)
                for target in words.dropFirst() where !target.contains("=") {
                    #expect(
                        file.split(separator: "\n").contains {
                            $0.hasPrefix("\(target):") || $0.hasPrefix("\(target) ")
                        },
                        "make has no target \(target)")
                }
            default: break
            }
        }
    }

    /// Whether a word is the path of a file of the repository.
    private func isOurs(_ word: String) -> Bool {
        ["templates/", "sbatch/", "Benchmarks/", "docs/", ".ci/", "./python", "python/"].contains {
            word.hasPrefix($0)
        }
    }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: CodeBlock.root.appending(path: path).path)
    }

    // MARK: Python

    /// What a page's code assumes: a model, and the loop that trains it.
    private static let assumed = """
        import pathlib


        class Model:
            def __init__(self, lr, hidden):
                self.loss = lr * hidden

            def load(self, path):
                self.loss = float(pathlib.Path(path).read_text())

            def save(self, path):
                pathlib.Path(path).write_text(str(self.loss))

            def train_one_epoch(self):
                self.loss *= 0.9
                return self.loss


        def train(trial):
            model = Model(trial["lr"], trial["hidden"])
            for epoch in trial.resources():
                trial.report(epoch, val_loss=model.train_one_epoch())

        """

    @Test(arguments: CodeBlock.run(in: "python").filter { $0.file == nil })
    func `Python runs outside of a study, and with what a study sets`(block: CodeBlock) throws {
        let place = try Script.place()
        defer { try? FileManager.default.removeItem(at: place) }
        let imports = block.text.contains("import stune") ? "" : "import stune\n"
        try (Self.assumed + imports + block.text).write(
            to: place.appending(path: "train.py"), atomically: true, encoding: .utf8)
        let client = ["PYTHONPATH": CodeBlock.root.appending(path: "python").path]
        let alone = try Script.run("python3", ["train.py"], in: place, client)
        #expect(alone.code == 0, "\(alone.text)")
        #expect(alone.text.contains("27: "), "\(alone.text)")
        let set = client.merging(
            ["STUNE_PARAMETERS": "{\"lr\": 0.5}", "STUNE_TO": "3", "STUNE_CHECKPOINTS": place.path]
        ) { $1 }
        let study = try Script.run("python3", ["train.py"], in: place, set)
        #expect(study.code == 0, "\(study.text)")
        #expect(study.text.contains("3: ") && !study.text.contains("27: "), "\(study.text)")
    }
}
