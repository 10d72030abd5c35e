import Testing
import Tuning

/// Trials that are trained several times, and compared by what the replicates have in common.
@Suite struct ReplicateTests {
    private static func plan(
        _ scheduler: SchedulerPlan, trials: Int = 1, count: Int = 3, from rung: Int = 0,
        _ aggregate: ReplicatePlan.Aggregate = .mean, retries: Int = 0, keep: Int? = nil
    ) -> Plan {
        var plan = Plan.of(scheduler, trials: trials, parallel: 1, retries: retries, keep: keep)
        plan.replicates = ReplicatePlan(count: count, fromRung: rung, aggregate: aggregate)
        return plan
    }

    private static func study(_ plan: Plan) -> Study {
        var study = Study()
        _ = study.apply(.accepted(plan))
        return study
    }

    /// The decision to run a replicate.
    private static func run(
        _ assignment: Int, _ trial: Int = 0, rung: Int = 0, to: Int, from start: CheckpointID? = nil,
        _ replicate: Int, _ reason: Assignment.Reason
    ) -> Decision {
        .evaluate(
            Assignment(
                id: AssignmentID(assignment), trial: TrialID(trial), rung: rung,
                from: start?.resource ?? .none, to: Resource(to), start: start, reason: reason,
                replicate: replicate))
    }

    private static func next(_ old: Int) -> Assignment.Reason { .replicate(of: AssignmentID(old)) }

    private static func aggregate(_ value: Double?, _ trial: Int = 0) -> Decision {
        .aggregate(trial: TrialID(trial), value: value, violation: nil)
    }

    /// Plays events, and says all that followed from them.
    private static func play(_ events: [Event], in study: inout Study) -> [Decision] {
        events.flatMap { study.apply($0) }
    }

    /// Runs a study with one place to its end.
    ///
    /// - Parameter loss: the result of an assignment; `nil`: it fails.
    private static func whole(
        _ plan: Plan, _ loss: (Assignment) -> Double?
    ) -> (works: [Assignment], decisions: [Decision]) {
        var study = Study()
        var decisions = study.apply(.accepted(plan))
        var works: [Assignment] = []
        while true {
            let all = decisions.compactMap { decision -> Assignment? in
                if case .evaluate(let work) = decision { work } else { nil }
            }
            guard all.count > works.count else { return (works, decisions) }
            works = all
            for work in all.suffix(1) {
                let (id, to) = (work.id.number, work.to.units)
                guard let loss = loss(work) else {
                    decisions += study.apply(.ended(id, .exited(code: 1)))
                    continue
                }
                decisions += play([.report(id, at: to, loss), .saved(id, at: to), .ended(id)], in: &study)
            }
        }
    }

