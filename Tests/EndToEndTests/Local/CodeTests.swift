import Foundation
import Testing

/// Which code ran, through the built executables.
@Suite struct CodeTests {
    private static let hasGit = ["/usr/bin/git", "/usr/local/bin/git", "/opt/homebrew/bin/git"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private func git(_ place: Workplace, _ arguments: String...) async throws {
        let identity = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
        let outcome = try await Tool.run(["git"] + identity + arguments, in: place.path)
        #expect(outcome.code == 0, "git \(arguments): \(outcome.errors)")
    }

    private func status(_ place: Workplace) async throws -> (text: String, code: [JSONField]) {
        let text = try await place.stune("status", place.study)
        let json = try await place.stune("status", place.study, "--json")
        #expect(text.code == 0 && json.code == 0, "\(text.errors)\(json.errors)")
        return (text.output, try JSONField(json.output)["code"]?.elements ?? [])
    }

    @Test(.enabled(if: hasGit, "there is no git"))
    func `a study says when its code has changed, and which code an attempt ran with`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 3, more: "code: {files: [settings]}")
        try place.writeScript()
        try place.write("settings", "one\n")
        try await git(place, "init", "-q")
        try await git(place, "add", "train.sh", "settings")
        try await git(place, "commit", "-q", "-m", "one")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        var told = try await status(place)
        #expect(!told.text.contains("the code has changed"), "\(told.text)")
        #expect(told.code.count == 1 && told.code[0]["dirty"]?.flag == false, "\(told.code)")
        let commit = try #require(told.code[0]["commit"]?.text)
        #expect(commit.count == 40 && told.code[0]["files"]?.names == ["./train.sh", "settings"])

        // Run again without a change, nothing is recorded.
        try place.writeStudy(trials: 4, more: "code: {files: [settings]}")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        #expect(try await status(place).code.count == 1)

        try place.write("settings", "two\n")
        try place.writeStudy(trials: 6, more: "code: {files: [settings]}")
        let changed = try await place.runStudy(cluster: "local")
        #expect(changed.code == 0 && changed.errors.contains("the code has changed"), "\(changed.errors)")
        told = try await status(place)
        #expect(told.text.contains("WARNING: the code has changed on"), "\(told.text)")
        #expect(told.text.contains(": settings; 'stune show'"), "\(told.text)")
        #expect(told.code.count == 2 && told.code[1]["dirty"]?.flag == true)

        let (first, last) = (
            try await place.stune("show", place.study, "0"), try await place.stune("show", place.study, "5")
        )
        #expect(first.output.contains("code: commit \(commit.prefix(12)), files"), "\(first.output)")
        #expect(
            last.output.contains("code: commit \(commit.prefix(12)) with changes, files"), "\(last.output)")
        let json = try JSONField(await place.stune("show", place.study, "5", "--json").output)
        #expect(json["attempts"]?.elements.last?["code"]?["isDirty"]?.flag == true)
        for command in ["replay", "rebuild", "replay"] {
            let outcome = try await place.stune(command, place.study)
            #expect(outcome.code == 0, "\(command): \(outcome.errors)")
        }
        #expect(try await status(place).code.count == 2)
    }

    @Test func `a git that hangs does not hold up the start`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1)
        try place.writeScript()
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/bin", withIntermediateDirectories: false)
        try place.write("bin/git", "#!/bin/sh\nexec sleep 600\n")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        var time = OwnTime()
        let run = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local",
            environment: ["PATH": "\(place.path)/bin:\(path)"])
        time.look()
        #expect(run.code == 0 && run.errors.contains("git did not answer within 5 s"), "\(run.errors)")
        #expect(time.seconds < 60)
        let told = try await status(place)
        #expect(told.code.count == 1 && told.code[0]["commit"]?.text == nil, "\(told.code)")
        #expect(told.code[0]["files"]?.names == ["./train.sh"])
    }

    @Test func `what code lists must be a list of paths, and one that is missing is told`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1, more: "code: {files: [nowhere]}")
        try place.writeScript()
        let run = try await place.runStudy(cluster: "local")
        #expect(run.code == 0 && run.errors.contains("there is no 'nowhere'"), "\(run.errors)")
        try place.writeStudy(trials: 1, more: "code: {files: []}")
        let empty = try await place.stune("validate", "study.yaml")
        #expect(
            empty.code == 2 && (empty.output + empty.errors).contains("code.files: it names no file"),
            "\(empty.output)\(empty.errors)")
    }
}
