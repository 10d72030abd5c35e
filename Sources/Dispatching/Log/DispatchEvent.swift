package import Tuning

/// What the dispatcher is told. Like the events of the core these are facts, and its state is their fold.
package enum DispatchEvent: Hashable, Sendable {
    /// A controller begins: what was learned before is forgotten, and workers that wait do so since now.
    case opened(DispatchPlan)
    /// A controller has gone back to what was committed: workers that wait do so since now.
    case reloaded
    /// The core took in an event and decided this because of it; `landed`: the assignments that are over with it.
    case decided(Event, [Decision], landed: [AssignmentID])
    /// Nothing more is decided in this transaction: what was decided is to have its place.
    case settled
    /// The worker that has done this turn waits for other work; its task ends at `until` (seconds since 1970, `nil`: not
    /// known).
    case idle(Turn, until: Double?)
    /// Between transactions: do workers that wait get work from the queue, or leave? `isHeldBack`: the cluster takes less
    /// than there is. `mayGetWork`: more is likely to be decided for them, other than by chance.
    case looked(isHeldBack: Bool, mayGetWork: Bool)
    /// The work of a task that has not started was claimed for the worker that has done this turn, unless `isFree` is
    /// false: then the task has claimed it first, or it is done.
    case claimed(AssignmentID, for: Turn, isFree: Bool)
    /// The worker that was to be given work after this turn had left before.
    case gone(Turn)
    /// The cluster does not take this array as it is: its first tasks stay, the others go into another.
    case split(ArrayToken, into: ArrayToken, keeping: Int)
    /// The cluster took an array that was first sent at this moment, in seconds since 1970.
    case taken(ArrayToken, sent: Double)
    /// A task of this array has begun.
    case begun(ArrayToken)
    /// So many units of resource took so many seconds.
    case measured(units: Int, seconds: Double)
    /// Arrays have at most so many tasks from now on.
    case narrowed(mostTasks: Int)
}

/// What is to be done because of an event: recorded with it, and carried out after that.
package enum DispatchCommand: Hashable, Sendable {
    /// Submit this array.
    case submit(PlannedArray)
    /// Give work to the worker that waits after this turn: a turn for each, in order.
    case give([PlannedArray.Lane], after: Turn)
    /// Tell the command that waits after this turn to go on with its trial.
    case goOn(PlannedArray.Lane, after: Turn)
    /// Tell the command that waits after this turn to leave; `save`: it saves what it has learned first.
    case release(Turn, save: Bool)
    /// Remember that a worker waits for work.
    case keep(IdleWorker)
    /// Let the worker leave that waits after this turn.
    case dismiss(Turn)
    /// Claim the work of a task that has not started, for the worker that waits after this turn.
    case claim(AssignmentID, for: Turn)
    /// Give the worker that waits after this turn what was planned for a task.
    case hand(AssignmentID, after: Turn, task: Int)
    /// Submit an assignment in an array of its own.
    case resubmit(AssignmentID, PlannedArray.Place)
    /// Submit these tasks of an array as another one.
    case split(ArrayToken, into: ArrayToken, tasks: [Int])
    /// Cancel these tasks, unless they have got other work in the meantime.
    case cancel([PlannedTask])
    /// Remove a checkpoint.
    case remove(CheckpointID)
    /// An assignment that was placed in this transaction was over before.
    case close(AssignmentID)
}

/// A worker that waits for other work.
package struct IdleWorker: Hashable, Sendable {
    /// What is meant to become of it.
    ///
    /// - `resting` → `claiming` when work of the queue is wanted for it; it is no more once it gets work or leaves.
    /// - `claiming` → `resting` when that work is not free.
    package enum Stage: Hashable, Sendable {
        /// There is nothing for it, since this moment of the steady clock.
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
    /// What is meant to become of it.
    package var stage: Stage

    /// A worker from its parts.
    package init(turn: Turn, task: Int, until: Double?, outOfMemory: Int, stage: Stage) {
        self.turn = turn
        self.task = task
        self.until = until
        self.outOfMemory = outOfMemory
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
