import Testing
import Tuning

/// What a study decides about lost assignments.
@Suite struct StudyFailureTests {
    /// How an assignment is lost, and the sentence about it.
    struct Cause: Sendable, CustomTestStringConvertible {
        var why: String
        var event: @Sendable (_ assignment: Int) -> Event

        var testDescription: String { why }
    }

    static let retried = [
        Cause(why: "the command exited with code 3") { .ended($0, .exited(code: 3)) },
        Cause(why: "the command exited with code 3; its last words: no such file") {
            .ended($0, .exited(code: 3), saying: "no such file")
        },
        Cause(why: "signal 11 killed the command") { .ended($0, .signalled(number: 11)) },
        Cause(why: "its task ran out of memory (OUT_OF_MEMORY)") {
            .lost($0, .outOfMemory, "OUT_OF_MEMORY")
        },
        Cause(why: "its task reached its time limit (TIMEOUT)") { .lost($0, .timedOut, "TIMEOUT") },
        Cause(why: "its task ended without a word (FAILED)") { .lost($0, .silent, "FAILED") },
        Cause(why: "the cluster no longer knows its task") { .lost($0, .vanished) },
    ]

    @Test(arguments: retried, 0...3)
    func `a crash is tried again up to maxRetries times, then the trial failed`(cause: Cause, retries: Int)
    {
        let tries = retries == 0 ? "" : " (after \(retries + 1) tries)"
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1, retries: retries),
            (0..<retries).map { (cause.event($0), [.run($0 + 1, 0, to: 4, .retry($0, cause.why))]) }
                + [
                    (
                        cause.event(retries),
                        [.conclude(0, .failed(reason: cause.why + tries)), .finish(.completed)]
                    )
                ]
        ).play()
    }

    static let growing: [(TaskFate, String, String)] = [
        (.timedOut, "TIMEOUT", "its task reached its time limit (TIMEOUT)"),
        (.outOfMemory, "OUT_OF_MEMORY", "its task ran out of memory (OUT_OF_MEMORY)"),
    ]

    @Test(arguments: growing)
    func `work whose next task asks for more uses up no retry, until none does`(
        _ fate: TaskFate, _ state: String, _ why: String
    ) {
        func lost(_ assignment: Int, mayHaveMore: Bool?) -> Event {
            .lost(
                AssignmentLost(
                    assignment: AssignmentID(assignment), fate: fate, state: state,
                    mayHaveMore: mayHaveMore))
        }
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1, retries: 1),
            (0..<5).map { (lost($0, mayHaveMore: true), [.run($0 + 1, 0, to: 4, .retry($0, why))]) }
                + [
                    (lost(5, mayHaveMore: nil), [.run(6, 0, to: 4, .retry(5, why))]),
                    (
                        lost(6, mayHaveMore: nil),
                        [.conclude(0, .failed(reason: why + " (after 2 tries)")), .finish(.completed)]
                    ),
                ]
        ).play()
    }

    @Test func `a command that left near a time limit which grows uses up no retry`() {
        let left = "its command was told to leave, as before a time limit, and left (COMPLETED)"
        func lost(_ assignment: Int, _ state: String) -> Event {
            .lost(
                AssignmentLost(
                    assignment: AssignmentID(assignment), fate: .silent, state: state, mayHaveMore: true))
        }
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1, retries: 0),
            [
                (.ended(0, .left), []),
                (lost(0, "COMPLETED"), [.run(1, 0, to: 4, .retry(0, left))]),
                (.cancelled, [.finish(.cancelled)]),
            ]
        ).play()
    }

    static let hopeless = [
        Cause(why: "the command finished, but its report at the target is missing") { .ended($0) },
        Cause(why: "the command could not be started: no python3") {
            .ended($0, .notStarted(reason: "no python3"))
        },
        Cause(why: "the command exited with code 0 and reported nothing") { .ended($0, .noReport) },
        Cause(why: "the command's reports cannot be used: loss is text") {
            .ended($0, .badReport(reason: "loss is text"))
        },
    ]

    @Test(arguments: hopeless)
    func `what would only happen again is given up at once`(cause: Cause) {
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1, retries: 5),
            [(cause.event(0), [.conclude(0, .failed(reason: cause.why)), .finish(.completed)])]
        ).play()
    }

    @Test(arguments: [0, 1])
    func `a displaced task is started again up to its own limit, whatever maxRetries is`(retries: Int) {
        let limit = TuningLimits.displacements
        let why = "its task was displaced (NODE_FAIL)"
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1, retries: retries),
            (0..<limit).map {
                (.lost($0, .displaced, "NODE_FAIL"), [.run($0 + 1, 0, to: 4, .retry($0, why))])
            } + [
                (
                    .lost(limit, .displaced, "NODE_FAIL"),
                    [
                        .conclude(0, .failed(reason: "\(why) (after \(limit + 1) tries)")),
                        .finish(.completed),
                    ]
                )
            ]
        ).play()
    }

    static let crashed = "the command exited with code 1"
    static let displaced = "its task was displaced (PREEMPTED)"

    static let scripts = [
        StudyScript(
            "displacements use up no retries, and retries no displacements",
            .of(.straight, trials: 1, parallel: 1, retries: 1),
            [
                (.lost(0, .displaced, "PREEMPTED"), [.run(1, 0, to: 4, .retry(0, displaced))]),
                (.ended(1, .exited(code: 1)), [.run(2, 0, to: 4, .retry(1, crashed))]),
                (.lost(2, .displaced, "PREEMPTED"), [.run(3, 0, to: 4, .retry(2, displaced))]),
                (
                    .ended(3, .exited(code: 1)),
                    [.conclude(0, .failed(reason: "\(crashed) (after 4 tries)")), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "a promotion has retries of its own", .of(.halving, trials: 2, parallel: 2, retries: 1),
            [
                (.ended(0, .exited(code: 1)), [.run(2, 0, to: 1, .retry(0, crashed))]),
                (.report(2, at: 1, 1), []),
                (.ended(2), [.conclude(0, .paused(rung: 0))]),
                (.report(1, at: 1, 2), []),
                (
                    .ended(1),
                    [
                        .conclude(1, .paused(rung: 0)),
                        .run(3, 0, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.ended(3, .exited(code: 1)), [.run(4, 0, rung: 1, to: 2, .retry(3, crashed))]),
                (
                    .ended(4, .exited(code: 1)),
                    [.conclude(0, .failed(reason: "\(crashed) (after 2 tries)")), .finish(.completed)]
                ),
            ]),
        StudyScript(
            "what a retried assignment still says decides nothing",
            .of(.straight, trials: 1, parallel: 1, retries: 1),
            [
                (
                    .lost(0, .vanished),
                    [.run(1, 0, to: 4, .retry(0, "the cluster no longer knows its task"))]
                ),
                (.report(0, at: 4, 1), []),
                (.saved(0, at: 4), []),
                (.ended(0), []),
                (.lost(0, .cancelled), []),
                (.report(1, at: 4, 2), []),
                (.ended(1), [.conclude(0, .completed), .finish(.completed)]),
            ]),
        StudyScript(
            "a cancelled task is not tried again, and is no result in its rung",
            .of(.halving, trials: 3, parallel: 3, retries: 5),
            [
                (.lost(0, .cancelled, "CANCELLED"), [.conclude(0, .cancelled)]),
                (.report(1, at: 1, 2), []),
                (.ended(1), [.conclude(1, .paused(rung: 0))]),
                (.report(2, at: 1, 1), []),
                (
                    .ended(2),
                    [
                        .conclude(2, .paused(rung: 0)),
                        .run(3, 2, rung: 1, to: 2, .promoted(results: 2, kept: 1)),
                    ]
                ),
                (.lost(3, .cancelled, "CANCELLED"), [.conclude(2, .cancelled), .finish(.completed)]),
            ]),
        StudyScript(
            "a free slot is filled after a failure", .of(.straight, trials: 2, parallel: 1),
            [
                (
                    .ended(0, .noReport),
                    [
                        .conclude(
                            0, .failed(reason: "the command exited with code 0 and reported nothing")),
                        .sample(1), .run(1, 1, to: 4),
                    ]
                )
            ]),
    ]

    /// The cluster's word on a task whose command was asked to leave, and what follows.
    static let afterLeaving: [(Event, [Decision])] = [
        (.lost(0, .cancelled), [.conclude(0, .cancelled), .discard(.of(0, at: 2)), .finish(.completed)]),
        (
            .lost(0, .displaced, "PREEMPTED"),
            [.run(1, 0, to: 4, from: .of(0, at: 2), .continued(0, displaced))]
        ),
        (
            .lost(0, .timedOut, "TIMEOUT"),
            [
                .run(
                    1, 0, to: 4, from: .of(0, at: 2),
                    .continued(0, "its task reached its time limit (TIMEOUT)"))
            ]
        ),
        (
            .lost(0, .silent, "FAILED"),
            [
                .run(
                    1, 0, to: 4, from: .of(0, at: 2),
                    .continued(
                        0, "its command was told to leave, as before a time limit, and left (FAILED)"))
            ]
        ),
        (
            .lost(0, .outOfMemory, "OUT_OF_MEMORY"),
            [
                .run(
                    1, 0, to: 4, from: .of(0, at: 2),
                    .retry(0, "its task ran out of memory (OUT_OF_MEMORY)"))
            ]
        ),
        // The cluster started the task again, and the new start ends.
        (
            .ended(0, epoch: 1, .exited(code: 1)),
            [.run(1, 0, to: 4, from: .of(0, at: 2), .retry(0, crashed))]
        ),
    ]

    @Test(arguments: afterLeaving)
    func `of a command that was told to leave, the cluster says what follows`(
        word: Event, decisions: [Decision]
    ) {
        StudyScript(
            "", .of(.straight, trials: 1, parallel: 1),
            [
                (.saved(0, at: 2), []), (.ended(0, .left), []), (.ended(0, .left), []), (word, decisions),
            ]
        ).play()
    }

    @Test(arguments: scripts)
    func `a study takes in failures`(script: StudyScript) { script.play() }

    @Test(arguments: ["x", "é", "漢", "👩‍🚀"], [0, 1, 2, 3])
    func `a long error keeps its end, within the limit`(letter: String, shift: Int) throws {
        let padding = String(repeating: letter, count: TuningLimits.reasonBytes)
        let tail = String(repeating: "-", count: shift) + padding + "\nValueError: lr is negative"
        var study = Study()
        _ = study.apply(.accepted(.of(.straight, trials: 1, parallel: 1, retries: 0)))
        let decisions = study.apply(.ended(0, .exited(code: 1), saying: tail))
        guard case .conclude(_, .failed(let reason)) = try #require(decisions.first) else {
            Issue.record("the trial did not fail: \(decisions)")
            return
        }
        #expect(reason.hasPrefix("the command exited with code 1; its last words: …"))
        #expect(reason.hasSuffix("\nValueError: lr is negative"))
        #expect(reason.utf8.count <= TuningLimits.reasonBytes)
        #expect(!reason.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test(arguments: 0...2)
    func `a long reason of another kind keeps its beginning, within the limit`(shift: Int) throws {
        let words =
            "the file " + String(repeating: "-", count: shift)
            + String(repeating: "漢", count: TuningLimits.reasonBytes)
        var study = Study()
        _ = study.apply(.accepted(.of(.straight, trials: 1, parallel: 1)))
        let decisions = study.apply(.ended(0, .badReport(reason: words)))
        guard case .conclude(_, .failed(let reason)) = try #require(decisions.first) else {
            Issue.record("the trial did not fail: \(decisions)")
            return
        }
        #expect(reason.hasPrefix("the command's reports cannot be used: the file "))
        #expect(reason.hasSuffix("漢…"))
        #expect(reason.utf8.count <= TuningLimits.reasonBytes)
    }
}
