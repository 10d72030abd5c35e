import Tuning

/// A value and its text, as first recorded.
struct Fixture<Value: Codable & Hashable & Sendable>: Sendable {
    var value: Value
    var text: String
}

/// One of each event and each decision, and of each kind within it.
///
/// The texts were written once and must not change, because studies keep such texts for years. Only add to them.
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

    /// Forms of spaces since there are quantiles.
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

    static let mostEvents: [Fixture<Event>] = [
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
        Fixture(value: .advised(.begin), text: #"{"advised":{"_0":{"begin":{}}}}"#),
        Fixture(
            value: .advised(.goOn(TrialID(4), rung: 2)),
            text: #"{"advised":{"_0":{"goOn":{"_0":4,"rung":2}}}}"#),
        Fixture(value: .advised(.rest), text: #"{"advised":{"_0":{"rest":{}}}}"#),
        Fixture(value: .advised(.alone), text: #"{"advised":{"_0":{"alone":{}}}}"#),
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
            value: .lost(
                AssignmentLost(
                    assignment: AssignmentID(17), fate: .timedOut, state: "TIMEOUT", mayHaveMore: true)),
            text:
                #"{"lost":{"_0":{"assignment":17,"fate":"timedOut","mayHaveMore":true,"state":"TIMEOUT"}}}"#
        ),
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
        Fixture(
            value: .ended(
                AttemptEnded(attempt: attempt, ending: .setupFailed(reason: "line 2"), stderrTail: "no")),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"setupFailed":{\#
                "reason":"line 2"}},"stderrTail":"no"}}}
                """#),
        Fixture(
            value: .ended(AttemptEnded(attempt: attempt, ending: .crashedLeaving(reason: "code 3"))),
            text: #"""
                {"ended":{"_0":{"attempt":{"assignment":17,"epoch":2},"ending":{"crashedLeaving":{\#
                "reason":"code 3"}},"stderrTail":""}}}
                """#),
        Fixture(
            value: .code(
                CommandCode(
                    commit: "9f0c", isDirty: true, digest: "e3b0", files: ["train.py": "ba78"], count: 1)),
            text: #"""
                {"code":{"_0":{"commit":"9f0c","count":1,"digest":"e3b0","files":{"train.py":"ba78"},"isDirty":true}}}
                """#),
        Fixture(value: .crowded(checkpoints: 12), text: #"{"crowded":{"checkpoints":12}}"#),
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
        Fixture(
            value: .learned(
                PriorResults(
                    source: "old.stune",
                    trials: [
                        PriorTrial(
                            configuration: Configuration(["lr": .float(0.5)]),
                            results: [
                                PriorResult(resource: Resource(9), metrics: ["loss": 0.25]),
                                PriorResult(resource: nil, metrics: [:], nonFinite: ["loss": "nan"]),
                            ])
                    ])),
            text: #"""
                {"learned":{"_0":{"source":"old.stune","trials":[{"configuration":{"lr":0.5},"results":[{\#
                "metrics":{"loss":0.25},"resource":9},{"metrics":{},"nonFinite":{"loss":"nan"}}]}]}}}
                """#),
        Fixture(value: .doesNotWait(attempt), text: #"{"doesNotWait":{"_0":{"assignment":17,"epoch":2}}}"#),
    ]
}
