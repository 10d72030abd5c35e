/// The faults of a simulation. Each is counted where it is injected.
package enum Fault: String, CaseIterable, Sendable {
    // The controller.
    case controllerCrash = "controller killed between two steps"
    case crashInCommit = "controller killed in the middle of a commit"
    case crashAtStart = "controller killed while it starts"
    case controllerStopped = "controller told to stop"
    case controllerPaused = "controller paused, declared dead, and woken later"
    case secondController = "second controller started beside the first"
    case noController = "no controller for a long while"
    // The cluster.
    case replyLost = "submit accepted, reply lost"
    case requestLost = "submit lost, no reply"
    case busy = "submit refused for the moment"
    case overLimit = "submit over a limit on jobs"
    case clusterAway = "cluster does not answer for a while"
    case nameRewritten = "job name or comment rewritten by the site"
    case earlyStart = "task starts before its submit returns"
    case lateStart = "task starts late"
    case heldTask = "task held for long"
    case doubleStart = "task started twice"
    case launchFailed = "task fails to launch"
    case nodeFailure = "node fails under a task"
    case requeue = "task requeued, its old process gone"
    case requeueGhost = "task requeued, its old process still writes"
    case outOfMemory = "task out of memory"
    case timeLimit = "task reaches its time limit"
    case preemption = "task preempted with grace"
    case taskCancelled = "task cancelled by hand"
    case arrayCancelled = "array cancelled by hand"
    case forgotten = "finished tasks forgotten by the cluster"
    // The file system.
    case invisible = "file invisible to other nodes for a while"
    case staleListing = "removed file still listed"
    case transientError = "input or output error"
    case diskFull = "disk full for a while"
    case commitRefused = "commit refused in the middle, disk full"
    case linkLies = "link(2) done, and said to have failed"
    case renameLies = "rename done, and said to have failed"
    case repeatedLetter = "letter comes again after it was taken in"
    case tornLetter = "torn, empty or foreign letter in the inbox"
    // Nodes and training code.
    case gaveUp = "worker waits no longer for its answer"
    case gaveBack = "worker gives back the work that it has ahead"
    case clockSkew = "clocks minutes apart"
    case crashingCode = "training code crashes"
    case silentCode = "training code ends without a report"
    case badMetric = "metric that is no number"
    case resumed = "task started again goes on from what an earlier start has saved"
    case searcherFails = "searcher outside dies or hangs"
    case schedulerFails = "scheduler outside dies or hangs"
    case endsAtTarget = "command ends where it was told to go on"
    case endsBetween = "command ends on its way, having gone on"
    // The user.
    case userExtends = "user asks for more trials"
    case userWidens = "user asks for another number of places"
    case userAllowsRetries = "user asks for another number of retries"
    case userPauses = "user pauses the study, and lets it go on"
    case userCancelsTrial = "user cancels a trial"
    case userTriesAgain = "user asks for a trial to be tried again"
    case userAdds = "user adds a trial"
    case userFinishes = "user wants the best trained to the end"
    case userRaises = "user raises the ladder"
    case userReplacesSearcher = "user takes another searcher"
    case userReshapes = "user gives a parameter another range, adds one or removes it"
    case userKeepsOthers = "user keeps another number of checkpoints"
    case userCleans = "user removes checkpoints that nothing needs"

    /// Those that a scenario switches on by itself, and not by drawing each.
    static let drawnElsewhere = ofUser.union([
        .searcherFails, .schedulerFails, .resumed, .endsAtTarget, .endsBetween,
    ])

    /// What the user does.
    static let ofUser: Set<Fault> = [
        .userExtends, .userWidens, .userAllowsRetries, .userPauses, .userCancelsTrial, .userTriesAgain,
        .userAdds, .userFinishes, .userRaises, .userReplacesSearcher, .userReshapes,
        .userKeepsOthers, .userCleans,
    ]
}
