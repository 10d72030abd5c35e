import Foundation
import Spool
import Store
import Testing
import Tuning

/// A project's directory that a group may write: a member replaces another's study by their own.
@Suite(.enabled(if: TemporaryUser.refusal == nil, "\(TemporaryUser.refusal ?? "")"))
struct PlantedStudyTests {
    /// The project's directory, which its owner's group may write, and a study in it.
    private struct Project {
        let owner: TemporaryUser
        let member: TemporaryUser
        let place: Workplace
        var witness: String { "\(place.path)/witness" }

        init() async throws {
            (owner, member) = (try await TemporaryUser(), try await TemporaryUser())
            place = try Workplace(name: "stune project")
            try await owner.own(place)
            try await run(["usermod", "-a", "-G", owner.name, member.name])
            try await run(["chmod", "2775", place.path])
        }

        func run(_ command: [String]) async throws {
            let outcome = try await Tool.run(
                command, in: "/tmp", environment: ["PATH": "/usr/sbin:/usr/bin:/bin"])
            try #require(outcome.code == 0, "\(outcome.errors)")
        }

        /// A group with members outlives its user.
        func close() async throws { try await run(["gpasswd", "-d", member.name, owner.name]) }

        /// The member moves the study away, and plants one that runs the member's command under the same token.
        func plant(_ token: ArrayToken, index: Int) async throws {
            let forged = try Workplace(name: "stune forged")
            let study = StudyDirectory(forged.study)
            try study.create()
            let program = "\(forged.path)/run.sh"
            try forged.write("run.sh", "#!/bin/sh\nid -un >> '\(witness)'\n")
            try Manifest(
                study: "forged", token: token, metric: "loss",
                command: try CommandTemplate(["/bin/sh", "-c", "id -un >> '\(witness)'", program]),
                workingDirectory: "/tmp",
                entries: [
                    Manifest.Entry(
                        index: index, trial: TrialID(0), rung: 0, configuration: Configuration(),
                        from: Resource(0), to: Resource(1), resume: nil)
                ]
            ).publish(in: study)
            try await member.own(forged)
            try await run(["chmod", "-R", "a+rwX", forged.path])
            for command in [
                ["mv", place.study, "\(place.path)/away"], ["cp", "-a", forged.study, place.study],
            ] where command[0] != "mv" || FileManager.default.fileExists(atPath: place.study) {
                let outcome = try await member.run(command, in: place)
                try #require(outcome.code == 0, "\(outcome.errors)")
            }
        }
    }

    private func work(_ project: Project, _ token: ArrayToken) async throws -> Tool.Outcome {
        try await project.owner.run(
            [
                "\(Tool.products)/stune-worker", "run", "--study", project.place.study, "--token",
                "\(token)",
                "--index", "0",
            ], in: project.place)
    }

    @Test func `a worker runs nothing that another user has planted`() async throws {
        let project = try await Project()
        let token = ArrayToken(bits: 77)
        try await project.plant(token, index: 0)
        for mode in ["a+rwX", "go-w"] {
            try await project.run(["chmod", "-R", mode, project.place.study])
            let outcome = try await work(project, token)
            #expect(outcome.code == 77, "\(outcome)")
            #expect(outcome.errors.contains("is not trusted: it belongs to user"), "\(outcome)")
        }
        #expect(!FileManager.default.fileExists(atPath: project.witness))
        try await project.close()
    }

    @Test func `a manifest of another user in one's own study is not believed`() async throws {
        let project = try await Project()
        let token = ArrayToken(bits: 77)
        try await project.plant(token, index: 0)
        // Everything belongs to the owner except the manifest itself.
        let study = StudyDirectory(project.place.study)
        try await project.run(["chown", "-R", "\(project.owner.name):", study.path])
        try await project.run(["chmod", "-R", "go-w", study.path])
        try await project.run(["chown", project.member.name, study.manifest(token)])
        let outcome = try await work(project, token)
        #expect(
            outcome.code == 77 && outcome.errors.contains("cannot trust '\(study.manifest(token))'"),
            "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: project.witness))
        // This manifest would run otherwise.
        try await project.run(["chown", project.owner.name, study.manifest(token)])
        _ = try await work(project, token)
        let ran = try String(contentsOfFile: project.witness, encoding: .utf8)
        #expect(ran == "\(project.owner.name)\n")
        try await project.close()
    }

    @Test(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
    func `a queued task runs nothing of the study that was put into the place of its own`() async throws {
        let project = try await Project()
        let place = project.place
        try place.writeStudy(
            trials: 2, parallel: 2, maxResource: 1,
            more: "execution: {mode: rung}\nslurm: {nodelist: n3, exclusive: true, time: 5}")
        try place.writeScript(before: Workplace.gate())
        try await project.owner.own(place)
        try await project.run(["chmod", "2775", place.path])
        let run = try Tool.start(
            project.owner.asUser([Tool.stune, "run", "study.yaml", "--dir", place.study]), in: place.path)
        defer { run.process.terminate() }
        var states: [String] = []
        func queue() async throws -> [String] {
            try await Tool.run(
                ["squeue", "-r", "-h", "-u", project.owner.name, "-o", "%i %t"], in: place.path
            )
            .output.split(separator: "\n").map(String.init)
        }
        let oneWaits = try await Tool.wait(seconds: 300) {
            states = try await queue()
            return states.contains { $0.hasSuffix(" PD") } && states.contains { $0.hasSuffix(" R") }
        }
        try #require(oneWaits, "\(states) \(run.words)")
        let waiting = try #require(states.first { $0.hasSuffix(" PD") }?.split(separator: " ").first)
        let index = try #require(Int(waiting.split(separator: "_")[1]))
        // The token is not secret: squeue shows it in the job's name.
        let name = try await Tool.run(["squeue", "-h", "-j", String(waiting), "-o", "%j"], in: place.path)
            .output
        let token = try #require(
            name.split(whereSeparator: { ".\n".contains($0) }).last.flatMap { ArrayToken(String($0)) })
        try await project.plant(token, index: index)
        let running = states.filter { $0.hasSuffix(" R") }.map { String($0.dropLast(2)) }
        for task in running { try await project.run(["scancel", task]) }
        // The controller has noticed that the directory is another one, and has left.
        try await run.end()
        let isOver = try await Tool.wait(seconds: 300) { try await queue().isEmpty }
        #expect(isOver)
        #expect(!FileManager.default.fileExists(atPath: project.witness))
        let log = try await Tool.run(["scontrol", "show", "job", String(waiting)], in: place.path).output
        #expect(log.contains("ExitCode=77:0"), "\(log)")
        try await project.close()
    }
}
