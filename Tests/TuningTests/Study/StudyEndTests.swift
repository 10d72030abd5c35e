import Testing
import Tuning

/// When a study ends, and that nothing happens before its start or after its end.
@Suite struct StudyEndTests {
    /// One of each event, for existing and missing assignments.
    static let everything: [Event] =
        [
            .accepted(.of(.halving, trials: 9, parallel: 9)),
            .submitted(ArraySubmitted(token: "a1", job: 4_821)),
            .refused(reason: "no such partition"), .cancelled,
        ]
        + [0, 1, 99].flatMap { id -> [Event] in
            [
                .started(id), .started(id, epoch: 1), .report(id, at: 4, 1), .report(id, at: 4, .nan),
                .saved(id, at: 2), .ended(id), .ended(id, .exited(code: 1)),
            ] + TaskFate.allCases.map { .lost(id, $0) }
        }

    @Test func `before the plan is accepted nothing is decided`() {
        var study = Study()
        for event in Self.everything {
            if case .accepted = event { continue }
            #expect(study.apply(event) == [])
            #expect(study.phase == .unplanned)
            #expect(study.plan == nil)
        }
    }

    /// Events that end a study of two trials, with the decisions.
    static let endings: [(String, [Event], [Decision])] = [
        ("cancelled", [.cancelled], [.finish(.cancelled)]),
        ("refused", [.refused(reason: "no account")], [.finish(.refused(reason: "no account"))]),
        (
            "completed", [.lost(0, .cancelled), .lost(1, .cancelled)],
            [.conclude(0, .cancelled), .conclude(1, .cancelled), .finish(.completed)]
        ),
        (
            "too many failures", [.ended(0, .noReport), .ended(1, .noReport)],
            [
                .conclude(0, .failed(reason: "the command exited with code 0 and reported nothing")),
                .conclude(1, .failed(reason: "the command exited with code 0 and reported nothing")),
                .finish(
                    .tooManyFailures(
                        count: 2, last: "the command exited with code 0 and reported nothing")),
            ]
        ),
    ]

    @Test(arguments: endings)
    func `after the end nothing changes`(name: String, events: [Event], decisions: [Decision]) {
        let plan = Plan.of(.straight, trials: 2, parallel: 2, failures: 2)
        var study = Study()
        _ = study.apply(.accepted(plan))
        #expect(events.flatMap { study.apply($0) } == decisions)
        let end = study.phase
        guard case .over = end else {
            Issue.record("\(name): the study is not over, but \(end)")
            return
        }
        for event in Self.everything {
            #expect(study.apply(event) == [], "\(name), then \(event)")
            #expect(study.phase == end)
            #expect(study.inFlight == [])
            #expect(study.trialCount == 2)
            #expect(study.plan == plan)
        }
    }

    @Test func `events of unknown assignments, a second plan and a submit change nothing`() {
        let plan = Plan.of(.straight, trials: 2, parallel: 1)
        var study = Study()
        _ = study.apply(.accepted(plan))
        let strange: [Event] =
            [
                .accepted(.of(.halving, trials: 9, parallel: 9)),
                .submitted(ArraySubmitted(token: "a", job: 1)),
            ]
            + [-1, 1, 99, .max, .min].flatMap { id -> [Event] in
                [
                    .started(id, epoch: 5), .report(id, at: 4, 1), .saved(id, at: 2), .ended(id),
                    .lost(id, .cancelled), .lost(id, .displaced),
                ]
            }
        for event in strange {
            #expect(study.apply(event) == [], "\(event)")
            #expect(study.inFlight == [AssignmentID(0)])
            #expect(study.plan == plan)
        }
        #expect(study.apply(.report(0, at: 4, 1)) == [])
        #expect(study.apply(.ended(0)) == [.conclude(0, .completed), .sample(1), .run(1, 1, to: 4)])
    }

    /// The fate of a trial, in the order of the row.
    enum Fate: Sendable { case fails, succeeds, diverges, isCancelled, isRetriedAndSucceeds }

    @Test(
        arguments: [
            ([.fails, .fails, .fails], 3),
            ([.fails, .fails, .succeeds, .fails, .fails, .succeeds], nil),
            ([.fails, .fails, .succeeds, .fails, .fails, .fails, .succeeds], 6),
            // A result that is not finite is a result: the command works.
            ([.fails, .fails, .diverges, .fails, .fails], nil),
            // A cancellation by the user is neither a failure nor a success.
            ([.fails, .isCancelled, .fails, .isCancelled, .fails], 5),
            ([.isCancelled, .isCancelled, .isCancelled, .isCancelled], nil),
            // Only a failed trial counts, not each of its tries.
            ([.fails, .fails, .isRetriedAndSucceeds, .fails, .fails], nil),
        ] as [([Fate], Int?)])
    func `three failures in a row end a study, and a success forgets them`(fates: [Fate], ended: Int?) {
        var study = Study()
        let plan = Plan.of(.straight, trials: fates.count, parallel: 1, retries: 1, failures: 3)
        _ = study.apply(.accepted(plan))
        var end: Int?
        for (number, fate) in fates.enumerated() where end == nil {
            let id = study.inFlight[0].number
            for event in Self.events(of: fate, id) { _ = study.apply(event) }
            if case .over(.tooManyFailures(let count, let last)) = study.phase {
                end = number + 1
                #expect(count == 3)
                #expect(last == "the command exited with code 0 and reported nothing")
            }
        }
        #expect(end == ended)
        if ended == nil { #expect(study.phase == .over(.completed)) }
    }

    private static func events(of fate: Fate, _ id: Int) -> [Event] {
        switch fate {
        case .fails: [.ended(id, .noReport)]
        case .succeeds: [.report(id, at: 4, 1), .ended(id)]
        case .diverges: [.report(id, at: 4, .nan), .ended(id)]
        case .isCancelled: [.lost(id, .cancelled)]
        case .isRetriedAndSucceeds:
            [.ended(id, .exited(code: 1)), .report(id + 1, at: 4, 1), .ended(id + 1)]
        }
    }
}
