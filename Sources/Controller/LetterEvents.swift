import Algorithms
import Spool
import Store
import Tuning

/// Turns the messages of one letter into events.
struct Ingest {
    let transaction: Transaction
    let directory: StudyDirectory
    let now: Double
    /// What is known of how long assignments take.
    let times: TaskTimes
    /// The arrays of which a task has begun.
    private(set) var starts: Set<ArrayToken> = []
    /// How long it took to train how many units of resource.
    private(set) var lessons: [Lesson] = []
    /// When the attempts of this letter began, by their workers' clock.
    private var begun: [AttemptID: Double] = [:]

    /// How many units of resource took how long.
    typealias Lesson = (units: Int, seconds: Double)

    init(transaction: Transaction, directory: StudyDirectory, now: Double, times: TaskTimes) {
        self.transaction = transaction
        self.directory = directory
        self.now = now
        self.times = times
    }

    /// What became of a letter.
    enum Result {
        /// These events, perhaps none.
        case events([Event])
        /// A message before its first one is missing; it stays in the inbox.
        case early
        /// It is of no task of this study, for this reason.
        case stranger(String)
    }

    /// The events that a letter stands for. Messages that were taken in before are left out.
    ///
    /// - Parameter force: take it in although a message before it is missing.
    mutating func events(of messages: [Message], force: Bool) throws -> Result {
        guard let name = messages.first?.attempt else { return .events([]) }
        guard messages.allSatisfy({ $0.attempt.isOfSameStart(as: name) }) else {
            return .stranger("its messages are of several tasks")
        }
        var parts: [Part] = []
        for name in messages.map(\.attempt).uniqued() {
            guard let part = try part(messages.filter { $0.attempt == name }, of: name) else {
                return .stranger(
                    "the study has no task \(name.index) in an array \(name.token), turn \(name.turn)")
            }
            if part.isEarly && !force { return .early }
            parts.append(part)
        }
        begun = [:]
        var events: [Event] = []
        for var part in parts {
            for message in part.messages where part.taken.take(message.sequence) {
                events += try self.events(of: message, attempt: part.attempt, task: part.task)
            }
            transaction.record(part.taken, of: part.attempt)
        }
        return .events(events)
    }

    /// What a letter says of one attempt.
    private struct Part {
        let messages: [Message]
        let task: StoreReader.TurnRow
        let attempt: AttemptID
        var taken: TakenMessages

        /// Whether a message before the first one is missing.
        var isEarly: Bool { messages[0].sequence > taken.next }
    }

    /// - Returns: `nil` when the study has no such task.
    private func part(_ messages: [Message], of name: Turn) throws -> Part? {
        guard let task = try transaction.reader.row(of: name) else { return nil }
        let attempt = AttemptID(assignment: task.assignment, epoch: name.epoch)
        return Part(
            messages: messages, task: task, attempt: attempt,
            taken: try transaction.reader.takenMessages(of: attempt))
    }

    /// The directory of an attempt by the worker that carries out this task.
    private func directory(of attempt: Turn, _ task: StoreReader.TurnRow) throws -> String {
        let isOwn = attempt.turn == task.turn
        let trial = isOwn ? task.trial : try transaction.reader.row(of: attempt)?.trial
        return StudyDirectory.attempt(attempt, of: trial ?? task.trial)
    }

