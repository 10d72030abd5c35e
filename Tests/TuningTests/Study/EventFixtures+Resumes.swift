import Tuning

extension EventFixtures {
    /// One of each event.
    static var events: [Fixture<Event>] { mostEvents + resumes + wishes }

    /// A start of a task that resumes from an earlier one's checkpoint.
    static let resumes: [Fixture<Event>] = [
        Fixture(
            value: .resumed(
                attempt,
                from: CheckpointID(
                    attempt: AttemptID(assignment: attempt.assignment, epoch: 1), resource: Resource(9)),
                bytes: 1_048_576),
            text: #"""
                {"resumed":{"_0":{"assignment":17,"epoch":2},"bytes":1048576,"from":{"attempt":{\#
                "assignment":17,"epoch":1},"resource":9}}}
                """#)
    ]
}
