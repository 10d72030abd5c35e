import Clusters
import Dispatching
import GRDB
import Spool
import Store
import StudyFile
import Synchronization
import Testing
import Tuning

@testable import Controller

/// Studies whose tasks do not all ask for the same.
@Suite struct RequestTests {
    private func study(mode: Execution.Mode = .rung) throws -> StudyFixture {
        let fixture = try StudyFixture(trials: 30, parallel: 6)
        fixture.spec.execution.mode = mode
        fixture.spec.batch.choices.values["partition"] = .rungs(
            0...0, then: .text("preempt"), else: .text("main"))
        return fixture
    }

    @Test func `each array asks for what its rung says, and placements replay`() async throws {
        let fixture = try study()
        let cluster = InstantCluster(fixture.directory)
        #expect(try await fixture.run(cluster) == .completed)
        let asked = cluster.arrays.map { array in
            (array.name.split(separator: ".")[1], array.options.partition)
        }
        #expect(Set(asked.map(\.0)) == ["rung0", "rung1", "rung2"])
        for (rung, partition) in asked { #expect(partition == (rung == "rung0" ? "preempt" : "main")) }
        let replay = try fixture.read { try Replay($0) }
        #expect(replay.difference == nil && replay.coversPlacements)
    }

    @Test func `trials that ask for different things share no array`() async throws {
        let fixture = try StudyFixture(trials: 40, parallel: 40, scheduler: .none(maxResource: Resource(1)))
        fixture.spec.plan.space = SearchSpace([
            Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear)),
            Parameter(name: "n", domain: .choice([.int(1), .int(2), .int(4)])),
        ])
        fixture.spec.batch.choices.values["nodes"] = .text("{n}")
        let cluster = InstantCluster(fixture.directory)
        #expect(try await fixture.run(cluster) == .completed)
        #expect(Set(cluster.arrays.map(\.options.minNodes)) == [1, 2, 4])
        #expect(cluster.arrays.count == 3)
        for array in cluster.arrays {
            for trial in array.indices {
                let configuration = try fixture.read { try $0.configuration(of: TrialID(trial)) }
                let nodes = array.options.minNodes.map { ParameterValue.int(Int($0)) }
                #expect(configuration?["n"] == nodes)
            }
        }
    }

    @Test func `a record of another request is noticed by replay`() async throws {
        let fixture = try study()
        #expect(try await fixture.run(InstantCluster(fixture.directory)) == .completed)
        let path = fixture.directory.store(0)
        let queue = try DatabaseQueue(path: path)
        try await queue.write {
            try $0.execute(
                sql: "UPDATE assignments SET request = NULL WHERE id = (SELECT max(id) FROM assignments)")
        }
        try queue.close()
        let store = try Store(path: path)
        defer { try? store.close() }
        let difference = try store.read { try Replay($0) }.difference
        #expect(difference?.what.contains("was recorded at") == true, "\(String(describing: difference))")
    }

    @Test func `what Slurm could not be asked for ends the study with the option's name`() async throws {
        let fixture = try study()
        fixture.spec.batch.choices.values["nodes"] = .text("{lr}")
        guard case .refused(let reason) = try await fixture.run(InstantCluster(fixture.directory)) else {
            Issue.record("it went on")
            return
        }
        #expect(reason.hasPrefix("slurm.nodes: ") && reason.contains("(for trial "), "\(reason)")
    }
}

/// Studies that leave to stune what tasks ask for.
@Suite struct AutomaticRequestTests {
    /// Trial 1 of a study never has the time until its task asks for this many minutes.
    private func study(needing minutes: UInt32, fate: TaskState = .timedOut) async throws -> (
        StudyFixture, InstantCluster, StudyOutcome?
    ) {
        let fixture = try StudyFixture(
            trials: 3, parallel: 1, maxRetries: 0, scheduler: .none(maxResource: Resource(1)))
        fixture.spec.execution.mode = .rung
        fixture.spec.batch.automatic.time = AutomaticOptions.Time(firstMinutes: 10, mostMinutes: 100)
        fixture.spec.batch.automatic.memory = AutomaticOptions.Memory(
            firstMebibytes: 10, mostMebibytes: 100)
        let box = Mutex<InstantCluster?>(nil)
        let cluster = InstantCluster(fixture.directory) { entry in
            let asked = box.withLock { $0?.arrays.last?.options }
            let has = fate == .timedOut ? asked?.timeMinutes : asked?.memoryMiB.map { UInt32($0) }
            return entry.trial == TrialID(1) && has ?? 0 < minutes ? .vanishes(fate) : .finishes
        }
        box.withLock { $0 = cluster }
        return (fixture, cluster, try await fixture.run(cluster))
    }

    @Test(arguments: [TaskState.timedOut, .outOfMemory])
    func `a trial whose task had too little gets twice as much until it suffices, and is never lost`(
        fate: TaskState
    ) async throws {
        let (fixture, cluster, outcome) = try await study(needing: 75, fate: fate)
        #expect(outcome == .completed)
        let own = cluster.arrays.filter { $0.indices == [1] }.map {
            fate == .timedOut ? $0.options.timeMinutes : $0.options.memoryMiB.map { UInt32($0) }
        }
        #expect(own == [10, 20, 40, 80])
        #expect(try fixture.read { try $0.trial(TrialID(1)) }?.state == "completed")
        #expect(try fixture.read { try Replay($0) }.difference == nil)
    }

    @Test(arguments: [TaskState.timedOut, .outOfMemory])
    func `what the most does not suffice for fails, as any crash does`(fate: TaskState) async throws {
        let (fixture, cluster, outcome) = try await study(needing: 101, fate: fate)
        #expect(outcome == .completed)
        #expect(cluster.arrays.filter { $0.indices == [1] }.count == 5)
        #expect(try fixture.read { try $0.trial(TrialID(1)) }?.state == "failed")
    }
}
