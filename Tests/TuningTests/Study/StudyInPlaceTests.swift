import Testing
import Tuning

/// What happens to a trial whose command was told to continue in its process, or was about to be.
@Suite struct StudyInPlaceTests {
    /// Two trials; the second is promoted while it waits: assignment 2 is in place.
    private static let promoted: [(Event, [Decision])] = [
        (.report(0, at: 1, 2), []),
        (.ended(0), [.conclude(0, .paused(rung: 0))]),
        (.report(1, at: 1, 1), []),
        (.waited(.of(1)), [.conclude(1, .paused(rung: 0)), inPlace]),
    ]

    private static let inPlace = Decision.evaluate(
        Assignment(
            id: AssignmentID(2), trial: TrialID(1), rung: 1, from: Resource(1), to: Resource(2), start: nil,
            inPlace: .of(1), reason: .promoted(results: 2, kept: 1)))

    private static let plan = Plan.of(.halving, trials: 2, parallel: 2, retries: 0)

    /// The promotion begins again, in a new process.
    private static func again(_ why: String, from start: CheckpointID? = nil) -> [Decision] {
        [.run(3, 1, rung: 1, to: 2, from: start, .relaunched(2, why))]
    }

    static let paused = "the command ended with code 0 where it was told to go on"

    /// How a process that was told to continue may end before its next report, and why that is no failure.
    static let ends: [(Event, String)] = [
        (.ended(2, .paused), paused),
        (.ended(2, .exited(code: 3)), "the command exited with code 3"),
        (.ended(2, .signalled(number: 9)), "signal 9 killed the command"),
        (.ended(2, .badReport(reason: "it is late")), "the command's reports cannot be used: it is late"),
        (.ended(2, .noReport), "the command exited with code 0 and reported nothing"),
        (.lost(2, .silent), "its task ended without a word (STATE)"),
        (.lost(2, .vanished), "the cluster no longer knows its task"),
        (.lost(2, .displaced), "its task was displaced (STATE)"),
        (.lost(2, .outOfMemory), "its task ran out of memory (STATE)"),
        (.lost(2, .timedOut), "its task reached its time limit (STATE)"),
    ]

    @Test(arguments: ends)
    func `a process that was told to go on, and ends there, fails no trial and uses up no try`(
        _ end: Event, _ why: String
    ) {
        StudyScript(
            "", Self.plan,
            Self.promoted + [(.ended(1, .wentOn), []), (.started(2), []), (end, Self.again(why))]
        ).play()
    }

    @Test(arguments: [Ending.finished, .exited(code: 1), .signalled(number: 15), .left])
    func `a process that ends before it is told to go on fails no trial`(_ ending: Ending) {
        let why = "its command had ended before it was told to go on"
        StudyScript("", Self.plan, Self.promoted + [(.ended(1, ending), Self.again(why))]).play()
    }

    @Test func `a promotion that starts in a process of its own begins at what the first one saved`() {
        StudyScript(
            "", Self.plan,
            Self.promoted + [
                (.ended(1, .wentOn), []), (.saved(2, at: 1), []),
                (.ended(2, .paused), Self.again(Self.paused, from: .of(2, at: 1))),
                (.report(3, at: 2, 1), []),
                (.ended(3), [.conclude(1, .paused(rung: 1)), .finish(.completed)]),
            ]
        ).play()
    }

