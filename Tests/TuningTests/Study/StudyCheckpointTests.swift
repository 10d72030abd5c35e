import Testing
import Tuning

/// The checkpoint that an assignment starts from, and when checkpoints are discarded.
@Suite struct StudyCheckpointTests {
    static let crashed = "the command exited with code 1"

    static let scripts = [
        StudyScript(
            "a retry starts from the newest checkpoint", .of(.straight, trials: 1, parallel: 1, retries: 2),
            [
                (.saved(0, at: 1), []),
                (.saved(0, at: 2), [.discard(.of(0, at: 1))]),
                (.ended(0, .exited(code: 1)), [.run(1, 0, to: 4, from: .of(0, at: 2), .retry(0, crashed))]),
                (.saved(1, at: 3), []),
                (.ended(1, .exited(code: 1)), [.run(2, 0, to: 4, from: .of(1, at: 3), .retry(1, crashed))]),
            ]),
        StudyScript(
            "the newest checkpoint is kept, and the one below the target until the result is in",
            .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 1), []),
                (.saved(0, at: 2), [.discard(.of(0, at: 1))]),
                (.saved(0, at: 4), []),
                (.report(0, at: 4, 1), []),
                (
                    .ended(0),
                    [
                        .discard(.of(0, at: 2)), .conclude(0, .completed), .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "a promoted trial starts from its own checkpoint", .of(.halving, trials: 2, parallel: 2),
            [
                (.saved(0, at: 1), []),
                (.saved(1, at: 1), []),
                (.report(0, at: 1, 1), []),
                (.report(1, at: 1, 2), []),
                (.ended(0), [.conclude(0, .paused(rung: 0))]),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 0, rung: 1, to: 2, from: .of(0, at: 1), .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.saved(2, at: 2), []),
                (.report(2, at: 2, 1), []),
                (
                    .ended(2),
                    [.discard(.of(0, at: 1)), .conclude(0, .paused(rung: 1)), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "a retry has something to do: it starts below its target",
            .of(.straight, trials: 1, parallel: 1, retries: 2),
            [
                (.saved(0, at: 1), []),
                (.saved(0, at: 2), [.discard(.of(0, at: 1))]),
                (.saved(0, at: 4), []),
                (.ended(0, .exited(code: 1)), [.run(1, 0, to: 4, from: .of(0, at: 2), .retry(0, crashed))]),
                (.saved(1, at: 4), []),
                (.ended(1, .exited(code: 1)), [.run(2, 0, to: 4, from: .of(0, at: 2), .retry(1, crashed))]),
                (.saved(2, at: 4), []),
                (.report(2, at: 4, 1), []),
                (
                    .ended(2),
                    [
                        .discard(.of(0, at: 4)), .discard(.of(1, at: 4)), .discard(.of(0, at: 2)),
                        .conclude(0, .completed), .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "with a checkpoint at the target alone, a retry starts afresh, and the next where that one came to",
            .of(.straight, trials: 1, parallel: 1, retries: 2),
            [
                (.saved(0, at: 4), []),
                (.ended(0, .exited(code: 1)), [.run(1, 0, to: 4, .retry(0, crashed))]),
                (.saved(1, at: 3), []),
                (.ended(1, .exited(code: 1)), [.run(2, 0, to: 4, from: .of(1, at: 3), .retry(1, crashed))]),
                (.report(2, at: 4, 1), []),
                (.ended(2), [.discard(.of(0, at: 4)), .conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "all checkpoints of a failed trial are discarded",
            .of(.straight, trials: 1, parallel: 1, retries: 0),
            [
                (.saved(0, at: 1), []),
                (.saved(0, at: 2), [.discard(.of(0, at: 1))]),
                (
                    .ended(0, .exited(code: 1)),
                    [
                        .conclude(0, .failed(reason: crashed)), .discard(.of(0, at: 2)),
                        .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "all checkpoints of a cancelled trial are discarded", .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 1), []),
                (.saved(0, at: 2), [.discard(.of(0, at: 1))]),
                (
                    .lost(0, .cancelled),
                    [
                        .conclude(0, .cancelled), .discard(.of(0, at: 2)), .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "of complete trials the best keep their checkpoints, and at the end nobody else does",
            .of(.straight, trials: 3, parallel: 1, keep: 1),
            [
                (.saved(0, at: 4), []), (.report(0, at: 4, 2), []),
                (.ended(0), [.conclude(0, .completed), .sample(1), .run(1, 1, to: 4)]),
                (.saved(1, at: 4), []), (.report(1, at: 4, 1), []),
                (
                    .ended(1),
                    [.conclude(1, .completed), .discard(.of(0, at: 4)), .sample(2), .run(2, 2, to: 4)]
                ),
                (.saved(2, at: 4), []), (.report(2, at: 4, 1), []),
                (
                    .ended(2),
                    [.conclude(2, .completed), .discard(.of(2, at: 4)), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "a checkpoint is kept as long as its trial may be promoted",
            .of(.halving, trials: 2, parallel: 1, keep: 1),
            [
                (.saved(0, at: 1), []), (.report(0, at: 1, 2), []),
                (.ended(0), [.conclude(0, .paused(rung: 0)), .sample(1), .run(1, 1, to: 1)]),
                (.saved(1, at: 1), []), (.report(1, at: 1, 1), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(2, 1, rung: 1, to: 2, from: .of(1, at: 1), .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.saved(2, at: 2), []), (.report(2, at: 2, 1), []),
                (
                    .ended(2),
                    [
                        .discard(.of(1, at: 1)), .conclude(1, .paused(rung: 1)), .discard(.of(0, at: 1)),
                        .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "all checkpoints of a diverged trial are discarded", .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 2), []),
                (.saved(0, at: 4), []),
                (.report(0, at: 4, .nan), []),
                (
                    .ended(0),
                    [
                        .discard(.of(0, at: 2)), .discard(.of(0, at: 4)), .conclude(0, .diverged(rung: 0)),
                        .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "a checkpoint that is repeated, older, past the target or superseded changes nothing",
            .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 2), []),
                (.saved(0, at: 2), []),
                (.saved(0, at: 1), []),
                (.saved(0, at: 5), []),
                (.started(0, epoch: 1), []),
                (.saved(0, at: 3), []),
                (
                    .ended(0, epoch: 1, .exited(code: 1)),
                    [.run(1, 0, to: 4, from: .of(0, at: 2), .retry(0, crashed))]
                ),
                (.saved(0, epoch: 1, at: 3), []),
                (.report(1, at: 4, 1), []),
                (.ended(1), [.conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "of two checkpoints at one resource the newer counts",
            .of(.straight, trials: 1, parallel: 1, retries: 2),
            [
                (.saved(0, at: 2), []),
                (.started(0, epoch: 1), []),
                (.saved(0, epoch: 1, at: 2), []),
                (
                    .ended(0, epoch: 1, .exited(code: 1)),
                    [.run(1, 0, to: 4, from: .of(0, epoch: 1, at: 2), .retry(0, crashed))]
                ),
                (.report(1, at: 4, 1), []),
                (.ended(1), [.discard(.of(0, at: 2)), .conclude(0, .completed), .finish(.completed)]),
            ]),
    ]

    @Test(arguments: scripts)
    func `a study keeps the checkpoints it may need`(script: StudyScript) { script.play() }
}
