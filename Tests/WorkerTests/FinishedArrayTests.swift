import Foundation
import Spool
import Testing
import Tuning
import Worker

/// A task starts although its array is over.
@Suite struct FinishedArrayTests {
    private let token = ArrayToken(bits: 0xABC)

    private func place() throws -> StudyDirectory {
        let url = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        let study = StudyDirectory(url.path(percentEncoded: false))
        try study.create()
        return study
    }

    private func start(_ study: StudyDirectory) throws -> AttemptStart {
        AttemptStart(
            study: study,
            task: try TaskIdentity(token: token, index: 0, environment: ["SLURM_RESTART_COUNT": "1"])
        ) { _ in }
    }

    private var manifest: Manifest {
        get throws {
            Manifest(
                study: "s", token: token, metric: "loss", command: try CommandTemplate(["true"]),
                workingDirectory: "/", stay: Manifest.Stay(reuse: true, seconds: 3_600),
                entries: [
                    Manifest.Entry(
                        index: 0, trial: TrialID(0), rung: 0, configuration: Configuration(),
                        from: Resource(0), to: Resource(1), resume: nil)
                ])
        }
    }

    @Test func `it leaves at once where the manifest is gone, with the code of a task that is well`()
        async throws
    {
        let study = try place()
        defer { try? FileManager.default.removeItem(atPath: study.path) }
        try FinishedArrays.publish([token], in: study)
        let error = await #expect(throws: WorkerError.self) { _ = try await start(study).find() }
        #expect(error == .finished)
        #expect(error?.exitCode == 0)
    }

    @Test func `it claims nothing where a node still sees the manifest`() async throws {
        let study = try place()
        defer { try? FileManager.default.removeItem(atPath: study.path) }
        try manifest.publish(in: study)
        let (_, lanes) = try await start(study).find()
        try FinishedArrays.publish([token], in: study)
        try study.files.removeTree(study.claims(token))
        guard case .superseded = try await start(study).claim(lanes[0], host: "h", process: 1) else {
            Issue.record("it was claimed")
            return
        }
        #expect(try !study.files.exists(study.claims(token)))
    }

    @Test func `a worker that waits for an answer of such an array does not wait on`() async throws {
        let study = try place()
        defer { try? FileManager.default.removeItem(atPath: study.path) }
        try FinishedArrays.publish([token], in: study)
        let attempt = Turn(token: token, index: 0, epoch: 0)
        let wait = AnswerWait(study: study, stay: Manifest.Stay(reuse: true, seconds: 3_600)) { _ in }
        #expect(try await wait.answer(to: .work, of: attempt) { true } == .gone)
        #expect(try await wait.answer(to: .work, of: attempt) { false } == .gone)
    }
}
