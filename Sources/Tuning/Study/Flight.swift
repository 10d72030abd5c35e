/// The state of a running assignment: from the decision to run it until its task is over.
struct Flight: Sendable {
    /// How far an assignment has come.
    enum Stage: Sendable {
        /// It has no result yet: what its starts have shown so far, and the state of the newest one's command.
        ///
        /// Can transition to `reached`; ends when its task is lost or the study ends.
        case working(Sign, Command)
        /// It has reported at its target: this result counts, even if its command fails afterwards. Only the first such
        /// report counts.
        ///
        /// Can transition to `released`; ends when its command ends, or continues in place with the next assignment.
        case reached(Loss)
        /// Its result is in the rung, and its command was asked to leave; it only holds its slot.
        ///
        /// Ends when its command has left.
        case released(Loss)
    }

    /// The evidence that an assignment was begun; the strongest of all its starts counts.
    enum Sign: Sendable {
        /// Nothing yet. Can transition to both others.
        case none
        /// A start has reported that its command begins. Can transition to `reported`.
        case started
        /// It has reported beyond the resource that it began with.
        case reported
    }

    /// The state of the newest start's command. A newer start is `running` again.
    enum Command: Sendable {
        /// As far as is known it runs, or will. Can transition to both others.
        case running
        /// It was asked to leave, and left. Only the cluster knows why.
        case left
        /// It crashed after the cluster had told its task to end; the sentence says how.
        case crashed(String)
    }

    /// The assignment.
    let assignment: Assignment
    /// How often the same work was tried before.
    let tries: Tries
    /// The newest start of its task. Reports of older starts decide nothing.
    private(set) var epoch = 0
    /// How far it is.
    private(set) var stage = Stage.working(.none, .running)

    init(_ assignment: Assignment, after tries: Tries) {
        self.assignment = assignment
        self.tries = tries
    }

    /// Its result, if it has one.
    var result: Loss? {
        switch stage {
        case .working: nil
        case .reached(let loss), .released(let loss): loss
        }
    }

    /// Whether anything shows that it was begun.
    var hasBegun: Bool {
        if case .working(.none, _) = stage { false } else { true }
    }

    /// Whether it has reported anything beyond the resource that it began with.
    var hasReported: Bool {
        if case .working(let sign, _) = stage { sign == .reported } else { true }
    }

    /// How the command of its newest start is, as far as is known.
    var command: Command {
        if case .working(_, let command) = stage { command } else { .running }
    }

    // MARK: Transitions

    /// This start, or a newer one, has sent a message, and counts as the newest from now on.
    mutating func supersede(by epoch: Int) {
        if epoch > self.epoch, case .working(let sign, _) = stage { stage = .working(sign, .running) }
        self.epoch = epoch
    }

    /// A start of it begins the command.
    mutating func start() {
        if case .working(.none, let command) = stage { stage = .working(.started, command) }
    }

    /// It has reported beyond the resource that it began with, and not at its target.
    mutating func advance() {
        if case .working(_, let command) = stage { stage = .working(.reported, command) }
    }

    /// The command of its newest start has ended, and only the cluster knows why.
    mutating func end(_ command: Command) {
        if case .working(let sign, _) = stage { stage = .working(sign, command) }
    }

    /// It has its result.
    mutating func reach(_ loss: Loss) {
        if case .working = stage { stage = .reached(loss) }
    }

    /// Its result is in the rung, and its command is to leave.
    mutating func release() {
        if case .reached(let loss) = stage { stage = .released(loss) }
    }
}

/// How often the same work was tried before, without a result.
struct Tries: Sendable {
    /// … by its own fault.
    var failures = 0
    /// … because its task was displaced.
    var displacements = 0
}

/// An assignment to launch again when there is a place: after a failure, or from its checkpoint.
struct Relaunch: Sendable {
    let trial: TrialID
    let rung: Int
    let reason: Assignment.Reason
    let tries: Tries
}
