package import Tuning

/// What the dispatcher is told once, when a controller begins: how tasks may be used, and how large arrays may be.
package struct DispatchPlan: Hashable, Sendable {
    /// Who decides how many assignments a task carries out.
    package enum TaskUse: String, Hashable, Sendable {
        /// Each assignment has a task of its own.
        case single
        /// Workers stay: a task carries out one assignment after the other.
        case staying
        /// Workers stay where that is worth it, as the times that were measured say.
        case measured
    }

    /// The study's name, as jobs are named after it.
    package var study: String
    /// How tasks are used.
    package var use: TaskUse
    /// Whether a worker whose work is done may get other work.
    package var reuses: Bool
    /// How many assignments may be in flight, at least 1.
    package var parallel: Int
    /// How many assignments share a task, at least 1.
    package var slotsPerTask: Int
    /// The resource of each rung, from the lowest up.
    package var levels: [Resource]
    /// Whether one result may send many trials on that have waited for it, when no more trials begin. Elsewhere one that
    /// ends a trial's work frees the worker for whoever goes on because of it.
    package var sendsManyOn: Bool
    /// An index in an array is below this; at least 1.
    package var maxArraySize: Int

    /// A plan from its parts.
    package init(
        study: String, use: TaskUse, reuses: Bool, parallel: Int, slotsPerTask: Int = 1,
        levels: [Resource] = [], sendsManyOn: Bool = false, maxArraySize: Int
    ) {
        self.study = study
        self.use = use
        self.reuses = reuses
        self.parallel = parallel
        self.slotsPerTask = slotsPerTask
        self.levels = levels
        self.sendsManyOn = sendsManyOn
        self.maxArraySize = maxArraySize
    }
}

/// A moment by both clocks: it is always an argument here.
package struct Moment: Hashable, Sendable {
    /// Seconds since 1970, as tasks' ends are given in. It may jump.
    package var wall: Double
    /// Since the controller's machine began to count. It never jumps, and says nothing to another machine.
    package var steady: Duration

    /// A moment from its parts.
    package init(wall: Double, steady: Duration) {
        self.wall = wall
        self.steady = steady
    }
}
