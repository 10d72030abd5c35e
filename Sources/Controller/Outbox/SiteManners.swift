import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// What a site's limits mean for what is sent to it.
extension Controller {
    /// Takes the limits, and what controllers of this study have submitted within the last hour, whichever they were.
    mutating func obeyLimits() throws {
        // Of an earlier controller.
        try say(Notices.submissions, nil)
        guard let limits = setup.limits.map(SiteLimits.init) else { return }
        let moment = moment
        let hour = SiteBudget.hour / .seconds(1)
        let before = try store.read { try $0.submissions(since: moment.wall - hour) }
        window.obey(
            SiteBudget(
                limits, submitted: before.map { moment.steady - .seconds(moment.wall - $0) },
                at: moment.steady))
    }

    /// Whether a submission is worth a try: the array may go out, or an earlier controller may have sent it and nobody has
    /// looked yet.
    func mayTry(submissionOf token: ArrayToken) -> Bool {
        let now = time.now
        if window.allowsSubmission(at: now, own: { ownTasks() }) { return true }
        let isFresh = outbox.fresh.contains(token)
        // What nobody wants any more is not sent.
        if cores.study.isOver || !cores.dispatcher.isWanted(token) {
            return isFresh || window.allowsOther(at: now)
        }
        return !isFresh && !isAbsent(token) && window.backOff == nil && window.allowsOther(at: now)
    }

    /// Whether all that is left to do waits for the site's limits.
    func waitsForLimits() throws -> Bool {
        guard window.budget != nil else { return false }
        return try store.read { try $0.openIntents() }.allSatisfy {
            $0.intent.needsCluster && !mayTryAgain($0)
        }
    }

    /// Whether the cluster was asked for an array lately, and did not have it.
    func isAbsent(_ token: ArrayToken) -> Bool {
        outbox.absent[token].map { time.now - $0 < ControllerLimits.absence } ?? false
    }

    /// If more arrays wait than may go out now, joins those into one that nobody has sent yet and that ask for the same.
    ///
    /// - Returns: whether any were joined: then there are other intents.
    mutating func gatherArrays(_ intents: [OpenIntent]) throws -> Bool {
        guard let left = window.submissionsLeft(at: time.now) else { return false }
        let waiting = submissions(among: intents)
        guard waiting.count > left else { return false }
        // Their tasks wait from now on, whatever they wait for.
        for (token, _) in waiting { window.sends(token, at: time.wallTime) }
        guard left > 0 || waiting.count >= ControllerLimits.waitingArrays else { return false }
        let fresh = waiting.filter { outbox.fresh.contains($0.token) }
        let ids = Dictionary(uniqueKeysWithValues: fresh.map { ($0.token, $0.intent) })
        let groups = cores.dispatcher.gatherable(ids.keys)
        for tokens in groups {
            let (other, now) = (setup.drawToken(), time.wallTime)
            try commit { pass in
                for token in tokens {
                    if let intent = ids[token] {
                        try pass.transaction.finish(intent: intent, time: now)
                    }
                }
                try pass.dispatch(.gathered(tokens, into: other))
                return []
            }
            for token in tokens { cores.dispatcher.gaveUp(token) }
            outbox.fresh.subtract(tokens)
            outbox.fresh.insert(other)
            window.gathered(tokens, into: other)
            log.info(
                "\(tokens.count) arrays are sent as one: the site's limit on submissions leaves \(left)")
        }
        return !groups.isEmpty
    }

    /// Says that arrays wait for the limit on submissions, and until when, or that none does any more.
    mutating func tellSubmissions() throws {
        guard let budget = window.budget else { return }
        let now = moment
        let wait = budget.submissionWait(at: now.steady)
        var told: SubmissionWait?
        if wait > .zero, try !submissions(among: store.read({ try $0.openIntents() })).isEmpty {
            told = SubmissionWait(
                lastHour: budget.lastHour(at: now.steady), perHour: budget.limits.submissionsPerHour,
                next: (now.wall + wait / .seconds(1)).rounded())
        }
        // The two clocks differ by fractions of a second.
        if var last = self.told.submissions, let new = told, abs(last.next - new.next) <= 1 {
            last.next = new.next
            if last == new { return }
        }
        guard told != self.told.submissions else { return }
        try say(Notices.submissions, told.map { try StoreJSON.text($0) })
        self.told.submissions = told
        expectReaders()
    }

    /// The arrays that are to be submitted, oldest first.
    private func submissions(among intents: [OpenIntent]) -> [(token: ArrayToken, intent: Int64)] {
        intents.compactMap { open in
            if case .submit(let token) = open.intent { (token, open.id) } else { nil }
        }
    }
}

extension SiteLimits {
    /// The limits that a study file or a site's defaults set.
    init(_ limits: RequestLimits) {
        self.init(
            submissionsPerHour: limits.submissionsPerHour, queuedTasks: limits.queuedTasks,
            requestsPerMinute: limits.requestsPerMinute)
    }
}
