import Chance
import Foundation
import Testing
import Tuning

/// Whole studies in a seeded world of crashes, restarts and late news, compared with independent accounts.
@Suite struct StudySimulationTests {
    @Test func `in any world a study keeps every rule to its end`() {
        for seed in Seeds.upTo(300) {
            let history = History(plan: .random(seed), world: seed, order: seed)
            #expect(history.violations == [], Seeds.replay(seed, in: Self.self))
        }
    }

    @Test func `the worlds reach every kind of conclusion and of end`() {
        guard Seeds.upTo(2).count == 2 else { return }
        var kinds: Set<String> = []
        for seed in Seeds.upTo(300) {
            for decision in History(plan: .random(seed), world: seed, order: seed).decisions {
                kinds.insert(Self.kind(decision))
            }
        }
        #expect(
            kinds == [
                "sample", "new", "promoted", "promoted in place", "unstopped", "unstopped in place",
                "stopped", "released", "retry", "continued", "relaunched",
                "child", "retained", "retained in place", "replaced",
                "discard", "completed", "paused",
                "diverged",
                "failed",
                "cancelled", "finish: completed", "finish: cancelled", "finish: refused",
                "finish: stopped",
                "finish: tooManyFailures",
            ])
    }

    @Test func `the same world and order give the same decisions, and so does the log as it is stored`()
        throws
    {
        for seed in Seeds.upTo(40) {
            let first = History(plan: .random(seed), world: seed, order: seed)
            let second = History(plan: .random(seed), world: seed, order: seed)
            #expect(first.log == second.log, Seeds.replay(seed, in: Self.self))
            var replayed = Study()
            for entry in first.log {
                let event = try StoredText.value(Event.self, from: StoredText.of(entry.event))
                let decisions = try replayed.apply(event).map { try StoredText.of($0) }
                let recorded = try entry.decisions.map { try StoredText.of($0) }
                #expect(decisions == recorded, Seeds.replay(seed, in: Self.self))
            }
        }
    }

    @Test func `whatever the order of arrival, a study keeps the rules`() {
        for seed in Seeds.upTo(30) {
            for order: UInt64 in 1...8 {
                let history = History(plan: .random(seed), world: seed, order: order)
                #expect(
                    history.violations == [], "order \(order), \(Seeds.replay(seed, in: Self.self))")
            }
        }
    }

    @Test func `without a scheduler no trial's fate depends on the order of arrival`() {
        for seed in Seeds.upTo(30) {
            var plan = Plan.random(seed)
            plan.scheduler = .none(maxResource: Resource(9))
            plan.stop = nil
            plan.maxFailures = 1_000
            let conclusions = (1...6).map { order in
                History(plan: plan, world: seed, order: order, isLeftAlone: true).conclusions
            }
            #expect(Set(conclusions).count == 1, Seeds.replay(seed, in: Self.self))
            #expect(conclusions.first?.count == plan.trials, Seeds.replay(seed, in: Self.self))
        }
    }

    @Test func `every slot is used where there are trials enough`() {
        for seed in Seeds.upTo(30) {
            var plan = Plan.random(seed)
            plan.trials = 12
            plan.stop = nil
            if case .asha(var asha) = plan.scheduler {
                asha.maxPending = nil
                plan.scheduler = .asha(asha)
            }
            if case .pbt(var pbt) = plan.scheduler {
                pbt.population = plan.trials
                plan.scheduler = .pbt(pbt)
            }
            for parallel in [1, 3, 12] {
                plan.parallel = parallel
                let history = History(plan: plan, world: seed, order: seed)
                #expect(history.mostInFlight == parallel, Seeds.replay(seed, in: Self.self))
            }
        }
    }

    private static func kind(_ decision: Decision) -> String {
        switch decision {
        case .sample(_, _, nil): "sample"
        case .sample: "child"
        case .evaluate(let work):
            switch work.reason {
            case .new: "new"
            case .promoted: work.inPlace == nil ? "promoted" : "promoted in place"
            case .unstopped: work.inPlace == nil ? "unstopped" : "unstopped in place"
            case .retained: work.inPlace == nil ? "retained" : "retained in place"
            case .advised: "advised"
            case .retry: "retry"
            case .continued: "continued"
            case .relaunched: "relaunched"
            case .finished: "finished"
            case .replicate: "replicate"
            }
        case .release: "released"
        case .discard: "discard"
        case .aggregate: "aggregate"
        case .conclude(_, .completed): "completed"
        case .conclude(_, .paused): "paused"
        case .conclude(_, .stopped): "stopped"
        case .conclude(_, .replaced): "replaced"
        case .conclude(_, .diverged): "diverged"
        case .conclude(_, .failed): "failed"
        case .conclude(_, .cancelled): "cancelled"
        case .finish(.completed): "finish: completed"
        case .finish(.cancelled): "finish: cancelled"
        case .finish(.stopped): "finish: stopped"
        case .finish(.tooManyFailures): "finish: tooManyFailures"
        case .finish(.refused): "finish: refused"
        }
    }
}

/// The events of one study in one world, from its start until it is over and the last message is in.
struct History {
    struct Entry: Hashable {
        var event: Event
        var decisions: [Decision]
    }

    private(set) var log: [Entry] = []
    private var ledger: Ledger

    var decisions: [Decision] { log.flatMap(\.decisions) }
    var violations: [String] { ledger.violations }
    var conclusions: [TrialID: Conclusion] { ledger.conclusions }
    var mostInFlight: Int { ledger.mostInFlight }

    /// More events than any study here needs.
    private static let mostEvents = 20_000

    /// - Parameters:
    ///   - world: decides what happens to each attempt.
    ///   - order: decides whose news arrives first.
    ///   - isLeftAlone: whether neither the user nor the cluster ends the study.
    init(plan: Plan, world: UInt64, order: UInt64, isLeftAlone: Bool = false) {
        var study = Study()
        var world = FakeWorld(seed: world, order: order, isLeftAlone: isLeftAlone)
        ledger = Ledger(plan)
        var next: Event? = .accepted(plan)
        while let event = next, log.count < Self.mostEvents {
            for event in [study.fact(shownBy: event), event].compactMap(\.self) {
                let decisions = study.apply(event)
                log.append(Entry(event: event, decisions: decisions))
                ledger.enter(event, decisions)
                ledger.compare(with: study)
                world.carryOut(decisions)
            }
            next = world.nextEvent()
        }
        ledger.close()
    }
}

extension Plan {
    /// A small plan of any kind.
    static func random(_ seed: UInt64) -> Plan {
        var dice = Dice(seed: seed ^ 0xA5A5)
        var plan = Plan.of(
            .random(&dice), trials: dice.roll(1...30), parallel: dice.roll(1...8),
            retries: dice.roll(0...2),
            failures: dice.pick([3, 8, 1_000]), space: RandomSearcherTests.space)
        if dice.oneIn(8) {
            plan.stop = StopPlan(
                target: dice.oneIn(2) ? 0.25 : nil, noImprovement: dice.roll(2...12),
                resource: dice.roll(9...99))
        }
        plan.searcher = dice.pick(SearcherUnderTest.allCases).plan(plan.space, seed: seed)
        return plan
    }
}
