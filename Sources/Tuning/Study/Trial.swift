/// What the study remembers of a trial: a few words, whatever its length.
struct TrialState: Sendable {
    /// The newest checkpoint to start from.
    var checkpoint: CheckpointID?
    /// Checkpoints that a newer one has made superfluous; discarded once no running attempt can need them.
    var superseded: [CheckpointID] = []

    /// Its last result that is finite, and the rung that it has that in; of a child its parent's, until it has one.
    var result: (rung: Int, loss: Loss)?
    /// Whether a child of another takes its place.
    var isReplaced = false
    /// Whether it will never go on from that result, as far as is known: it is complete, stopped, or ruled out.
    var isOut = false
    /// Whether it rests for ever, and its checkpoint is one of those that may go where there is a quota.
    var isSettled = false

    /// Whether it may start from a checkpoint, now or if a newer one is given up.
    func has(_ checkpoint: CheckpointID) -> Bool {
        self.checkpoint == checkpoint || superseded.contains(checkpoint)
    }

    /// A start of its task goes on from a checkpoint that was not known, or was taken for superfluous.
    mutating func adopt(_ adopted: CheckpointID) {
        if let checkpoint, checkpoint.resource > adopted.resource {
            // What goes back looks at the newest first.
            superseded.insert(adopted, at: 0)
        } else {
            if let checkpoint { superseded.append(checkpoint) }
            checkpoint = adopted
        }
    }

    /// Goes back from a checkpoint at the target to the newest one below it: with nothing left to train,
    /// a retry would have nothing to report, and come to nothing again.
    mutating func stepBack(below target: Resource) {
        guard let checkpoint, checkpoint.resource >= target else { return }
        superseded.append(checkpoint)
        let earlier = superseded.lastIndex { $0.resource < target }
        self.checkpoint = earlier.map { superseded.remove(at: $0) }
    }
}

/// A trial that is to start as the child of another, as soon as there is a place.
struct Birth: Sendable {
    /// The other.
    let parent: TrialID
    /// What that was, had, and had shown when this was decided.
    let configuration: Configuration
    let checkpoint: CheckpointID
    let result: (rung: Int, loss: Loss)
    /// The rung that the child leads to first.
    let rung: Int
}

/// What the study remembers of an assignment while it is in flight.
struct Flight: Sendable {
    /// The assignment.
    let assignment: Assignment
    /// The newest start of its task; reports of older ones never decide anything.
    var epoch = 0
    /// The result at the target: that of the first report there which was taken in.
    var loss: Loss?
    /// Whether the command of its newest start has left, having been told to.
    var hasLeft = false
    /// Whether a start of it has said so.
    var hasStarted = false
    /// How the command of its newest start crashed after the cluster had told its task to end; `nil`: it did not.
    var crash: String?
    /// Whether its result has entered the rung, and its command was told to leave: it only holds its slot.
    var isReleased = false
    /// Whether it has reported anything beyond the resource that it began with.
    var hasReported = false
    /// How often the same work was tried before and came to nothing by its own fault.
    let retries: Int
    /// How often the same work was tried before and its task was displaced.
    let displacements: Int
}

/// An assignment that is to be launched again.
struct Again: Sendable {
    let trial: TrialID
    let rung: Int
    let reason: Assignment.Reason
    let retries: Int
    let displacements: Int
}

/// Why an assignment came to nothing, and what the rules say about trying again.
struct Failure: Sendable {
    /// What may follow.
    enum Rule: Sendable {
        /// Try again, up to `maxRetries` times.
        case retry
        /// Try again, up to `TuningLimits.displacements` times: it was not its own fault.
        case displaced
        /// Try again, however often: nothing was tried.
        case giveAgain
        /// Of an assignment in place: start it in a process of its own. Any other is given up.
        case relaunch
        /// The same would happen again.
        case giveUp
        /// The user does not want it.
        case obey
    }

    var rule: Rule
    /// Why, in a sentence.
    var why: String
    /// Whether it was cut short from outside: what it has saved until then is progress, and no failure.
    var isInterruption = false
    /// Why, within the limit.
    var reason: String { why.beginning(bytes: TuningLimits.reasonBytes) }
}

extension AttemptEnded {
    /// Why the attempt came to nothing, given that it had no result.
    var failure: Failure {
        switch ending {
        case .finished:
            Failure(rule: .giveUp, why: "the command finished, but its report at the target is missing")
        case .exited(let code):
            Failure(rule: .retry, why: sentence("the command exited with code \(code)"))
        case .signalled(let number):
            Failure(rule: .retry, why: sentence("signal \(number) killed the command"))
        case .notStarted(let reason):
            Failure(rule: .giveUp, why: "the command could not be started: \(reason)")
        case .left:
            Failure(rule: .retry, why: sentence("the command was told to leave, and left"))
        case .noReport:
            Failure(rule: .giveUp, why: "the command exited with code 0 and reported nothing")
        case .badReport(let reason):
            Failure(rule: .giveUp, why: "the command's reports cannot be used: \(reason)")
        case .paused:
            Failure(rule: .relaunch, why: "the command ended with code 0 where it was told to go on")
        case .wentOn:
            Failure(rule: .retry, why: "its process went on without a report at the target")
        case .givenBack:
            Failure(rule: .giveAgain, why: "its worker gave it back before it was begun")
        case .setupFailed(let reason):
            Failure(rule: .displaced, why: sentence("the task's setup failed: \(reason)"))
        case .crashedLeaving(let reason):
            Failure(rule: .retry, why: sentence("the command was told to leave, and crashed: \(reason)"))
        }
    }

    /// What stands in a reason between what happened and what the command printed last.
    public static let lastWords = "; its last words: "

    /// An error's last line says most: where not all fits, the end is kept.
    private func sentence(_ what: String) -> String {
        guard !stderrTail.isEmpty else { return what }
        let lead = what + AttemptEnded.lastWords
        return lead + stderrTail.ending(bytes: TuningLimits.reasonBytes - lead.utf8.count)
    }
}

extension AssignmentLost {
    /// Why the assignment came to nothing, given that it had no result.
    ///
    /// - Parameters:
    ///   - hasLeft: whether its command had left before, having been told to.
    ///   - crash: how its command crashed after the cluster had told its task to end.
    func failure(hasLeft: Bool, crash: String? = nil) -> Failure {
        switch fate {
        case .cancelled: Failure(rule: .obey, why: "its task was cancelled")
        case .displaced:
            Failure(rule: .displaced, why: "its task was displaced (\(state))", isInterruption: true)
        case .outOfMemory: Failure(rule: .retry, why: "its task ran out of memory (\(state))")
        case .timedOut:
            Failure(rule: .retry, why: "its task reached its time limit (\(state))", isInterruption: true)
        // The cluster has no other reason than the crash itself.
        case .silent where crash != nil, .vanished where crash != nil:
            Failure(rule: .retry, why: crash ?? "")
        // Neither cancelled nor displaced: what is left is that its time was nearly up.
        case .silent where hasLeft, .vanished where hasLeft:
            Failure(
                rule: .retry,
                why: "its command was told to leave, as before a time limit, and left (\(state))",
                isInterruption: true)
        case .silent: Failure(rule: .retry, why: "its task ended without a word (\(state))")
        case .vanished: Failure(rule: .retry, why: "the cluster no longer knows its task")
        }
    }
}
