package import Tuning

/// Finds lost tasks from the cluster's answers about open tasks: those that are over and whose workers' last messages
/// have not come within the settle window.
///
/// A task that the cluster runs again in the meantime (a requeue) is not lost.
package struct TaskWatch: Sendable {
    /// How long a last message may take to appear.
    let settle: Duration
    /// Since when the task of each open assignment has been seen over or absent, and what was seen.
    private var over: [AssignmentID: (task: TaskID, since: Duration, fate: TaskFate, state: String)] = [:]

    /// A watch without sightings.
    package init(settle: Duration) { self.settle = settle }

    /// Whether the last message of a task may still come, if it was seen over or absent by this moment.
    package func isSettling(since moment: Duration) -> Bool {
        over.values.contains { $0.since <= moment }
    }

    /// A running assignment's task whose array the cluster has.
    package struct Open: Hashable, Sendable {
        /// The assignment.
        package var assignment: AssignmentID
        /// Its task.
        package var task: TaskID
        /// The start of the task that was given the assignment after others; `nil` if the task exists for it, whatever
        /// its start.
        package var givenTo: Int?
        /// The newest start of the task with a message from a worker; 0 if there is none.
        package var newestStart = 0
        /// Whether a worker has said that it began.
        package var hasStarted = true
        /// The newest start of the task of which a worker has reported the end. If it is the task's last start, nothing
        /// more can come.
        package var lastWord: Int?

        /// A task in flight from its parts.
        package init(
            assignment: AssignmentID, task: TaskID, givenTo: Int? = nil, newestStart: Int = 0,
            hasStarted: Bool = true, lastWord: Int? = nil
        ) {
            self.assignment = assignment
            self.task = task
            self.givenTo = givenTo
            self.newestStart = newestStart
            self.hasStarted = hasStarted
            self.lastWord = lastWord
        }
    }

    /// Applies one answer of the cluster.
    ///
    /// - Returns: the lost assignments, by number.
    package mutating func see(
        _ sightings: [TaskSighting], open: [Open], now: Duration
    ) -> [AssignmentLost] {
        let seen = Dictionary(sightings.map { ($0.task, $0) }) { first, _ in first }
        var still: [AssignmentID: (task: TaskID, since: Duration, fate: TaskFate, state: String)] = [:]
        var lost: [AssignmentLost] = []
        for item in open {
            let sighting = seen[item.task]
            guard let fate = item.fate(sighting) else { continue }
            // The assignment may have been given to another task since.
            let last = over[item.assignment].flatMap { $0.task == item.task ? $0 : nil }
            let since = last?.since ?? now
            let state = sighting?.stateName ?? "unknown to the cluster"
            let hasLastWord = item.lastWord.map { $0 >= sighting?.restarts ?? .max } ?? false
            if now - since >= settle || hasLastWord {
                lost.append(AssignmentLost(assignment: item.assignment, fate: fate, state: state))
            } else {
                still[item.assignment] = (item.task, since, fate, state)
            }
        }
        over = still
        return lost.sorted { $0.assignment < $1.assignment }
    }
}

extension TaskWatch.Open {
    /// What happened to the task; `nil` if it is not over.
    fileprivate func fate(_ sighting: TaskSighting?) -> TaskFate? {
        guard let givenTo else { return TaskFate(sighting?.state) }
        if max(sighting?.restarts ?? 0, newestStart) > givenTo { return .displaced }
        let fate = TaskFate(sighting?.state)
        // Its worker left before it knew of the assignment.
        return !hasStarted && fate != nil && fate != .cancelled ? .displaced : fate
    }
}

extension TaskFate {
    /// What happened to a task in this state; `nil` if the state is not final. No state means that it has vanished.
    fileprivate init?(_ state: TaskState?) {
        switch state {
        case .pending, .running: return nil
        case .completed, .failed: self = .silent
        case .cancelled: self = .cancelled
        case .displaced: self = .displaced
        case .outOfMemory: self = .outOfMemory
        case .timedOut: self = .timedOut
        case nil: self = .vanished
        }
    }
}
