/// How long the controller waits before it asks the cluster again for what the cluster could not do.
///
/// The wait doubles from failure to failure, and starts again from the first one after a success. Where a limit on the
/// study's tasks is in the way, a task that ends is reason enough to try at once.
struct BackOff: Hashable {
    /// The last wait.
    private(set) var wait: Duration
    /// When to try again.
    private(set) var at: Duration
    /// How many tasks of the study the cluster had when it took no more; `nil`: it was no limit that failed.
    private(set) var tasks: Int?

    /// After a first failure.
    init(at now: Duration, tasks: Int? = nil) {
        wait = ControllerLimits.backOff.first
        at = now + wait
        self.tasks = tasks
    }

    /// After a failure, the first or one more.
    static func next(after last: BackOff?, at now: Duration, tasks: Int? = nil) -> BackOff {
        guard var next = last else { return BackOff(at: now, tasks: tasks) }
        next.fail(at: now, tasks: tasks)
        return next
    }

    /// After one more failure.
    mutating func fail(at now: Duration, tasks: Int? = nil) {
        // There was room for a moment: the cluster has not quite seen that a task is over.
        let hasMoved = if let tasks, let before = self.tasks { tasks < before } else { false }
        wait =
            hasMoved ? ControllerLimits.backOff.first : min(wait * 2, ControllerLimits.backOff.longest)
        at = now + wait
        self.tasks = tasks
    }

    /// The cluster took an array, and perhaps no more after that.
    mutating func succeed(at now: Duration) {
        wait = ControllerLimits.backOff.first
        at = now + wait
    }

    /// Whether a submission is worth a try.
    ///
    /// - Parameter own: how many tasks of the study the cluster has now.
    func allowsSubmission(at now: Duration, own: Int) -> Bool {
        if now >= at { return true }
        guard let tasks else { return false }
        return own < tasks
    }

    /// Whether anything but a submission is worth a try: no limit is in the way of that.
    func allowsOther(at now: Duration) -> Bool { tasks != nil || now >= at }
}

/// How many tasks of the study the cluster takes at once, as its refusals have taught.
struct TaskLimit: Hashable {
    /// The most tasks that the cluster had when it refused one more; at least 1, `nil`: no limit is known.
    private(set) var most: Int?

    /// A single task was refused while the cluster had so many of the study.
    mutating func refused(one own: Int) { most = max(1, min(most ?? own, own)) }

    /// An array was taken, and so the cluster has so many.
    mutating func took(total: Int) {
        if let known = most, total > known { most = nil }
    }

    /// How many tasks to send in one array, at least 1; `nil`: as many as there are.
    func room(own: Int) -> Int? { most.map { max(1, $0 - own) } }
}
