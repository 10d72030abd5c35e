import Algorithms
import Clusters
import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Controller {
    /// Takes in what lies in the inbox and what the cluster said last, and removes the letters: many in one
    /// transaction, and of one listing so many that listing a full inbox costs little.
    ///
    /// - Returns: whether there was anything.
    mutating func takeIn() throws -> Bool {
        // Before the listing: what it does not show may have come since.
        let instant = time.now
        var letters = try inbox.letters(limit: ControllerLimits.lettersPerListing)[...]
        // What was not listed may hold the last word of what seems to be lost.
        var isComplete = letters.count < ControllerLimits.lettersPerListing
        letters.removeAll { unremoved[$0.path].map { $0.at > instant } ?? false }
        var unreadable: String?
        var stillEarly: [String: Duration] = [:]
        var tookIn = false
        repeat {
            let mail = try sortedMail(&letters)
            if let error = mail.unreadable { (unreadable, isComplete) = (error, false) }
            let lost = letters.isEmpty && isComplete ? confirmedLost() : []
            if try takeIn(mail, lost, instant, &stillEarly) { tookIn = true }
        } while !letters.isEmpty
        early = stillEarly
        if isComplete { lost = [] }
        troubles.hold("letters", unreadable.map { "a letter cannot be read now: \($0)" })
        if try tellOddities() { tookIn = true }
        return tookIn
    }

    /// Takes in letters in one transaction; then removes them.
    private mutating func takeIn(
        _ mail: Mail, _ lost: [AssignmentLost], _ instant: Duration, _ stillEarly: inout [String: Duration]
    ) throws -> Bool {
        guard !mail.letters.isEmpty || !mail.cancels.isEmpty || !lost.isEmpty else { return false }

        let (waiting, settle, known) = (early, setup.pace.settle, times)
        let (directory, now) = (setup.directory, time.wallTime)
        var sorted = Sorted()
        var (lessons, starts) = ([Ingest.Lesson](), Set<ArrayToken>())
        try commit { transaction in
            sorted = Sorted()
            var ingest = Ingest(
                transaction: transaction, directory: directory, now: now, times: known)
            for (letter, messages) in mail.letters {
                let since = waiting[letter.path] ?? instant
                switch try ingest.events(of: messages, force: instant - since >= settle) {
                case .events(let found): sorted.take(letter, found)
                case .early: sorted.early[letter.path] = since
                case .stranger(let reason): sorted.strangers.append((letter, reason))
                }
            }
            sorted.events += lost.map(Event.lost)
            if !mail.cancels.isEmpty { sorted.events.append(.cancelled) }
            (lessons, starts) = (ingest.lessons, ingest.starts)
            return sorted.events
        }
        waves.ended(sorted.ended, at: instant)
        for token in starts { times.started(token, at: now) }
        for lesson in lessons { times.learn(units: lesson.units, seconds: lesson.seconds) }
        try tellChoice()
        stillEarly.merge(sorted.early) { first, _ in first }
        // Who has taken the study over since has this commit: only then may the letters go.
        guard try lease.isHeld() else { throw ControllerError.superseded }
        for (letter, reason) in sorted.strangers { setAside(letter, reason) }
        remove(sorted.taken + mail.cancels)
        return !(sorted.taken.isEmpty && mail.cancels.isEmpty && lost.isEmpty)
    }

    /// What became of the letters of one transaction.
    private struct Sorted {
        /// What they say.
        var events: [Event] = []
        /// Those whose news is in `events`.
        var taken: [Inbox.Letter] = []
        /// Those that came before their predecessors, by path, and since when they wait.
        var early: [String: Duration] = [:]
        /// Those that are of no task of this study, and why.
        var strangers: [(letter: Inbox.Letter, reason: String)] = []

        /// How many assignments came to an end.
        var ended: Int {
            events.count { event in
                if case .ended = event { true } else { false }
            }
        }

        mutating func take(_ letter: Inbox.Letter, _ found: [Event]) {
            taken.append(letter)
            events += found
        }
    }

    /// The assignments that the cluster's last answer showed to be lost and that are still open.
    private func confirmedLost() -> [AssignmentLost] {
        guard !lost.isEmpty else { return [] }
        let open = Set(study.inFlight)
        return lost.filter { open.contains($0.assignment) }
    }
}
