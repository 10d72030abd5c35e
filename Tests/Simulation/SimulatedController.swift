import Clusters
import Controller
import Foundation
import Logging
import Simulated
import Spool
import Store
import StudyFile
import Tuning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The real store of a simulated study: files in a real directory, because SQLite is not simulated. A crash replaces
/// the store by a copy of what was durable at that moment.
struct StoreFiles: Sendable {
    /// A real directory, fast and used only by this simulation.
    let directory: String
    /// The newest store.
    var store: String {
        let names = (try? Files.system.list(directory)) ?? []
        let epochs = names.compactMap { name in
            name.hasPrefix("study.") && name.hasSuffix(".db") ? Int(name.dropFirst(6).dropLast(3)) : nil
        }
        return StudyDirectory(directory).store(epochs.max() ?? 0)
    }
    var snapshot: String { "\(directory)/snapshot.db" }
    private var image: String { "\(directory)/image.db" }

    /// The bytes in the log that SQLite writes ahead.
    var logSize: Int { Files.size(store + "-wal").map(Int.init) ?? 0 }

    /// Keeps what is durable now. `logSize`: the rest of the log was still on its way to the disk.
    func keepImage(logSize: Int? = nil) throws {
        let store = store
        for part in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: image + part)
            if FileManager.default.fileExists(atPath: store + part) {
                try FileManager.default.copyItem(atPath: store + part, toPath: image + part)
            }
        }
        if let logSize { truncate(image + "-wal", off_t(logSize)) }
    }

    /// Puts the image in the place of the store, as new files: who has the old ones open keeps them.
    func restoreImage() throws {
        let store = store
        // How far the store had come is written after each commit, and this may be a crash before that.
        try? FileManager.default.removeItem(atPath: store + "-mark")
        for part in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: store + part)
            if FileManager.default.fileExists(atPath: image + part) {
                try FileManager.default.moveItem(atPath: image + part, toPath: store + part)
            }
        }
    }
}

/// One run of the real controller, in a process that may crash between any two steps.
final class SimulatedController: @unchecked Sendable {
    let process: SimulatedProcess
    let job: UInt32
    private let simulation: Simulation
    private var world: World { simulation.world }
    private var steps = 0
    private var logSize = 0
    private var isToStop = false
    /// Whether it has opened the study.
    private var isRunning = false
    private(set) var isPaused = false
    /// Whether the store's files belong to this controller: it has taken the lease and was not declared dead since.
    private var ownsStore = false

    init(_ simulation: Simulation) {
        self.simulation = simulation
        process = simulation.world.newProcess("controller")
        job = simulation.cluster.newJob()
        simulation.cluster.setController(job, isRunning: true)
        process.beforeStep = { [unowned self] in mayStrike() }
        logSize = simulation.storeFiles.logSize
    }

    /// Runs until the study is over, the controller is told to stop, or it dies.
    func run() async {
        world.note("\(process.name) starts as job \(job)")
        do {
            let end = try await control()
            world.note("\(process.name) ends: \(end)")
            if case .over = end {
                simulation.isOver = true
                checkEnd()
            }
        } catch {
            world.note("\(process.name) ends with: \(error)")
            world.ledger.check(process.isDead || mayEnd(with: error), "\(process.name) ends with: \(error)")
        }
        process.kill()
        simulation.cluster.setController(job, isRunning: false)
        simulation.ended(self)
    }

    /// When the study is over, nothing of it may be able to start, unless the cluster could not be asked.
    private func checkEnd() {
        let (ledger, cluster) = (world.ledger, simulation.cluster)
        ledger.overAt = ledger.overAt ?? world.time.now
        guard ledger.ghosts == 0, !cluster.wasAway(within: .seconds(90)), !isToStop else { return }
        ledger.check(
            cluster.waiting.isEmpty, "the study is over, and the tasks \(cluster.waiting) may still start")
    }

    /// Whether a running controller may end with this error: another has the study, or its searcher fails repeatedly.
    /// Errors while it starts are for the code that starts it.
    private func mayEnd(with error: any Error) -> Bool {
        guard isRunning, let error = error as? ControllerError else { return !isRunning }
        return switch error {
        case .superseded, .unusable: true
        default: false
        }
    }

