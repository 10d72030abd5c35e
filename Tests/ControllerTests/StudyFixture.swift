import Clusters
import Foundation
import Logging
import Spool
import Store
import StudyFile
import Tuning

@testable import Controller

/// A small study in a temporary directory, removed with this object.
final class StudyFixture {
    let directory: StudyDirectory
    var spec: StudySpec
    /// See `StudySetup`.
    var namesMode = true
    /// See `StudySetup`.
    var stays = true
    /// See `StudySetup`.
    var restores = false
    /// See `StudySetup`.
    var clusterName = "local"

    init(
        trials: Int = 9, parallel: Int = 4, maxRetries: Int = 1, maxFailures: Int = 8,
        scheduler: SchedulerPlan = .asha(
            ASHAPlan(minResource: Resource(1), maxResource: Resource(9), reductionFactor: 3))
    ) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        directory = StudyDirectory(path.path(percentEncoded: false))
        let space = SearchSpace([
            Parameter(name: "lr", domain: .float(min: 0, max: 1, scale: .linear))
        ])
        let plan = Plan(
            objective: Objective(metric: "loss", goal: .minimize), space: space,
            searcher: .random(seed: 7), scheduler: scheduler, trials: trials, parallel: parallel,
            maxRetries: maxRetries, maxFailures: maxFailures)
        spec = try StudySpec.forTests(name: "fixture", plan: plan)
        try directory.create()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory.path) }

    var setup: StudySetup {
        var setup = StudySetup(
            spec: spec, directory: directory, workingDirectory: directory.path, worker: "/bin/false",
            pace: Pace(poll: .zero, settle: .milliseconds(20)), clusterName: clusterName)
        setup.named = NamedSettings(allBut: namesMode ? [] : ["execution.mode"])
        (setup.stays, setup.restores) = (stays, restores)
        return setup
    }

    /// A controller of the study.
    func controller(_ cluster: any Cluster, _ setup: StudySetup? = nil) async throws -> Controller {
        var log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        let lease = try await Lease.take(
            of: directory, by: .current(job: nil), takeOver: false, asking: cluster)
        return try await Controller(setup ?? self.setup, cluster: cluster, lease: lease, log: log)
    }

    /// Runs the study to its end.
    func run(_ cluster: any Cluster) async throws -> StudyOutcome? {
        var controller = try await controller(cluster)
        let end = try await controller.run(shouldStop: { false }, observe: { _ in })
        guard case .over(let outcome) = end else { return nil }
        return outcome
    }

    /// Reads the store, as a reader does from the snapshot.
    func read<Value>(_ body: (StoreReader) throws -> Value) throws -> Value {
        try Store.openSnapshot(directory.snapshot).read(body)
    }

    /// All decisions of the log, in order.
    func decisions() throws -> [String] {
        try read { reader in
            var all: [String] = []
            try reader.forEachEvent { all += $0.decisions }
            return all
        }
    }
}

extension StudySpec {
    /// A study with a command that is never run.
    static func forTests(name: String, plan: Plan) throws -> StudySpec {
        StudySpec(name: name, plan: plan, command: try CommandTemplate(["true"]))
    }
}
