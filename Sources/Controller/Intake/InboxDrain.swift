import Algorithms
import Clusters
import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// The state of the intake.
struct IntakeState {
    /// The letters.
    let inbox: Inbox
    /// Letters that came before their predecessors, by path, and since when they wait.
    fileprivate(set) var early: [String: Duration] = [:]
    /// Letters that are taken in and could not be removed, and when that is tried again.
    var unremoved: [String: BackOff] = [:]
    /// What was put into quarantine.
    var quarantined = Quarantined()

    /// An empty intake.
    init(_ inbox: Inbox) { self.inbox = inbox }
}

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
        letters.removeAll { intake.unremoved[$0.path].map { $0.at > instant } ?? false }
        var unreadable: String?
        var stillEarly: [String: Duration] = [:]
        var tookIn = false
        repeat {
            let mail = try sortedMail(&letters)
            if let error = mail.unreadable { (unreadable, isComplete) = (error, false) }
            let lost = letters.isEmpty && isComplete ? confirmedLost() : []
            if try takeIn(mail, lost, instant, &stillEarly) { tookIn = true }
            for (letter, request) in mail.requests where try take(request, letter) { tookIn = true }
        } while !letters.isEmpty
        intake.early = stillEarly
        if isComplete { watch.forgetLost() }
        troubles.hold("letters", unreadable.map { "a letter cannot be read now: \($0)" })
        if try tellQuarantined() { tookIn = true }
        return tookIn
    }

    /// Applies letters in one transaction, then removes them.
    private mutating func takeIn(
        _ mail: Mail, _ lost: [AssignmentLost], _ instant: Duration, _ stillEarly: inout [String: Duration]
    ) throws -> Bool {
        guard !mail.letters.isEmpty || !mail.cancels.isEmpty || !lost.isEmpty else { return false }

        let (waiting, settle, directory) = (intake.early, setup.pace.settle, setup.directory)
        var sorted = Sorted()
        try commit { pass in
            sorted = Sorted()
            var reader = MessageReader(directory)
            for (letter, messages) in mail.letters {
                let since = waiting[letter.path] ?? instant
                switch try reader.events(of: messages, force: instant - since >= settle, &pass) {
                case .events(let found): sorted.take(letter, found)
                case .early: sorted.early[letter.path] = since
                case .stranger(let reason): sorted.strangers.append((letter, reason))
                }
            }
            sorted.events += lost.map(Event.lost)
            if !mail.cancels.isEmpty { sorted.events.append(.cancelled) }
            return sorted.events
        }
        waves.ended(sorted.ended, at: instant)
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
        /// Their events.
        var events: [Event] = []
        /// The letters whose messages are in `events`.
        var taken: [Inbox.Letter] = []
        /// Letters that came before their predecessors, by path, with the time since when they wait.
        var early: [String: Duration] = [:]
        /// Letters that belong to no task of this study, with the reason.
        var strangers: [(letter: Inbox.Letter, reason: String)] = []

        /// How many assignments ended.
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
        let requests = RequestRule(setup.spec)
        return watch.lost.filter { cores.study.isInFlight($0.assignment) }.map { fact in
            var fact = fact
            if let lack = lack(fact), let placement = cores.dispatcher.placement(of: fact.assignment),
                requests.mayHaveMore(lack, than: placement.request)
            {
                fact.mayHaveMore = true
            }
            return fact
        }
    }

    /// What a lost task had too little of.
    private func lack(_ fact: AssignmentLost) -> RequestRule.Lack? {
        switch fact.fate {
        case .outOfMemory: return .memory
        case .timedOut: return .time
        // It has said how its command ended, and is in flight all the same: the command was told to leave, and nothing
        // but the time was the reason.
        case .silent, .vanished:
            return cores.dispatcher.placement(of: fact.assignment)?.lastWord == nil ? nil : .time
        case .cancelled, .displaced: return nil
        }
    }
}

/// What one transaction takes out of the inbox.
extension Controller {
    /// The letters in the inbox.
    struct Mail {
        /// News, by attempt and number: an order that does not depend on arrival.
        var letters: [(letter: Inbox.Letter, messages: [Message])] = []
        /// Requests of the user to cancel.
        var cancels: [Inbox.Letter] = []
        /// What else users ask for, in the order in which they did.
        var requests: [(letter: Inbox.Letter, request: Request)] = []
        /// Why a letter cannot be read at this moment; `nil`: all could be.
        var unreadable: String?
    }

    /// Reads the next letters, as many as fit into one transaction, and removes them from those to be read.
    mutating func sortedMail(_ letters: inout ArraySlice<Inbox.Letter>) throws -> Mail {
        var mail = Mail()
        var (room, messageRoom) = (
            ControllerLimits.lettersPerTransaction, ControllerLimits.messagesPerTransaction
        )
        var mostMessages = ControllerLimits.messagesOfALetter
        var waiting: Set<String> = []
        while room > 0, messageRoom > 0, !letters.isEmpty {
            let next = letters.prefix(min(room, max(1, messageRoom / mostMessages)))
            letters.removeFirst(next.count)
            room -= next.count
            for (letter, content) in zip(next, inbox.read(next)) {
                switch content {
                case .success(.messages(let messages)):
                    mail.letters.append((letter, messages))
                    messageRoom -= messages.count
                    mostMessages = max(mostMessages, messages.count)
                case .success(.cancel): mail.cancels.append(letter)
                case .success(.request(let request)): mail.requests.append((letter, request))
                case .failure(.malformed(_, let reason)): setAside(letter, reason)
                case .failure(.file(let failure)) where failure.isAbsent: continue
                case .failure(let error):
                    mail.unreadable = error.description
                    waiting.insert(Inbox.start(of: letter))
                }
            }
        }
        // Letters after an unreadable one wait for it, and the reading does not count as complete.
        if !waiting.isEmpty { mail.letters.removeAll { waiting.contains(Inbox.start(of: $0.letter)) } }
        mail.letters.sort { left, right in
            let (first, second) = (left.messages[0], right.messages[0])
            let (one, other) = (first.attempt, second.attempt)
            return (one.index, one.token, one.epoch, one.turn, first.sequence)
                < (other.index, other.token, other.epoch, other.turn, second.sequence)
        }
        return mail
    }
}
