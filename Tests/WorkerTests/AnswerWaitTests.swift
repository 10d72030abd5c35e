import Foundation
import Spool
import Testing
import Tuning

@testable import Worker

/// A worker's side of H9.
@Suite struct AnswerWaitTests {
    private final class Place {
        let study: StudyDirectory
        let attempt = Turn(token: ArrayToken(bits: 7), index: 3, epoch: 0, turn: 2)

        init() throws {
            let path = FileManager.default.temporaryDirectory.path + "/stune-\(UUID().uuidString)"
            study = StudyDirectory(path)
            try study.create()
            try study.files.createDirectory(study.directives(attempt.token))
        }

        deinit { try? FileManager.default.removeItem(atPath: study.path) }

        func wait(_ seconds: Int, while mayWait: () -> Bool = { true }) async throws -> Directive {
            let stay = Manifest.Stay(reuse: false, seconds: seconds)
            return try await AnswerWait(study: study, stay: stay, note: { _ in }).answer(
                to: .rung, of: attempt, while: mayWait)
        }

        func answer(_ directive: Directive) throws -> Directive {
            try directive.give(to: .rung, of: attempt, in: study)
        }

        var names: [String] { get throws { try study.files.list(study.directives(attempt.token)) } }
    }

    @Test func `an answer that is there is taken, and its file removed`() async throws {
        let place = try Place()
        let answer = Directive.goOn(rung: 1, to: Resource(3))
        #expect(try place.answer(answer) == answer)
        #expect(try await place.wait(60) == answer)
        #expect(try place.names == [])
    }

    @Test func `an answer that comes is waited for`() async throws {
        let place = try Place()
        let start = ContinuousClock.now
        var hasAnswered = false
        let answer = try await place.wait(60) {
            if !hasAnswered, ContinuousClock.now - start > .milliseconds(20) {
                hasAnswered = (try? place.answer(.release(save: false))) != nil
            }
            return true
        }
        #expect(answer == .release(save: false))
    }

    @Test func `after the limit the controller is told that nobody waits`() async throws {
        let place = try Place()
        #expect(try await place.wait(0) == .gone)
        #expect(try place.answer(.goOn(rung: 1, to: Resource(3))) == .gone)
        #expect(try place.names == ["3.0.2.rung"])
    }

    @Test func `who may not wait takes an answer that came first all the same`() async throws {
        let place = try Place()
        _ = try place.answer(.release(save: true))
        #expect(try await place.wait(60, while: { false }) == .release(save: true))
    }

    @Test func `the same answer given twice stands`() throws {
        let place = try Place()
        #expect(try place.answer(.leave) == .leave)
        #expect(try place.answer(.leave) == .leave)
    }

    @Test func `what is no answer is refused in words`() async throws {
        let place = try Place()
        try place.study.files.publish(Array("{}".utf8), at: place.study.directive(place.attempt, .rung))
        await #expect(throws: WorkerError.self) { try await place.wait(60) }
    }
}
