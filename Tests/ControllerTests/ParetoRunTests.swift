import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// Studies with several metrics, from the controller to the tables.
@Suite struct ParetoRunTests {
    @Test func `the store tells whom no other dominates, with all metrics, and its log replays`()
        async throws
    {
        let fixture = try StudyFixture(trials: 60, parallel: 8)
        fixture.spec.plan.others = [Objective(metric: "size", goal: .maximize)]
        let plan = fixture.spec.plan
        let cluster = InstantCluster(fixture.directory) { entry in
            entry.trial == TrialID(5) ? .reports(.nan) : .finishes
        } others: { entry in
            // One trial lacks the metric; another has none that is a number.
            if entry.trial == TrialID(7) { return [:] }
            guard case .float(let rate)? = entry.configuration["lr"] else { return [:] }
            return ["size": entry.trial == TrialID(9) ? .nan : (8 * rate).rounded()]
        }
        #expect(try await fixture.run(cluster) == .completed)
        let replay = try fixture.read { try Replay($0) }
        #expect(replay.difference == nil)
        #expect(try fixture.read { try $0.criteria()?.metrics } == ["loss", "size"])
        let trials = try fixture.read { try $0.trials() }
        #expect(trials[5].state == "diverged")
        #expect(trials[7].state == "failed")
        #expect(trials[9].state == "diverged")
        #expect(trials[9].value == nil)

        let top = try fixture.read { try $0.ladder(.minimize) }.count - 1
        let results = try fixture.read { try $0.resultMetrics(rung: top) }.compactMapValues { $0[top] }
        #expect(!results.isEmpty)
        let set = try fixture.read { try $0.paretoSet(plan) }
        let expected = results.filter { _, own in
            !results.values.contains { other in
                let (loss, size) = (other["loss"] ?? .nan, other["size"] ?? .nan)
                let (ownLoss, ownSize) = (own["loss"] ?? .nan, own["size"] ?? .nan)
                return loss <= ownLoss && size >= ownSize && (loss < ownLoss || size > ownSize)
            }
        }
        #expect(Set(set.map(\.row.trial)) == Set(expected.keys))
        #expect(set.map { $0.metrics["loss"] ?? .nan } == set.compactMap(\.row.value).sorted())
        #expect(set.allSatisfy { $0.row.resource == Resource(9) })
        let last = try fixture.read { try $0.lastMetrics() }
        #expect(Set(last.keys) == Set(trials.filter { $0.value != nil }.map(\.trial)))
        for trial in trials where trial.value != nil {
            #expect(last[trial.trial]?["loss"] == trial.value)
            #expect(last[trial.trial]?["size"] != nil)
        }
        let bests = try fixture.read { try $0.bestMetrics(plan) }
        #expect(bests[top]?.first == results.values.compactMap { $0["loss"] }.min())
        #expect(bests[top]?.last == results.values.compactMap { $0["size"] }.max())
    }

    @Test(arguments: [1, 2])
    func `trials that break a bound rank behind in all tables, and the log replays`(
        objectives: Int
    ) async throws {
        let fixture = try StudyFixture(trials: 60, parallel: 8)
        if objectives == 2 { fixture.spec.plan.others = [Objective(metric: "size", goal: .maximize)] }
        fixture.spec.plan.bounds = [MetricBound(metric: "latency", .atMost, 20)]
        let plan = fixture.spec.plan
        let cluster = InstantCluster(fixture.directory) { _ in
            .finishes
        } others: { entry in
            guard case .float(let rate)? = entry.configuration["lr"] else { return [:] }
            // Most of the good ones are too slow.
            return ["size": (8 * rate).rounded(), "latency": rate < 0.5 ? 40 : 10]
        }
        #expect(try await fixture.run(cluster) == .completed)
        let replay = try fixture.read { try Replay($0) }
        #expect(replay.difference == nil)
        let trials = try fixture.read { try $0.trials() }
        for trial in trials {
            guard case .float(let rate)? = trial.configuration["lr"] else { continue }
            #expect(trial.violation == (rate < 0.5 ? 1 : 0), "\(trial.trial)")
        }
        let ladder = try fixture.read { try $0.ladder(.minimize) }
        let results = try fixture.read { try $0.results() }
        #expect(Set(results.map(\.breaksBounds)) == [false, true])
        let lowest = results.filter { $0.rung == 0 && !$0.breaksBounds }.compactMap(\.value).min()
        #expect(ladder[0].best == lowest)
        let best = try fixture.read { try $0.best(.minimize) }
        #expect(best?.violation == 0)
        #expect(try fixture.read { try $0.paretoSet(plan) }.allSatisfy { $0.row.violation == 0 })
        let order = trials.sorted { $0.isBetter(than: $1, .minimize) }
        let firstBroken = order.firstIndex { $0.breaksBounds } ?? 0
        #expect(order[firstBroken...].allSatisfy { $0.breaksBounds })
        let places = try fixture.read { reader in
            try results.filter { $0.rung == 0 }.map { result in
                (try reader.places(of: result.trial, .minimize)[0].place, result.breaksBounds)
            }
        }.sorted { $0.0 < $1.0 }
        #expect(places.map(\.0) == Array(1...60))
        #expect(places.map(\.1) == places.map(\.1).sorted { !$0 && $1 })
    }
}
