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
        try place.writeStudy(trials: 3, more: "code: {include: [settings]}")
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
        try place.writeStudy(trials: 4, more: "code: {include: [settings]}")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        #expect(try await status(place).code.count == 1)

        try place.write("settings", "two\n")
        try place.writeStudy(trials: 6, more: "code: {include: [settings]}")
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

    @Test func `trials run the copy of the code until a changed one is asked for`() async throws {
        let place = try Workplace()
        let more = "code: {include: [settings], snapshot: true}"
        try place.writeStudy(trials: 2, more: more)
        try place.writeScript(before: "cat settings data/table")
        try place.write("settings", "one\n")
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/data", withIntermediateDirectories: false)
        try place.write("data/table", "rows\n")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        func printed(_ trial: Int) async throws -> String {
            try await place.stune("logs", place.study, "\(trial)").output
        }
        #expect(try await printed(0).contains("one\nrows"))

        // What is edited meanwhile is not run, and is told; data is where it always was.
        try place.write("settings", "two\n")
        try place.write("data/table", "more rows\n")
        try place.writeStudy(trials: 3, more: more)
        let again = try await place.runStudy(cluster: "local")
        #expect(again.code == 0 && again.errors.contains("add --copy-code"), "\(again.errors)")
        #expect(try await printed(2).contains("one\nmore rows"))
        #expect(try await status(place).code.count == 1)

        try place.writeStudy(trials: 4, more: more)
        for _ in 0..<2 {
            let copied = try await place.stune(
                "run", "study.yaml", "--dir", place.study, "--cluster", "local", "--copy-code")
            #expect(copied.code == 0 && !copied.errors.contains("add --copy-code"), "\(copied.errors)")
        }
        #expect(try await printed(3).contains("two\nmore rows"))
        let told = try await status(place)
        #expect(told.code.count == 2 && told.text.contains("the code has changed on"), "\(told.text)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(place.study)/code").sorted() == [
                "0", "0.json", "1", "1.json",
            ])
        let best = try await place.stune("best", place.study)
        #expect(best.output.contains("\(place.study)/code/1"), "\(best.output)")
        #expect(try await place.stune("archive", place.study, "-o", "\(place.path)/a.tar").code == 0)
        let members = try await Tool.run(["tar", "tf", "\(place.path)/a.tar"], in: place.path)
        #expect(members.output.contains("code/1/settings") && !members.output.contains("code/1/data"))
    }

    @Test func `code that cannot be copied is refused`() async throws {
        let place = try Workplace()
        try place.writeScript()
        try place.writeStudy(trials: 1, more: "code: {include: [../nowhere], snapshot: true}")
        let missing = try await place.runStudy(cluster: "local")
        #expect(
            missing.code == 2 && missing.errors.contains("there is no '../nowhere'"), "\(missing.errors)")
        try place.writeStudy(trials: 1, more: "code: {include: [\(place.path)/train.sh], snapshot: true}")
        let absolute = try await place.runStudy(cluster: "local")
        #expect(
            absolute.code == 2 && absolute.errors.contains("write \"{stune.home}/train.sh\""),
            "\(absolute.errors)")
        try place.writeStudy(trials: 1)
        let unasked = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local", "--copy-code")
        #expect(unasked.code == 2 && unasked.errors.contains("--copy-code"), "\(unasked.errors)")
    }

    @Test func `what code includes must be a list of paths, and one that is missing is told`() async throws
    {
        let place = try Workplace()
        try place.writeStudy(trials: 1, more: "code: {include: [nowhere]}")
        try place.writeScript()
        let run = try await place.runStudy(cluster: "local")
        #expect(run.code == 0 && run.errors.contains("there is no 'nowhere'"), "\(run.errors)")
        try place.writeStudy(trials: 1, more: "code: {include: []}")
        let empty = try await place.stune("validate", "study.yaml")
        #expect(
            empty.code == 2 && (empty.output + empty.errors).contains("code.include: it names no file"),
            "\(empty.output)\(empty.errors)")
    }
}
