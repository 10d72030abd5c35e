package import Tuning

/// An assignment, and where it is.
package struct Placement: Hashable, Sendable {
    /// How far it has come.
    package enum Stage: Hashable, Sendable {
        /// It is planned for its own task, which has not begun it. Can transition to `claimed`, `begun`, `over`; stays
        /// `queued` when it moves into another array.
        case queued
        /// It is to be taken from its task for the idle worker that has done this turn. Can transition to `given` (it
        /// was free), `queued` (it was not, or the worker has left), `begun`, `over`.
        case claimed(for: Turn)
        /// It was given to a worker after other work, and the worker has not begun it. Can transition to `begun`, `queued`
        /// (the worker had left), `over`.
        case given
        /// A worker has said that it began. Can transition to `over`.
        case begun
        /// It is over. Final.
        case over
    }

    /// One start of its task by the cluster.
    package struct Start: Hashable, Sendable {
        /// How often the cluster had restarted the task before.
        package var epoch: Int
        /// Which of its messages were applied.
        package var taken = TakenMessages()
        /// When its worker reported that it began, in seconds since 1970 by the controller's clock; `nil` if it has
        /// not.
        package var began: Double?
        /// Whether its worker has reported how it ended.
        package var hasEnded = false

        /// A start without messages.
        package init(epoch: Int) { self.epoch = epoch }
    }

    /// The assignment.
    package let assignment: AssignmentID
    /// The trial.
    package let trial: TrialID
    /// The rung that it leads to.
    package let rung: Int
    /// The resource that it starts from.
    package let from: Resource
    /// The resource that it leads to.
    package let to: Resource
    /// Whether the work was lost or interrupted before.
    package let isRepeat: Bool
    /// Its turn. Its `epoch` is 0 if its `turn` is: the task exists for it, whatever its start.
    package internal(set) var turn: Turn
    /// The index of its task in the array, as the cluster has it.
    package internal(set) var task: Int
    /// How often its trial had run out of memory before, or how often the memory of its task was raised.
    package internal(set) var outOfMemory: Int
    /// What its task asks for.
    package internal(set) var request: TaskRequest
    /// How far it has come.
    package internal(set) var stage: Stage
    /// The starts of its task that have spoken of it, in no order.
    package var starts: [Start]

    /// A placement from its parts.
    package init(
        assignment: AssignmentID, trial: TrialID, rung: Int, from: Resource, to: Resource, isRepeat: Bool,
        turn: Turn, task: Int, outOfMemory: Int, stage: Stage, starts: [Start] = [],
        request: TaskRequest = .plain
    ) {
        self.assignment = assignment
        self.trial = trial
        self.rung = rung
        self.from = from
        self.to = to
        self.isRepeat = isRepeat
        self.turn = turn
        self.task = task
        self.outOfMemory = outOfMemory
        self.request = request
        self.stage = stage
        self.starts = starts
    }

    /// Its task.
    package var plannedTask: PlannedTask { PlannedTask(token: turn.token, index: task) }

    /// Whether it is not over.
    package var isOpen: Bool { stage != .over }

    /// Whether its task waits in the queue for it.
    var isQueued: Bool { stage == .queued && turn.turn == 0 }

    /// Whether a worker has said that it began.
    var hasBegun: Bool { starts.contains { $0.began != nil } }

    /// The newest start of its task of which a worker has said how it ended; `nil`: of none.
    package var lastWord: Int? { starts.filter(\.hasEnded).map(\.epoch).max() }

    /// What is known of a start of its task.
    package func start(_ epoch: Int) -> Start? { starts.first { $0.epoch == epoch } }

    /// Changes what is known of a start of its task.
    mutating func change(_ epoch: Int, _ change: (inout Start) -> Void) {
        if let index = starts.firstIndex(where: { $0.epoch == epoch }) { return change(&starts[index]) }
        var start = Start(epoch: epoch)
        change(&start)
        starts.append(start)
    }
}

/// An array, as far as its assignments are remembered.
struct ArrayRecord: Hashable, Sendable {
    /// How far it has come.
    enum Stage: Hashable, Sendable {
        /// Its submission is an open intent. Can transition to `submitted`, or to `forgotten` when it is no longer
        /// wanted.
        case planned
        /// The cluster has it under this number. Can transition to `forgotten`.
        case submitted(job: UInt32)
        /// It was submitted, and the cluster has given its number to another array. Can transition to `submitted` when
        /// a worker of it sends a message.
        case forgotten
    }

    var stage: Stage
    /// How many of its assignments are remembered.
    var remembered = 0

    /// The cluster's number; `nil` if not known.
    var job: UInt32? {
        if case .submitted(let job) = stage { job } else { nil }
    }
}

/// A task, as far as its assignments are remembered.
package struct TaskRecord: Hashable, Sendable {
    /// The newest start with a message from any lane; 0 if there is none.
    package var newestStart = 0
    /// The newest start of which a worker has reported the end of an attempt; `nil` if there is none.
    package var lastWord: Int?
    /// Its running assignments.
    var open: Set<AssignmentID> = []
    /// Its lanes whose workers wait for other work.
    var idle: Set<Turn> = []
    /// How many of its assignments are remembered.
    var remembered = 0

    /// A task without messages.
    package init(newestStart: Int = 0, lastWord: Int? = nil) {
        self.newestStart = newestStart
        self.lastWord = lastWord
    }
}
