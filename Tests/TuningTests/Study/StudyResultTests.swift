import Testing
import Tuning

/// What a study decides about reports.
@Suite struct StudyResultTests {
    @Test(arguments: 1...5)
    func `a start fills the slots, and no more`(parallel: Int) {
        var study = Study()
        let decisions = study.apply(.accepted(.of(.halving, trials: 3, parallel: parallel)))
        let filled = (0..<min(3, parallel)).flatMap { [Decision.sample($0), .run($0, $0, to: 1)] }
        #expect(decisions == filled)
        #expect(study.phase == .running)
        #expect(study.inFlight.count == min(3, parallel))
    }

    static let scripts = [
        StudyScript(
            "only the report at the target is a result", .of(.straight, trials: 1, parallel: 1),
            [
                (.started(0), []),
                (.report(0, at: 1, 0.5), []),
                (.report(0, at: 3, 0.4), []),
                (.report(0, at: 4, 0.2), []),
                (.ended(0), [.conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "a report past the target is no result", .of(.straight, trials: 1, parallel: 1),
            [
                (.report(0, at: 3, 0.5), []),
                (.report(0, at: 5, 0.5), []),
                (
                    .ended(0),
                    [
                        .conclude(
                            0,
                            .failed(
                                reason: "the command finished, but its report at the target is missing")),
                        .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "the first report at the target decides", .of(.halving, trials: 2, parallel: 2),
            [
                (.report(0, at: 1, 1), []),
                (.report(0, at: 1, 9), []),
                (.report(1, at: 1, 5), []),
                (.ended(0), [.conclude(0, .paused(rung: 0))]),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 0, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
            ]),
        StudyScript(
            "a report without the objective is no result", .of(.straight, trials: 1, parallel: 1),
            [
                (.reported(Report(attempt: .of(0), resource: Resource(4), metrics: ["accuracy": 1])), []),
                (.report(0, at: 4, 0.5), []),
                (.ended(0), [.conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "a superseded start decides nothing", .of(.halving, trials: 2, parallel: 2),
            [
                (.started(0), []),
                (.started(0, epoch: 1), []),
                (.report(0, at: 1, 1), []),
                (.saved(0, at: 1), []),
                (.ended(0, .exited(code: 1)), []),
                (.ended(0), []),
                (.started(0), []),
                (.report(0, epoch: 1, at: 1, 7), []),
                (.report(1, at: 1, 5), []),
                (.ended(1), [.conclude(1, .paused(rung: 0))]),
                (
                    .ended(0, epoch: 1),
                    [
                        .conclude(0, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
            ]),
        StudyScript(
            "a result that was in before the task started again counts",
            .of(.straight, trials: 1, parallel: 1),
            [
                (.report(0, at: 4, 0.5), []),
                (.started(0, epoch: 1), []),
                (.ended(0), []),
                (.ended(0, epoch: 1, .exited(code: 1)), [.conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "whatever a newer start says supersedes the older", .of(.straight, trials: 1, parallel: 1),
            [
                (.report(0, epoch: 1, at: 2, 0.5), []),
                (.report(0, at: 4, 0.5), []),
                (.ended(0), []),
                (.saved(0, epoch: 2, at: 1), []),
                (.ended(0, epoch: 1, .exited(code: 1)), []),
                (
                    .ended(0, epoch: 2, .exited(code: 1)),
                    [
                        .run(
                            1, 0, to: 4, from: .of(0, epoch: 2, at: 1),
                            .retry(0, "the command exited with code 1"))
                    ]
                ),
            ]),
        StudyScript(
            "a diverged trial is ranked last, and counts", .of(.halving, trials: 2, parallel: 2),
            [
                (.report(0, at: 1, .nan), []),
                (.report(1, at: 1, 1e300), []),
                (.ended(0), [.conclude(0, .diverged(rung: 0))]),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
            ]),
        StudyScript(
            "where all diverged nobody is promoted", .of(.halving, trials: 2, parallel: 2),
            [
                (.report(0, at: 1, .nan), []),
                (.report(1, at: 1, .nan), []),
                (.ended(0), [.conclude(0, .diverged(rung: 0))]),
                (.ended(1), [.conclude(1, .diverged(rung: 0)), .finish(.completed)]),
            ]),
        StudyScript(
            "a failed trial counts among the results as the worst",
            .of(.halving, trials: 2, parallel: 2, retries: 0),
            [
                (
                    .ended(0, .exited(code: 2)),
                    [.conclude(0, .failed(reason: "the command exited with code 2"))]
                ),
                (.report(1, at: 1, 1e300), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.report(2, at: 2, 1), []),
                (.ended(2), [.conclude(1, .paused(rung: 1)), .finish(.completed)]),
            ]),
        StudyScript(
            "a study goes up the ladder to its end", .of(.halving, trials: 4, parallel: 1),
            [
                (.report(0, at: 1, 4), []),
                (.ended(0), [.conclude(0, .paused(rung: 0)), .sample(1), .run(1, 1, to: 1)]),
                (.report(1, at: 1, 3), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.report(2, at: 2, 3), []),
                (.ended(2), [.conclude(1, .paused(rung: 1)), .sample(2), .run(3, 2, to: 1)]),
                (.report(3, at: 1, 2), []),
                (
                    .ended(3),
                    [
                        .conclude(2, .paused(rung: 0)),
                        .run(4, 2, rung: 1, to: 2, .promoted(results: 3, kept: 1)),
                    ]
                ),
                (.report(4, at: 2, 2), []),
                (
                    .ended(4),
                    [
                        .conclude(2, .paused(rung: 1)),
                        .run(5, 2, rung: 2, to: 4, .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.report(5, at: 4, 2), []),
                (.ended(5), [.conclude(2, .completed), .sample(3), .run(6, 3, to: 1)]),
                (.report(6, at: 1, 9), []),
                (.ended(6), [.conclude(3, .paused(rung: 0)), .finish(.completed)]),
            ]),
    ]

    @Test(arguments: scripts)
    func `a study takes in results`(script: StudyScript) { script.play() }

    static let ends: [Event] =
        [
            .ended(0), .ended(0, .exited(code: 1)), .ended(0, .signalled(number: 11)), .ended(0, .noReport),
            .ended(0, .left),
            .ended(0, .badReport(reason: "late")), .ended(0, .notStarted(reason: "gone")),
        ] + TaskFate.allCases.map { .lost(0, $0) }

    @Test(arguments: ends)
    func `a result counts, however the command ended after it`(end: Event) {
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1),
            [(.report(0, at: 4, 1), []), (end, [.conclude(0, .completed), .finish(.completed)])]
        ).play()
    }
}