    @Test func `replicates follow each other, and their mean is the result`() {
        var study = Study()
        let first = study.apply(.accepted(Self.plan(.straight)))
        #expect(first == [.sample(0), Self.run(0, to: 4, 0, .new)])
        #expect(
            Self.play([.report(0, at: 4, 0.25), .ended(0)], in: &study) == [
                Self.run(1, to: 4, 1, Self.next(0))
            ])
        #expect(
            Self.play([.report(1, at: 4, 0.5), .ended(1)], in: &study) == [
                Self.run(2, to: 4, 2, Self.next(1))
            ])
        #expect(
            Self.play([.report(2, at: 4, 0.75), .ended(2)], in: &study) == [
                Self.aggregate(0.5), .conclude(0, .completed), .finish(.completed),
            ])
    }

    @Test func `each replicate goes on from its own checkpoint in the next rung`() {
        // The loss of a trial is its number, and that of its second replicate a little more.
        let (works, decisions) = Self.whole(Self.plan(.halving, trials: 4, count: 2, from: 1)) { work in
            Double(work.trial.number) + Double(work.replicate ?? 0) / 2
        }
        #expect(works.allSatisfy { ($0.replicate != nil) == ($0.rung >= 1) })
        let top = works.filter { $0.rung == 2 }
        #expect(top.map(\.trial) == [TrialID(0), TrialID(0)] && top.map(\.replicate) == [0, 1])
        for work in top {
            let before = works.first {
                $0.rung == 1 && $0.trial == TrialID(0) && $0.replicate == work.replicate
            }
            #expect(work.start?.attempt.assignment == before?.id && work.from == Resource(2))
        }
        let begun = works.filter { $0.rung == 1 && $0.replicate == 1 }
        #expect(begun.count == 2 && begun.allSatisfy { $0.start == nil && $0.from == .none })
        #expect(decisions.contains(Self.aggregate(1.25, 1)) && decisions.last == .finish(.completed))
    }

    @Test func `a command that waits leaves, and the next replicate begins when it has left`() {
        var study = Self.study(Self.plan(.straight, count: 2))
        #expect(
            Self.play([.report(0, at: 4, 1), .waited(.of(0))], in: &study) == [.release(.of(0), save: true)]
        )
        #expect(
            Self.play([.saved(0, at: 4), .ended(0)], in: &study) == [Self.run(1, to: 4, 1, Self.next(0))])
        let last = Self.play([.report(1, at: 4, 2), .waited(.of(1))], in: &study)
        #expect(
            last == [Self.aggregate(1.5), .conclude(0, .completed), .release(.of(1), save: true)])
        #expect(Self.play([.ended(1)], in: &study) == [.finish(.completed)])
    }

    @Test(arguments: [ReplicatePlan.Aggregate.mean, .median])
    func `a replicate that fails is left out while half are left`(rule: ReplicatePlan.Aggregate) {
        var study = Self.study(Self.plan(.straight, count: 2, rule))
        #expect(
            Self.play([.ended(0, .exited(code: 1))], in: &study) == [Self.run(1, to: 4, 1, Self.next(0))])
        #expect(
            Self.play([.report(1, at: 4, 2), .ended(1)], in: &study) == [
                Self.aggregate(2), .conclude(0, .completed), .finish(.completed),
            ])
    }

    @Test func `the last that fails leaves the others' result`() {
        var study = Self.study(Self.plan(.straight, count: 2))
        let decisions = Self.play(
            [.report(0, at: 4, 2), .saved(0, at: 4), .ended(0), .ended(1, .exited(code: 1))], in: &study)
        #expect(
            decisions == [
                Self.run(1, to: 4, 1, Self.next(0)), Self.aggregate(2), .conclude(0, .completed),
                .finish(.completed),
            ])
    }

    @Test func `a trial fails if more than half of its replicates do, or one where the worst counts`() {
        for (rule, failing) in [(ReplicatePlan.Aggregate.worst, 1), (.mean, 2)] {
            var study = Self.study(Self.plan(.straight, count: 3, rule))
            let decisions = (0..<failing).flatMap {
                study.apply(.ended($0, .exited(code: 1)))
            }
            #expect(
                decisions.contains { if case .conclude(_, .failed) = $0 { true } else { false } }, "\(rule)"
            )
            #expect(decisions.last == .finish(.completed))
        }
    }

    @Test func `a failed replicate does not come back in the rung above`() {
        let (works, _) = Self.whole(Self.plan(.halving, trials: 2, count: 2)) { work in
            work.trial == TrialID(0) && work.rung == 0 && work.replicate == 1
                ? nil : Double(work.trial.number)
        }
        let above = works.filter { $0.trial == TrialID(0) && $0.rung == 1 }
        #expect(above.map(\.replicate) == [0])
    }

    @Test func `all checkpoints of a trial that is not kept are discarded`() {
        var study = Self.study(Self.plan(.straight, trials: 2, count: 2, keep: 1))
        var decisions: [Decision] = []
        for work in 0..<4 {
            decisions += Self.play(
                [.report(work, at: 4, Double(work)), .saved(work, at: 4), .ended(work)], in: &study)
        }
        #expect(decisions.contains(.discard(.of(2, at: 4))) && decisions.contains(.discard(.of(3, at: 4))))
        #expect(
            !decisions.contains(.discard(.of(0, at: 4))) && !decisions.contains(.discard(.of(1, at: 4))))
    }

    @Test func `a study that is opened again goes on with the replicate that was cut short`() {
        var study = Self.study(Self.plan(.straight, count: 2))
        _ = Self.play([.report(0, at: 4, 1), .saved(0, at: 4), .ended(0), .saved(1, at: 2)], in: &study)
        _ = study.apply(.cancelled)
        let again = study.apply(.wished(Wish(id: "", .reopened)))
        guard case .evaluate(let work) = again.first else { return #expect(Bool(false), "\(again)") }
        #expect(work.replicate == 1 && work.start == .of(1, at: 2))
    }

    @Test func `a limit on the resource counts all replicates`() {
        var plan = Self.plan(.straight, trials: 5, count: 2)
        plan.stop = StopPlan(resource: 16)
        var study = Self.study(plan)
        for work in 0..<3 {
            _ = Self.play([.report(work, at: 4, 1), .ended(work)], in: &study)
            #expect(study.phase == .running)
        }
        _ = Self.play([.report(3, at: 4, 1), .ended(3)], in: &study)
        #expect(study.phase == .over(.stopped(.resource(spent: 16))))
    }

    private static let sums: [(ReplicatePlan.Aggregate, [Double], Double?)] = [
        (.mean, [1, 2, 6], 3), (.median, [1, 6, 2], 2), (.median, [1, 2, 4, 9], 3), (.worst, [1, 9, 4], 9),
        (.median, [1, 2, .infinity], 2), (.mean, [1, .infinity], nil), (.worst, [1, .nan], nil),
    ]

    @Test(arguments: sums)
    func `results become one`(rule: ReplicatePlan.Aggregate, losses: [Double], result: Double?) {
        var study = Self.study(Self.plan(.straight, count: losses.count, rule))
        let decisions = losses.enumerated().flatMap { work, loss in
            Self.play([.report(work, at: 4, loss), .ended(work)], in: &study)
        }
        #expect(decisions.contains(Self.aggregate(result)), "\(decisions)")
    }
}
