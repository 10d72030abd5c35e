import ArgumentParser
import Clusters
import Controller
import Foundation
import Logging
import Spool
import Store
import StudyFile
import Tuning
import UnixSignals

/// `stune run`: the controller.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a study, or resume it where it stopped.",
        discussion: """
            Submits trials to the cluster, takes in their reports, and promotes the best, until all is done. \
            It may be stopped and started again at any time: everything is in the study's directory, and \
            tasks that run go on meanwhile.

            On a cluster:  sbatch sbatch/controller.sbatch study.yaml
            On a laptop:   stune run study.yaml --cluster local

            Exit codes: 0 the study completed; 1 it failed or was cancelled; 2 the study file or the \
            directory cannot be used; 3 stopped by a signal, and to be resumed; 4 another controller \
            holds the study.
            """)

    @Argument(help: "The study file (YAML).")
    var study: String

    @Option(name: .customLong("dir"), help: "The study's directory (default: NAME.stune beside you).")
    var directory: String?

    @Option(help: "Where tasks run: \(ClusterChoice.allCases.map(\.rawValue).joined(separator: " or ")).")
    var cluster = ClusterChoice.preferred

    @Flag(help: "Take the study from a controller on another machine that is known to be gone.")
    var takeOver = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func run() async throws {
        let parsed = try StudyInput.read(study)
        let setup = try setup(parsed.spec)
        if cluster != .local && setup.directory.path.contains("\\") {
            throw complaint(
                "Slurm cannot write logs below '\(setup.directory.path)', which has a backslash in it; name another "
                    + "directory with --dir", code: 2)
        }
        let stop = StopFlag()
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let listening = Task {
            for await _ in signals { stop.set() }
        }
        defer { listening.cancel() }
        do {
            try await control(setup, parsed.text, stop)
        } catch let error as ControllerError {
            throw complaint(error.description, code: error.exitCode)
        } catch let error as FileError {
            throw complaint("\(error); name a directory that can be written with --dir", code: 2)
        }
    }

    private func setup(_ spec: StudySpec) throws -> StudySetup {
        let name = JobName(study: spec.name, rung: 0, offset: 0, token: ArrayToken(bits: 0)).study
        return StudySetup(
            spec: spec, directory: StudyDirectory(Files.absolute(directory ?? "\(name).stune")),
            workingDirectory: Files.parent(of: Files.absolute(study)), worker: try WorkerBinary.find(),
            pace: cluster.pace(for: spec), clusterName: cluster.rawValue)
    }

    private func control(_ setup: StudySetup, _ text: String, _ stop: StopFlag) async throws {
        try setup.directory.create()
        let running = cluster.make(for: setup)
        let lease = try await Lease.take(
            of: setup.directory, by: .current(job: ClusterChoice.ownJob), takeOver: takeOver,
            asking: running)
        do {
            try await control(setup, text, stop, running, lease)
        } catch {
            try lease.abandon()
            throw error
        }
    }

    private func control(
        _ setup: StudySetup, _ text: String, _ stop: StopFlag, _ running: any Cluster, _ lease: Lease
    ) async throws {
        var log = Logger(label: "stune") { StreamLogHandler.standardError(label: $0) }
        let screen = LiveScreen(setup: setup)
        if screen.isTerminal { log.logLevel = .warning }
        var controller = try await Controller(setup, cluster: running, lease: lease, log: log)
        if try !setup.directory.files.exists(setup.directory.studyFile) {
            try setup.directory.files.publish(Array(text.utf8), at: setup.directory.studyFile)
        }
        log.info("study '\(setup.spec.name)' in \(setup.directory.path)")
        let end = try await controller.run(
            shouldStop: { stop.isSet }, observe: { try screen.show($0, log) })
        try report(end, setup)
    }

    /// The last words, and the exit code that scripts go by.
    private func report(_ end: Controller.End, _ setup: StudySetup) throws {
        let directory = setup.directory.path
        guard case .over(let outcome) = end else {
            throw complaint(
                "stopped; tasks that run go on, and nothing is lost. Resume with: stune run "
                    + "\(study) --dir \(directory)", code: 3)
        }
        let best = try Store.openSnapshot(setup.directory.snapshot).read {
            try $0.best(setup.spec.plan.objective.goal)
        }
        if json {
            print(try StoreJSON.text(OutcomeLine(outcome: outcome, best: best, directory: directory)))
        } else if let best, let value = best.value {
            let metric = setup.spec.plan.objective.metric
            print(
                "best trial: \(best.trial) with \(metric) = \(value) at resource \(best.resource ?? .none)")
        }
        switch outcome {
        case .completed where best != nil: return
        case .completed: throw complaint("the study is over, and no trial has a usable result", code: 1)
        case .cancelled: throw complaint("the study was cancelled", code: 1)
        case .refused(let reason):
            throw complaint("the cluster refused the study's jobs: \(reason)", code: 1)
        case .tooManyFailures(let count, let last):
            throw complaint("stopped after \(count) trials failed in a row; the last one: \(last)", code: 1)
        }
    }
}

/// The outcome as `--json` prints it.
private struct OutcomeLine: Encodable {
    var outcome: StudyOutcome
    var trial: TrialID?
    var value: Double?
    var directory: String

    init(outcome: StudyOutcome, best: StoreReader.TrialRow?, directory: String) {
        self.outcome = outcome
        trial = best?.trial
        value = best?.value
        self.directory = directory
    }
}

extension ControllerError {
    /// The exit code that `stune run --help` gives.
    var exitCode: Int32 {
        switch self {
        case .held, .superseded: 4
        case .unusable, .directoryGone: 2
        }
    }
}
