import Clusters
import Dispatching
import Foundation
import Spool
import StudyFile
import Testing
import Tuning

@testable import Controller

/// What happens to the files of arrays that are over.
@Suite struct ArrayRetirementTests: WorkerWords {
    /// A study with two trials in sequence, of which the first is over.
    private func firstIsOver() async throws -> Scene {
        var scene = try await Scene(
            trials: 2, mode: .rung, parallel: 1, scheduler: .none(maxResource: Resource(1)))
        try await scene.say(scene.attempt(0), started, report(0.5), finished)
        #expect(scene.cluster.submissions.count == 2)
        return scene
    }

    /// Lets the settle window pass.
    private func settle(_ scene: inout Scene) async throws {
        for _ in 0..<4 {
            _ = try await scene.controller.pass()
            try await Task.sleep(for: .milliseconds(15))
        }
    }

    @Test func `an array that is over is marked, and then nothing of it is in the spool`() async throws {
        var scene = try await firstIsOver()
        let study = scene.fixture.directory
        let (first, second) = (scene.cluster.submissions[0], scene.cluster.submissions[1])
        scene.cluster.set(TaskID(array: ArrayID(1), index: 0), .running, restarts: 0)
        try await settle(&scene)
        #expect(try FinishedArrays.tokens(in: study).isEmpty)
        scene.cluster.set(TaskID(array: ArrayID(1), index: 0), .completed, restarts: 0)
        try await settle(&scene)
        #expect(try FinishedArrays.tokens(in: study) == [first])
        #expect(try FinishedArrays.contains(first, in: study))
        #expect(try !FinishedArrays.contains(second, in: study))
        #expect(try study.files.list(study.manifests) == ["\(second).json"])
        #expect(try study.files.list(study.claims) == [second.digits])
    }

    @Test func `a task that somebody has queued again keeps its array`() async throws {
        var scene = try await firstIsOver()
        scene.cluster.requeue(TaskID(array: ArrayID(1), index: 0))
        try await settle(&scene)
        #expect(try FinishedArrays.tokens(in: scene.fixture.directory).isEmpty)
    }

    @Test func `what a worker that was killed has left is packed, and so are the logs of its tasks`()
        async throws
    {
        var scene = try await firstIsOver()
        let study = scene.fixture.directory
        let path = study.outputs(of: scene.attempt(0), TrialID(0))
        try study.files.createDirectory("\(study.path)/\(path)")
        try study.files.publish(Array("words".utf8), at: "\(study.path)/\(path)/stdout")
        try study.files.publish(Array("log".utf8), at: "\(study.logs)/1_0.out")
        try study.files.publish(Array("other".utf8), at: "\(study.logs)/2_1.out")
        scene.cluster.set(TaskID(array: ArrayID(1), index: 0), .failed, restarts: 0)
        try await settle(&scene)
        #expect(try study.liveProcesses().isEmpty)
        #expect(try study.files.list(study.logs) == ["2_1.out"])
        #expect(try OutputPacks(study).contents(of: "\(path)/stdout") == Array("words".utf8))
        #expect(try OutputPacks(study).contents(of: "logs/1_0.out") == Array("log".utf8))
    }

    @Test func `a controller finishes what an earlier one has begun to remove`() async throws {
        var scene = try await firstIsOver()
        let study = scene.fixture.directory
        let first = scene.cluster.submissions[0]
        try FinishedArrays.publish([first], in: study)
        try await settle(&scene)
        #expect(try study.files.list(study.manifests).contains("\(first).json"))
        scene.controller.retirement = ArrayRetirement()
        try await settle(&scene)
        #expect(try !study.files.list(study.manifests).contains("\(first).json"))
    }

    @Test func `a study that is over has no files of its arrays, and its outputs in one`() async throws {
        let fixture = try StudyFixture(trials: 9)
        let study = fixture.directory
        for index in 0..<3 {
            try study.files.publish(Array("log \(index)".utf8), at: "\(study.logs)/1_\(index).out")
        }
        #expect(try await fixture.run(InstantCluster(study)) == .completed)
        for directory in [study.manifests, study.claims, study.directives, study.logs] {
            #expect(try study.files.list(directory).isEmpty, "\(directory)")
        }
        #expect(try study.files.list("\(study.outputs)/new").isEmpty)
        #expect(try study.files.list("\(study.outputs)/packs").count == 1)
        #expect(try OutputPacks(study).contents(of: "logs/1_2.out") == Array("log 2".utf8))
    }

    @Test func `a study whose outputs are to stay files keeps them`() async throws {
        let fixture = try StudyFixture(trials: 1)
        fixture.spec.outputs = .files
        let study = fixture.directory
        try study.files.publish(Array("log".utf8), at: "\(study.logs)/1_0.out")
        #expect(try await fixture.run(InstantCluster(study)) == .completed)
        #expect(try study.files.list(study.logs) == ["1_0.out"])
        #expect(try study.files.list(study.manifests).isEmpty)
    }
}
