import JSONText
import Testing
import Tuning

/// The log is written and read without Codable, and as Codable would.
@Suite struct EventTextTests {
    /// The kinds that are left to Codable: a study has few of them.
    private static let rareEvents = [
        "accepted", "refused", "lost", "cancelled", "stopped", "askedAhead", "doesNotWait",
        "resumed",
        "proposed",
    ]

    @Test(arguments: EventFixtures.events)
    func `an event is written as Codable writes it, or left to Codable`(fixture: Fixture<Event>) {
        var writer = JSONWriter()
        let isWritten = writer.write(fixture.value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == (isWritten ? fixture.text : ""))
    }

    @Test(arguments: EventFixtures.events)
    func `an event is read as Codable reads it, or left to Codable`(fixture: Fixture<Event>) {
        let read = Array(fixture.text.utf8).withUnsafeBufferPointer { Event(plain: $0) }
        let isRare = Self.rareEvents.contains { fixture.text.hasPrefix("{\"\($0)\"") }
        let isEnding =
            fixture.text.hasPrefix("{\"ended\"")
            && !["finished", "wentOn"].contains { fixture.text.contains("\"\($0)\"") }
        #expect(read == (isRare || isEnding ? nil : fixture.value))
    }

    @Test(arguments: EventFixtures.decisions)
    func `a decision is written as Codable writes it, or left to Codable`(fixture: Fixture<Decision>) {
        var writer = JSONWriter()
        let isWritten = writer.write(fixture.value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == (isWritten ? fixture.text : ""))
    }

    @Test func `what a study has thousands of is not left to Codable`() {
        let attempt = EventFixtures.attempt
        let events: [Event] = [
            .reported(Report(attempt: attempt, resource: Resource(1), metrics: ["loss": 0.5])),
            .started(AttemptStarted(attempt: attempt, task: "1_2", host: "n", directory: "d")),
            .checkpointed(EventFixtures.checkpoint), .checkpointed(EventFixtures.checkpoint, bytes: 7),
            .ended(AttemptEnded(attempt: attempt, ending: .finished)),
            .ended(AttemptEnded(attempt: attempt, ending: .wentOn)), .waited(attempt),
            .submitted(ArraySubmitted(token: "0123456789abcdef", job: 1)),
        ]
        for event in events {
            var writer = JSONWriter()
            let isWritten = writer.write(event)
            #expect(isWritten, "\(event)")
        }
        let decisions: [Decision] = [
            .sample(trial: TrialID(4), configuration: Configuration(["lr": .float(0.1)])),
            .evaluate(EventFixtures.work),
            .evaluate(EventFixtures.reasoned(.promoted(results: 9, kept: 3))),
            .evaluate(EventFixtures.inPlace), .release(attempt, save: true), .release(attempt, save: false),
            .discard(EventFixtures.checkpoint), .conclude(trial: TrialID(4), .completed),
            .conclude(trial: TrialID(4), .paused(rung: 1)), .conclude(trial: TrialID(4), .stopped(rung: 1)),
            .evaluate(EventFixtures.reasoned(.unstopped(results: 9))),
            .sample(trial: TrialID(4), configuration: Configuration(), parent: TrialID(2)),
            .evaluate(EventFixtures.reasoned(.retained(results: 9, despite: TrialID(2)))),
            .conclude(trial: TrialID(4), .replaced(rung: 1, parent: TrialID(2))),
        ]
        for decision in decisions {
            var writer = JSONWriter()
            let isWritten = writer.write(decision)
            #expect(isWritten, "\(decision)")
        }
    }
}
