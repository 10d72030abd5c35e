import Foundation
import Store
import Testing

/// `stune archive`, and the commands that read an archive, through the built executables.
@Suite struct ArchiveTests {
    private func finished() async throws -> Workplace {
        try await Workplace.finished(before: "echo hello")
    }

    private func bytes(_ place: Workplace, _ name: String) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(place.path)/\(name)"))
    }

    @Test func `an archive reads as the study's directory, and the same study gives the same bytes`()
        async throws
    {
        let place = try await finished()
        let made = try await place.stune("archive", place.study, "--json")
        #expect(made.code == 0, "\(made.errors)")
        #expect(try JSONField(made.output)["files"]?.number ?? 0 >= 5)
        let again = try await place.stune("archive", place.study, "-o", "again.tar")
        #expect(again.code == 0 && again.output.contains("again.tar"), "\(again.errors)")
        #expect(try bytes(place, "study.tar") == bytes(place, "again.tar"))

        let archive = "\(place.path)/study.tar"
        for command in [
            ["status", "--json"], ["trials"], ["logs", "0"], ["replay"], ["show", "3"], ["best"],
        ] {
            let arguments = { (study: String) in [Tool.stune, command[0], study] + command.dropFirst() }
            let direct = try await Tool.run(arguments(place.study), in: place.path)
            let packed = try await Tool.run(arguments(archive), in: place.path)
            #expect(direct.code == 0 && packed.code == 0, "\(command): \(packed.errors)")
            guard !["status", "show"].contains(command[0]) else { continue }
            #expect(packed.output.replacing(archive, with: place.study) == direct.output, "\(command)")
        }
        let report = try await place.stune("report", archive, "-o", "page.html")
        #expect(report.code == 0, "\(report.errors)")
        // The temporary directory is left as it was.
        let check = try await place.stune("archive", "--check", archive)
        #expect(check.code == 0 && check.output.contains("as they were written"), "\(check.errors)")
    }

    @Test func `tar and sha256sum read it too, and the best checkpoint is in it`() async throws {
        let place = try await finished()
        #expect(try await place.stune("archive", place.study).code == 0)
        let best = try JSONField(await place.stune("best", "\(place.path)/study.tar", "--json").output)
        let checkpoint = try #require(best["checkpoint"]?.text)
        #expect(checkpoint.hasPrefix("\(place.path)/study.tar/trials/"), "\(checkpoint)")
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/out", withIntermediateDirectories: false)
        let unpack = try await Tool.run(
            ["sh", "-c", "cd out && tar xf ../study.tar && sha256sum --quiet -c SHA256SUMS"], in: place.path
        )
        #expect(unpack.code == 0, "\(unpack.output)\(unpack.errors)")
        let inside = checkpoint.replacing("\(place.path)/study.tar/", with: "\(place.path)/out/")
        #expect(FileManager.default.fileExists(atPath: inside))
        // Of the others it says that there is none.
        let rows = try JSONField(await place.stune("trials", "study.tar", "--json").output).elements
        #expect(rows.count == 9 && rows.count { $0["checkpoint"]?.text != nil } == 1)
    }

    @Test func `what belongs into it is chosen`() async throws {
        let place = try await finished()
        var sizes: [Int] = []
        for options in [
            ["--checkpoints", "none", "--no-logs"], ["--checkpoints", "none"], [],
            ["--checkpoints", "all"],
        ] {
            let made = try await Tool.run(
                [Tool.stune, "archive", place.study, "--json"] + options, in: place.path)
            #expect(made.code == 0, "\(made.errors)")
            sizes.append(Int(try JSONField(made.output)["files"]?.number ?? 0))
        }
        #expect(
            sizes[0] == 3 && sizes[1] > 3 && sizes[2] == sizes[1] + 1 && sizes[3] == sizes[1] + 9,
            "\(sizes)")
    }

    @Test func `an archive that is torn, damaged or something else is refused`() async throws {
        let place = try await finished()
        #expect(try await place.stune("archive", place.study).code == 0)
        let whole = try bytes(place, "study.tar")
        try whole.prefix(whole.count / 2).write(to: URL(filePath: "\(place.path)/torn.tar"))
        var changed = whole
        let snapshot = try #require(whole.range(of: Data("SQLite format 3".utf8)))
        changed[snapshot.lowerBound + 5_000] ^= 1
        try changed.write(to: URL(filePath: "\(place.path)/damaged.tar"))
        try place.write("other.tar", "something else")
        for (name, words) in [
            ("torn.tar", "is torn"), ("damaged.tar", "'snapshot.db' is not what was written"),
            ("other.tar", "neither a study's directory nor an archive"),
        ] {
            let status = try await place.stune("status", name)
            #expect(status.code == 2 && status.errors.contains(words), "\(name): \(status.errors)")
            let check = try await place.stune("archive", "--check", name)
            #expect(check.code == 1 && check.errors.contains(words), "\(name): \(check.errors)")
        }
    }

    @Test func `an archive is only read`() async throws {
        let place = try await finished()
        #expect(try await place.stune("archive", place.study).code == 0)
        for arguments in [
            ["set", "study.tar", "trials=20"], ["clean", "study.tar", "--yes"], ["archive", "study.tar"],
        ] {
            let refused = try await Tool.run([Tool.stune] + arguments, in: place.path)
            #expect(
                refused.code == 2 && refused.errors.contains("study"), "\(arguments): \(refused.errors)")
        }
        let none = try await place.stune("archive", "nowhere")
        #expect(none.code == 2 && none.errors.contains("is not a study's directory"), "\(none.errors)")
        let inTheWay = try await place.stune("archive", place.study, "-o", ".")
        #expect(inTheWay.code == 2 && inTheWay.errors.contains("is a directory"), "\(inTheWay.errors)")
    }

    @Test func `a study that runs is archived as it is`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 4, parallel: 2)
        try place.writeScript(before: Workplace.gate(fromTrial: 1))
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        let isUnderWay = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.openTasks().count } ?? 0 >= 2
        }
        #expect(isUnderWay)
        let made = try await place.stune("archive", place.study)
        #expect(made.code == 0, "\(made.errors)")
        try place.openGate()
        #expect(try await run.end() == 0)
        let status = try await place.stune("status", "study.tar", "--json")
        #expect(status.code == 0, "\(status.errors)")
        let document = try JSONField(status.output)
        #expect(document["controller"] == nil && document["outcome"]?.text == nil, "\(status.output)")
    }
}
