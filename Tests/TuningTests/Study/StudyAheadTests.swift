import Testing
import Tuning

/// Work that workers have ahead, beyond the limit of running assignments.
@Suite struct StudyAheadTests {
    static let givenBack = "its worker gave it back before it was begun"

    static let scripts: [StudyScript] = [
        StudyScript(
            "what is asked for ahead is decided as for free slots, promotions first",
            .of(.halving, trials: 9, parallel: 2),
            [
                (.report(0, at: 1, 0.5), []), (.report(1, at: 1, 0.4), []),
                (
                    .ended(0),
                    [.conclude(trial: TrialID(0), .paused(rung: 0)), .sample(2), .run(2, 2, to: 1)]
                ),
                (
                    .ended(1),
                    [
                        .conclude(trial: TrialID(1), .paused(rung: 0)),
                        .run(3, 1, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.askedAhead(room: 2), [.sample(3), .run(4, 3, to: 1), .sample(4), .run(5, 4, to: 1)]),
                (.askedAhead(room: 0), []),
                // Three still run, and two may.
                (.report(4, at: 1, 0.9), []), (.ended(4), [.conclude(trial: TrialID(3), .paused(rung: 0))]),
            ]),
        StudyScript(
            "what is given back is begun again before all else when there is a place, and uses up no try",
            .of(.straight, trials: 4, parallel: 1, retries: 0),
            [
                (.askedAhead(room: 1), [.sample(1), .run(1, 1, to: 4)]),
                (.ended(1, .givenBack), []),
                (.report(0, at: 4, 0.5), []),
                (
                    .ended(0),
                    [.conclude(trial: TrialID(0), .completed), .run(2, 1, to: 4, .retry(1, givenBack))]
                ),
                (.ended(2, .givenBack), [.run(3, 1, to: 4, .retry(2, givenBack))]),
            ]),
        StudyScript(
            "what is given back after the report of another start is no news",
            .of(.straight, trials: 1, parallel: 1),
            [(.started(0, epoch: 1), []), (.ended(0, epoch: 0, .givenBack), [])]),
    ]

    @Test(arguments: scripts)
    func `a study gives work ahead`(script: StudyScript) { script.play() }

    @Test(arguments: [(4, 3, [0, 0, 3]), (2, 3, [0, 2]), (3, 1, [1, 1, 1])])
    func `places are filled when as many are free as share a task, or as many as there are`(
        parallel: Int, together: Int, sampled: [Int]
    ) {
        var plan = Plan.of(.straight, trials: 9, parallel: parallel, retries: 0)
        plan.together = together
        var study = Study()
        _ = study.apply(.accepted(plan))
        #expect(study.inFlight.count == parallel)
        for (assignment, count) in zip(study.inFlight, sampled) {
            let before = study.trialCount
            let attempt = AttemptID(assignment: assignment, epoch: 0)
            _ = study.apply(.ended(AttemptEnded(attempt: attempt, ending: .exited(code: 1))))
            #expect(study.trialCount - before == count)
        }
    }

    @Test func `what is asked for is decided at once, however much shares a task`() {
        var plan = Plan.of(.straight, trials: 9, parallel: 4)
        plan.together = 4
        var study = Study()
        _ = study.apply(.accepted(plan))
        #expect(study.apply(.askedAhead(room: 1)).count == 2)
    }

    @Test func `however much is asked for, no more is decided than there is`() {
        var study = Study()
        _ = study.apply(.accepted(.of(.straight, trials: 5, parallel: 1)))
        #expect(study.apply(.askedAhead(room: 1_000)).count == 8)
        #expect(study.inFlight.count == 5)
        #expect(study.apply(.askedAhead(room: -1)).isEmpty)
    }
}
