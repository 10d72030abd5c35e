import Testing
import Tuning

extension WishTests {
    // MARK: Checkpoints that are removed

    static func cleaned(_ keep: Int) -> Event { wish(.cleaned(keep: keep)) }

    /// Two trials of a complete study with a checkpoint each; trial 0 came further.
    private static var complete: Study {
        study(
            .of(.halving, trials: 2, parallel: 2),
            [
                .saved(0, at: 1), .saved(1, at: 1), .report(0, at: 1, 1), .report(1, at: 1, 2), .ended(0),
                .ended(1), .saved(2, at: 2), .report(2, at: 2, 1), .ended(2),
            ])
    }

    @Test func `of a complete study the best keep their checkpoints`() {
        var study = Self.complete
        #expect(study.isOver)
        #expect(study.apply(Self.cleaned(2)) == [])
        #expect(study.apply(Self.cleaned(1)) == [.discard(.of(1, at: 1))])
        #expect(study.apply(Self.cleaned(1)) == [])
        #expect(study.apply(Self.cleaned(0)) == [.discard(.of(2, at: 2))])
        #expect(study.isOver && !study.isAsked && !study.wouldGoOn)
    }

    @Test func `a trial that is promoted without its checkpoint is trained from the start`() {
        var study = Self.complete
        _ = study.apply(Self.cleaned(1))
        _ = study.apply(Self.change { $0.trials = 6 })
        _ = study.apply(Self.wish(.reopened))
        #expect(study.inFlight == [AssignmentID(3), AssignmentID(4)])
        for assignment in [3, 4] {
            _ = study.apply(.report(assignment, at: 1, 9))
            let decisions = study.apply(.ended(assignment))
            guard assignment == 4 else { continue }
            // Of four, the best two go on; trial 0 has gone already.
            #expect(
                decisions.last == .run(6, 1, rung: 1, to: 2, from: nil, .promoted(results: 4, kept: 2)))
        }
    }

    @Test func `what a study that was extended may still promote keeps its checkpoint`() {
        var study = Self.complete
        _ = study.apply(Self.change { $0.trials = 6 })
        #expect(study.apply(Self.cleaned(0)) == [])
    }

    @Test func `a study that runs keeps what its trials may start from`() {
        var study = Self.study(
            .of(.halving, trials: 8, parallel: 2),
            [.saved(0, at: 1), .saved(1, at: 1), .report(0, at: 1, 1), .ended(0)])
        #expect(study.apply(Self.cleaned(0)) == [])
        var straight = Self.study(
            .of(.straight, trials: 3, parallel: 1),
            [.saved(0, at: 4), .report(0, at: 4, 1), .ended(0), .saved(1, at: 2)])
        #expect(straight.apply(Self.cleaned(1)) == [])
        #expect(straight.apply(Self.cleaned(0)) == [.discard(.of(0, at: 4))])
        #expect(straight.phase == .running)
    }

    @Test func `what was in flight at the end goes on from its checkpoint`() {
        var study = Self.study(
            .of(.straight, trials: 1, parallel: 1), [.saved(0, at: 2), .cancelled])
        #expect(study.apply(Self.cleaned(0)) == [])
        #expect(
            study.apply(Self.wish(.reopened)) == [
                .run(
                    1, 0, to: 4, from: .of(0, at: 2),
                    .continued(0, "the study had ended, and goes on"))
            ])
    }

    @Test func `new trials start where room was made for them`() {
        var study = Self.study(
            .of(.straight, trials: 4, parallel: 2, quota: 10),
            [.saved(0, at: 4, bytes: 6), .report(0, at: 4, 1), .saved(1, at: 2, bytes: 6), .ended(0)])
        // The best of those that are complete keeps its checkpoint, whatever the quota.
        #expect(study.shortage?.bytes == 12 && study.trialCount == 2)
        #expect(
            study.apply(Self.cleaned(0)) == [.discard(.of(0, at: 4)), .sample(2), .run(2, 2, to: 4)])
    }

    @Test func `a negative number of trials cannot keep theirs`() throws {
        let words = try #require(Self.complete.objection(to: Wish(id: "", .cleaned(keep: -1))))
        #expect(words.contains("0 or more"), "\(words)")
    }
}
