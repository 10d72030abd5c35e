import Logging
import Spool
import Store

/// The state of the quarantine.
struct Quarantined {
    /// How many files were put there, or removed.
    var count = 0
    /// How many of this pass's files have their reason beside them.
    var explained = 0
    /// How many files are there; `nil` if not counted yet.
    var kept: Int?
    /// How many were reported, and the last reported reason.
    var told = 0
    var reason = ""
    /// Why the last file could not be moved there.
    var failure: String?
}

extension Controller {
    /// Puts an unreadable or foreign letter into quarantine. If there are very many, most are moved without their
    /// reason, and finally removed, so that neither a pass nor a directory grows without limit.
    mutating func setAside(_ letter: Inbox.Letter, _ reason: String) {
        let isExplained = intake.quarantined.explained < ControllerLimits.reasonsPerPass
        do throws(FileError) {
            let kept = try countQuarantined()
            let isDirectory = try setup.directory.files.isDirectory(letter.path)
            if kept < ControllerLimits.quarantined || isDirectory {
                try inbox.quarantine(letter, reason: isExplained ? reason : nil)
                intake.quarantined.kept = kept + (isExplained ? 2 : 1)
            } else {
                try setup.directory.files.remove(letter.path)
            }
        } catch {
            intake.quarantined.failure = error.description
            return
        }
        if isExplained { log.warning("quarantined \(letter.path): \(reason)") }
        (intake.quarantined.count, intake.quarantined.explained) = (
            intake.quarantined.count + 1, intake.quarantined.explained + 1
        )
        intake.quarantined.reason = reason
    }

    /// How many files are in quarantine.
    private func countQuarantined() throws(FileError) -> Int {
        if let kept = intake.quarantined.kept { return kept }
        return try setup.directory.files.list(setup.directory.quarantine).count
    }

    /// Reports what was put into quarantine, once for all files of a pass.
    ///
    /// - Returns: whether there was anything.
    mutating func tellQuarantined() throws -> Bool {
        defer { (intake.quarantined.explained, intake.quarantined.failure) = (0, nil) }
        troubles.hold(
            "quarantine",
            intake.quarantined.failure.map { "a letter that cannot be read stays where it is: \($0)" })
        let fresh = intake.quarantined.count - intake.quarantined.told
        guard fresh > 0 else { return false }
        if fresh > ControllerLimits.reasonsPerPass { log.warning("quarantined \(fresh) files in all") }
        let what = intake.quarantined.count == 1 ? "a letter" : "\(intake.quarantined.count) letters"
        try say(
            "quarantine",
            "\(what) could not be read or belonged to no task of this study, see \(setup.directory.quarantine); "
                + "the last reason: \(intake.quarantined.reason)")
        intake.quarantined.told = intake.quarantined.count
        return true
    }

    /// Removes letters that are in the store. One that cannot be removed is recognized by its numbers.
    mutating func remove(_ letters: [Inbox.Letter]) {
        let failures = inbox.remove(letters)
        let failed = Set(failures.map(\.letter.path))
        for letter in letters where !failed.contains(letter.path) { intake.unremoved[letter.path] = nil }
        for (letter, _) in failures {
            intake.unremoved[letter.path] = longer(intake.unremoved[letter.path])
        }
        troubles.hold(
            "unlink", failures.first.map { "a letter that is taken in cannot be removed: \($0.error)" })
    }
}
