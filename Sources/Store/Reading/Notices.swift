/// Topics of notices that are facts for commands, and no sentences for people.
package enum Notices {
    /// The cluster that the study runs on: `slurm` or `local`.
    package static let cluster = "cluster"
    /// The absolute path of the study file that the newest controller was started with.
    package static let studyFile = "study-file"
    /// That arrays wait for the limit on submissions: a `SubmissionWait` as JSON.
    package static let submissions = "submissions"

    /// What the study file said when it was run last, as JSON, where other commands have changed the study since.
    package static let fileSpec = "file-spec"

    /// When the output of trials was removed by the user, in seconds since 1970.
    package static let logsCleaned = "logs-cleaned"

    /// Whether people are told what a notice of this topic says.
    package static func isForPeople(_ topic: String) -> Bool {
        ![cluster, studyFile, submissions, fileSpec, logsCleaned].contains(topic)
    }
}

/// What arrays wait for that a site's limit on submissions holds back.
package struct SubmissionWait: Hashable, Codable, Sendable {
    /// How many arrays were submitted within the last hour.
    package var lastHour: Int
    /// How many may be in any hour.
    package var perHour: Int
    /// When the next one may be, in seconds since 1970.
    package var next: Double

    /// A wait from its parts.
    package init(lastHour: Int, perHour: Int, next: Double) {
        self.lastHour = lastHour
        self.perHour = perHour
        self.next = next
    }
}

extension StoreReader {
    /// The notice of a topic; `nil`: there is none.
    package func notice(_ topic: String) throws -> String? {
        try first("SELECT text FROM notices WHERE topic = ?", topic) { try $0.text(0) }
    }

    /// When the output of trials was removed by the user, in seconds since 1970; `nil`: it was not.
    package func logsCleaned() throws -> Double? { try notice(Notices.logsCleaned).flatMap(Double.init) }

    /// What arrays wait for that the limit on submissions holds back; `nil`: none does.
    package func submissionWait() throws -> SubmissionWait? {
        try notice(Notices.submissions).map { try StoreJSON.value(from: $0) }
    }
}
