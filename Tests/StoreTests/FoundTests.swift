import Dispatching
import Foundation
import Testing
import Tuning

@testable import Store

/// What a study has found, for another study to begin with.
@Suite struct FoundTests {
    private static let plan = Plan(
        objective: Objective(metric: "loss", goal: .minimize),
        space: SearchSpace([Parameter(name: "x", domain: .float(min: 0, max: 1, scale: .linear))]),
        searcher: .random(seed: 1), scheduler: .none(maxResource: Resource(3)), trials: 2, parallel: 2)

    private static func report(
        _ assignment: Int, epoch: Int = 0, at resource: Int, _ metrics: [String: Double],
        nonFinite: [String: String] = [:]
    ) -> Event {
        .reported(
            Report(
                attempt: AttemptID(assignment: AssignmentID(assignment), epoch: epoch),
                resource: Resource(resource), metrics: metrics, nonFinite: nonFinite))
    }

    /// The store of a study with prior results and two trials, after some events.
    private func store(_ place: StorePlace, _ events: [Event]) throws -> Store {
        let store = try Store(path: place.path)
        var study = Study()
        let prior = Event.learned(
            PriorResults(
                source: "t.csv",
                trials: [
                    PriorTrial(
                        configuration: Configuration(["x": .float(0.5)]),
                        results: [PriorResult(resource: nil, metrics: ["loss": 1])])
                ]))
        try store.write { transaction in
            try transaction.createStudy(name: "s", spec: "{}", time: 0)
            try transaction.append(prior, study.apply(prior), time: 0)
            let begun = study.apply(.accepted(Self.plan))
            try transaction.append(.accepted(Self.plan), begun, time: 0)
            let lanes = begun.compactMap { decision -> PlannedArray.Lane? in
                guard case .evaluate(let work) = decision else { return nil }
                return PlannedArray.Lane(index: work.trial.number, assignment: work)
            }
            try transaction.record(
                .submit(PlannedArray(token: ArrayToken(bits: 7), name: "s.rung0", lanes: lanes)))
        }
        for (number, event) in events.enumerated() {
            _ = try store.write { transaction in
                try transaction.append(
                    event, study.apply(event), landed: study.landed, time: Double(number + 1))
            }
        }
        return store
    }

    @Test func `the newest report at a resource counts, of the newest start of a task`() throws {
        let place = try StorePlace()
        let store = try store(
            place,
            [
                Self.report(0, at: 2, ["loss": 5]), Self.report(0, at: 1, ["loss": 4, "size": 1]),
                Self.report(0, epoch: 1, at: 1, ["loss": 3]), Self.report(0, at: 1, ["loss": 9]),
                Self.report(1, at: 1, [:], nonFinite: ["loss": "nan"]),
            ])
        let found = try store.read { try $0.found(["loss"]) }
        #expect(
            found.trials.map(\.results) == [
                [
                    PriorResult(resource: Resource(1), metrics: ["loss": 3]),
                    PriorResult(resource: Resource(2), metrics: ["loss": 5]),
                ], [PriorResult(resource: Resource(1), metrics: [:], nonFinite: ["loss": "nan"])],
            ])
        #expect(found.lacking.isEmpty && found.reports == 4)
        // The metrics are known, though prior results stand before the plan.
        #expect(try store.read { try $0.criteria()?.objectives.map(\.metric) ?? [] } == ["loss"])
    }

    @Test func `reports that lack a metric are counted`() throws {
        let place = try StorePlace()
        let store = try store(
            place,
            [
                Self.report(0, at: 1, ["loss": 4, "size": 1]), Self.report(0, at: 2, ["loss": 4]),
                Self.report(0, at: 2, ["size": 2]),
            ])
        let found = try store.read { try $0.found(["size"]) }
        #expect(found.reports == 2 && found.lacking == ["size": 1])
        #expect(
            found.trials.map(\.results) == [
                [
                    PriorResult(resource: Resource(1), metrics: ["size": 1]),
                    PriorResult(resource: Resource(2), metrics: ["size": 2]),
                ], [],
            ])
    }
}
