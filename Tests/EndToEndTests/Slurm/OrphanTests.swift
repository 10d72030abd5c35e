import Foundation
import Spool
import Store
import Testing
import Tuning

/// Workers and training that no controller waits for any more.
@Suite struct OrphanTests {
    /// A study of one trial whose training has begun, ignores SIGTERM and never ends by itself; and its processes.
    private struct Scene {
        let place: Workplace
        let run: Tool.Run
        let worker: Int32
        let training: Int32

        init() async throws {
            place = try Workplace(name: "stune orphan")
            try place.writeStudy(trials: 1, parallel: 1, more: "max_retries: 0")
            try place.write(
                "train.sh",
                """
                #!/bin/sh
                trap '' TERM
                echo $$ > "\(place.path)/pid.new"
                mv "\(place.path)/pid.new" "\(place.path)/pid"
                while true; do sleep 0.1; done
                """)
            let (place, run) = (
                place,
                try Tool.start(
                    [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"],
                    in: place.path)
            )
            self.run = run
            let isTraining = try await Tool.wait(seconds: 120) {
                FileManager.default.fileExists(atPath: "\(place.path)/pid")
            }
            try #require(isTraining, "\(run.words)")
            training = try #require(
                Int32(
                    String(contentsOfFile: "\(place.path)/pid", encoding: .utf8)
                        .trimmingCharacters(in: .whitespacesAndNewlines)))
            let study = StudyDirectory(place.study)
            let token = try #require(try place.tokens().first)
            let attempt = Turn(token: token, index: 0, epoch: 0)
            worker = try #require(try Claim.holder(of: attempt, in: study)?.process)
        }

        func lives(_ process: Int32) -> Bool { Host.startTicks(of: process) != nil }

        func end() async throws {
            if run.process.isRunning { run.process.terminate() }
            try await run.end()
            for process in [worker, training] where lives(process) { kill(process, SIGKILL) }
        }
    }

    @Test func `training whose worker is killed outright ends within seconds`() async throws {
        let scene = try await Scene()
        kill(scene.worker, SIGKILL)
        #expect(try await Tool.wait(seconds: 20) { !scene.lives(scene.training) })
        #expect(!scene.lives(scene.worker))
        try await scene.end()
    }

    @Test func `a worker whose study was moved away ends with its training at SIGTERM`() async throws {
        let scene = try await Scene()
        kill(scene.run.process.processIdentifier, SIGKILL)
        try FileManager.default.moveItem(atPath: scene.place.study, toPath: scene.place.study + ".away")
        kill(scene.worker, SIGTERM)
        #expect(
            try await Tool.wait(seconds: 6) { !scene.lives(scene.worker) && !scene.lives(scene.training) })
        try await scene.end()
    }

    @Test func `a worker whose study was removed ends with its training by itself`() async throws {
        let scene = try await Scene()
        kill(scene.run.process.processIdentifier, SIGKILL)
        try FileManager.default.removeItem(atPath: scene.place.study)
        #expect(
            try await Tool.wait(seconds: 60) { !scene.lives(scene.worker) && !scene.lives(scene.training) })
        try await scene.end()
    }

    @Test func `a task that starts again when its study is over runs nothing`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1, maxResource: 1)
        try place.writeScript(before: "echo begun >> \"$STUNE_TRIAL.begun\"")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        // Its manifest was removed at the study's end.
        #expect(try place.tokens().isEmpty)
        let token = try #require(
            try StudyLog(place).read { try $0.attempts(of: TrialID(0)) }.first?.task.token)
        let again = try await Tool.run(
            [
                "\(Tool.products)/stune-worker", "run", "--study", place.study, "--token", "\(token)",
                "--index", "0",
            ], in: place.path, environment: ["SLURM_RESTART_COUNT": "1"])
        #expect(again.code == 0 && again.errors.contains("the study is over"), "\(again)")
        #expect(try String(contentsOfFile: "\(place.path)/0.begun", encoding: .utf8) == "begun\n")
    }

    @Test func `a worker without a study says so, and does not look for its manifest`() async throws {
        let place = try Workplace()
        let worker = try await Tool.run(
            [
                "\(Tool.products)/stune-worker", "run", "--study", "\(place.path)/none", "--token",
                "0123456789abcdef", "--index", "0",
            ], in: place.path)
        #expect(worker.code == 76 && worker.errors.contains("no study in"), "\(worker)")
    }
}

extension Workplace {
    /// The arrays of the study, from their manifests.
    func tokens() throws -> [ArrayToken] {
        try FileManager.default.contentsOfDirectory(atPath: StudyDirectory(study).manifests).compactMap {
            ArrayToken(String($0.prefix(16)))
        }
    }
}
