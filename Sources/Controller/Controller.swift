package import Clusters
import ExternalSearch
package import Logging
import Spool
package import Store
import StudyFile
package import Tuning

/// The imperative shell: it reads the inbox, asks the cluster, feeds events to the core, commits, and
/// carries out what was committed. It holds no policy.
///
/// Recovery is the same code as the start: load the log, fold it, reconcile open intents, go on.
package struct Controller {
    var setup: StudySetup
    let cluster: any Cluster
    private(set) var store: Store
    let lease: Lease
    let log: Logger
    let time: any TimeSource
    let inbox: Inbox

    /// The core. It runs ahead of the store only within `commit`, which reloads it if that fails.
    var study = Study()
    /// Whether the core is to be loaded again before it decides anything.
    var isAhead = false
    /// Whether the store is closed, and all that is left is to give the lease back.
    private var isClosed = false
    /// Whether the snapshot has all that was committed, and nothing will be.
    private var hasLastSnapshot = false
    var watch: TaskWatch
    /// Tokens that no request has named yet: their arrays need not be looked up before they are submitted.
    var fresh: Set<ArrayToken> = []
    /// What was submitted and is not recorded yet, with its intent.
    var submitted: [(intent: Int64, token: ArrayToken, job: ArrayID)] = []
    /// Letters that came before their predecessors, by path, and since when they wait.
    var early: [String: Duration] = [:]
    /// How long training takes, as workers that stay have shown.
    var times: TaskTimes
    /// What the last answer of the cluster left to say.
    var lost: [AssignmentLost] = []
    /// Tasks that will not start by themselves, and which of them people were told of.
    var held = HeldTasks()
    var toldHeld = HeldTasks()
    /// Tasks whose workers were told that the cluster is about to end them, with their start.
    var warned: [TaskID: Int] = [:]
    /// What people were told of how the study is run.
    var toldChoice: TaskTimes.Choice?
    /// Whether people were told that commands do not wait.
    var toldWaiting = false
    /// The workers that have nothing to do, and since when.
    var restingSince: [Turn: Duration] = [:]
    /// Whether people were told that checkpoints are in the way of new trials; `nil`: nobody has looked yet.
    var toldShortage: Bool?
    /// Whether the log says so: once, since it may come and go with each checkpoint.
    var hasLoggedShortage = false
    /// When the cluster is asked about the open tasks, and how long after the last time that is.
    var nextPoll: Duration
    var pollPause: Duration
    /// When it is looked at next what the study has used, where that has a limit.
    var nextStopCheck: Duration
    /// What the cluster said last, without what time alone changes.
    var lastStates: [TaskSighting] = []
    /// When the cluster is asked again to do something, after it could not.
    var retry: BackOff?
    /// How many tasks of the study the cluster takes at once.
    var taskLimit = TaskLimit()
    /// When the arrays were first sent that the cluster has not taken yet, in seconds since 1970.
    var firstTries: [ArrayToken: Double] = [:]
    /// Since when all tasks of the study wait for what no time brings; `nil`: they do not.
    var hopelessSince: Duration?
    /// How long it may rest while tasks wait in the queue.
    var waves = Waves()
    /// Whether the last pass gave a worker that waits its answer: then others may wait too.
    var didAnswer = false
    /// When those intents are tried again for which a file is there that is not to be seen yet.
    var unseen: [Int64: BackOff] = [:]
    /// The trial for which the searcher outside was asked, and has not answered yet.
    var asked: TrialID?
    /// How often in a row the searcher outside has failed, and when it is asked again.
    var searchRetry: (failures: Int, at: Duration)?
    var snapshot: (due: Duration, isStale: Bool)
    /// The file that holds up what is to be done, as the last pass found it.
    var fileInTheWay: String?
    /// What stands in the way at present, and is waited out.
    var troubles = Troubles()
    /// Letters that are taken in and could not be removed, and when that is tried again.
    var unremoved: [String: BackOff] = [:]
    /// How often it was tried to remove what an intent names.
    var removalTries: [Int64: Int] = [:]
    /// What was put into quarantine.
    var oddities = Oddities()
    /// What is left to do once the study is over.
    var endSweep = EndSweep()
    var maxArraySize = 0
    /// The most tasks of one array, as the cluster's refusals of arrays have taught this controller.
    var mostTasks = Int.max
    let identity: FileIdentity

    /// Opens a study: creates its directory and store where there are none, else loads what is there.
    ///
    /// The caller holds the lease.
    package init(
        _ setup: StudySetup, cluster: any Cluster, lease: Lease, log: Logger
    ) async throws {
        self.setup = setup
        self.cluster = cluster
        self.lease = lease
        self.log = log
        time = setup.time
        inbox = Inbox(setup.directory)
        times = TaskTimes(setup)
        watch = TaskWatch(settle: setup.pace.settle)
        (nextPoll, pollPause, nextStopCheck) = (time.now, setup.pace.poll, time.now)
        snapshot = (time.now, true)
        identity = try setup.directory.identity()
        try setup.directory.checkAncestors()
        store = try Controller.openStore(setup, lease, log)
        maxArraySize = try await cluster.maxArraySize()
        do {
            try openStudy()
        } catch let error as StoreError where setup.restores && error.isLoss {
            log.warning("\(error)")
            try store.close()
            try lease.restoreStore(log)
            store = try Controller.openStore(setup, lease, log)
            try openStudy()
        }
        if setup.restores { try await takeInAgain() }
        if time is SystemTime { troubles.prepare(setup.directory, log) }
        try unmarkEnd()
        // A study that was begun before goes on as it was begun.
        times = TaskTimes(self.setup)
        try tellMode()
    }

    /// Why the study is over; `nil`: it is not.
    package var outcome: StudyOutcome? {
        if case .over(let outcome) = study.phase { outcome } else { nil }
    }

    /// How a run came to its end.
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
        let arrivals = time is SystemTime ? InboxWatch(inbox, bell: setup.searcher?.news ?? Bell()) : nil
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
            if hasNews, !didAnswer {
                let rest = ControllerLimits.rest
                let wave = setup.execution.mode == .rung ? waves.rest(lastStates) : .zero
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

    /// One pass: take in, decide, commit, carry out.
    ///
    /// - Returns: whether anything happened.
    package mutating func pass() async throws -> Bool {
        try checkFooting()
        if isAhead { try reload() }
        try await poll()
        let tookIn = try takeIn()
        let didStop = try checkStopLimits()
        let didAsk = try await askOutside()
        try tellShortage()
        try letGo(planTakes())
        didAnswer = false
        let didAct = try await carryOut()
        let hasNews = tookIn || didAct || didStop || didAsk
        if hasNews { snapshot.isStale = true }
        publishSnapshot(now: false)
        return hasNews
    }

    /// Publishes the last snapshot and gives the lease back. What was committed stays; tasks go on. It may be
    /// repeated when it fails.
    package mutating func finish() throws {
        if !isClosed {
            if !hasLastSnapshot {
                snapshot.isStale = true
                publishSnapshot(now: true)
            }
            try store.close()
            isClosed = true
        }
        try lease.release()
        troubles.end()
    }

    /// Publishes the last snapshot.
    ///
    /// - Returns: whether that was done.
    mutating func publishLastSnapshot() -> Bool {
        snapshot.isStale = true
        publishSnapshot(now: true)
        hasLastSnapshot = !snapshot.isStale
        return hasLastSnapshot
    }

    /// Before anything is done: is this still the study's directory, and is this still its controller?
    private func checkFooting() throws {
        guard try setup.directory.identity() == identity else {
            throw ControllerError.directoryGone(path: setup.directory.path)
        }
        guard try lease.isHeld() else { throw ControllerError.superseded }
    }

    /// Publishes a snapshot when it is time. Only readers need it: what is in the way is told, and tried again.
    private mutating func publishSnapshot(now: Bool) {
        guard snapshot.isStale, now || time.now >= snapshot.due else { return }
        let start = time.now
        do {
            // A controller that was paused does not put an old one into the place of its successor's.
            guard try lease.isHeld() else { return }
            try store.publishSnapshot(at: setup.directory.snapshot)
            snapshot.isStale = false
            troubles.hold("snapshot", nil)
        } catch {
            troubles.hold("snapshot", "what 'stune status' shows is old: \(error)")
        }
        let taken = time.now - start
        snapshot.due = time.now + max(setup.pace.snapshot, taken * ControllerLimits.snapshotShare)
    }
}