    static let ladder = Plan.of(
        .asha(ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3)), trials: 3,
        parallel: 3, retries: 1)

    /// Three trials; the last is promoted to resource 3 while it waits, as assignment 3.
    private static let climbing: [(Event, [Decision])] = [
        (.report(0, at: 1, 2), []), (.ended(0), [.conclude(0, .paused(rung: 0))]),
        (.report(1, at: 1, 2), []), (.ended(1), [.conclude(1, .paused(rung: 0))]),
        (.report(2, at: 1, 1), []),
        (
            .waited(.of(2)),
            [
                .conclude(2, .paused(rung: 0)),
                .evaluate(
                    Assignment(
                        id: AssignmentID(3), trial: TrialID(2), rung: 1, from: Resource(1), to: Resource(3),
                        start: nil, inPlace: .of(2), reason: .promoted(results: 3, kept: 1))),
            ]
        ),
        (.ended(2, .wentOn), []),
    ]

    @Test func `a clean end between two targets is no failure either, and shows nothing`() {
        StudyScript(
            "", Self.ladder,
            Self.climbing + [
                (.report(3, at: 2, 1), []),
                (.ended(3, .paused), [.run(4, 2, rung: 1, to: 3, .relaunched(3, Self.paused))]),
                // In a new process, the same event has its usual meaning.
                (
                    .ended(4, .paused),
                    [.conclude(2, .failed(reason: Self.paused)), .finish(.completed)]
                ),
            ]
        ).play()
        #expect(
            Self.study(after: Self.climbing.map(\.0) + [.report(3, at: 2, 1), .ended(3, .paused)])
                .commandWaits)
    }

    @Test func `a crash between two targets uses up a try, as it does in a process of its own`() {
        let why = "the command exited with code 1"
        StudyScript(
            "", Self.ladder,
            Self.climbing + [
                (.report(3, at: 2, 1), []),
                (.ended(3, .exited(code: 1)), [.run(4, 2, rung: 1, to: 3, .retry(3, why))]),
                (
                    .ended(4, .exited(code: 1)),
                    [.conclude(2, .failed(reason: "\(why) (after 2 tries)")), .finish(.completed)]
                ),
            ]
        ).play()
    }

    @Test func `what the user cancels is not begun again`() {
        StudyScript(
            "", Self.plan,
            Self.promoted + [(.lost(2, .cancelled), [.conclude(1, .cancelled), .finish(.completed)])]
        ).play()
    }

    @Test(arguments: [Ending.finished, .exited(code: 1), .signalled(number: 9), .left])
    func `a command that was told to save and leave may end as it likes`(_ ending: Ending) {
        StudyScript(
            "", Self.plan,
            [
                (.report(0, at: 1, 1), []),
                (.waited(.of(0)), [.conclude(0, .paused(rung: 0)), .release(.of(0), save: true)]),
                (.report(1, at: 1, 2), []),
                (.ended(1), [.conclude(1, .paused(rung: 0))]),
                (.ended(0, ending), [.run(2, 0, rung: 1, to: 2, .promoted(results: 2, kept: 1))]),
            ]
        ).play()
    }

    private static func study(after events: [Event]) -> Study {
        var study = Study()
        for event in [.accepted(ladder)] + events {
            if let fact = study.fact(shownBy: event) { _ = study.apply(fact) }
            _ = study.apply(event)
        }
        return study
    }

    @Test func `a clean end where a command was told to go on is a fact, and then nobody is waited for`() {
        StudyScript(
            "", Plan.of(.halving, trials: 3, parallel: 3, retries: 0),
            [
                (.report(0, at: 1, 3), []), (.ended(0), [.conclude(0, .paused(rung: 0))]),
                (.report(1, at: 1, 2), []),
                (.waited(.of(1)), [.conclude(1, .paused(rung: 0)), Self.ahead]),
                (.ended(1, .wentOn), []),
                (.ended(3, .paused), [.run(4, 1, rung: 1, to: 2, .relaunched(3, Self.paused))]),
                // It is the best, and would have continued in place.
                (.report(4, at: 2, 2), []),
                (.waited(.of(4)), [.conclude(1, .paused(rung: 1)), .release(.of(4), save: true)]),
                (.ended(4), []),
                (.report(2, at: 1, 1), []),
                (.waited(.of(2)), [.conclude(2, .paused(rung: 0)), .release(.of(2), save: true)]),
                (.ended(2), [.run(5, 2, rung: 1, to: 2, .promoted(results: 3, kept: 1))]),
            ]
        ).play()
    }

    private static let ahead = Decision.evaluate(
        Assignment(
            id: AssignmentID(3), trial: TrialID(1), rung: 1, from: Resource(1), to: Resource(2), start: nil,
            inPlace: .of(1), reason: .promoted(results: 2, kept: 1)))

    /// Events that do not prove that a command does not wait.
    static let noProof: [[Event]] = [
        [.ended(3, .exited(code: 1))], [.ended(3, .signalled(number: 9))], [.ended(3)], [.ended(3, .left)],
        [.report(3, at: 2, 1), .ended(3, .paused)], [.report(3, at: 3, 1), .ended(3)],
        [.lost(3, .silent)], [.started(3, epoch: 1), .ended(3, .paused)],
        [.ended(0, .paused)], [.ended(7, .paused)],
    ]

    @Test(arguments: noProof)
    func `nothing else shows that a command does not wait`(_ events: [Event]) {
        #expect(Self.study(after: Self.climbing.map(\.0) + events).commandWaits)
    }

    @Test func `one clean end is proof, and is told once`() {
        var study = Self.study(after: Self.climbing.map(\.0))
        #expect(study.fact(shownBy: .ended(3, .paused)) == .doesNotWait(.of(3)))
        _ = study.apply(.doesNotWait(.of(3)))
        #expect(!study.commandWaits)
        #expect(study.fact(shownBy: .ended(3, .paused)) == nil)
    }
}
