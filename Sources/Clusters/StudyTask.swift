package import Dispatching
package import Tuning

/// A task in the queue, and its study.
package struct StudyTask: Hashable, Sendable {
    /// The absolute path of the study's directory.
    package var studyDirectory: String
    /// The array's token.
    package var token: ArrayToken
    /// What the cluster says about the task.
    package var sighting: TaskSighting

    /// A task from its parts.
    package init(studyDirectory: String, token: ArrayToken, sighting: TaskSighting) {
        self.studyDirectory = studyDirectory
        self.token = token
        self.sighting = sighting
    }
}
