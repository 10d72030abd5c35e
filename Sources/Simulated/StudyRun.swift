import Clusters
import Controller
package import Curves
import Dispatching
import Foundation
import Logging
import OutsidePrograms
import Spool
import Store
package import StudyFile
package import Tuning

/// One study from its start to its end in virtual time: the program's own controller, store, spool and worker protocol
/// on a simulated cluster.
package struct StudyRun: Sendable {
    /// The study. Its plan is run unchanged.
    package var spec: StudySpec
    /// What training would report.
    package var landscape: any Landscape
    /// How many tasks the cluster runs at once; at least 1.
    package var slots: Int
    /// How long tasks wait in the queue.
    package var wait: QueueWait
    /// The seconds of a task from its start until it begins to train.
    package var startupSeconds: Double
    /// The seed for the waits and for the arrays' tokens.
    package var seed: UInt64
    /// The directory that an external searcher starts in.
    package var workingDirectory = "/"
    /// What the controller may ask of the cluster; `nil`: anything.
    package var limits: RequestLimits?
    /// The prior results that the study begins with.
    package var priors: [PriorResults] = []
    /// How many of the best trials to follow together, in `Leaders.counts`; `nil` for none.
    package var top: Int?

    /// A run from its parts.
    package init(
        spec: StudySpec, landscape: any Landscape, slots: Int, wait: QueueWait, startupSeconds: Double,
        seed: UInt64
    ) {
        self.spec = spec
        self.landscape = landscape
        self.slots = slots
        self.wait = wait
        self.startupSeconds = startupSeconds
        self.seed = seed
    }

    /// What a study cost and found.
    package struct Record: Hashable, Sendable {
        /// The seed.
        package var seed: UInt64
        /// How it ended.
        package var outcome: StudyOutcome
        /// The time from its start to its end.
        package var seconds: Double
        /// The trials that were sampled.
        package var trials: Int
        /// How many of them reached the greatest resource.
        package var complete: Int
        /// The trials that failed.
        package var failed: Int
        /// How much of the cluster was used.
        package var usage: VirtualCluster.Usage
        /// Each value of the first metric that was better than all before.
        package var improvements: [Improvement]
        /// Each growth of the hypervolume, in a study with two metrics over a table.
        package var growths: [Improvement]
        /// The best trials together over time; empty if not requested, or before there are enough.
        package var standings: [Leaders.Standing]
    }

    /// Why a study could not be simulated, as a sentence.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        /// The sentence.
        package var description: String
    }

    /// Runs the study.
    ///
    /// - Parameter directory: a real directory for the snapshot of the store that the controller leaves at its end. It
    ///   is created, and removed afterwards.
    /// - Throws: `Failure` for an obstacle that has nothing to do with the study, and if no trial began.
    package func run(in directory: String) throws -> Record {
        do {
            try Files.system.createDirectory(directory)
        } catch {
            throw Failure(description: "\(error)")
        }
        // Files that stay in a temporary place do no harm.
        defer { try? FileManager.default.removeItem(atPath: directory) }
        return try Rehearsal(self, directory).run()
    }
}

/// A running simulation of a study.
private final class Rehearsal: @unchecked Sendable {
    // Unchecked because all access is from the thread that calls `run`.
    private let plan: StudyRun
    private let study: StudyDirectory
    private let files = MemoryFiles()
    private let time = VirtualTime()
    private let findings: Findings
    private let manifests = VirtualTask.Manifests()
    private lazy var answers = AnswerBells(time: time, files: files)
    /// The external searcher, if the study has one.
    private let searcher: OutsideProcess?
    /// The external scheduler, likewise.
    private let scheduler: OutsideProcess?
    private var tokens: Tuning.Random
    private var end: Result<StudyOutcome, any Error>?
    private var trouble: String?
    /// Until when a task's end may be news that no letter reports.
    private var watchfulUntil = Duration.zero

    /// Whether the controller is about to look again whether more may be submitted.
    private var looksForRoom = false

    private static let pauses = ControllerLimits.inboxPause
    private let pace: Pace

    init(_ plan: StudyRun, _ directory: String) {
        self.plan = plan
        study = StudyDirectory("/study", on: files, database: directory)
        pace = .slurm(settle: .seconds(plan.spec.settleSeconds), plan.limits ?? RequestLimits())
        findings = Findings(
            plan.spec.plan.criteria, frame: plan.landscape.frame,
            maxResource: plan.spec.plan.scheduler.maxResource, top: plan.top)
        tokens = Tuning.Random(seed: plan.seed ^ 0x544F_4B45_4E53, stream: 0)
        searcher = OutsideProcess.searcher(
            of: plan.spec.plan, workingDirectory: plan.workingDirectory)
        scheduler = OutsideProcess.scheduler(
            of: plan.spec.plan, workingDirectory: plan.workingDirectory, news: searcher?.news)
    }

