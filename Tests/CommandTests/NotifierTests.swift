import Controller
import Foundation
import Spool
import StudyFile
import Testing
import Tuning

@testable import stune

/// People are told of what happens to a study.
@Suite struct NotifierTests {
    /// A study's directory in a temporary place, and a command that writes down what it is told.
    private final class Place {
        let directory: StudyDirectory
        let told: String

        init() throws {
            let path = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
            directory = StudyDirectory(path.path(percentEncoded: false))
            told = "\(directory.path)/told"
            try directory.create()
        }

        deinit { try? FileManager.default.removeItem(atPath: directory.path) }

        /// What people were told, a line each.
        var lines: [String] {
            let text = (try? String(contentsOfFile: told, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map(String.init)
        }

        func notifier(_ kinds: Set<StudyNews.Kind>) throws -> Notifier {
            let space = SearchSpace([
                Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear))
            ])
            let plan = Plan(
                objective: Objective(metric: "loss", goal: .minimize), space: space,
                searcher: .random(seed: 1), scheduler: .none(maxResource: Resource(1)), trials: 1,
                parallel: 1)
            let setup = StudySetup(
                spec: StudySpec(name: "digits", plan: plan, command: try CommandTemplate(["true"])),
                directory: directory, workingDirectory: directory.path, worker: "",
                pace: Pace(poll: .seconds(1), settle: .seconds(1)), clusterName: "local")
            var settings = RunSettings()
            settings.notify = NotifyRule(
                command: ["sh", "-c", "echo \"$STUNE_NEWS: $STUNE_NEWS_TITLE; $STUNE_NEWS_TEXT\" >> told"],
                kinds: kinds)
            var pace = Notifier.Pace()
            (pace.stall, pace.watch) = (.milliseconds(50), .milliseconds(10))
            return try #require(Notifier(settings, setup, pace: pace))
        }

        /// Waits until so many lines were told.
        func wait(for count: Int) async throws -> [String] {
            let end = ContinuousClock.now + .seconds(600)
            while lines.count < count, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            return lines
        }
    }

    @Test func `what stays in the way is told once, and again when it comes back`() async throws {
        let place = try Place()
        let note = TroubleNote(place.directory)
        try note.prepare()
        let notifier = try place.notifier([.stalled])
        notifier.begin()
        try note.tell(["the cluster is busy: connect failure"])
        let sentence = "stalled: stune: digits does not go on; the cluster is busy: connect failure"
        #expect(try await place.wait(for: 1) == [sentence])
        try note.tell([])
        // Seen to be gone, as it looks every few milliseconds; until then nothing new would be told.
        var tries = 0
        while try await place.wait(for: 1).count < 2, tries < 600 {
            try note.tell([])
            try await Task.sleep(for: .milliseconds(100))
            try note.tell(["the cluster is busy: connect failure"])
            try await Task.sleep(for: .milliseconds(200))
            tries += 1
        }
        #expect(place.lines.prefix(2) == [sentence, sentence])
        await notifier.finish()
    }

    @Test func `what nobody wants to know is not told`() async throws {
        let place = try Place()
        let note = TroubleNote(place.directory)
        try note.prepare()
        let notifier = try place.notifier([.done])
        notifier.begin()
        try note.tell(["the cluster is busy: connect failure"])
        notifier.ended(.completed)
        #expect(try await place.wait(for: 1) == ["done: stune: digits is complete; the study is complete"])
        await notifier.finish()
        #expect(place.lines.count == 1)
    }
}
