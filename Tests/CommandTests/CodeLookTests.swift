import Archive
import Foundation
import Spool
import Store
import Testing
import Tuning

@testable import stune

/// Which files are a study's code, and what is told of their changes.
struct CodeLookTests {
    /// A directory with some files, removed with this object.
    private final class Place {
        let path: String

        init() throws {
            path =
                Files.absolute(FileManager.default.temporaryDirectory.path) + "/stune-\(UUID().uuidString)"
            for directory in ["src/deep", "src/__pycache__", "src/.git"] {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(directory)", withIntermediateDirectories: true)
            }
            for file in [
                "train.py", "go.sh", "src/a.py", "src/deep/b.py", "src/__pycache__/a.pyc", "src/.git/x",
            ] {
                try Data("abc".utf8).write(to: URL(filePath: "\(path)/\(file)"))
            }
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/src/loop", withDestinationPath: "..")
            try FileManager.default.createSymbolicLink(
                atPath: "\(path)/linked.py", withDestinationPath: "train.py")
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let place: Place

    init() throws { place = try Place() }

    private func paths(_ command: [String], listed: [String] = []) throws -> [String] {
        try CodeLook.paths(of: CommandTemplate(command), listed: listed, place.path)
    }

    @Test func `the files that a command names are its code`() throws {
        #expect(try paths(["python3", "train.py", "{lr}", "nowhere.py", "src"]) == ["train.py"])
        #expect(try paths(["./go.sh", "--config=train.py", "linked.py"]) == ["./go.sh", "linked.py"])
        // A program that PATH finds, or that lies elsewhere, belongs to the machine.
        #expect(try paths(["go.sh"]) == [] && paths(["/bin/sh"]) == [])
        #expect(try paths(["\(place.path)/go.sh"]) == ["\(place.path)/go.sh"])
        let large = "\(place.path)/data.bin"
        try Data(count: CodeLook.bytesOfArgument + 1).write(to: URL(filePath: large))
        #expect(try paths(["python3", "data.bin"]) == [])
        #expect(try paths(["python3"], listed: ["data.bin"]) == ["data.bin"])
    }

    @Test func `a directory that is listed stands for its files`() throws {
        #expect(
            try paths(["python3", "train.py"], listed: ["src/", "go.sh"]) == [
                "go.sh", "src/a.py", "src/deep/b.py", "train.py",
            ])
    }

    @Test func `digests are those of sha256sum`() throws {
        let list = try CodeLook.digests(["linked.py", "train.py"], place.path)
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(list.digests == ["linked.py": abc, "train.py": abc])
        #expect(list.text == "\(abc)  linked.py\n\(abc)  train.py\n")
    }

    @Test func `what cannot be told is said, and is no error`() async throws {
        let look = CodeLook(
            command: try CommandTemplate(["python3", "train.py"]), listed: ["nowhere"], home: place.path,
            seconds: 120)
        let code = await look.look()
        #expect(code.commit == nil && code.isDirty == nil && code.count == 0)
        #expect(code.why?.contains("there is no 'nowhere'") == true, "\(code.why ?? "")")
        let whole = await CodeLook(command: look.command, listed: [], home: place.path, seconds: 120)
            .look()
        #expect(whole.why == nil && whole.count == 1 && whole.digest.count == 64, "\(whole)")
        #expect(whole.files.keys.sorted() == ["train.py"])
    }

    // MARK: What is told

    private func row(_ event: Int, _ time: Double, _ code: CommandCode) -> StoreReader.CodeRow {
        StoreReader.CodeRow(event: event, time: time, code: code)
    }

    private func code(_ commit: String?, _ files: [String: String], isDirty: Bool? = false) -> CommandCode {
        CommandCode(
            commit: commit, isDirty: isDirty, digest: "\(files.sorted { $0.key < $1.key })", files: files,
            count: files.count)
    }

    @Test func `a change is told with what differs`() throws {
        let first = code("11112222333344445555", ["a.py": "1", "b.py": "2"])
        let second = code("99992222333344445555", ["a.py": "1", "b.py": "3", "c.py": "1"])
        let history = CodeHistory([row(2, 10, first), row(9, 20, second)])
        let sentence = try #require(history.sentence)
        #expect(sentence.contains("commit 111122223333 → 999922223333; b.py, c.py"), "\(sentence)")
        #expect(history.code(at: 9) == nil && history.code(at: 10) == first)
        #expect(history.code(at: 19.5) == first && history.code(at: 20) == second)
        #expect(history.code(at: nil) == nil)
    }

    @Test func `no change is told where there is none`() {
        let one = code("1111", ["a.py": "1"])
        #expect(CodeHistory([]).sentence == nil && CodeHistory([row(2, 10, one)]).sentence == nil)
        let dirty = code("1111", ["a.py": "1"], isDirty: true)
        #expect(CodeHistory([row(2, 10, one), row(5, 11, dirty)]).sentence == nil)
    }

    @Test func `a code is told in a few words`() {
        #expect(
            code("1111222233334444", ["a": "1"], isDirty: true).words.hasPrefix(
                "commit 111122223333 with changes, files"))
        #expect(CommandCode(digest: "", files: [:], count: 0).words == "not known")
    }
}