    private mutating func events(
        of message: Message, attempt: AttemptID, task: StoreReader.TurnRow
    ) throws -> [Event] {
        switch message.body {
        case .started(let place):
            if task.turn == 0 { starts.insert(task.task.token) }
            begun[attempt] = message.time
            let started = Event.started(
                AttemptStarted(
                    attempt: attempt, task: "\(place.array)_\(task.task.index)", host: place.host,
                    directory: try directory(of: message.attempt.at(place.home), task)))
            // H2: the array was submitted, though nobody has recorded it yet.
            let submitted = Event.submitted(ArraySubmitted(token: task.task.token.digits, job: place.array))
            return try (task.isSubmitted ? [] : [submitted]) + [started]
                + resumed(place, message.attempt, attempt, task)
        case .report(let resource, let metrics, let nonFinite):
            return [
                .reported(
                    Report(attempt: attempt, resource: resource, metrics: metrics, nonFinite: nonFinite))
            ]
        case .checkpoint(let resource, let home, let told):
            let checkpoint = CheckpointID(attempt: attempt, resource: resource)
            let path = StudyDirectory.checkpoint(message.attempt.at(home), of: task.trial, at: resource)
            // What cannot be seen at this moment may be whole for all that.
            let bytes = told ?? directory.files.bytesIfSeen(of: "\(directory.path)/\(path)")
            try transaction.keep(checkpoint, path: path, bytes: bytes)
            return [.checkpointed(checkpoint, bytes: bytes)]
        case .waiting(let secondsLeft):
            // It may have waited in vain, and have gone, while no controller was there.
            if try hasGone(message.attempt, from: .rung) { return [] }
            if times.mayGoOn(from: task.to, secondsLeft: secondsLeft) { return [.waited(attempt)] }
            // Its result counts when it has left: then it may be promoted, to a task that has the time.
            try transaction.add(.answer(message.attempt, .release(save: true)))
            return []
        case .idle(let secondsLeft):
            try rest(message.attempt, task, secondsLeft)
            return []
        case .ended(let ending, let tail):
            // A start that went on from what an earlier one had saved says nothing of how long the whole takes.
            if times.learns, ending == .finished, attempt.epoch == 0 {
                try learn(from: message, attempt, task)
            }
            return [.ended(AttemptEnded(attempt: attempt, ending: ending, stderrTail: tail))]
        }
    }

    /// A start of a task goes on from what an earlier one has saved: nothing else needs to have told of that.
    private func resumed(
        _ place: Message.Started, _ name: Turn, _ attempt: AttemptID, _ task: StoreReader.TurnRow
    ) throws -> [Event] {
        guard let resume = place.resume, task.turn == 0 else { return [] }
        let earlier = Turn(token: name.token, index: name.index, epoch: resume.epoch)
        let checkpoint = CheckpointID(
            attempt: AttemptID(assignment: attempt.assignment, epoch: resume.epoch),
            resource: resume.resource)
        let path = StudyDirectory.checkpoint(earlier, of: task.trial, at: resume.resource)
        let bytes = directory.files.bytesIfSeen(of: "\(directory.path)/\(path)")
        try transaction.keep(checkpoint, path: path, bytes: bytes)
        return [.resumed(attempt, from: checkpoint, bytes: bytes)]
    }

    // MARK: Workers that wait

    /// Whether a worker has said that it waits no longer.
    private func hasGone(_ attempt: Turn, from question: Directive.Question) throws -> Bool {
        do throws(SpoolError) {
            return try Directive.standing(to: question, of: attempt, in: directory) == .gone
        } catch {
            // What is there is no answer that a worker could obey.
            if case .malformed = error { return true }
            throw error
        }
    }

    /// A worker waits for other work, unless a later start of its task has spoken: then it is taken for dead. One that
    /// has work does not wait, whatever it says.
    private func rest(
        _ attempt: Turn, _ task: StoreReader.TurnRow, _ secondsLeft: Double?
    ) throws {
        let isNewest = try transaction.reader.newestEpoch(task.task) <= attempt.epoch
        guard isNewest, try !hasGone(attempt, from: .work),
            try transaction.reader.work(after: attempt).isEmpty
        else { return }
        try transaction.rest(
            attempt, until: secondsLeft.map { now + $0 }, outOfMemory: task.outOfMemory)
    }

    /// Learns how long an attempt took: by its worker's clock, where one letter tells of its begin and its end, else by
    /// the controller's.
    private mutating func learn(
        from message: Message, _ attempt: AttemptID, _ task: StoreReader.TurnRow
    ) throws {
        let seconds =
            if let start = begun[attempt] {
                message.time - start
            } else {
                try transaction.reader.startTime(of: attempt).map { now - $0 }
            }
        if let seconds { lessons.append((task.to.units - task.from.units, seconds)) }
    }
}

extension Turn {
    /// Whether both are turns of the same start of a task.
    fileprivate func isOfSameStart(as other: Turn) -> Bool {
        (token, index, epoch) == (other.token, other.index, other.epoch)
    }

    /// The attempt of the same worker in another turn; `nil`: this one.
    fileprivate func at(_ home: Int?) -> Turn {
        var attempt = self
        if let home { attempt.turn = home }
        return attempt
    }
}
