import Dispatching
package import StudyFile

/// Every limit and pace of the controller, with its reason.
package enum ControllerLimits {
    /// The letters taken in by one transaction: large enough to spread the cost of a commit, small enough
    /// that decisions come at once.
    package static let lettersPerTransaction = 2_000
    /// The messages in one transaction, or a few more: a letter may hold a thousand.
    package static let messagesPerTransaction = 20_000
    /// How many messages to expect in a letter until one has more: as many letters are read at once as then fit into
    /// the transaction.
    package static let messagesOfALetter = 64
    /// The letters taken from one listing of the inbox. A full inbox has more, and takes long to list.
    package static let lettersPerListing = 20_000
    /// The shortest and the longest pause between two looks into the inbox. Reports bring the news; a
    /// listing costs a few system calls.
    package static let inboxPause = Duration.milliseconds(5)...Duration.milliseconds(250)
    /// How many times as long as a pass took the controller rests before the next one, and the longest of these rests,
    /// where it is woken by letters and no worker waits for it: many that come together cost less than one by one.
    package static let rest = (share: 4, longest: Duration.milliseconds(25))
    /// The shortest time between two snapshots for readers, and the share of time that making them may
    /// take: one part in `snapshotShare`.
    package static let snapshotInterval = Duration.seconds(2)
    /// See `snapshotInterval`.
    package static let snapshotShare = 20
    /// How long all tasks of a study must wait for something that time does not bring, before the study ends for that
    /// reason: longer than Slurm takes to look at the queue again after an operator has changed a limit.
    package static let hopeless = Duration.seconds(20)
    /// The first and the longest wait after the file system refused for a reason that may pass: a server that fails
    /// over is back soon, a full disk is not.
    package static let fileWait = (first: Duration.milliseconds(250), longest: Duration.seconds(10))
    /// How often a controller that is to stop tries to close the store and give the lease back before it leaves
    /// without: the next one notices that it is gone.
    package static let lastTries = 4
    /// How often to try to publish the last snapshot, for about a minute.
    package static let lastSnapshotTries = 10
    /// How often to try to remove a checkpoint that is not needed, for about two minutes: then it stays.
    package static let removalTries = 8
    /// How many of a pass's letters in quarantine get their reason written beside them and logged: more would inform
    /// nobody, and each needs several disk writes.
    package static let reasonsPerPass = 20
    /// The most files in quarantine, because a larger directory is slow on every shared filesystem. Further invalid
    /// files are removed.
    package static let quarantined = 10_000
    /// For how long a controller makes sure that nothing of a finished study can start: longer than a slurmctld takes
    /// to restart. What starts later leaves by itself.
    package static let endSweep = Duration.seconds(60)
    /// How long a controller of a finished study waits for workers that are about to leave, before it cleans up without
    /// them.
    package static let leaving = Duration.seconds(2)
    /// How long a pass waits for a searcher outside, which often answers at once: what is decided together goes out
    /// together. And for how long it asks it again and again.
    package static let searchPause = (each: Duration.milliseconds(50), all: Duration.milliseconds(500))
    /// How long the scheduler outside is left alone at most after it has failed: meanwhile ASHA decides.
    package static let schedulerPause = Duration.seconds(600)
    /// After how many failures in a row of the searcher outside the controller gives up.
    package static let searchFailures = 3
    /// For how long an array that the cluster did not have is taken not to be there, where the site allows few requests.
    package static let absence = Duration.seconds(60)
    /// What a study's directory has besides checkpoints: the files and empty directories of every study, packs of outputs,
    /// arrays that are not cleared away yet.
    package static let ownEntries = 300
    /// What a running task has: its claim, its outputs and reports, its trial's directories, letters on their way.
    package static let entriesPerTask = 10
    /// How many checkpoints have their files counted in one look.
    package static let countedPerLook = 1_000
    /// How many arrays may wait for the limit on submissions before those that can be are made into one: each is looked at
    /// in each pass.
    package static let waitingArrays = 8
    /// The pause before a lease that another took first is looked at again.
    package static let leasePause = Duration.seconds(1)
}

/// How often to ask a cluster, and how long an ended task's last messages may take to appear.
package struct Pace: Sendable {
    /// The shortest time between two questions about the tasks.
    package var poll: Duration
    /// The longest: it doubles up to this while the cluster says the same each time.
    package var longestPoll: Duration { max(poll, asksAtLeastEvery ?? poll * 6) }
    /// The longest time between two questions; `nil`: six times the shortest.
    package var asksAtLeastEvery: Duration?
    /// The time between two questions while tasks only start and end; `nil`: the shortest.
    package var busyPoll: Duration?
    /// The settle window: after the cluster says that a task is over, its last letter may still be on its
    /// way through the caches of the shared filesystem.
    package var settle: Duration
    /// The shortest and the longest pause between two looks into the inbox.
    package var inbox = ControllerLimits.inboxPause
    /// How long all tasks must wait for something that time does not bring, before the study ends for that reason.
    package var hopeless = ControllerLimits.hopeless
    /// The shortest time between two snapshots for readers.
    package var snapshot = ControllerLimits.snapshotInterval

    /// A pace from its parts.
    package init(poll: Duration, settle: Duration) {
        self.poll = poll
        self.settle = settle
    }

    /// How the cluster is watched at this pace.
    var watch: ClusterWatch.Pace {
        ClusterWatch.Pace(poll: poll...longestPoll, busy: busyPoll, settle: settle, hopeless: hopeless)
    }

    /// Slurm: a look every few seconds while tasks are about to be declared lost or held, a few a minute while tasks start
    /// and end, and one a minute while nothing is due; reports bring the news. Looks take half of what the site allows at
    /// most: the rest is for submissions and cancellations.
    ///
    /// - Parameters:
    ///   - settle: the study's settle window.
    ///   - limits: what the site allows.
    ///   - requestsPerLook: how many requests one look takes.
    package static func slurm(
        settle: Duration, _ limits: RequestLimits = RequestLimits(), requestsPerLook: Int = 1
    ) -> Pace {
        let fewest = Duration.seconds(60) * (2 * requestsPerLook) / limits.requestsPerMinute
        var pace = Pace(poll: max(slurmPoll, fewest), settle: settle)
        (pace.busyPoll, pace.asksAtLeastEvery) = (.seconds(15), .seconds(60))
        return pace
    }

    /// The shortest time between two looks at Slurm's queue.
    package static let slurmPoll = Duration.seconds(5)
    /// Processes of this machine: a letter is there before its worker is gone.
    package static let local = Pace(poll: .milliseconds(250), settle: .seconds(1))
}