    private lazy var cluster = VirtualCluster(
        time: time, slots: plan.slots, startup: .seconds(plan.startupSeconds),
        waits: QueueWait.Draws(plan.wait, seed: plan.seed)
    ) { [unowned self] allocation in
        let task = VirtualTask(
            study: study, time: time, landscape: plan.landscape, allocation: allocation,
            startup: .seconds(plan.startupSeconds), findings: findings, manifests: manifests,
            answers: answers)
        do {
            let state = try await task.run()
            if state != .completed { watch() }
            return state
        } catch {
            trouble = trouble ?? "a task could not do its work: \(error)"
            return .failed
        }
    }

    private lazy var clock = LookClock(time: time, longest: Rehearsal.pauses.upperBound) {
        [unowned self] in
        time.now >= watchfulUntil
            // In mode `auto`, the controller looks at the clock while workers wait for work.
            && (plan.spec.execution.mode != .auto || !answers.areAsked)
            && (0..<SpoolLimits.inboxShards).allSatisfy { files.isEmpty("\(study.inbox)/\($0)/new") }
    }

    /// While the limit on submissions may hold arrays back, time alone brings news: the controller looks again and again.
    private func lookForRoom() {
        guard let most = plan.limits?.submissionsPerHour, !looksForRoom,
            cluster.submissions(within: SiteBudget.hour) >= max(1, most / 4)
        else { return }
        looksForRoom = true
        time.after(.seconds(min(30, max(1, 450 / most)))) { [self] in
            looksForRoom = false
            clock.ring()
            lookForRoom()
        }
    }

    /// A task did not end well: the controller asks the cluster until the settle window is over.
    private func watch() {
        watchfulUntil = time.now + pace.settle + pace.longestPoll * 2
        clock.ring()
    }

    func run() throws -> StudyRun.Record {
        try study.create()
        files.onArrival = { [unowned self] path in
            if path.hasPrefix(study.inbox) { clock.ring() } else { answers.ring(path) }
        }
        time.start { [self] in
            do {
                end = .success(try await control())
            } catch {
                end = .failure(error)
            }
        }
        time.run(until: { end != nil || trouble != nil })
        files.onArrival = { _ in }
        // It ends in real time, so virtual time is over before.
        searcher?.endAndWait()
        scheduler?.endAndWait()
        if let trouble { throw StudyRun.Failure(description: trouble) }
        guard let end else { throw StudyRun.Failure(description: "the simulated study makes no progress") }
        let outcome: StudyOutcome
        do {
            outcome = try end.get()
        } catch let error as ControllerError {
            throw StudyRun.Failure(description: "\(error)")
        }
        guard findings.trialCount > 0 else {
            throw StudyRun.Failure(
                description: "no trial began, so there is nothing to show: "
                    + (searcher == nil
                        ? "the searcher proposes nothing in this space"
                        : "the searcher's program says at its first question that it is exhausted"))
        }
        return StudyRun.Record(
            seed: plan.seed, outcome: outcome, seconds: time.now.seconds, trials: findings.trialCount,
            complete: findings.completeCount, failed: try failedCount(),
            usage: cluster.usage, improvements: findings.improvements,
            growths: findings.growths, standings: findings.standings)
    }

    /// The number of failed trials in the snapshot that the controller left.
    private func failedCount() throws -> Int {
        try Store.openSnapshot(study.snapshot).read { try $0.trialCounts()["failed"] ?? 0 }
    }

    private func control() async throws -> StudyOutcome {
        cluster.onSubmission = { [unowned self] in lookForRoom() }
        var setup = StudySetup(
            spec: plan.spec, directory: study, workingDirectory: "/", worker: "stune-worker",
            pace: pace, clusterName: "simulated")
        setup.limits = plan.limits
        setup.priors = { [priors = plan.priors] in priors }
        setup.pace.inbox = Rehearsal.pauses
        // Nobody looks at the study while it runs.
        setup.pace.snapshot = .seconds(1_000_000_000)
        setup.time = clock
        setup.forgetsStore = true
        setup.drawToken = { [unowned self] in ArrayToken(bits: tokens.bits()) }
        setup.searcher = searcher
        setup.scheduler = scheduler
        let log = Logger(label: "simulated") { [unowned self] _ in
            Alarm { [unowned self] message in trouble = trouble ?? message }
        }
        let holder = Lease.Holder(host: "simulated", process: 1, startTicks: 1, job: nil)
        let lease = try await Lease.take(
            of: study, by: holder, takeOver: false, asking: cluster, time: clock)
        var controller = try await Controller(setup, cluster: cluster, lease: lease, log: log)
        let end = try await controller.run(shouldStop: { trouble != nil }, observe: { _ in })
        switch end {
        case .over(let outcome): return outcome
        case .stopped: throw StudyRun.Failure(description: trouble ?? "the controller stopped")
        }
    }
}

/// Ends the simulation at a warning, because nothing may go wrong here.
private struct Alarm: LogHandler {
    let raise: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    init(raise: @escaping @Sendable (String) -> Void) { self.raise = raise }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { raise("\(event.message)") }
}
