import Testing
import Tuning

/// Work that was interrupted from outside, and its checkpoints.
@Suite struct StudyProgressTests {
    static let timeout = "its task reached its time limit (TIMEOUT)"
    static let left = "its command was told to leave, as before a time limit, and left (COMPLETED)"

    static let scripts = [
        StudyScript(
            "what has saved something goes on for nothing, and what has not uses up a try",
            .of(.straight, trials: 1, parallel: 1, retries: 1),
            [
                (.saved(0, at: 1), []),
                (
                    .lost(0, .timedOut, "TIMEOUT"),
                    [.run(1, 0, to: 4, from: .of(0, at: 1), .continued(0, timeout))]
                ),
                (.saved(1, at: 2), []),
                (
                    .lost(1, .timedOut, "TIMEOUT"),
                    [.run(2, 0, to: 4, from: .of(1, at: 2), .continued(1, timeout))]
                ),
                (
                    .lost(2, .timedOut, "TIMEOUT"),
                    [.run(3, 0, to: 4, from: .of(1, at: 2), .retry(2, timeout))]
                ),
                (.saved(3, at: 3), []),
                (
                    .lost(3, .timedOut, "TIMEOUT"),
                    [.run(4, 0, to: 4, from: .of(3, at: 3), .continued(3, timeout))]
                ),
                (
                    .lost(4, .timedOut, "TIMEOUT"),
                    [
                        .conclude(0, .failed(reason: "\(timeout) (after 2 tries)")),
                        .discard(.of(0, at: 1)), .discard(.of(1, at: 2)), .discard(.of(3, at: 3)),
                        .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "what saved an earlier resource again has made no progress",
            .of(.straight, trials: 1, parallel: 1, retries: 0),
            [
                (.saved(0, at: 2), []),
                (
                    .lost(0, .displaced, "PREEMPTED"),
                    [
                        .run(
                            1, 0, to: 4, from: .of(0, at: 2),
                            .continued(0, "its task was displaced (PREEMPTED)"))
                    ]
                ),
                (.saved(1, at: 2), []),
                (
                    .lost(1, .timedOut, "TIMEOUT"),
                    [
                        .conclude(0, .failed(reason: timeout)), .discard(.of(0, at: 2)),
                        .discard(.of(1, at: 2)), .finish(.completed),
                    ]
                ),
            ]),
        StudyScript(
            "a checkpoint at the target without a report is no progress",
            .of(.straight, trials: 1, parallel: 1, retries: 1),
            [
                (.saved(0, at: 4), []),
                (.lost(0, .timedOut, "TIMEOUT"), [.run(1, 0, to: 4, .retry(0, timeout))]),
            ]),
        StudyScript(
            "what has left near its time limit goes on; what then falls silent does not",
            .of(.straight, trials: 1, parallel: 1, retries: 0),
            [
                (.saved(0, at: 1), []),
                (.ended(0, .left), []),
                (
                    .lost(0, .silent, "COMPLETED"),
                    [.run(1, 0, to: 4, from: .of(0, at: 1), .continued(0, left))]
                ),
                (.saved(1, at: 2), []),
                (.ended(1, .left), []),
                (.started(1, epoch: 1), []),
                (
                    .lost(1, .silent, "FAILED"),
                    [
                        .conclude(0, .failed(reason: "its task ended without a word (FAILED)")),
                        .discard(.of(0, at: 1)), .discard(.of(1, at: 2)), .finish(.completed),
                    ]
                ),
            ]),
    ]

    @Test(arguments: scripts)
    func `a study takes in work that is cut short`(script: StudyScript) { script.play() }

    @Test func `a trial of a thousand epochs goes on a thousand times, one at a time`() {
        var study = Study()
        _ = study.apply(
            .accepted(.of(.none(maxResource: Resource(1_000)), trials: 1, parallel: 1, retries: 0)))
        for epoch in 0..<999 {
            _ = study.apply(.saved(epoch, at: epoch + 1))
            let decisions = study.apply(.lost(epoch, .timedOut, "TIMEOUT"))
            #expect(
                decisions == [
                    .run(
                        epoch + 1, 0, to: 1_000, from: .of(epoch, at: epoch + 1),
                        .continued(epoch, Self.timeout))
                ])
        }
    }
}
