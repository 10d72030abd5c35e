import Controller
import Logging
import Spool
import StudyFile
import Tuning

/// The measured studies.
enum BenchStudy {
    /// A study of two hyperparameters.
    static func setup(
        _ directory: StudyDirectory, scheduler: SchedulerPlan, trials: Int, parallel: Int
    ) throws -> StudySetup {
        let space = SearchSpace([
            Parameter(name: "hidden", domain: .int(min: 16, max: 256, scale: .log)),
            Parameter(name: "lr", domain: .float(min: 1e-4, max: 0.1, scale: .log)),
        ])
        let plan = Plan(
            objective: Objective(metric: "val_loss", goal: .minimize), space: space,
            searcher: .random(seed: 7), scheduler: scheduler, trials: trials, parallel: parallel)
        let command = try CommandTemplate(["python3", "train.py", "--lr", "{lr}"])
        return StudySetup(
            // No controller waits for these tasks: they exist only for their letters.
            spec: StudySpec(
                name: "bench", plan: plan, command: command, execution: Execution(mode: .rung)),
            directory: directory,
            workingDirectory: directory.path, worker: "/usr/bin/stune-worker",
            pace: Pace(poll: Pace.slurmPoll, settle: .seconds(60)), clusterName: "local")
    }

    /// A controller of a study, which logs only errors.
    static func controller(_ setup: StudySetup, _ cluster: InstantTasks) async throws -> Controller {
        var log = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .warning
        let lease = try await Lease.take(
            of: setup.directory, by: .current(job: nil), takeOver: false, asking: cluster)
        return try await Controller(setup, cluster: cluster, lease: lease, log: log)
    }
}
