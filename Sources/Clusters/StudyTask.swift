package import Dispatching
package import Tuning

/// A task in the queue, and the study it is of.
package struct StudyTask: Hashable, Sendable {
    /// The absolute path of the study's directory.
    package var studyDirectory: String
    /// The array's token.
    package var token: ArrayToken
    /// What the cluster says of the task.
    package var sighting: TaskSighting

    /// A task from its parts.
    package init(studyDirectory: String, token: ArrayToken, sighting: TaskSighting) {
        self.studyDirectory = studyDirectory
        self.token = token
        self.sighting = sighting
    }
}
