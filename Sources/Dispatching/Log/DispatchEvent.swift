package import Tuning

/// The dispatcher's events. Like those of the core they are facts, and the dispatcher's state is their fold.
package enum DispatchEvent: Hashable, Sendable {
    /// A controller begins: earlier measurements are forgotten, and waiting workers wait since now.
    case opened(DispatchPlan)
    /// A controller has gone back to what was committed: workers that wait do so since now.
    case reloaded
    /// The core took in an event and decided this because of it; `landed`: the assignments that are over with it.
    case decided(Event, [Decision], landed: [AssignmentID])
    /// The task of an assignment that was decided in this transaction is to ask for this. Of others it is plain.
    case requested(AssignmentID, TaskRequest)
    /// Nothing more is decided in this transaction: what was decided is to have its place.
    case settled
    /// The worker that has done this turn waits for other work; its task ends at `until` (seconds since 1970, `nil`: not
    /// known).
    case idle(Turn, until: Double?)
    /// Between transactions: checks whether waiting workers get work from the queue, or leave. `isHeldBack`: the
    /// cluster accepts less than there is. `mayGetWork`: more work for them is likely, other than by chance.
    case looked(isHeldBack: Bool, mayGetWork: Bool)
    /// The work of an unstarted task was claimed for the worker that has done this turn, unless `isFree` is false: then
    /// the task has claimed it first, or it is done.
    case claimed(AssignmentID, for: Turn, isFree: Bool)
    /// The worker that was to be given work after this turn had left before.
    case gone(Turn)
    /// The cluster does not take this array as it is: its first tasks stay, the others go into another.
    case split(ArrayToken, into: ArrayToken, keeping: Int)
    /// Arrays that nobody has sent become one: the site takes few submissions.
    case gathered([ArrayToken], into: ArrayToken)
    /// The cluster took an array that was first to be sent at this moment, in seconds since 1970.
    case taken(ArrayToken, sent: Double)
    /// A task of this array has begun.
    case begun(ArrayToken)
    /// So many units of resource took so many seconds.
    case measured(units: Int, seconds: Double)
    /// Arrays have at most this many tasks from now on.
    case narrowed(mostTasks: Int)
}

/// What to do because of an event: recorded with it, and carried out afterwards.
package enum DispatchCommand: Hashable, Sendable {
    /// Submit this array.
    case submit(PlannedArray)
    /// Give work to the worker that waits after this turn: one turn each, in order.
    case give([PlannedArray.Lane], after: Turn)
    /// Tell the command that waits after this turn to continue with its trial.
    case goOn(PlannedArray.Lane, after: Turn)
    /// Tell the command that waits after this turn to leave; `save`: after saving what it has learned.
    case release(Turn, save: Bool)
    /// Remember that a worker waits for work.
    case keep(IdleWorker)
    /// Let the worker that waits after this turn leave.
    case dismiss(Turn)
    /// Claim the work of an unstarted task for the worker that waits after this turn.
    case claim(AssignmentID, for: Turn)
    /// Give the worker that waits after this turn the work planned for a task.
    case hand(AssignmentID, after: Turn, task: Int)
    /// Submit an assignment in an array of its own.
    case resubmit(AssignmentID, PlannedArray.Place)
    /// Submit these tasks of an array as another one.
    case split(ArrayToken, into: ArrayToken, tasks: [Int])
    /// Submit these assignments as one array of this name, and not in the arrays that they were planned for.
    case gather([AssignmentID], into: ArrayToken, name: String)
    /// Cancel these tasks, unless they have got other work in the meantime.
    case cancel([PlannedTask])
    /// Remove a checkpoint.
    case remove(CheckpointID)
    /// An assignment placed in this transaction was over before.
    case close(AssignmentID)
}

/// A worker that waits for other work.
package struct IdleWorker: Hashable, Sendable {
    /// The plan for it.
    ///
    /// - `resting` → `claiming` when work of the queue is wanted for it; it is removed when it gets work or leaves.
    /// - `claiming` → `resting` when that work is not free.
    package enum Stage: Hashable, Sendable {
        /// There has been no work for it since this moment of the steady clock.
        case resting(since: Duration)
        /// It is to have this assignment, if its task has not claimed it.
        case claiming(AssignmentID)
    }

    /// The turn that it has done.
    package var turn: Turn
    /// The index of its task in the array.
    package var task: Int
    /// When its task ends, in seconds since 1970 by the controller's clock; `nil`: not known.
    package var until: Double?
    /// How often the memory of its task was raised.
    package var outOfMemory: Int
    /// What its task has asked for.
    package var request: TaskRequest
    /// What is meant to become of it.
    package var stage: Stage

    /// A worker from its parts.
    package init(
        turn: Turn, task: Int, until: Double?, outOfMemory: Int, stage: Stage,
        request: TaskRequest = .plain
    ) {
        self.turn = turn
        self.task = task
        self.until = until
        self.outOfMemory = outOfMemory
        self.request = request
        self.stage = stage
    }

    /// Its task.
    var plannedTask: PlannedTask { PlannedTask(token: turn.token, index: task) }

    /// Whether it comes before another: those with the most time left first.
    static func comes(_ left: IdleWorker, before right: IdleWorker) -> Bool {
        let (one, other) = (left.until ?? .infinity, right.until ?? .infinity)
        if one != other { return one > other }
        return (left.turn.token, left.turn.index) < (right.turn.token, right.turn.index)
    }
}
