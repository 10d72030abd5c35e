import Tuning

extension EventFixtures {
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
            value: .evaluate(reasoned(.finished(from: 1))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"finished":{"from":1}},\#
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
            value: .evaluate(reasoned(.advised(from: 0))),
            text: #"""
                {"evaluate":{"_0":{"from":3,"id":17,"reason":{"advised":{"from":0}},\#
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
