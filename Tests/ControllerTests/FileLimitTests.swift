import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// A site that limits files.
@Suite struct FileLimitTests: WorkerWords {
    /// Saves a checkpoint of so many files, and says so.
    private func save(_ scene: Scene, _ trial: Int, files: Int) throws -> Message.Body {
        let study = scene.controller.setup.directory
        let path =
            "\(study.path)/\(study.checkpoint(scene.attempt(trial), of: TrialID(trial), at: Resource(1)))"
        try study.files.createDirectory(path)
        for number in 0..<files { try study.files.publish([1], at: "\(path)/\(number)") }
        return .checkpoint(resource: Resource(1))
    }

    /// Passes until this holds, ten minutes at most.
    private func wait(for scene: inout Scene, _ holds: (Controller) throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(600)
        while try !holds(scene.controller), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))
            _ = try await scene.controller.pass()
        }
    }

    @Test func `checkpoints of complete trials go where there would be too many files, the worst first`()
        async throws
    {
        // A thousand are allowed, of which checkpoints may have 640.
        var scene = try await Scene(
            trials: 6, mode: .rung, parallel: 6, scheduler: .none(maxResource: Resource(1)),
            limits: RequestLimits(requestsPerMinute: 6_000, files: 1_000))
        for trial in 0..<3 {
            let saved = try save(scene, trial, files: 248)
            // The higher the number, the worse.
            try await scene.say(scene.attempt(trial), started, saved, report(Double(trial)), finished)
        }
        // Each has its own directory and a home besides: three have 750 entries, and two that are counted first 500.
        try await wait(for: &scene) { controller in
            try controller.fileCount.total == 500
                && controller.store.read { try $0.keptPaths().count } == 2
        }
        #expect(try scene.read { try $0.keptPaths() }.count == 2)
        let left = try (0..<3).filter { trial in
            try scene.read { try $0.checkpoint(of: TrialID(trial)) } != nil
        }
        #expect(left == [0, 1])
        #expect(scene.controller.fileCount.total == 500)
        #expect(scene.controller.study.crowd == 0)
        #expect(try scene.controller.notice("files") == nil)
        #expect(try scene.read { try Replay($0).difference == nil })
    }

    @Test func `where none can go, people are told`() async throws {
        var scene = try await Scene(
            trials: 2, mode: .rung, parallel: 2, scheduler: .none(maxResource: Resource(2)),
            limits: RequestLimits(requestsPerMinute: 6_000, files: 1_000))
        let saved = try save(scene, 0, files: 700)
        try await scene.say(scene.attempt(0), started, saved)
        try await wait(for: &scene) { $0.study.crowd > 0 }
        #expect(scene.controller.study.crowd == 1)
        let text = try #require(try scene.controller.notice("files"))
        #expect(text.contains("702 files and directories, limits.files leaves them 680"), "\(text)")
    }
}
