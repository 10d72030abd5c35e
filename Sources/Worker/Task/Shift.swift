package import Spool
package import Tuning

/// All turns of one start of a task, and what is published of them.
package struct Shift {
    private var turns: Turns
    private var courier: Courier

    /// A shift that begins with the claimed turn.
    package init(_ first: Turn, courier: Courier) {
        turns = Turns(first)
        self.courier = courier
    }

    /// The current attempt.
    package var attempt: Turn { turns.current }
    /// Whether there is work ahead.
    package var hasMore: Bool { turns.hasMore }
    /// Whether some messages are not published yet.
    package var hasNews: Bool { courier.hasNews }
    /// Whether no turn was given after this one. Only then may the trial continue in place.
    package var isLast: Bool { turns.current == turns.last }

    // MARK: News

    /// Adds messages of the current attempt to the next letter.
    package mutating func add(_ bodies: Message.Body...) { courier.add(bodies, of: turns.current) }

    /// Reports that the attempt begins, and where.
    package mutating func begin(_ place: Message.Started) {
        courier.begin(turns.current)
        add(.started(place))
    }

    /// The trial continues in place: the next turn begins in the same place and uses the directories of `home`.
    package mutating func goOn(_ place: Message.Started) {
        add(.ended(.wentOn, stderrTail: ""))
        turns.goOn()
        begin(place)
    }

    /// Gives the work ahead back: there is no time for it, or no command to do it.
    package mutating func giveBack() {
        for attempt in turns.giveBack() { courier.add([.ended(.givenBack, stderrTail: "")], of: attempt) }
    }

    /// Publishes the messages if enough time has passed since the last letter.
    package mutating func sendIfDue(_ note: (String) -> Void) async throws(WorkerError) {
        if courier.hasNews, courier.isDue { try await courier.send(note: note) }
    }

    /// Publishes all messages.
    package mutating func send(_ note: (String) -> Void) async throws(WorkerError) {
        try await courier.send(note: note)
    }

    // MARK: What follows

    /// What follows an attempt that has ended: the work ahead, or what the controller has.
    ///
    /// - Parameters:
    ///   - secondsLeft: how long the task has; `nil` if its end is not known.
    ///   - ask: asks the controller for work, in the name of the last turn that was given.
    /// - Returns: the assignment of the new current turn; `nil` if nothing follows.
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

    /// Nothing follows: gives the work ahead back and publishes all messages.
    package mutating func end(_ note: (String) -> Void) async throws(WorkerError) {
        giveBack()
        try await courier.send(note: note)
    }
}
