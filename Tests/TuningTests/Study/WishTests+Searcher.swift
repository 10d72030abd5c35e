import Testing
import Tuning

extension WishTests {
    // MARK: Another searcher

    static func plan(_ searcher: SearcherPlan, trials: Int = 32, points: [Configuration] = []) -> Plan {
        var plan = Plan.of(.straight, trials: trials, parallel: 1, space: Self.space)
        plan.searcher = searcher
        plan.points = points
        return plan
    }

    /// The configurations in the order of their trials.
    static func configurations(_ decisions: [Decision]) -> [Configuration] {
        decisions.compactMap { if case .sample(_, let configuration, _) = $0 { configuration } else { nil } }
    }

    @Test(arguments: searchers)
    func `another searcher proposes as if it had been told everything from the start`(other: SearcherPlan) {
        let all = Self.configurations(
            Self.decisions(Self.plan(.random(seed: 9))) { step, _ in
                step == 20 ? Self.change { $0.searcher = other } : nil
            }.decisions)
        var taught = other.searcher(over: Self.space)
        for trial in 0...20 {
            taught.adopt(all[trial], for: TrialID(trial))
            if trial < 20 { taught.observe(TrialID(trial), rung: 0, loss: Loss(value: Self.loss(all[trial]) / 4)) }
        }
        taught.observe(TrialID(20), rung: 0, loss: Loss(value: Self.loss(all[20]) / 4))
        #expect(taught.propose(for: TrialID(21)) == all[21])
        #expect(all.count == 32)
    }

    @Test func `a searcher that finds no more gives way to another, also after the end`() {
        let plan = Self.plan(.grid(GridPlan(resolution: 2)), trials: 8)
        var (decisions, study) = Self.decisions(plan)
        #expect(Self.configurations(decisions).count == 4 && study.phase == .over(.completed))
        _ = study.apply(Self.change { $0.searcher = .random(seed: 5) })
        #expect(study.wouldGoOn && study.plan?.searcher == .random(seed: 5))
        let next = study.apply(Self.wish(.reopened))
        var random = SearcherPlan.random(seed: 5).searcher(over: Self.space)
        #expect(Self.configurations(next) == [random.propose(for: TrialID(4))])
    }

    @Test func `no program takes the place of a searcher, and none that of a program`() throws {
        let program = SearcherPlan.external(ExternalPlan(command: ["search"], seed: 1))
        for (before, after) in [(program, SearcherPlan.random(seed: 1)), (.random(seed: 1), program)] {
            let study = Self.study(Self.plan(before))
            var change = Change()
            change.searcher = after
            let words = try #require(study.objection(to: Wish(id: "", .changed(change))))
            #expect(words.hasPrefix("searcher: a program of its own"), "\(words)")
        }
    }

    // MARK: Further points

    static let points = [0.25, 0.5, 0.75].map { Configuration(["lr": .float($0), "units": .int(7)]) }

    @Test func `further points are the next trials, after those of before and what was added`() {
        var plan = Self.plan(.random(seed: 9), trials: 8, points: Array(Self.points.prefix(2)))
        let own = Configuration(["lr": .float(0.125), "units": .int(1)])
        let all = Self.configurations(
            Self.decisions(plan) { step, _ in
                switch step {
                case 0: Self.wish(.added(own))
                case 1: Self.change { $0.points = Self.points }
                default: nil
                }
            }.decisions)
        // Points before, the user's own, and the further point; the searcher has the others.
        #expect(Array(all.prefix(4)) == Array(Self.points.prefix(2)) + [own, Self.points[2]])
        #expect(all.count == 9)
        plan.searcher = .tpe(TPEPlan(seed: 1))
        let changed = Self.decisions(plan) { step, _ in
            step == 0 ? Self.change { $0.searcher = .sobol(SobolPlan(seed: 3)) } : nil
        }
        #expect(Array(Self.configurations(changed.decisions).prefix(2)) == Array(Self.points.prefix(2)))
    }

    @Test func `points are neither taken back nor more than the trials`() throws {
        let study = Self.study(Self.plan(.random(seed: 9), trials: 2, points: [Self.points[0]]))
        for (points, words) in [([Self.points[1]], "they come in order"), (Self.points, "say trials: 3")] {
            var change = Change()
            change.points = points
            let objection = try #require(study.objection(to: Wish(id: "", .changed(change))))
            #expect(objection.contains(words), "\(objection)")
            change.trials = 9
            #expect((study.objection(to: Wish(id: "", .changed(change))) == nil) == (points.count == 3))
        }
    }
}
