import Tuning

/// A value, and how it was written when its kind was first recorded.
struct Fixture<Value: Codable & Hashable & Sendable>: Sendable {
    var value: Value
    var text: String
}

/// One of each event and of each decision, and of each kind within it.
///
/// The texts were written once and stay as they are: studies hold such texts for years. Add, never change.
enum EventFixtures {
    static let plan = Plan(
        objective: Objective(metric: "val_loss", goal: .minimize),
        space: SearchSpace([
            Parameter(name: "lr", domain: .float(min: 0.0001, max: 0.5, scale: .log)),
            Parameter(name: "hidden", domain: .int(min: 16, max: 256, scale: .linear)),
            Parameter(
                name: "optimizer",
                domain: .choice([.string("sgd"), .int(2), .float(0.25), .bool(true)])),
            Parameter(
                name: "momentum", domain: .float(min: 0, max: 0.99, scale: .linear),
                conditions: [Condition(parent: "optimizer", values: [.string("sgd")])]),
        ]),
        searcher: .random(seed: .max),
        scheduler: .asha(
            ASHAPlan(
                minResource: Resource(1), maxResource: Resource(27), reductionFactor: 3,
                earlyStoppingRate: 1)),
        trials: 64, parallel: 16, maxRetries: 2, maxFailures: 9)

    static let unscheduled = Plan(
        objective: Objective(metric: "accuracy", goal: .maximize), space: SearchSpace([]),
        searcher: .random(seed: 7), scheduler: .none(maxResource: Resource(27)), trials: 1, parallel: 1)

    /// A plan with several metrics.
    static let several = Plan(
        objective: Objective(metric: "accuracy", goal: .maximize), space: SearchSpace([]),
        searcher: .random(seed: 7), scheduler: .none(maxResource: Resource(27)), trials: 1, parallel: 1,
        others: [
            Objective(metric: "size", goal: .minimize), Objective(metric: "speed", goal: .maximize),
        ])

    /// What spaces can say since there are quantiles.
    static let widelySpaced = Plan(
        objective: Objective(metric: "accuracy", goal: .maximize),
        space: SearchSpace(
            [
                Parameter(name: "a", domain: .float(min: 0.25, max: 0.75, scale: .logit, step: 0.5)),
                Parameter(name: "b", domain: .int(min: 1, max: 9, scale: .reverseLog, step: 2)),
                Parameter(name: "c", domain: .normal(mean: 0, sd: 1, min: -1)),
                Parameter(name: "d", domain: .lognormal(mean: 0.5, sd: 1, max: 2)),
                Parameter(
                    name: "e", domain: .ordinal([.string("s"), .int(1)]),
                    prior: Prior(value: .string("s"), width: 0.25)),
                Parameter(name: "f", domain: .constant(.bool(true))),
            ],
            constraints: [
                .forbidden([Condition(parent: "e", values: [.string("s")])]),
                .relation(.atMost, .parameter("a"), .value(.float(0.75))),
            ]),
        searcher: .random(seed: 7), scheduler: .none(maxResource: Resource(27)), trials: 1, parallel: 1,
        points: [Configuration(["a": .float(0.25)])])

    static let attempt = AttemptID(assignment: AssignmentID(17), epoch: 2)
    static let checkpoint = CheckpointID(attempt: attempt, resource: Resource(9))

    static let work = Assignment(
        id: AssignmentID(17), trial: TrialID(4), rung: 2, from: Resource(3), to: Resource(9),
        start: checkpoint, reason: .new)

    static let inPlace = Assignment(
        id: AssignmentID(18), trial: TrialID(4), rung: 1, from: Resource(1), to: Resource(3), start: nil,
        inPlace: attempt, reason: .promoted(results: 10, kept: 3))

