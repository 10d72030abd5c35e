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
        decisions.compactMap {
            if case .sample(_, let configuration, _) = $0 { configuration } else { nil }
        }
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
            if trial < 20 {
                taught.observe(TrialID(trial), rung: 0, loss: Loss(value: Self.loss(all[trial]) / 4))
            }
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

extension WishTests {
    // MARK: Another space

    static func space(_ most: Double, _ names: [String] = ["lr", "units"]) -> SearchSpace {
        SearchSpace([
            Parameter(name: names[0], domain: .float(min: 0, max: most, scale: .linear)),
            Parameter(name: names[1], domain: .int(min: 1, max: 64, scale: .linear)),
        ])
    }

    @Test(arguments: [0.5, 2])
    func `a model learns again from the results that the changed space contains`(most: Double) {
        let tpe = SearcherPlan.tpe(TPEPlan(seed: 3))
        let space = Self.space(most)
        let (decisions, study) = Self.decisions(Self.plan(tpe)) { step, _ in
            step == 20 ? Self.change { $0.space = space } : nil
        }
        let all = Self.configurations(decisions)
        var taught = tpe.searcher(over: space)
        for trial in 0...20 where space.places(all[trial]) {
            taught.adopt(all[trial], for: TrialID(trial))
            taught.observe(TrialID(trial), rung: 0, loss: Loss(value: Self.loss(all[trial]) / 4))
        }
        #expect(taught.propose(for: TrialID(21)) == all[21])
        #expect(all.dropFirst(21).allSatisfy(space.places) && study.plan?.space == space)
        #expect(study.placed(in: space).all == 32)
        #expect((study.placed(in: space).placed < 32) == (most < 1))
    }

    /// The space with one more parameter, which the trials so far had at a value.
    private static func widened(before: ParameterValue?) -> SearchSpace {
        var space = Self.space(1)
        space.parameters.append(
            Parameter(
                name: "decay", domain: .float(min: 0, max: 1, scale: .linear),
                conditions: [Condition(parent: "units", values: (1...32).map { .int($0) })], before: before)
        )
        return space
    }

    @Test func `a model places the trials so far at the value that a new parameter had for them`() {
        let tpe = SearcherPlan.tpe(TPEPlan(seed: 3))
        let space = Self.widened(before: .float(0))
        let (decisions, study) = Self.decisions(Self.plan(tpe)) { step, _ in
            step == 20 ? Self.change { $0.space = space } : nil
        }
        let all = Self.configurations(decisions)
        var taught = tpe.searcher(over: space)
        for trial in 0...20 {
            #expect(all[trial]["decay"] == nil)
            taught.adopt(space.completed(all[trial]), for: TrialID(trial))
            taught.observe(TrialID(trial), rung: 0, loss: Loss(value: Self.loss(all[trial]) / 4))
        }
        #expect(taught.propose(for: TrialID(21)) == all[21])
        #expect(all.dropFirst(21).allSatisfy(space.places))
        #expect(study.placed(in: space) == (32, 32))
    }

    @Test func `a model goes on without a parameter that is no more`() {
        let tpe = SearcherPlan.tpe(TPEPlan(seed: 3))
        var space = Self.space(1)
        space.parameters.removeLast()
        let (decisions, study) = Self.decisions(Self.plan(tpe)) { step, _ in
            step == 20 ? Self.change { $0.space = space } : nil
        }
        let all = Self.configurations(decisions)
        var taught = tpe.searcher(over: space)
        for trial in 0...20 {
            taught.adopt(
                Configuration(all[trial].values.filter { $0.key == "lr" }), for: TrialID(trial))
            taught.observe(TrialID(trial), rung: 0, loss: Loss(value: Self.loss(all[trial]) / 4))
        }
        #expect(taught.propose(for: TrialID(21)) == all[21])
        #expect(all.dropFirst(21).allSatisfy { $0.values.keys.sorted() == ["lr"] })
        #expect(study.placed(in: space) == (32, 32))
    }

    @Test func `what a new parameter was before stays, and a condition decides for whom it counts`() throws
    {
        var study = Self.study(Self.plan(.random(seed: 9)))
        var change = Change()
        func objection() -> String? { study.objection(to: Wish(id: "", .changed(change))) }
        change.space = Self.widened(before: nil)
        #expect(try #require(objection()).contains("'decay' is new"))
        change.space = Self.widened(before: .float(0))
        #expect(objection() == nil)
        _ = study.apply(Self.wish(.changed(change)))
        for value in [nil, ParameterValue.float(0.5)] {
            change.space = Self.widened(before: value)
            #expect(try #require(objection()).contains("keep 'before: 0"))
        }
        let space = Self.widened(before: .float(0))
        let (small, large) = (Configuration(["units": .int(8)]), Configuration(["units": .int(64)]))
        #expect(space.completed(small)["decay"] == .float(0) && space.completed(large) == large)
        #expect(space.adapted(Configuration(["gone": .int(1)])) == Configuration())
    }

    @Test func `a parameter is taken out of the points, too`() {
        var study = Self.study(
            Self.plan(.random(seed: 9), points: [Configuration(["lr": .float(0.5), "units": .int(3)])]))
        var change = Change()
        change.space = Self.space(1)
        change.space?.parameters.removeLast()
        change.points = [Configuration(["lr": .float(0.5)])]
        #expect(study.objection(to: Wish(id: "", .changed(change))) == nil)
        _ = study.apply(Self.wish(.changed(change)))
        #expect(study.plan?.points == change.points)
    }

    @Test func `other parameters, and a point outside the domains, are refused`() throws {
        var study = Self.study(Self.plan(.random(seed: 9)))
        func objection(_ space: SearchSpace) -> String? {
            var change = Change()
            change.space = space
            return study.objection(to: Wish(id: "", .changed(change)))
        }
        #expect(objection(Self.space(0.5)) == nil)
        let renamed = try #require(objection(Self.space(1, ["lr", "width"])))
        #expect(renamed.contains("'width' is new") && renamed.contains("'before'"), "\(renamed)")
        _ = study.apply(Self.wish(.added(Configuration(["lr": .float(0.75)]))))
        let outside = try #require(objection(Self.space(0.5)))
        #expect(outside.contains("lr=0.75"), "\(outside)")
    }
}
