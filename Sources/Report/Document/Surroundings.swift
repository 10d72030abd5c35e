/// What a report shows of a study that is not in its snapshot.
package struct Surroundings: Sendable {
    /// Something that people should know, and the command that helps.
    package struct Warning: Hashable, Sendable {
        /// What it is, in a sentence.
        package var text: String
        /// A command that can be pasted; `nil`: there is none.
        package var command: String?

        /// A warning.
        package init(text: String, command: String? = nil) {
            self.text = text
            self.command = command
        }
    }

    /// The version of stune.
    package var release: String
    /// The absolute path of the study's directory.
    package var directory: String
    /// The present time, and when the snapshot was published, in seconds since 1970.
    package var now, snapshotTime: Double
    /// Whether a server answers further questions of the page.
    package var isLive: Bool
    /// The names of all studies that the server shows.
    package var studies: [String]
    /// Which of them this is, from 0.
    package var place: Int
    /// Why the study ended, in words; `nil` while it has not.
    package var outcome: String?
    /// What people should know.
    package var warnings: [Warning]
    /// What attempts have used, and other facts, each in a line.
    package var facts: [String]
    /// Whether a controller runs, as JSON; `nil` when the study is over.
    package var controller: [UInt8]?

    /// Surroundings from their parts.
    package init(
        release: String, directory: String, now: Double, snapshotTime: Double, isLive: Bool = false,
        studies: [String] = [], place: Int = 0, outcome: String? = nil, warnings: [Warning] = [],
        facts: [String] = [], controller: [UInt8]? = nil
    ) {
        self.release = release
        self.directory = directory
        self.now = now
        self.snapshotTime = snapshotTime
        self.isLive = isLive
        self.studies = studies
        self.place = place
        self.outcome = outcome
        self.warnings = warnings
        self.facts = facts
        self.controller = controller
    }
}
