import Tuning

extension EventFixtures {
    /// One of each thing that a user may ask for.
    static let wishes: [Fixture<Event>] = [
        Fixture(
            value: .wished(Wish(id: "1f", .changed(change))),
            text: #"""
                {"wished":{"_0":{"id":"1f","kind":{"changed":{"_0":{"checkpoints":{"keep":3},"maxFailures":4,\#
                "maxRetries":2,"others":["slurm"],"parallel":32,"scheduler":{"none":{"maxResource":81}},\#
                "stop":{"target":0.5},"together":2,"trials":200}}}}}}
                """#),
        Fixture(
            value: .wished(Wish(id: "", .reopened)),
            text: #"{"wished":{"_0":{"id":"","kind":{"reopened":{}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "a", .retried([TrialID(3), TrialID(5)]))),
            text: #"{"wished":{"_0":{"id":"a","kind":{"retried":{"_0":[3,5]}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "a", .paused)),
            text: #"{"wished":{"_0":{"id":"a","kind":{"paused":{}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "a", .resumed)),
            text: #"{"wished":{"_0":{"id":"a","kind":{"resumed":{}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "a", .dropped([TrialID(3)]))),
            text: #"{"wished":{"_0":{"id":"a","kind":{"dropped":{"_0":[3]}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "a", .finished(top: 5))),
            text: #"{"wished":{"_0":{"id":"a","kind":{"finished":{"top":5}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "", .cleaned(keep: 3))),
            text: #"{"wished":{"_0":{"id":"","kind":{"cleaned":{"keep":3}}}}}"#),
        Fixture(
            value: .wished(Wish(id: "a", .added(Configuration(["lr": .float(0.5)])))),
            text: #"{"wished":{"_0":{"id":"a","kind":{"added":{"_0":{"lr":0.5}}}}}}"#),
    ]

    private static var change: Change {
        var change = Change(others: ["slurm"])
        (change.trials, change.parallel, change.maxRetries, change.maxFailures) = (200, 32, 2, 4)
        change.together = 2
        change.checkpoints = Change.CheckpointRule(keep: 3)
        change.stop = StopPlan(target: 0.5)
        change.scheduler = .none(maxResource: Resource(81))
        return change
    }
}