    private func control() async throws -> Controller.End {
        let files = SimulatedFiles(server: simulation.server, process: process, world: world)
        let study = StudyDirectory(Scenario.directory, on: files, database: simulation.storeFiles.directory)
        let access = ClusterAccess(simulation.cluster, from: process)
        let holder = Lease.Holder(host: process.name, process: process.number, startTicks: 1, job: job)
        let lease = try await Lease.take(
            of: study, by: holder, takeOver: false, asking: access, time: process.time)
        ownsStore = true
        let scenario = world.scenario
        var setup = StudySetup(
            spec: try simulation.spec(), directory: study, workingDirectory: "/work", worker: "/bin/worker",
            pace: Pace(
                poll: world.mutation == .asksWithoutPause ? .zero : .seconds(scenario.pollSeconds),
                settle: world.mutation == .noSettleWindow ? .zero : Scenario.settle),
            clusterName: "local")
        if var limits = scenario.limits {
            // As with Slurm, looks take half of the requests at most.
            setup.pace.poll = max(setup.pace.poll, .seconds(120) / limits.requestsPerMinute)
            if world.mutation == .submitsTooOften { limits.submissionsPerHour *= 10 }
            setup.limits = limits
        }
        setup.pace.inbox = .milliseconds(100)...(.seconds(2))
        setup.pace.snapshot = .seconds(60)
        setup.time = process.time
        let world = world
        if case .external(_) = scenario.plan.searcher {
            setup.searcher = SimulatedSearcher(world: world, process: process)
        }
        if scenario.plan.scheduler.external != nil {
            setup.scheduler = SimulatedScheduler(world: world, process: process)
        }
        setup.priors = { [priors = scenario.priors] in priors }
        setup.drawToken = { ArrayToken(bits: world.bits()) }
        let log = Logger(label: process.name) { [world] name in TraceLog(name: name, world: world) }
        var controller = try await Controller(setup, cluster: access, lease: lease, log: log)
        isRunning = true
        return try await controller.run(
            shouldStop: { self.isToStop || self.process.isDead },
            observe: { reader in
                let tasks = try reader.openTasks()
                world.ledger.open = Set(
                    tasks.map { task in
                        Ledger.SpoolTask(
                            token: task.token, index: task.index, turn: task.turn, epoch: task.epoch)
                    })
            })
    }

    /// Faults of a controller before each of its operations.
    private func mayStrike() {
        steps += 1
        let size = simulation.storeFiles.logSize
        defer { logSize = size }
        if ownsStore, size > logSize, world.strikes(.crashInCommit) {
            return crash(logSize: logSize + world.below(size - logSize))
        }
        if steps < 40, world.strikes(.crashAtStart) { return crash() }
        if world.strikes(.controllerCrash) { return crash() }
        if !isToStop, world.strikes(.controllerStopped, factor: 0.05) { isToStop = true }
        if !isPaused, world.strikes(.controllerPaused) { pause() }
    }

    private func crash(logSize: Int? = nil) {
        // The simulation makes this copy itself, so a full disk must not prevent it.
        let wasFull = world.isDiskFull
        FileSizeLimit.set(nil)
        defer { if wasFull { FileSizeLimit.set(simulation.storeFiles.logSize) } }
        process.kill()
        guard ownsStore else { return }
        var logSize = logSize
        if world.mutation == .commitsNotDurable {
            logSize = world.below(simulation.storeFiles.logSize + 1)
        }
        do {
            try simulation.storeFiles.keepImage(logSize: logSize)
            try simulation.storeFiles.restoreImage()
        } catch {
            world.ledger.check(false, "the simulation cannot copy the store: \(error)")
        }
    }

    /// Its node is declared dead: the job ends for the cluster, and another controller starts, while this one only
    /// sleeps.
    private func pause() {
        isPaused = true
        ownsStore = false
        world.ledger.ghosts += 1
        simulation.cluster.setController(job, isRunning: false)
        simulation.ended(self)
        world.time.suspendCaller(for: world.seconds(5, 60))
        world.note("\(process.name) wakes")
    }
}

/// Writes the controller's log into the trace.
private struct TraceLog: LogHandler {
    let name: String
    let world: World
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let text = "\(event.message)"
        if world.isDiskFull, text.contains("study.db") { world.count(.commitRefused) }
        world.note("\(name) says: \(text)")
    }
}
