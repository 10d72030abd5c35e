package import Tuning

/// A task before the cluster has given it an id.
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

/// An array before its submission.
package struct PlannedArray: Hashable, Sendable {
    /// The token.
    package var token: ArrayToken
    /// The job's name.
    package var name: String
    /// The assignment of each lane of its tasks.
    package var lanes: [Lane]

    /// One lane of a task. Several share a task, each with its own assignment.
    package struct Lane: Hashable, Sendable {
        /// The lane's index, unique within the array.
        package var index: Int
        /// The index of its task in the array.
        package var task: Int
        /// The assignment, as decided.
        package var assignment: Assignment
        /// How often the trial has run out of memory, or how often the memory of its task was raised.
        package var outOfMemory: Int
        /// What its task asks for.
        package var request: TaskRequest

        /// A lane from its parts.
        ///
        /// - Parameter task: the index of its task; `nil`: the same as the lane's.
        package init(
            index: Int, task: Int? = nil, assignment: Assignment, outOfMemory: Int = 0,
            request: TaskRequest = .plain
        ) {
            self.index = index
            self.task = task ?? index
            self.assignment = assignment
            self.outOfMemory = outOfMemory
            self.request = request
        }
    }

    /// Where a single assignment has its place: in a task of one lane, in an array of its own.
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
