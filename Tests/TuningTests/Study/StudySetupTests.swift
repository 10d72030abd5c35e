import Testing
import Tuning

/// Tasks whose setup fails, and commands that crash when the cluster ends their tasks.
@Suite struct StudySetupTests {
    private static let reason = "line 2 failed with exit code 127: module load x"
    private static let why = "the task's setup failed: \(reason)"

    private static func failed(_ assignment: Int, saying words: String = "") -> Event {
        .ended(assignment, .setupFailed(reason: reason), saying: words)
    }

    @Test func `a setup that fails on three tasks in a row stops the study, and costs no trial a try`() {
        StudyScript(
            "", .of(.straight, trials: 4, parallel: 1, retries: 0),
            [
                (Self.failed(0), [.run(1, 0, to: 4, .retry(0, Self.why))]),
                (Self.failed(1), [.run(2, 0, to: 4, .retry(1, Self.why))]),
                (Self.failed(2), [.finish(.tooManyFailures(count: 3, last: Self.why))]),
            ]
        ).play()
    }

    @Test func `the outcome has what the failing line printed`() {
        var study = Study()
        _ = study.apply(.accepted(.of(.straight, trials: 1, parallel: 1, failures: 1)))
        let decisions = study.apply(Self.failed(0, saying: "no module x"))
        #expect(
            decisions == [
                .finish(.tooManyFailures(count: 1, last: "\(Self.why); its last words: no module x"))
            ])
    }

    @Test func `a command that has begun shows that the setup works somewhere`() {
        StudyScript(
            "", .of(.straight, trials: 2, parallel: 2, retries: 0, failures: 8),
            [
                (.started(0), []), (.started(1), []),
                (Self.failed(1), [.run(2, 1, to: 4, .retry(1, Self.why))]),
                (Self.failed(2), [.run(3, 1, to: 4, .retry(2, Self.why))]),
                (Self.failed(3), [.run(4, 1, to: 4, .retry(3, Self.why))]),
                (.report(0, at: 4, 1), []),
                (.ended(0), [.conclude(0, .completed)]),
                (Self.failed(4), [.run(5, 1, to: 4, .retry(4, Self.why))]),
                (.report(5, at: 4, 1), []),
                (.ended(5), [.conclude(1, .completed), .finish(.completed)]),
            ]
        ).play()
    }

    @Test func `lanes of one task fail together, and count as one`() {
        var plan = Plan.of(.straight, trials: 8, parallel: 4)
        plan.together = 4
        var study = Study()
        _ = study.apply(.accepted(plan))
        for assignment in 0..<11 {
            #expect(!study.apply(Self.failed(assignment)).isEmpty || assignment % 4 < 3)
        }
        #expect(!study.isOver)
        _ = study.apply(Self.failed(11))
        #expect(study.phase == .over(.tooManyFailures(count: 12, last: Self.why)))
    }

    private static let crash = Ending.crashedLeaving(reason: "exit code 1")
    private static let crashed = "the command was told to leave, and crashed: exit code 1"

    @Test(
        arguments: [
            (TaskFate.cancelled, nil), (.displaced, "its task was displaced (S)"),
            (.silent, crashed), (.vanished, crashed), (.timedOut, "its task reached its time limit (S)"),
        ] as [(TaskFate, String?)])
    func `a crash while the cluster ends the task is what the cluster says, or else a crash`(
        fate: TaskFate, why: String?
    ) {
        var study = Study()
        _ = study.apply(.accepted(.of(.straight, trials: 1, parallel: 1, retries: 1)))
        #expect(study.apply(.ended(0, Self.crash)) == [])
        let decisions = study.apply(.lost(0, fate, "S"))
        if let why {
            #expect(decisions == [.run(1, 0, to: 4, .retry(0, why))])
        } else {
            #expect(decisions == [.conclude(0, .cancelled), .finish(.completed)])
        }
    }
}
