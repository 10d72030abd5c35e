import Foundation
import Store
import Testing
import Tuning

/// Studies of two users side by side under one Slurm.
@Suite(
    .enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"),
    .enabled(if: TemporaryUser.refusal == nil, "\(TemporaryUser.refusal ?? "")"))
struct TwoUsersTests {
    /// A name that could trip a shell, YAML, Slurm and a path.
    private static let oddName = #"it's "odd" $(touch pwned) `id` %j;& ü 試 ../x"#

    private func writeStudy(_ place: Workplace, name: String? = nil) throws {
        try place.writeStudy(trials: 4, parallel: 2, maxResource: 3)
        try place.writeScript(before: Workplace.gate())
        guard let name else { return }
        let text = try String(contentsOfFile: "\(place.path)/study.yaml", encoding: .utf8)
        let quoted = "'" + name.replacing("'", with: "''") + "'"
        try place.write("study.yaml", text.replacing("name: e2e", with: "name: \(quoted)"))
    }

    /// The study is complete, and every assignment took one attempt, which finished.
    private func expectUndisturbed(_ place: Workplace) throws {
        let log = try StudyLog(place)
        #expect(try log.read { try $0.outcome() } == .completed)
        let attempts = try log.read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        #expect(attempts.count >= 5)
        #expect(attempts.allSatisfy { $0.ending == .finished && $0.attempt.epoch == 0 })
        let mode = try FileManager.default.attributesOfItem(atPath: place.study)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test func `each sees and touches only what is its own, whatever the study is called`() async throws {
        let user = try await TemporaryUser()
        let (own, other) = (try Workplace(), try Workplace(name: "stune zweite Größe 試"))
        try writeStudy(own)
        try writeStudy(other, name: TwoUsersTests.oddName)
        try await user.own(other)
        let run = ["run", "study.yaml", "--dir"]
        let first = try Tool.start([Tool.stune] + run + [own.study], in: own.path)
        let second = try Tool.start(
            user.asUser([Tool.stune] + run + [other.study]), in: other.path)
        defer { [first, second].forEach { $0.process.terminate() } }

        var rows = (own: "", other: "")
        let areSideBySide = try await Tool.wait(seconds: 120) {
            let arguments = ["-h", "-t", "R", "-o", "%i %u %j"]
            rows.own = try await Tool.run([Tool.stune, "status", own.study] + arguments, in: own.path)
                .output
            rows.other = try await user.run([Tool.stune, "status"] + arguments, in: other).output
            return [rows.own, rows.other].allSatisfy { $0.split(separator: "\n").count == 2 }
        }
        #expect(areSideBySide, "\(rows)")
        #expect(rows.own.split(separator: "\n").allSatisfy { $0.contains(" root e2e.rung0.") })
        #expect(
            rows.other.split(separator: "\n").allSatisfy {
                $0.contains(" \(user.name) it_s__odd____touch_")
            })

        let listed = try await user.run([Tool.stune, "status"], in: other)
        #expect(listed.output.contains("study '\(TwoUsersTests.oddName)' in \(other.study)"))
        #expect(!listed.output.contains(own.study))
        for command in [
            ["ls", own.study], [Tool.stune, "status", own.study], [Tool.stune, "cancel", own.study],
        ] {
            #expect(try await user.run(command, in: other).code != 0, "\(command)")
        }

        try own.openGate()
        try other.openGate()
        for run in [first, second] {
            #expect(try await run.end() == 0, "\(run.words)")
        }
        for place in [own, other] { try expectUndisturbed(place) }
        let replay = try await user.run([Tool.stune, "replay", other.study], in: other)
        #expect(replay.code == 0, "\(replay.output)\(replay.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(other.path)/pwned"))
    }
}

/// A system user that exists for one test.
final class TemporaryUser {
    /// Why this process cannot create one; `nil` if it can.
    static let refusal: String? = {
        if geteuid() != 0 { return "only root can make a second user" }
        let canAdd = FileManager.default.isExecutableFile(atPath: "/usr/sbin/useradd")
        return canAdd ? nil : "there is no useradd on this machine"
    }()

    /// The name.
    let name = "stune-\(UUID().uuidString.prefix(8).lowercased())"

    /// Makes a user without a home and a password.
    init() async throws {
        let outcome = try await Tool.run(
            ["/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", name], in: "/tmp")
        try #require(outcome.code == 0, "\(outcome.errors)")
    }

    deinit {
        let removal = Process()
        removal.executableURL = URL(filePath: "/usr/sbin/userdel")
        removal.arguments = ["--force", name]
        // A user that remains cannot log in, and the next test uses another name.
        if (try? removal.run()) != nil { removal.waitUntilExit() }
    }

    /// The command, to be run as this user.
    func asUser(_ command: [String]) -> [String] {
        ["setpriv", "--reuid", name, "--regid", name, "--init-groups", "--"] + command
    }

    /// Runs a command as this user to its end.
    func run(_ command: [String], in place: Workplace) async throws -> Tool.Outcome {
        try await Tool.run(asUser(command), in: place.path, environment: ["HOME": place.path])
    }

    /// Gives a place and all in it to this user.
    func own(_ place: Workplace) async throws {
        let outcome = try await Tool.run(["chown", "-R", "\(name):", place.path], in: "/tmp")
        try #require(outcome.code == 0, "\(outcome.errors)")
    }
}
