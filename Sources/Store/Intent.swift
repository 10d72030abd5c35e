package import Tuning

/// Something to be done outside, recorded before it is done.
///
/// Each may be carried out twice without harm: a manifest is rewritten with the same content, a
/// submission is looked up by its token first, a cancellation and a removal find nothing left to do.
package enum Intent: Hashable, Codable, Sendable {
    /// Publish the manifest of this array and submit it.
    case submit(token: ArrayToken)
    /// Cancel these tasks.
    case cancel([PlannedTask])
    /// Remove a checkpoint; the path is relative to the study directory.
    case removeCheckpoint(path: String)
    /// Take an assignment from a task that has not started, for the worker that waits after this turn.
    case take(AssignmentID, for: Turn)
    /// Answer the worker that waits after this turn.
    case answer(Turn, Answer)

    /// Whether the cluster is asked to do something.
    package var needsCluster: Bool {
        switch self {
        case .submit, .cancel: true
        case .removeCheckpoint, .take, .answer: false
        }
    }

    /// What a worker that waits is told.
    package enum Answer: Hashable, Codable, Sendable {
        /// Go on with the trial in the same process: the assignment of the next turn.
        case goOn
        /// Leave the trial; `save`: save what was learned first.
        case release(save: Bool)
        /// Take the assignment of the next turn.
        case next
        /// Leave the task.
        case leave
    }
}

/// A task as it is known before the cluster has given it an id.
package struct PlannedTask: Hashable, Codable, Sendable {
    /// The array's token.
    package var token: ArrayToken
    /// The task's index in the array.
    package var index: Int

    /// A task from its parts.
    package init(token: ArrayToken, index: Int) {
        self.token = token
        self.index = index
    }
}

/// An intent that is recorded and not yet done.
package struct OpenIntent: Hashable, Sendable {
    /// Its number in the outbox.
    package var id: Int64
    /// What is to be done.
    package var intent: Intent
}

/// An array as it is planned, before it is submitted.
package struct PlannedArray: Hashable, Sendable {
    /// The token.
    package var token: ArrayToken
    /// The job's name.
    package var name: String
    /// Which assignment each lane of its tasks carries out.
    package var lanes: [Lane]

    /// One lane of a task: several share a task, each with an assignment of its own.
    package struct Lane: Hashable, Sendable {
        /// The lane's index, which no other lane of the array has.
        package var index: Int
        /// The index of its task in the array.
        package var task: Int
        /// The assignment, as decided.
        package var assignment: Assignment
        /// The checkpoint to start from, relative to the study directory; `nil`: from the start.
        package var start: String?
        /// How often the trial has run out of memory.
        package var outOfMemory: Int

        /// A lane from its parts.
        ///
        /// - Parameter task: the index of its task; `nil`: the same as the lane's.
        package init(
            index: Int, task: Int? = nil, assignment: Assignment, start: String?, outOfMemory: Int = 0
        ) {
            self.index = index
            self.task = task ?? index
            self.assignment = assignment
            self.start = start
            self.outOfMemory = outOfMemory
        }
    }

    /// The place of a task of one lane in an array of its own.
    package struct Place: Hashable, Sendable {
        /// The array's token.
        package var token: ArrayToken
        /// The job's name.
        package var name: String
        /// The index in the array.
        package var index: Int

        /// A place from its parts.
        package init(token: ArrayToken, name: String, index: Int) {
            self.token = token
            self.name = name
            self.index = index
        }
    }

    /// An array from its parts.
    package init(token: ArrayToken, name: String, lanes: [Lane]) {
        self.token = token
        self.name = name
        self.lanes = lanes
    }
}
