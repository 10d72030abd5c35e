import Testing
import Tuning

/// Later versions must read a study of today: recorded text is read, and written again unchanged.
@Suite struct EventCompatibilityTests {
    @Test(arguments: EventFixtures.events)
    func `an event is read as it was first written, and written so`(fixture: Fixture<Event>) throws {
        #expect(try StoredText.value(Event.self, from: fixture.text) == fixture.value)
        #expect(try StoredText.of(fixture.value) == fixture.text)
    }

    @Test(arguments: EventFixtures.decisions)
    func `a decision is read as it was first written, and written so`(fixture: Fixture<Decision>) throws {
        #expect(try StoredText.value(Decision.self, from: fixture.text) == fixture.value)
        #expect(try StoredText.of(fixture.value) == fixture.text)
    }

    /// The switch below does not compile without each new case; the counts then ask for a fixture.
    @Test func `there is a fixture of each kind`() {
        #expect(Set(EventFixtures.events.map { Self.kind($0.value) }).count == 43)
        let fates = EventFixtures.events.compactMap { fixture in
            if case .lost(let fact) = fixture.value { fact.fate } else { nil }
        }
        #expect(Set(fates) == Set(TaskFate.allCases))
        #expect(Set(EventFixtures.decisions.map { Self.kind($0.value) }).count == 26)
    }

    private static func kind(_ event: Event) -> String {
        switch event {
        case .accepted: "accepted"
        case .submitted: "submitted"
        case .refused: "refused"
        case .started: "started"
        case .reported: "reported"
        case .checkpointed: "checkpointed"
        case .resumed: "resumed"
        case .waited: "waited"
        case .doesNotWait: "doesNotWait"
        case .askedAhead: "askedAhead"
        case .crowded: "crowded"
        case .ended(let fact): "ended: \(kind(fact.ending))"
        case .lost: "lost"
        case .cancelled: "cancelled"
        case .stopped: "stopped"
        case .proposed(_, let configuration): configuration == nil ? "proposed: no more" : "proposed"
        case .advised(let advice): "advised: \(kind(advice))"
        case .wished(let wish): "wished: \(kind(wish.kind))"
        case .learned: "learned"
        case .code: "code"
        }
    }

    private static func kind(_ wish: Wish.Kind) -> String {
        switch wish {
        case .changed: "changed"
        case .reopened: "reopened"
        case .retried: "retried"
        case .paused: "paused"
        case .resumed: "resumed"
        case .dropped: "dropped"
        case .added: "added"
        case .finished: "finished"
        case .cleaned: "cleaned"
        }
    }

    private static func kind(_ advice: Advice) -> String {
        switch advice {
        case .begin: "begin"
        case .goOn: "goOn"
        case .rest: "rest"
        case .alone: "alone"
        }
    }

    private static func kind(_ ending: Ending) -> String {
        switch ending {
        case .finished: "finished"
        case .exited: "exited"
        case .signalled: "signalled"
        case .notStarted: "notStarted"
        case .left: "left"
        case .noReport: "noReport"
        case .badReport: "badReport"
        case .wentOn: "wentOn"
        case .paused: "paused"
        case .givenBack: "givenBack"
        case .setupFailed: "setupFailed"
        case .crashedLeaving: "crashedLeaving"
        }
    }

    private static func kind(_ decision: Decision) -> String {
        switch decision {
        case .sample(_, _, let parent): parent == nil ? "sample" : "sample: child"
        case .evaluate(let work):
            switch work.reason {
            case .new: "evaluate: new"
            case .promoted: work.inPlace == nil ? "evaluate: promoted" : "evaluate: in place"
            case .unstopped: "evaluate: unstopped"
            case .retained: "evaluate: retained"
            case .advised: "evaluate: advised"
            case .retry: "evaluate: retry"
            case .continued: "evaluate: continued"
            case .relaunched: "evaluate: relaunched"
            case .finished: "evaluate: finished"
            case .replicate: "evaluate: replicate"
            }
        case .release: "release"
        case .discard: "discard"
        case .aggregate: "aggregate"
        case .conclude(_, let conclusion): "conclude: \(kind(conclusion))"
        case .finish(let outcome): "finish: \(kind(outcome))"
        }
    }

    private static func kind(_ conclusion: Conclusion) -> String {
        switch conclusion {
        case .completed: "completed"
        case .paused: "paused"
        case .stopped: "stopped"
        case .replaced: "replaced"
        case .diverged: "diverged"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }

    private static func kind(_ outcome: StudyOutcome) -> String {
        switch outcome {
        case .completed: "completed"
        case .cancelled: "cancelled"
        case .stopped: "stopped"
        case .tooManyFailures: "tooManyFailures"
        case .refused: "refused"
        }
    }

    @Test(arguments: [
        #"{"paused":{}}"#, #"{"cancelled":{},"refused":{"reason":"x"}}"#, #"{}"#, #"[]"#,
        #"{"refused":{}}"#, #"{"lost":{"_0":{"assignment":1,"fate":"eaten","state":""}}}"#,
        #"{"checkpointed":{"_0":{"attempt":{"assignment":1.5,"epoch":0},"resource":1}}}"#,
    ])
    func `what is no event is refused, not guessed`(text: String) {
        #expect(throws: DecodingError.self) { try StoredText.value(Event.self, from: text) }
    }

    static let values: [(ParameterValue, String)] = [
        (.float(1), "1"),
        (.float(0.1), "0.1"),
        (.float(1e-4), "0.0001"),
        (.float(-0.0), "0"),
        (.float(1e16), "10000000000000000"),
        (.float(1e17), "100000000000000000"),
        (.float(9.3e18), "9.3e+18"),
        (.float(.leastNonzeroMagnitude), "5e-324"),
        (.int(.min), "-9223372036854775808"),
        (.int(.max), "9223372036854775807"),
        (.bool(true), "true"),
        (.string("true"), #""true""#),
        (.string("1"), #""1""#),
        (.string("$(touch x)'/\u{0}é"), #""$(touch x)'/\u0000é""#),
    ]

    @Test(arguments: values)
    func `a value is written the same before and after it was read`(
        value: ParameterValue, text: String
    ) throws {
        #expect(try StoredText.of(value) == text)
        let read = try StoredText.value(ParameterValue.self, from: text)
        #expect(read.matches(value))
        #expect(try StoredText.of(read) == text)
    }
}
