import Testing
import Tuning

/// The checkpoint that a task resumes from when the cluster starts it again, and how long it is kept.
@Suite struct StudyResumeTests {
    static let killed = "the command exited with code 1"

    static let scripts = [
        StudyScript(
            "what a start goes on from stays until the result is in, whoever goes further meanwhile",
            .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 1), []),
                (.started(0, epoch: 1), []),
                (.resumed(0, epoch: 1, from: 0, at: 1), []),
                (.saved(0, epoch: 1, at: 2), []),
                (.saved(0, epoch: 1, at: 3), [.discard(.of(0, epoch: 1, at: 2))]),
                (.report(0, epoch: 1, at: 4, 1), []),
                (
                    .ended(0, epoch: 1),
                    [.discard(.of(0, at: 1)), .conclude(0, .completed), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "a checkpoint of which no letter came is known from the start that goes on from it",
            .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 1), []),
                (.started(0, epoch: 1), []),
                (.resumed(0, epoch: 1, from: 0, at: 3), []),
                (
                    .ended(0, epoch: 1, .exited(code: 1)),
                    [.run(1, 0, to: 4, from: .of(0, at: 3), .retry(0, killed))]
                ),
                (.report(1, at: 4, 1), []),
                (.ended(1), [.discard(.of(0, at: 1)), .conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "a checkpoint that was discarded before the start that goes on from it had spoken is discarded at the end",
            .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 1), []),
                (.saved(0, at: 2), [.discard(.of(0, at: 1))]),
                (.resumed(0, epoch: 1, from: 0, at: 1), []),
                // Messages of a superseded start no longer count.
                (.saved(0, at: 3), []),
                (.report(0, epoch: 1, at: 4, 1), []),
                (
                    .ended(0, epoch: 1),
                    [.discard(.of(0, at: 1)), .conclude(0, .completed), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "what is no earlier start's, or at the target, changes nothing",
            .of(.straight, trials: 1, parallel: 1, retries: 1),
            [
                (.saved(0, at: 1), []),
                (.resumed(0, epoch: 1, from: 1, at: 2), []),
                (.resumed(0, epoch: 1, from: 0, at: 4), []),
                (
                    .ended(0, epoch: 1, .exited(code: 1)),
                    [.run(1, 0, to: 4, from: .of(0, at: 1), .retry(0, killed))]
                ),
            ]),
        StudyScript(
            "what the quota discards is not what a start goes on from, when its letter comes late",
            .of(.straight, trials: 1, parallel: 1, quota: 100),
            [
                (.resumed(0, epoch: 1, from: 0, at: 2, bytes: 5), []),
                (.saved(0, at: 2, bytes: 5), []),
                (.saved(0, at: 3, bytes: 5), [.discard(.of(0, at: 3))]),
                (.report(0, epoch: 1, at: 4, 1), []),
                (.ended(0, epoch: 1), [.conclude(0, .completed), .finish(.completed)]),
            ]),
    ]

    @Test(arguments: scripts) func `a task that is started again`(script: StudyScript) { script.play() }
}
