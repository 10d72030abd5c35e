import Testing
import Tuning
import Wire

/// The lines of the log are read back as the values that they were written from, by this version and later ones.
@Suite struct EventTextTests {
    private func line(_ write: (inout JSONWriter) -> Bool) -> String? {
        var writer = JSONWriter()
        return write(&writer) ? String(decoding: writer.bytes, as: UTF8.self) : nil
    }

    private func event(_ text: String) -> Event? {
        Array(text.utf8).withUnsafeBufferPointer { Event(line: $0) }
    }

    private func decision(_ text: String) -> Decision? {
        Array(text.utf8).withUnsafeBufferPointer { Decision(line: $0) }
    }

    @Test(arguments: EventFixtures.events)
    func `an event is read back from its line, or left to Codable`(fixture: Fixture<Event>) throws {
        let text = line { $0.write(fixture.value) }
        switch fixture.value {
        case .accepted, .stopped, .wished, .learned, .code: #expect(text == nil)
        default: #expect(event(try #require(text)) == fixture.value)
        }
        #expect(text?.contains("\n") != true)
        #expect(event(fixture.text) == nil, "what Codable wrote is read by Codable")
    }

    @Test(arguments: EventFixtures.decisions)
    func `a decision is read back from its line, or left to Codable`(fixture: Fixture<Decision>) throws {
        let text = line { $0.write(fixture.value) }
        switch fixture.value {
        case .finish: #expect(text == nil)
        default: #expect(decision(try #require(text)) == fixture.value)
        }
        #expect(decision(fixture.text) == nil, "what Codable wrote is read by Codable")
    }

    private static let attempt = EventFixtures.attempt

    /// Lines as first written. Studies keep them for years, so only add to them.
    static let events: [(text: String, event: Event)] = [
        (
            #"["reported",[17,2],9,{"accuracy":1,"loss":0.25}]"#,
            .reported(
                Report(attempt: attempt, resource: Resource(9), metrics: ["loss": 0.25, "accuracy": 1]))
        ),
        (
            #"["reported",[17,2],9,{},{"loss":"nan"}]"#,
            .reported(
                Report(attempt: attempt, resource: Resource(9), metrics: [:], nonFinite: ["loss": "nan"]))
        ),
        (
            #"["started",[17,2],"4821_17","n1","trials/0/4/17.2"]"#,
            .started(
                AttemptStarted(attempt: attempt, task: "4821_17", host: "n1", directory: "trials/0/4/17.2"))
        ),
        (#"["checkpointed",[17,2,9],null]"#, .checkpointed(EventFixtures.checkpoint)),
        (#"["checkpointed",[17,2,9],1048576]"#, .checkpointed(EventFixtures.checkpoint, bytes: 1_048_576)),
        (#"["ended",[17,2],"finished"]"#, .ended(AttemptEnded(attempt: attempt, ending: .finished))),
        (
            #"["ended",[17,2],["exited",2],"a\n\"b\"/é"]"#,
            .ended(AttemptEnded(attempt: attempt, ending: .exited(code: 2), stderrTail: "a\n\"b\"/é"))
        ),
        (#"["waited",[17,2]]"#, .waited(attempt)), (#"["doesNotWait",[17,2]]"#, .doesNotWait(attempt)),
        (#"["askedAhead",3]"#, .askedAhead(room: 3)), (#"["crowded",12]"#, .crowded(checkpoints: 12)),
        (#"["cancelled"]"#, .cancelled),
        (
            #"["submitted","0123456789abcdef",4821]"#,
            .submitted(ArraySubmitted(token: "0123456789abcdef", job: 4_821))
        ),
        (
            #"["resumed",[17,3],[17,2,9],null]"#,
            .resumed(AttemptID(assignment: AssignmentID(17), epoch: 3), from: EventFixtures.checkpoint)
        ),
        (
            #"["lost",17,"displaced","NODE_FAIL"]"#,
            .lost(AssignmentLost(assignment: AssignmentID(17), fate: .displaced, state: "NODE_FAIL"))
        ),
        (#"["refused","no"]"#, .refused(reason: "no")),
        (#"["advised","begin"]"#, .advised(.begin)),
        (#"["advised",["goOn",4,2]]"#, .advised(.goOn(TrialID(4), rung: 2))),
        (#"["proposed",4,null]"#, .proposed(trial: TrialID(4), configuration: nil)),
        (
            #"["proposed",4,{"lr":0.1}]"#,
            .proposed(trial: TrialID(4), configuration: Configuration(["lr": .float(0.1)]))
        ),
    ]

    /// The same.
    static let decisions: [(text: String, decision: Decision)] = [
        (
            #"["sample",4,{"lr":0.1,"on":true}]"#,
            .sample(
                trial: TrialID(4), configuration: Configuration(["lr": .float(0.1), "on": .bool(true)]))
        ),
        (
            #"["sample",4,{},2]"#,
            .sample(trial: TrialID(4), configuration: Configuration(), parent: TrialID(2))
        ),
        (#"["evaluate",17,4,2,3,9,"new",[17,2,9],null]"#, .evaluate(EventFixtures.work)),
        (#"["evaluate",18,4,1,1,3,["promoted",10,3],null,[17,2]]"#, .evaluate(EventFixtures.inPlace)),
        (#"["release",[17,2],true]"#, .release(attempt, save: true)),
        (#"["discard",[17,2,9]]"#, .discard(EventFixtures.checkpoint)),
        (#"["conclude",4,["paused",1]]"#, .conclude(trial: TrialID(4), .paused(rung: 1))),
        (#"["conclude",4,["failed","a"]]"#, .conclude(trial: TrialID(4), .failed(reason: "a"))),
        (#"["conclude",4,"completed"]"#, .conclude(trial: TrialID(4), .completed)),
    ]

    @Test func `lines are written and read as they were at first`() {
        for (text, event) in Self.events {
            #expect(self.event(text) == event, "\(text)")
            #expect(line { $0.write(event) } == text)
        }
        for (text, decision) in Self.decisions {
            #expect(self.decision(text) == decision, "\(text)")
            #expect(line { $0.write(decision) } == text)
        }
    }

    @Test(arguments: [Double.leastNonzeroMagnitude, -Double.leastNormalMagnitude / 2])
    func `a number that not every reader understands is left to Codable`(number: Double) {
        let report = Report(attempt: Self.attempt, resource: Resource(1), metrics: ["loss": number])
        #expect(line { $0.write(Event.reported(report)) } == nil)
        let configuration = Configuration(["x": .float(number)])
        #expect(line { $0.write(Decision.sample(trial: TrialID(0), configuration: configuration)) } == nil)
    }

    @Test(arguments: [
        "", "[", "[]", #"["waited"]"#, #"["waited",[17]]"#, #"["waited",[17,2]"#, #"["waited",[17,2]] "x""#,
        #"["waited",[17,2],3]"#, #"["unheard",1]"#, #"["lost",17,"eaten","A"]"#, #"{"waited":[17,2]}"#,
    ])
    func `what is no line is not read`(text: String) {
        #expect(event(text) == nil)
        #expect(decision(text) == nil)
    }
}
