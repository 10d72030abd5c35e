package import Tuning

/// When to send requests to the cluster again, and how many tasks at once, learned from its refusals.
package struct SubmissionWindow: Hashable, Sendable {
    /// Whether the cluster accepts requests.
    ///
    /// - `open` → `closed` after a failure or a temporary refusal.
    /// - `closed` → `closed` after another one, with a longer wait; → `open` when its wait is over (`reopen`).
    package enum State: Hashable, Sendable {
        /// Requests are sent at once.
        case open
        /// Requests wait.
        case closed(BackOff)
    }

    /// Whether the cluster accepts requests.
    package private(set) var state = State.open
    /// How many tasks of the study the cluster takes at once.
    package private(set) var limit = TaskLimit()
    /// The most tasks of one array, as the cluster's refusals of arrays have taught; at least 1.
    package private(set) var mostTasks = Int.max
    /// What may be asked of the site; `nil`: it sets no limits.
    package private(set) var budget: SiteBudget?
    /// When the arrays were first to be sent that the cluster has not taken yet, in seconds since 1970.
    private var firstTries: [ArrayToken: Double] = [:]
    /// Arrays that were sent without an answer: their submissions are counted already.
    private var doubtful: Set<ArrayToken> = []

    /// Nothing was refused yet.
    package init() {}

    /// The site has limits.
    package mutating func obey(_ budget: SiteBudget) { self.budget = budget }

    /// Whether less is taken than there is.
    package func isHeldBack(at now: Duration) -> Bool {
        guard state == .open, limit.most == nil else { return true }
        guard let budget else { return false }
        return budget.limits.queuedTasks != nil || budget.submissionsLeft(at: now) == 0
    }

    /// How many arrays the site's limits let go out now; `nil`: any number.
    package func submissionsLeft(at now: Duration) -> Int? { budget?.submissionsLeft(at: now) }

    /// How many requests the site's limits allow now.
    package func requestsLeft(at now: Duration) -> Int { budget?.requestsLeft(at: now) ?? .max }

    /// The back-off; `nil`: requests are sent as they come.
    package var backOff: BackOff? {
        if case .closed(let backOff) = state { backOff } else { nil }
    }

    /// Whether a submission is worth a try.
    ///
    /// - Parameter own: how many tasks of the study the cluster has now; asked only where that matters.
    package func allowsSubmission(at now: Duration, own: () -> Int) -> Bool {
        if let budget {
            guard budget.submissionsLeft(at: now) > 0, budget.requestsLeft(at: now) > 0 else {
                return false
            }
            if let most = budget.limits.queuedTasks, own() >= most { return false }
        }
        guard let backOff, now < backOff.at else { return true }
        return backOff.tasks != nil && backOff.allowsSubmission(at: now, own: own())
    }

    /// Whether anything but a submission is worth a try.
    package func allowsOther(at now: Duration) -> Bool {
        guard requestsLeft(at: now) > 0 else { return false }
        guard let backOff, now < backOff.at else { return true }
        return backOff.allowsOther(at: now)
    }

    /// Opens the window if the wait is over.
    ///
    /// - Returns: whether there was a wait.
    package mutating func reopen(at now: Duration) -> Bool {
        guard let backOff, now >= backOff.at else { return false }
        state = .open
        return true
    }

    // MARK: What the cluster says

    /// So many requests are sent.
    package mutating func asks(_ count: Int = 1, at now: Duration) { budget?.asks(count, at: now) }

    /// An array is sent and there is no answer: the cluster may have it.
    package mutating func hearsNothing(of token: ArrayToken, at now: Duration) {
        budget?.submitted(at: now)
        doubtful.insert(token)
    }

    /// An array is to be sent, for the first time or again.
    package mutating func sends(_ token: ArrayToken, at wall: Double) {
        firstTries[token] = firstTries[token] ?? wall
    }

    /// The cluster took an array.
    ///
    /// - Parameters:
    ///   - total: how many tasks of the study it has now.
    ///   - isFound: whether it was found there, and is not sent now.
    /// - Returns: when the array was first to be sent, in seconds since 1970: a task that could not be submitted has waited
    ///   for its place all the same.
    package mutating func took(
        _ token: ArrayToken, total: Int, isFound: Bool = false, at now: Duration, wall: Double
    ) -> Double {
        limit.took(total: total)
        let isCounted = doubtful.remove(token) != nil
        if !isFound || !isCounted { budget?.submitted(at: now) }
        if case .closed(var backOff) = state {
            backOff.succeed(at: now)
            state = .closed(backOff)
        }
        return firstTries.removeValue(forKey: token) ?? wall
    }

    /// An array turns out to be in the cluster: a worker of it has spoken.
    package mutating func hears(of token: ArrayToken, at now: Duration) {
        firstTries[token] = nil
        if doubtful.remove(token) == nil { budget?.submitted(at: now) }
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
        /// Send this many of its tasks first.
        case split(keeping: Int)
        /// Wait until a task has ended.
        case wait
    }

    /// An array was refused because of a limit on tasks.
    ///
    /// - Parameters:
    ///   - count: how many tasks it has.
    ///   - own: how many tasks of the study the cluster has; called only if needed.
    package mutating func overLimit(tasks count: Int, own: () throws -> Int) rethrows -> Verdict {
        if count > 1 {
            mostTasks = count / 2
            return .split(keeping: mostTasks)
        }
        limit.refused(one: try own())
        // The number of tasks is limited, not the size of an array.
        mostTasks = .max
        return .wait
    }

    /// How many tasks of an array of so many go out first; `nil`: all.
    package func room(for count: Int, own: Int) -> Int? {
        let allowed = budget?.limits.queuedTasks.map { max(1, $0 - own) }
        let room = min(limit.room(own: own) ?? .max, allowed ?? .max)
        return room < count ? room : nil
    }

    /// Arrays were made into one, which has waited as long as the first of them.
    package mutating func gathered(_ tokens: [ArrayToken], into token: ArrayToken) {
        firstTries[token] = tokens.compactMap { firstTries.removeValue(forKey: $0) }.min()
    }

    /// An array was made into two, and the second has waited as long as the first.
    package mutating func split(_ first: ArrayToken, into second: ArrayToken) {
        firstTries[second] = firstTries[first]
    }
}