    static let events: [Fixture<Event>] = [
        Fixture(
            value: .accepted(widelySpaced),
            text: #"""
                {"accepted":{"_0":{"maxFailures":8,"maxRetries":1,"objective":{"goal":"maximize",\#
                "metric":"accuracy"},"parallel":1,"points":[{"a":0.25}],"scheduler":{"none":{\#
                "maxResource":27}},"searcher":{"random":{"seed":7}},"space":{"constraints":[{\#
                "forbidden":{"_0":[{"parent":"e","values":["s"]}]}},{"relation":{"_0":"at_most",\#
                "_1":{"parameter":{"_0":"a"}},"_2":{"value":{"_0":0.75}}}}],"parameters":[{\#
                "conditions":[],"domain":{"float":{"max":0.75,"min":0.25,"scale":"logit",\#
                "step":0.5}},"name":"a"},{"conditions":[],"domain":{"int":{"max":9,"min":1,"scale":"reverse_log",\#
                "step":2}},"name":"b"},{"conditions":[],"domain":{"normal":{"mean":0,"min":-1,"sd":1}},\#
                "name":"c"},{"conditions":[],"domain":{"lognormal":{"max":2,"mean":0.5,"sd":1}},\#
                "name":"d"},{"conditions":[],"domain":{"ordinal":{"_0":["s",1]}},"name":"e",\#
                "prior":{"value":"s","width":0.25}},{"conditions":[],"domain":{"constant":{"_0":true}},\#
                "name":"f"}]},"trials":1}}}
                """#),
        Fixture(
            value: .accepted(plan),
            text: #"""
                {"accepted":{"_0":{"maxFailures":9,"maxRetries":2,"objective":{"goal":"minimize",\#
                "metric":"val_loss"},"parallel":16,"scheduler":{"asha":{"_0":{"earlyStoppingRate":1,\#
                "maxResource":27,"minResource":1,"reductionFactor":3}}},"searcher":{"random":{\#
                "seed":18446744073709551615}},"space":{"parameters":[{"conditions":[],"domain":{\#
                "float":{"max":0.5,"min":0.0001,"scale":"log"}},"name":"lr"},{"conditions":[],\#
                "domain":{"int":{"max":256,"min":16,"scale":"linear"}},"name":"hidden"},{\#
                "conditions":[],"domain":{"choice":{"_0":["sgd",2,0.25,true]}},"name":"optimizer"},{\#
                "conditions":[{"parent":"optimizer","values":["sgd"]}],"domain":{"float":{\#
                "max":0.99,"min":0,"scale":"linear"}},"name":"momentum"}]},"trials":64}}}
                """#),
        Fixture(
            value: .accepted(unscheduled),
            text: #"""
                {"accepted":{"_0":{"maxFailures":8,"maxRetries":1,"objective":{"goal":"maximize",\#
                "metric":"accuracy"},"parallel":1,"scheduler":{"none":{"maxResource":27}},\#
                "searcher":{"random":{"seed":7}},"space":{"parameters":[]},"trials":1}}}
                """#),
        Fixture(
            value: .accepted(several),
            text: #"""
                {"accepted":{"_0":{"maxFailures":8,"maxRetries":1,"objective":{"goal":"maximize",\#
                "metric":"accuracy"},"others":[{"goal":"minimize","metric":"size"},{"goal":"maximize",\#
                "metric":"speed"}],"parallel":1,"scheduler":{"none":{"maxResource":27}},\#
                "searcher":{"random":{"seed":7}},"space":{"parameters":[]},"trials":1}}}
                """#),
        Fixture(
            value: .submitted(ArraySubmitted(token: "k3x9", job: .max)),
            text: #"{"submitted":{"_0":{"job":4294967295,"token":"k3x9"}}}"#),
        Fixture(
            value: .refused(reason: "invalid partition \"gpu\""),
            text: #"{"refused":{"reason":"invalid partition \"gpu\""}}"#),
        Fixture(
            value: .started(
                AttemptStarted(attempt: attempt, task: "4821_17", host: "n1", directory: "trials/0/4/17.2")),
            text: #"""
                {"started":{"_0":{"attempt":{"assignment":17,"epoch":2},\#
                "directory":"trials/0/4/17.2","host":"n1","task":"4821_17"}}}
                """#),
        Fixture(
            value: .reported(
                Report(
                    attempt: attempt, resource: Resource(9),
                    metrics: ["val_loss": 0.25, "accuracy": 1, "tiny": 5e-300],
                    nonFinite: ["norm": "nan", "max": "inf"])),
            text: #"""
                {"reported":{"_0":{"attempt":{"assignment":17,"epoch":2},"metrics":{"accuracy":1,\#
                "tiny":5e-300,"val_loss":0.25},"nonFinite":{"max":"inf","norm":"nan"},\#
                "resource":9}}}
                """#),
        Fixture(
            value: .reported(Report(attempt: attempt, resource: Resource(1 << 50), metrics: [:])),
            text: #"""
                {"reported":{"_0":{"attempt":{"assignment":17,"epoch":2},"metrics":{},"nonFinite":{\#
                },"resource":1125899906842624}}}
                """#),
        Fixture(
            value: .checkpointed(checkpoint),
            text: #"{"checkpointed":{"_0":{"attempt":{"assignment":17,"epoch":2},"resource":9}}}"#),
        Fixture(
            value: .checkpointed(checkpoint, bytes: 1_048_576),
            text:
                #"{"checkpointed":{"_0":{"attempt":{"assignment":17,"epoch":2},"resource":9},"bytes":1048576}}"#
        ),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .finished)),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"finished":{}},\#
                "stderrTail":""}}}
                """#),
        Fixture(
            value: .ended(
                AttemptEnded(attempt: attempt, ending: .exited(code: 2), stderrTail: "a\n\"b\"/é")),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"exited":{\#
                "code":2}},"stderrTail":"a\n\"b\"/é"}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .signalled(number: 9))),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"signalled":{\#
                "number":9}},"stderrTail":""}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .notStarted(reason: "no python3"))),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"notStarted":{\#
                "reason":"no python3"}},"stderrTail":""}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .noReport)),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"noReport":{}},\#
                "stderrTail":""}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .left)),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"left":{}},\#
                "stderrTail":""}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .badReport(reason: "val_loss is text"))),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"badReport":{\#
                "reason":"val_loss is text"}},"stderrTail":""}}}
                """#),
        Fixture(
            value: .cancelled,
            text: #"{"cancelled":{}}"#),
        Fixture(
            value: .proposed(trial: TrialID(4), configuration: Configuration(["lr": .float(0.5)])),
            text: #"{"proposed":{"configuration":{"lr":0.5},"trial":4}}"#),
        Fixture(
            value: .proposed(trial: TrialID(4), configuration: nil),
            text: #"{"proposed":{"trial":4}}"#),
        Fixture(
            value: .stopped(.wallTime(seconds: 90)),
            text: #"{"stopped":{"_0":{"wallTime":{"seconds":90}}}}"#),
        Fixture(
            value: .stopped(.hours(.gpu, spent: 2.5)),
            text: #"{"stopped":{"_0":{"hours":{"_0":"gpu","spent":2.5}}}}"#),
        Fixture(
            value: .lost(AssignmentLost(assignment: AssignmentID(17), fate: .silent, state: "NODE_FAIL")),
            text: #"{"lost":{"_0":{"assignment":17,"fate":"silent","state":"NODE_FAIL"}}}"#),
        Fixture(
            value: .lost(
                AssignmentLost(assignment: AssignmentID(17), fate: .cancelled, state: "NODE_FAIL")),
            text: #"{"lost":{"_0":{"assignment":17,"fate":"cancelled","state":"NODE_FAIL"}}}"#),
        Fixture(
            value: .lost(
                AssignmentLost(assignment: AssignmentID(17), fate: .displaced, state: "NODE_FAIL")),
            text: #"{"lost":{"_0":{"assignment":17,"fate":"displaced","state":"NODE_FAIL"}}}"#),
        Fixture(
            value: .lost(
                AssignmentLost(assignment: AssignmentID(17), fate: .outOfMemory, state: "NODE_FAIL")),
            text: #"{"lost":{"_0":{"assignment":17,"fate":"outOfMemory","state":"NODE_FAIL"}}}"#),
        Fixture(
            value: .lost(AssignmentLost(assignment: AssignmentID(17), fate: .timedOut, state: "NODE_FAIL")),
            text: #"{"lost":{"_0":{"assignment":17,"fate":"timedOut","state":"NODE_FAIL"}}}"#),
        Fixture(
            value: .lost(AssignmentLost(assignment: AssignmentID(17), fate: .vanished, state: "NODE_FAIL")),
            text: #"{"lost":{"_0":{"assignment":17,"fate":"vanished","state":"NODE_FAIL"}}}"#),
        Fixture(
            value: .waited(attempt),
            text: #"{"waited":{"_0":{"assignment":17,"epoch":2}}}"#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .wentOn)),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"wentOn":{}},\#
                "stderrTail":""}}}
                """#),
        Fixture(value: .askedAhead(room: 20), text: #"{"askedAhead":{"room":20}}"#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .givenBack)),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"givenBack":{}},\#
                "stderrTail":""}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .paused)),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"paused":{}},\#
                "stderrTail":""}}}
                """#),
        Fixture(value: .doesNotWait(attempt), text: #"{"doesNotWait":{"_0":{"assignment":17,"epoch":2}}}"#),
    ]

    static let decisions: [Fixture<Decision>] = [
        Fixture(
            value: .sample(
                trial: TrialID(4),
                configuration: Configuration([
                    "lr": .float(0.001), "hidden": .int(64), "optimizer": .string("sgd"),
                    "nesterov": .bool(true),
                ])),
            text: #"""
                {"sample":{"configuration":{"hidden":64,"lr":0.001,"nesterov":true,\#
                "optimizer":"sgd"},"trial":4}}
                """#),
        Fixture(
            value: .sample(trial: TrialID(3), configuration: Configuration(["cap": .null])),
            text: #"{"sample":{"configuration":{"cap":null},"trial":3}}"#),
        Fixture(
            value: .sample(trial: TrialID(0), configuration: Configuration()),
            text: #"{"sample":{"configuration":{},"trial":0}}"#),
        Fixture(
            value: .sample(
                trial: TrialID(4), configuration: Configuration(["lr": .float(0.5)]), parent: TrialID(2)),
            text: #"{"sample":{"configuration":{"lr":0.5},"parent":2,"trial":4}}"#),
        Fixture(
            value: .evaluate(reasoned(.retained(results: 10, despite: TrialID(2)))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"retained":{"despite":2,"results":10}},\#
                "rung":2,"start":{"attempt":{"assignment":17,"epoch":2},"resource":9},"to":9,\#
                "trial":4}}}
                """#),
        Fixture(
            value: .conclude(trial: TrialID(4), .replaced(rung: 1, parent: TrialID(2))),
            text: #"{"conclude":{"_1":{"replaced":{"parent":2,"rung":1}},"trial":4}}"#),
        Fixture(
            value: .evaluate(
                Assignment(
                    id: AssignmentID(0), trial: TrialID(0), rung: 0, from: .none, to: Resource(1),
                    start: nil, reason: .new)),
            text: #"{"evaluate":{"_0":{"from":0,"id":0,"reason":{"new":{}},"rung":0,"to":1,"trial":0}}}"#),
        Fixture(
            value: .evaluate(reasoned(.promoted(results: 10, kept: 3))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"promoted":{"kept":3,"results":10}},\#
                "rung":2,"start":{"attempt":{"assignment":17,"epoch":2},"resource":9},"to":9,\#
                "trial":4}}}
                """#),
        Fixture(
            value: .evaluate(reasoned(.unstopped(results: 10))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"unstopped":{"results":10}},\#
                "rung":2,"start":{"attempt":{"assignment":17,"epoch":2},"resource":9},"to":9,\#
                "trial":4}}}
                """#),
        Fixture(
            value: .evaluate(reasoned(.retry(of: AssignmentID(16), why: "signal 9 killed the command"))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"retry":{"of":16,\#
                "why":"signal 9 killed the command"}},"rung":2,"start":{"attempt":{"assignment":17,\#
                "epoch":2},"resource":9},"to":9,"trial":4}}}
                """#),
        Fixture(
            value: .evaluate(reasoned(.continued(of: AssignmentID(16), why: "its time was up"))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"continued":{"of":16,\#
                "why":"its time was up"}},"rung":2,"start":{"attempt":{"assignment":17,\#
                "epoch":2},"resource":9},"to":9,"trial":4}}}
                """#),
        Fixture(
            value: .evaluate(reasoned(.relaunched(of: AssignmentID(16), why: "its command had ended"))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"relaunched":{"of":16,\#
                "why":"its command had ended"}},"rung":2,"start":{"attempt":{"assignment":17,\#
                "epoch":2},"resource":9},"to":9,"trial":4}}}
                """#),
        Fixture(
            value: .evaluate(inPlace),
            text: #"""
                {"evaluate":{"_0":{"from":1,"id":18,"inPlace":{"assignment":17,"epoch":2},\#
                "reason":{"promoted":{"kept":3,"results":10}},"rung":1,"to":3,"trial":4}}}
                """#),
        Fixture(
            value: .release(attempt, save: true),
            text: #"{"release":{"_0":{"assignment":17,"epoch":2},"save":true}}"#),
        Fixture(
            value: .release(attempt, save: false),
            text: #"{"release":{"_0":{"assignment":17,"epoch":2},"save":false}}"#),
        Fixture(
            value: .discard(checkpoint),
            text: #"{"discard":{"_0":{"attempt":{"assignment":17,"epoch":2},"resource":9}}}"#),
        Fixture(
            value: .conclude(trial: TrialID(4), .completed),
            text: #"{"conclude":{"_1":{"completed":{}},"trial":4}}"#),
        Fixture(
            value: .conclude(trial: TrialID(4), .paused(rung: 1)),
            text: #"{"conclude":{"_1":{"paused":{"rung":1}},"trial":4}}"#),
        Fixture(
            value: .conclude(trial: TrialID(4), .stopped(rung: 1)),
            text: #"{"conclude":{"_1":{"stopped":{"rung":1}},"trial":4}}"#),
        Fixture(
            value: .conclude(trial: TrialID(4), .diverged(rung: 1)),
            text: #"{"conclude":{"_1":{"diverged":{"rung":1}},"trial":4}}"#),
        Fixture(
            value: .conclude(trial: TrialID(4), .failed(reason: "the command exited with code 2")),
            text: #"{"conclude":{"_1":{"failed":{"reason":"the command exited with code 2"}},"trial":4}}"#),
        Fixture(
            value: .conclude(trial: TrialID(4), .cancelled),
            text: #"{"conclude":{"_1":{"cancelled":{}},"trial":4}}"#),
        Fixture(
            value: .finish(.completed),
            text: #"{"finish":{"_0":{"completed":{}}}}"#),
        Fixture(
            value: .finish(.cancelled),
            text: #"{"finish":{"_0":{"cancelled":{}}}}"#),
        Fixture(
            value: .finish(.stopped(.target(trial: TrialID(4), value: 0.25))),
            text: #"{"finish":{"_0":{"stopped":{"_0":{"target":{"trial":4,"value":0.25}}}}}}"#),
        Fixture(
            value: .finish(.stopped(.noImprovement(trials: 30))),
            text: #"{"finish":{"_0":{"stopped":{"_0":{"noImprovement":{"trials":30}}}}}}"#),
        Fixture(
            value: .finish(.stopped(.resource(spent: 900))),
            text: #"{"finish":{"_0":{"stopped":{"_0":{"resource":{"spent":900}}}}}}"#),
        Fixture(
            value: .finish(.tooManyFailures(count: 8, last: "signal 9 killed the command")),
            text: #"""
                {"finish":{"_0":{"tooManyFailures":{"count":8,\#
                "last":"signal 9 killed the command"}}}}
                """#),
        Fixture(
            value: .finish(.refused(reason: "invalid account")),
            text: #"{"finish":{"_0":{"refused":{"reason":"invalid account"}}}}"#),
    ]

    static func reasoned(_ reason: Assignment.Reason) -> Assignment {
        var work = work
        work.reason = reason
        return work
    }
}
