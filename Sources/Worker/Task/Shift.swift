package import Spool
package import Tuning

/// What one start of a task does from its first turn to its last: the turns, and what is published of them.
package struct Shift {
    private var turns: Turns
    private var courier: Courier

    /// A shift that begins with the turn that was claimed.
    package init(_ first: Turn, courier: Courier) {
        turns = Turns(first)
        self.courier = courier
    }

    /// The attempt that is carried out.
    package var attempt: Turn { turns.current }
    /// Whether there is work ahead.
    package var hasMore: Bool { turns.hasMore }
    /// Whether there is news that is not published.
    package var hasNews: Bool { courier.hasNews }
    /// Whether no turn was given after this one: then its trial may go on in place.
    package var isLast: Bool { turns.current == turns.last }

    // MARK: News

    /// Adds news of the attempt to the next letter.
    package mutating func add(_ bodies: Message.Body...) { courier.add(bodies, of: turns.current) }

    /// The attempt begins, in a place.
    package mutating func begin(_ place: Message.Started) {
        courier.begin(turns.current)
        add(.started(place))
    }

    /// The trial goes on in place: the next turn begins in the same place, whose directories are those of `home`.
    package mutating func goOn(_ place: Message.Started) {
        add(.ended(.wentOn, stderrTail: ""))
        turns.goOn()
        begin(place)
    }

    /// Gives back the work that is ahead: there is no time for it, or nobody to do it.
    package mutating func giveBack() {
        for attempt in turns.giveBack() { courier.add([.ended(.givenBack, stderrTail: "")], of: attempt) }
    }

    /// Publishes the news, if the last letter is long enough ago.
    package mutating func sendIfDue(_ note: (String) -> Void) async throws(WorkerError) {
        if courier.hasNews, courier.isDue { try await courier.send(note: note) }
    }

    /// Publishes the news.
    package mutating func send(_ note: (String) -> Void) async throws(WorkerError) {
        try await courier.send(note: note)
    }

    // MARK: What follows

    /// What follows an attempt that has ended: the work ahead, or what the controller has.
    ///
    /// - Parameters:
    ///   - secondsLeft: how long the task has; `nil`: its end is not known.
    ///   - ask: asks the controller for work, under the name of the last turn that was given.
    /// - Returns: what the current turn is to do now; `nil`: nothing follows.
    package mutating func next(
        secondsLeft: Double?, _ note: (String) -> Void,
        ask: (Turn) async throws(WorkerError) -> Directive
    ) async throws(WorkerError) -> Manifest.Entry? {
        if turns.hasMore {
            try await sendIfDue(note)
        } else {
            courier.add([.idle(secondsLeft: secondsLeft)], of: turns.last)
            try await courier.send(note: note)
            guard case .next(let work) = try await ask(turns.last) else { return nil }
            turns.take(work)
        }
        return turns.next()
    }

    /// Nothing follows: gives back what is ahead, and publishes all news.
    package mutating func end(_ note: (String) -> Void) async throws(WorkerError) {
        giveBack()
        try await courier.send(note: note)
    }
}
