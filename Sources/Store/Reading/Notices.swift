/// Topics of notices that are facts for commands, and no sentences for people.
package enum Notices {
    /// The cluster that the study runs on: `slurm` or `local`.
    package static let cluster = "cluster"
    /// The absolute path of the study file that the newest controller was started with.
    package static let studyFile = "study-file"

    /// Whether people are told what a notice of this topic says.
    package static func isForPeople(_ topic: String) -> Bool { ![cluster, studyFile].contains(topic) }
}
