/// Topics of notices that are facts for commands, and no sentences for people.
package enum Notices {
    /// The cluster that the study runs on: `slurm` or `local`.
    package static let cluster = "cluster"
    /// The absolute path of the study file that the newest controller was started with.
    package static let studyFile = "study-file"
    /// What the study file said when it was run last, as JSON, where other commands have changed the study since.
    package static let fileSpec = "file-spec"

    /// Whether people are told what a notice of this topic says.
    package static func isForPeople(_ topic: String) -> Bool {
        ![cluster, studyFile, fileSpec].contains(topic)
    }
}