/// How long to wait before trying again after a failure.
///
/// The wait doubles with each failure, and starts again from the first one after a success. If a limit on the study's
/// tasks is reached, the end of a task is reason enough to try at once.
package struct BackOff: Hashable, Sendable {
    /// The last wait.
    package private(set) var wait: Duration
    /// When to try again.
    package private(set) var at: Duration
    /// How many tasks of the study the cluster had when it refused more; `nil` if the failure was not a limit.
    package private(set) var tasks: Int?

    /// After a first failure.
    package init(at now: Duration, tasks: Int? = nil) {
        wait = DispatchLimits.backOff.first
        at = now + wait
        self.tasks = tasks
    }

    /// After a failure, the first or a further one.
    package static func next(after last: BackOff?, at now: Duration, tasks: Int? = nil) -> BackOff {
        guard var next = last else { return BackOff(at: now, tasks: tasks) }
        next.fail(at: now, tasks: tasks)
        return next
    }

    /// After a further failure.
    package mutating func fail(at now: Duration, tasks: Int? = nil) {
        // There was room for a moment: the cluster has not fully noticed that a task is over.
        let hasMoved = if let tasks, let before = self.tasks { tasks < before } else { false }
        wait =
            hasMoved ? DispatchLimits.backOff.first : min(wait * 2, DispatchLimits.backOff.longest)
        at = now + wait
        self.tasks = tasks
    }

    /// The cluster accepted an array, perhaps its last for now.
    package mutating func succeed(at now: Duration) {
        wait = DispatchLimits.backOff.first
        at = now + wait
    }

    /// Whether to try a submission.
    ///
    /// - Parameter own: how many tasks of the study the cluster has now.
    package func allowsSubmission(at now: Duration, own: Int) -> Bool {
        if now >= at { return true }
        guard let tasks else { return false }
        return own < tasks
    }

    /// Whether to try any other request, which no limit on tasks affects.
    package func allowsOther(at now: Duration) -> Bool { tasks != nil || now >= at }
}

/// How many tasks of the study the cluster accepts at the same time, learned from its refusals.
package struct TaskLimit: Hashable, Sendable {
    /// The most tasks that the cluster had when it refused one more; at least 1, `nil` if no limit is known.
    package private(set) var most: Int?

    /// No limit is known.
    package init() {}

    /// A single task was refused while the cluster had this many of the study.
    package mutating func refused(one own: Int) { most = max(1, min(most ?? own, own)) }

    /// An array was accepted, so the cluster has this many tasks.
    package mutating func took(total: Int) {
        if let known = most, total > known { most = nil }
    }

    /// How many tasks to send in one array, at least 1; `nil` for all.
    package func room(own: Int) -> Int? { most.map { max(1, $0 - own) } }
}
