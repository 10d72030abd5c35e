/// What a controller may ask of a site, as plain numbers.
package struct SiteLimits: Hashable, Sendable {
    /// Submissions of arrays in any hour; at least 1.
    package var submissionsPerHour: Int
    /// Tasks of the study that wait or run at once; at least 1, `nil`: as many as the site takes.
    package var queuedTasks: Int?
    /// Requests in any minute, submissions included; at least 1.
    package var requestsPerMinute: Int

    /// Limits from their parts.
    package init(submissionsPerHour: Int, queuedTasks: Int? = nil, requestsPerMinute: Int) {
        self.submissionsPerHour = submissionsPerHour
        self.queuedTasks = queuedTasks
        self.requestsPerMinute = requestsPerMinute
    }
}

/// What a controller may still ask of a site at a moment. Time is an argument.
package struct SiteBudget: Hashable, Sendable {
    /// The stretch in which submissions are counted.
    package static let hour = Duration.seconds(3_600)
    private static let minute = Duration.seconds(60)

    /// The limits.
    package let limits: SiteLimits
    private var submissions: TokenBucket
    private var requests: TokenBucket
    /// When arrays were submitted in the last hour, oldest first.
    private var recent: [Duration] = []

    /// A budget of which nothing is used.
    ///
    /// - Parameters:
    ///   - submitted: when arrays were submitted before, by any controller of the study: what lies more than an hour back
    ///     does not matter, and what is said to lie ahead counts as of now.
    ///   - now: the present moment, by the clock that all moments go by.
    package init(_ limits: SiteLimits, submitted: [Duration] = [], at now: Duration) {
        self.limits = limits
        let start = now - SiteBudget.hour
        submissions = TokenBucket(most: limits.submissionsPerHour, per: SiteBudget.hour, at: start)
        requests = TokenBucket(most: limits.requestsPerMinute, per: SiteBudget.minute, at: now)
        for moment in submitted.sorted() where moment > start { note(submissionAt: min(moment, now)) }
    }

    /// How many arrays may be submitted now.
    package func submissionsLeft(at now: Duration) -> Int { submissions.left(at: now) }

    /// How many requests may be sent now.
    package func requestsLeft(at now: Duration) -> Int { requests.left(at: now) }

    /// How long it takes until the next array may be submitted; zero: it may be now.
    package func submissionWait(at now: Duration) -> Duration { submissions.wait(at: now) }

    /// How many arrays were submitted within the last hour.
    package func lastHour(at now: Duration) -> Int {
        recent.count { $0 > now - SiteBudget.hour }
    }

    /// An array was submitted, or may have been.
    package mutating func submitted(at now: Duration) { note(submissionAt: now) }

    /// So many requests are sent.
    package mutating func asks(_ count: Int = 1, at now: Duration) {
        for _ in 0..<count { requests.record(at: now) }
    }

    private mutating func note(submissionAt moment: Duration) {
        submissions.record(at: moment)
        recent.removeAll { $0 <= moment - SiteBudget.hour }
        recent.append(moment)
    }
}
