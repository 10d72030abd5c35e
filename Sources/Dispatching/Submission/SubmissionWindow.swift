package import Tuning

/// When the cluster is asked again to take something, and how many tasks at once, as its refusals have taught.
package struct SubmissionWindow: Hashable, Sendable {
    /// What keeps the cluster from taking requests.
    ///
    /// - `open` → `closed` after a failure or a refusal for now.
    /// - `closed` → `closed` after one more, with a longer wait; → `open` once its wait is over (`reopen`).
    package enum State: Hashable, Sendable {
        /// Requests are sent as they come.
        case open
        /// Requests wait.
        case closed(BackOff)
    }

    /// What keeps the cluster from taking requests.
    package private(set) var state = State.open
    /// How many tasks of the study the cluster takes at once.
    package private(set) var limit = TaskLimit()
    /// The most tasks of one array, as the cluster's refusals of arrays have taught; at least 1.
    package private(set) var mostTasks = Int.max
    /// When the arrays were first sent that the cluster has not taken yet, in seconds since 1970.
    private var firstTries: [ArrayToken: Double] = [:]

    /// Nothing was refused yet.
    package init() {}

    /// Whether the cluster takes less than there is.
    package var isHeldBack: Bool { state != .open || limit.most != nil }

    /// The back-off; `nil`: requests are sent as they come.
    package var backOff: BackOff? {
        if case .closed(let backOff) = state { backOff } else { nil }
    }

    /// Whether a submission is worth a try.
    ///
    /// - Parameter own: how many tasks of the study the cluster has now; asked only where that matters.
    package func allowsSubmission(at now: Duration, own: () -> Int) -> Bool {
        guard let backOff, now < backOff.at else { return true }
        return backOff.tasks != nil && backOff.allowsSubmission(at: now, own: own())
    }

    /// Whether anything but a submission is worth a try.
    package func allowsOther(at now: Duration) -> Bool {
        guard let backOff, now < backOff.at else { return true }
        return backOff.allowsOther(at: now)
    }

    /// The wait is over.
    ///
    /// - Returns: whether there was one.
    package mutating func reopen(at now: Duration) -> Bool {
        guard let backOff, now >= backOff.at else { return false }
        state = .open
        return true
    }

    // MARK: What the cluster says

    /// An array is sent, for the first time or again.
    package mutating func sends(_ token: ArrayToken, at wall: Double) {
        firstTries[token] = firstTries[token] ?? wall
    }

    /// The cluster took an array.
    ///
    /// - Parameter total: how many tasks of the study it has now.
    /// - Returns: when the array was first sent, in seconds since 1970: a task that could not be submitted has waited for
    ///   its place all the same.
    package mutating func took(_ token: ArrayToken, total: Int, at now: Duration, wall: Double) -> Double {
        limit.took(total: total)
        if case .closed(var backOff) = state {
            backOff.succeed(at: now)
            state = .closed(backOff)
        }
        return firstTries.removeValue(forKey: token) ?? wall
    }

    /// The cluster is away, or slow, or takes no more.
    ///
    /// - Parameter tasks: how many tasks of the study it has, if that is what it refused for.
    /// - Returns: how long requests wait.
    package mutating func failed(at now: Duration, tasks: Int? = nil) -> Duration {
        let next = BackOff.next(after: backOff, at: now, tasks: tasks)
        state = .closed(next)
        return next.wait
    }

    /// What follows when an array is over a limit.
    package enum Verdict: Hashable, Sendable {
        /// So many of its tasks are sent first.
        case split(keeping: Int)
        /// It waits until a task has ended.
        case wait
    }

    /// An array was refused because of a limit on tasks.
    ///
    /// - Parameters:
    ///   - count: how many tasks it has.
    ///   - own: how many tasks of the study the cluster has; asked only where that matters.
    package mutating func overLimit(tasks count: Int, own: () throws -> Int) rethrows -> Verdict {
        if count > 1 {
            mostTasks = count / 2
            return .split(keeping: mostTasks)
        }
        limit.refused(one: try own())
        // It is the number of tasks that is limited, and not the size of an array.
        mostTasks = .max
        return .wait
    }

    /// How many tasks of an array of so many go out first; `nil`: all.
    package func room(for count: Int, own: Int) -> Int? {
        guard let room = limit.room(own: own), room < count else { return nil }
        return room
    }

    /// An array was made into two, and the second has waited as long as the first.
    package mutating func split(_ first: ArrayToken, into second: ArrayToken) {
        firstTries[second] = firstTries[first]
    }
}

/// How long to wait before something is tried again that failed.
///
/// The wait doubles from failure to failure, and starts again from the first one after a success. Where a limit on the
/// study's tasks is in the way, a task that ends is reason enough to try at once.
package struct BackOff: Hashable, Sendable {
    /// The last wait.
    package private(set) var wait: Duration
    /// When to try again.
    package private(set) var at: Duration
    /// How many tasks of the study the cluster had when it took no more; `nil`: it was no limit that failed.
    package private(set) var tasks: Int?

    /// After a first failure.
    package init(at now: Duration, tasks: Int? = nil) {
        wait = DispatchLimits.backOff.first
        at = now + wait
        self.tasks = tasks
    }

    /// After a failure, the first or one more.
    package static func next(after last: BackOff?, at now: Duration, tasks: Int? = nil) -> BackOff {
        guard var next = last else { return BackOff(at: now, tasks: tasks) }
        next.fail(at: now, tasks: tasks)
        return next
    }

    /// After one more failure.
    package mutating func fail(at now: Duration, tasks: Int? = nil) {
        // There was room for a moment: the cluster has not quite seen that a task is over.
        let hasMoved = if let tasks, let before = self.tasks { tasks < before } else { false }
        wait =
            hasMoved ? DispatchLimits.backOff.first : min(wait * 2, DispatchLimits.backOff.longest)
        at = now + wait
        self.tasks = tasks
    }

    /// The cluster took an array, and perhaps no more after that.
    package mutating func succeed(at now: Duration) {
        wait = DispatchLimits.backOff.first
        at = now + wait
    }

    /// Whether a submission is worth a try.
    ///
    /// - Parameter own: how many tasks of the study the cluster has now.
    package func allowsSubmission(at now: Duration, own: Int) -> Bool {
        if now >= at { return true }
        guard let tasks else { return false }
        return own < tasks
    }

    /// Whether anything but a submission is worth a try: no limit is in the way of that.
    package func allowsOther(at now: Duration) -> Bool { tasks != nil || now >= at }
}

/// How many tasks of the study the cluster takes at once, as its refusals have taught.
package struct TaskLimit: Hashable, Sendable {
    /// The most tasks that the cluster had when it refused one more; at least 1, `nil`: no limit is known.
    package private(set) var most: Int?

    /// No limit is known.
    package init() {}

    /// A single task was refused while the cluster had so many of the study.
    package mutating func refused(one own: Int) { most = max(1, min(most ?? own, own)) }

    /// An array was taken, and so the cluster has so many.
    package mutating func took(total: Int) {
        if let known = most, total > known { most = nil }
    }

    /// How many tasks to send in one array, at least 1; `nil`: as many as there are.
    package func room(own: Int) -> Int? { most.map { max(1, $0 - own) } }
}
