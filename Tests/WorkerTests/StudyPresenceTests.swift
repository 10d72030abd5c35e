import Foundation
import Spool
import Testing
import Tuning

@testable import Worker

/// Whether a worker finds work, and which files it trusts.
@Suite struct StudyPresenceTests {
    private final class Place {
        let study: StudyDirectory

        init() throws {
            let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
            study = StudyDirectory(place.path(percentEncoded: false))
            try study.create()
        }

        deinit { try? FileManager.default.removeItem(atPath: study.path) }

        var presence: StudyPresence { StudyPresence(study) { _ in } }

        func set(_ mode: Int, _ path: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
    }

    /// A clock that advances by an hour at each look.
    private struct HurriedTime: TimeSource {
        var now: Duration { SystemTime().now * 1_000_000 }
        var wallTime: Double { 0 }
        func sleep(for duration: Duration) async {}
    }

    @Test func `a study goes on until a mark says that it is over`() async throws {
        let place = try Place()
        #expect(place.presence.look() == .goesOn)
        #expect(try await !place.presence.isOverAtStart())
        try Files.system.publish([], at: place.study.over)
        #expect(place.presence.look() == .over)
        #expect(try await place.presence.isOverAtStart())
    }

    @Test func `a study that is gone, or that stands in another's place, is known as gone`() async throws {
        let place = try Place()
        let first = try #require(place.presence.identity)
        #expect(place.presence.look(first) == .goesOn)
        try FileManager.default.moveItem(atPath: place.study.path, toPath: place.study.path + ".away")
        defer { try? FileManager.default.removeItem(atPath: place.study.path + ".away") }
        #expect(place.presence.look(first) == .gone)
        try place.study.create()
        #expect(place.presence.look() == .goesOn)
        #expect(place.presence.look(first) == .gone)
    }

    @Test func `a study that is not there is looked for, and then nothing is run`() async throws {
        let place = try Place()
        try FileManager.default.removeItem(atPath: place.study.path)
        let presence = StudyPresence(place.study, time: HurriedTime()) { _ in }
        await #expect(
            throws: WorkerError.studyGone(
                "there is no study in '\(place.study.path)' any more; nothing is run")
        ) {
            _ = try await presence.isOverAtStart()
        }
        #expect(WorkerError.studyGone("").exitCode == 76)
    }

    @Test(arguments: ["", "/spool", "/spool/manifests"])
    func `nothing is run where others may write`(_ part: String) async throws {
        let place = try Place()
        let directory = place.study.path + part
        for mode in [0o770, 0o707, 0o722] {
            try place.set(mode, directory)
            guard case .foreign(let why) = place.presence.look() else {
                Issue.record("\(String(mode, radix: 8)) is believed")
                continue
            }
            #expect(
                why.contains("'\(directory)'") && why.contains("mode \(String(mode, radix: 8))"), "\(why)")
        }
        await #expect(throws: WorkerError.self) { _ = try await place.presence.isOverAtStart() }
        try place.set(0o755, directory)
        #expect(place.presence.look() == .goesOn)
        #expect(WorkerError.untrusted("").exitCode == 77)
    }

    @Test func `a manifest that others may write, or a link to one, is not believed`() async throws {
        let place = try Place()
        let token = ArrayToken(bits: 7)
        let manifest = Manifest(
            study: "s", token: token, metric: "loss", command: try CommandTemplate(["train"]),
            workingDirectory: "/", entries: [])
        try manifest.publish(in: place.study)
        #expect(try Manifest.read(token, in: place.study) == manifest)
        try place.set(0o660, place.study.manifest(token))
        let task = try TaskIdentity(token: token, index: 0, environment: [:])
        await #expect {
            _ = try await AttemptStart(study: place.study, task: task) { _ in }.find()
        } throws: { error in
            guard case WorkerError.untrusted(let why) = error else { return false }
            return why.contains("others may write it (mode 660)")
                && why.contains(place.study.manifest(token))
        }
    }
}
