package import Tuning

/// The dispatcher's settings when a controller begins: how tasks may be used, and how large arrays may be.
package struct DispatchPlan: Hashable, Sendable {
    /// What decides how many assignments a task runs.
    package enum TaskUse: String, Hashable, Sendable {
        /// Each assignment has its own task.
        case single
        /// Workers stay: a task runs one assignment after the other.
        case staying
        /// Workers stay if that pays, judged by measured times.
        case measured
    }

    /// The study's name, for the names of jobs.
    package var study: String
    /// How tasks are used.
    package var use: TaskUse
    /// Whether a worker that has finished may get other work.
    package var reuses: Bool
    /// The greatest number of running assignments, at least 1.
    package var parallel: Int
    /// How many assignments share a task, at least 1.
    package var slotsPerTask: Int
    /// The resource of each rung, from the lowest up.
    package var levels: [Resource]
    /// Whether one result may promote many waiting trials when no more trials begin. Otherwise, a result that ends a
    /// trial's work frees the worker for the trial that continues because of it.
    package var sendsManyOn: Bool
    /// An index in an array is below this; at least 1.
    package var maxArraySize: Int
    /// Work that takes less than this, in seconds, is too short for a task of its own, however short the queue; 0: the
    /// times that were measured decide.
    package var shortWork: Double

    /// A plan from its parts.
    package init(
        study: String, use: TaskUse, reuses: Bool, parallel: Int, slotsPerTask: Int = 1,
        levels: [Resource] = [], sendsManyOn: Bool = false, maxArraySize: Int, shortWork: Double = 0
    ) {
        self.study = study
        self.use = use
        self.reuses = reuses
        self.parallel = parallel
        self.slotsPerTask = slotsPerTask
        self.levels = levels
        self.sendsManyOn = sendsManyOn
        self.maxArraySize = maxArraySize
        self.shortWork = shortWork
    }
}

/// A moment by both clocks; always an argument here.
package struct Moment: Hashable, Sendable {
    /// Seconds since 1970, like the ends of tasks. It may jump.
    package var wall: Double
    /// Time since the controller's machine began to count. It never jumps, and means nothing on another machine.
    package var steady: Duration

    /// A moment from its parts.
    package init(wall: Double, steady: Duration) {
        self.wall = wall
        self.steady = steady
    }
}
