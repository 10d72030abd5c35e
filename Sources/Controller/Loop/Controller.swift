package import Clusters
import Dispatching
package import Logging
import OutsidePrograms
import Spool
package import Store
import StudyFile
package import Tuning

/// The imperative shell: it reads the inbox, asks the cluster, feeds events to the two cores, commits, and carries out
/// what was committed. `Study` decides what is worth running, and `Dispatcher` who runs it where.
///
/// Recovery is the same code as the start: load the log, fold it, reconcile open intents, continue.
package struct Controller {
    var setup: StudySetup
    let cluster: any Cluster
    private(set) var store: Store
    let lease: Lease
    let log: Logger
    private let identity: FileIdentity

    /// What is worth running, and who runs it where.
    var cores: Cores
    /// What follows from the cluster's answers.
    var watch: ClusterWatch
    /// When to send requests to the cluster again, and how many tasks at once.
    var window = SubmissionWindow()
    /// How long it may rest while tasks wait in the queue.
    var waves = SubmissionWaves()
    /// The state of the outbox.
    var outbox = OutboxState()
    /// The state of the intake.
    var intake: IntakeState
    /// The questions to a searcher outside.
    var search = OutsideState()
    /// The questions to a scheduler outside.
    var advising = OutsideState()
    /// The notices so far.
    var told = ToldNotices()
    /// The state of the snapshots.
    private var publishing: Publishing
    /// What stands in the way at present, and is waited out.
    var troubles = Troubles()
    /// What is left to do once the study is over.
    var endSweep = EndSweep()
    /// How many files checkpoints have.
    var fileCount = FileCount()
    /// The arrays that are over, and their files.
    var retirement = ArrayRetirement()
    /// When it is looked at next what the study has used, where that has a limit.
    var nextStopCheck: Duration

    /// The state of the snapshots for readers, and of the end.
    private struct Publishing {
        /// When the next snapshot may be published.
        var due: Duration
        /// Whether something was committed since the last one.
        var isStale = true
        /// Whether the last one has all that was committed, and no more commits follow.
        var isLast = false
        /// Whether the store is closed, and only the lease must be given back.
        var isClosed = false
    }

    /// Opens a study: creates its directory and store if there are none, otherwise loads them.
    ///
    /// The caller holds the lease.
    package init(
        _ setup: StudySetup, cluster: any Cluster, lease: Lease, log: Logger
    ) async throws {
        self.setup = setup
        self.cluster = cluster
        self.lease = lease
        self.log = log
        let now = setup.time.now
        intake = IntakeState(Inbox(setup.directory))
        watch = ClusterWatch(setup.pace.watch, at: now)
        (publishing, nextStopCheck) = (Publishing(due: now), now)
        identity = try setup.directory.identity()
        try setup.directory.checkAncestors()
        self.setup.directory = try setup.directory.inOwnLayout()
        store = try Controller.openStore(setup, lease, log)
        cores = Cores(DispatchPlan(setup, maxArraySize: try await cluster.maxArraySize()))
        do {
            try openStudy()
        } catch let error as StoreError where setup.restores && error.isLoss {
            log.warning("\(error)")
            try store.close()
            try lease.restoreStore(log)
            store = try Controller.openStore(setup, lease, log)
            try openStudy()
        }
        try obeyLimits()
        if setup.restores { try await takeInAgain() }
        if time is SystemTime { troubles.prepare(setup.directory, log) }
        try unmarkEnd()
        try tellMode()
    }

    /// The clocks for waits and records.
    var time: any TimeSource { setup.time }
    /// The core that decides what is worth running.
    var study: Study { cores.study }
    /// The core that decides who runs it where.
    var dispatcher: Dispatcher { cores.dispatcher }
    /// How long tasks wait and work, as far as known.
    var times: QueueTimes { cores.dispatcher.times }
    /// The inbox.
    var inbox: Inbox { intake.inbox }

    /// Why the study is over; `nil` if it is not.
    package var outcome: StudyOutcome? {
        if case .over(let outcome) = cores.study.phase { outcome } else { nil }
    }

    /// How a run ended.
    package enum End: Sendable {
        /// The study is over.
        case over(StudyOutcome)
        /// It was asked to stop; the study can be resumed.
        case stopped
    }

    /// Runs until the study is over or `shouldStop` says so.
    ///
    /// - Parameter observe: called after each pass that changed something, with what can be read.
    package mutating func run(
        shouldStop: () -> Bool, observe: (StoreReader) throws -> Void
    ) async throws -> End {
        var pause = setup.pace.inbox.lowerBound
        // The kernel knows of no clock but its own.
        let arrivals = time is SystemTime ? InboxWatch(inbox, bell: setup.news) : nil
        while true {
            let hasNews: Bool
            let start = time.now
            do {
                hasNews = try await pass()
                if hasNews { try store.read(observe) }
                if let end = try await ending(shouldStop()) { return try await finish(end, shouldStop) }
                troubles.hold("files", nil)
            } catch  where PassingError.mayPass(error) {
                // What was not committed did not happen, so it is simply tried again.
                if shouldStop() { return try await finish(.stopped, shouldStop) }
                await waitOut(error, shouldStop)
                continue
            }
            pause =
                hasNews
                ? setup.pace.inbox.lowerBound
                : Looks.pause(after: pause, atMost: setup.pace.inbox.upperBound)
            guard let arrivals else {
                await time.sleep(for: pause)
                continue
            }
            if hasNews, !outbox.didAnswer {
                let rest = ControllerLimits.rest
                let wave = setup.execution.mode == .rung ? waves.rest(watch.lastStates) : .zero
                await time.sleep(for: max(wave, min(rest.longest, (time.now - start) * rest.share)))
            }
            await arrivals.wait(atMost: pause)
        }
    }

    /// Whether this is the end; `nil`: it is not.
    private mutating func ending(_ isToStop: Bool) async throws -> End? {
        if case .over(let outcome) = study.phase, try store.read({ try $0.openIntents().isEmpty }),
            try await sweep() || isToStop
        {
            return .over(outcome)
        }
        return isToStop ? .stopped : nil
    }

    /// One pass: read, decide, commit, carry out.
    ///
    /// - Returns: whether anything happened.
    package mutating func pass() async throws -> Bool {
        try checkFooting()
        if cores.areAhead { try reload() }
        try await poll()
        let tookIn = try takeIn()
        let didStop = try checkStopLimits()
        let didAsk = try await askOutside()
        try checkFiles()
        try tellShortage()
        try lookAfterIdleWorkers()
        outbox.didAnswer = false
        let didAct = try await carryOut()
        let hasNews = tookIn || didAct || didStop || didAsk
        if hasNews { publishing.isStale = true }
        publishSnapshot(now: false)
        try await tidy()
        return hasNews
    }

    /// Takes in what lies in the inbox, and leaves what follows from it to the next controller.
    package mutating func takeInOnly() throws { _ = try takeIn() }

    /// Publishes the last snapshot and gives the lease back. What was committed stays; tasks go on. It may be
    /// repeated when it fails.
    package mutating func finish() throws {
        if !publishing.isClosed {
            if !publishing.isLast {
                publishing.isStale = true
                publishSnapshot(now: true)
            }
            try store.close()
            publishing.isClosed = true
        }
        try lease.release()
        troubles.end()
    }

    /// Publishes the last snapshot.
    ///
    /// - Returns: whether that succeeded.
    mutating func publishLastSnapshot() -> Bool {
        publishing.isStale = true
        publishSnapshot(now: true)
        publishing.isLast = !publishing.isStale
        return publishing.isLast
    }

    /// Readers are to see what was said, though nothing has happened.
    mutating func expectReaders() { publishing.isStale = true }

    /// Before anything is done: is this still the study's directory, and is this still its controller?
    private func checkFooting() throws {
        guard try setup.directory.identity() == identity else {
            throw ControllerError.directoryGone(path: setup.directory.path)
        }
        guard try lease.isHeld() else { throw ControllerError.superseded }
    }

    /// Publishes a snapshot when it is time. Only readers need it: what is in the way is told, and tried again.
    private mutating func publishSnapshot(now: Bool) {
        guard publishing.isStale, now || time.now >= publishing.due else { return }
        let start = time.now
        do {
            // A controller that was paused does not put an old one into the place of its successor's.
            guard try lease.isHeld() else { return }
            try store.publishSnapshot(at: setup.directory.snapshot)
            publishing.isStale = false
            troubles.hold("snapshot", nil)
        } catch {
            troubles.hold("snapshot", "what 'stune status' shows is old: \(error)")
        }
        let taken = time.now - start
        publishing.due = time.now + max(setup.pace.snapshot, taken * ControllerLimits.snapshotShare)
    }
}
