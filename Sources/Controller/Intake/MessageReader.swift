import Algorithms
import Dispatching
import Spool
import Store
import Tuning

/// Converts the messages of one letter to events.
struct MessageReader {
    private let directory: StudyDirectory
    /// The arrays of which a task has begun, according to these letters.
    private var starts: Set<ArrayToken> = []
    /// When the attempts of this letter began, by their workers' clocks.
    private var begun: [AttemptID: Double] = [:]

    init(_ directory: StudyDirectory) { self.directory = directory }

    /// The result of reading a letter.
    enum Result {
        /// These events, perhaps none.
        case events([Event])
        /// An earlier message is missing; the letter stays in the inbox.
        case early
        /// It belongs to no task of this study, for this reason.
        case stranger(String)
    }

    /// The events of a letter. Messages that were applied before are left out.
    ///
    /// - Parameter force: apply it although an earlier message is missing.
    mutating func events(of messages: [Message], force: Bool, _ pass: inout Pass) throws -> Result {
        guard let name = messages.first?.attempt else { return .events([]) }
        guard messages.allSatisfy({ $0.attempt.isOfSameStart(as: name) }) else {
            return .stranger("its messages are of several tasks")
        }
        var parts: [Part] = []
        for name in messages.map(\.attempt).uniqued() {
            guard let placement = try pass.placement(at: name) else {
                return .stranger(
                    "the study has no task \(name.index) in an array \(name.token), turn \(name.turn)")
            }
            let part = Part(messages.filter { $0.attempt == name }, of: name, placement)
            if part.isEarly && !force { return .early }
            parts.append(part)
        }
        begun = [:]
        var events: [Event] = []
        for var part in parts {
            for message in part.messages where part.taken.take(message.sequence) {
                events += try self.events(of: message, part, &pass)
            }
            pass.record(part.taken, of: part.attempt)
        }
        return .events(events)
    }

    /// The messages of a letter about one attempt.
    private struct Part {
        let messages: [Message]
        let attempt: AttemptID
        let placement: Placement
        var taken: TakenMessages

        init(_ messages: [Message], of name: Turn, _ placement: Placement) {
            self.messages = messages
            self.placement = placement
            attempt = AttemptID(assignment: placement.assignment, epoch: name.epoch)
            taken = placement.start(name.epoch)?.taken ?? TakenMessages()
        }

        /// Whether an earlier message is missing.
        var isEarly: Bool { messages[0].sequence > taken.next }
    }

    /// The directory of an attempt for the worker that runs this assignment.
    private func directory(
        of turn: Turn, _ placement: Placement, _ pass: inout Pass
    ) throws -> String {
        let isOwn = turn.turn == placement.turn.turn
        let trial = isOwn ? placement.trial : try pass.placement(at: turn)?.trial
        return directory.outputs(of: turn, trial ?? placement.trial)
    }

    private mutating func events(of message: Message, _ part: Part, _ pass: inout Pass) throws -> [Event] {
        let (attempt, placement) = (part.attempt, part.placement)
        switch message.body {
        case .started(let place): return try started(place, message, part, &pass)
        case .report(let resource, let metrics, let nonFinite):
            return [
                .reported(
                    Report(attempt: attempt, resource: resource, metrics: metrics, nonFinite: nonFinite))
            ]
        case .checkpoint(let resource, let home, let told):
            let checkpoint = CheckpointID(attempt: attempt, resource: resource)
            let path = directory.checkpoint(
                message.attempt.at(home), of: placement.trial, at: resource)
            // What cannot be seen at this moment may be whole for all that.
            let bytes = told ?? directory.files.bytesIfSeen(of: "\(directory.path)/\(path)")
            try pass.transaction.keep(checkpoint, path: path, bytes: bytes)
            return [.checkpointed(checkpoint, bytes: bytes)]
        case .waiting(let secondsLeft):
            // While no controller ran, the worker may have given up waiting and left.
            if try hasGone(message.attempt, from: .rung) { return [] }
            if pass.cores.dispatcher.times.mayGoOn(from: placement.to, secondsLeft: secondsLeft),
                try pass.taskServesNextRung(of: placement, secondsLeft: secondsLeft)
            {
                return [.waited(attempt)]
            }
            // Its result counts when it has left: then it may be promoted, to a task that has the time and all else.
            try pass.transaction.add(.answer(message.attempt, .release(save: true)))
            return []
        case .idle(let secondsLeft):
            if try !hasGone(message.attempt, from: .work) {
                try pass.dispatch(
                    .idle(message.attempt, until: secondsLeft.map { pass.now.wall + $0 }))
            }
            return []
        case .ended(let ending, let tail, let used):
            // A start that went on from what an earlier one had saved says nothing of how long the whole takes.
            let isWhole = attempt.epoch == 0 && (ending == .finished || ending == .wentOn)
            let seconds = isWhole ? seconds(of: message, part, pass) : nil
            if pass.cores.dispatcher.times.learns, ending == .finished, let seconds {
                let units = part.placement.to.units - part.placement.from.units
                pass.lessons.append(.measured(units: units, seconds: seconds))
            }
            pass.learnNeeds(of: placement, seconds: seconds, used: used)
            return [
                .ended(AttemptEnded(attempt: attempt, ending: ending, stderrTail: tail, used: used))
            ]
        }
    }

    private mutating func started(
        _ place: Message.Started, _ message: Message, _ part: Part, _ pass: inout Pass
    ) throws -> [Event] {
        let (attempt, placement) = (part.attempt, part.placement)
        let token = placement.turn.token
        if placement.turn.turn == 0, pass.cores.dispatcher.times.awaits(token),
            starts.insert(token).inserted
        {
            pass.lessons.append(.begun(token))
        }
        begun[attempt] = message.time
        let home = message.attempt.at(place.home)
        let started = Event.started(
            AttemptStarted(
                attempt: attempt, task: "\(place.array)_\(placement.task)", host: place.host,
                directory: try directory(of: home, placement, &pass)))
        // H2: the array was submitted, although that is not recorded yet.
        let submitted = Event.submitted(ArraySubmitted(token: token.digits, job: place.array))
        return try (pass.cores.dispatcher.isSubmitted(token) ? [] : [submitted]) + [started]
            + resumed(place, message.attempt, part, pass)
    }

    /// A start of a task resumes from an earlier one's checkpoint, which no other message need have reported.
    private func resumed(
        _ place: Message.Started, _ name: Turn, _ part: Part, _ pass: Pass
    ) throws -> [Event] {
        guard let resume = place.resume, part.placement.turn.turn == 0 else { return [] }
        let earlier = Turn(token: name.token, index: name.index, epoch: resume.epoch)
        let checkpoint = CheckpointID(
            attempt: AttemptID(assignment: part.attempt.assignment, epoch: resume.epoch),
            resource: resume.resource)
        let path = directory.checkpoint(earlier, of: part.placement.trial, at: resume.resource)
        let bytes = directory.files.bytesIfSeen(of: "\(directory.path)/\(path)")
        // Once its work is over the checkpoint may have been removed.
        if pass.cores.study.isInFlight(part.attempt.assignment) {
            try pass.transaction.keep(checkpoint, path: path, bytes: bytes)
        }
        return [.resumed(part.attempt, from: checkpoint, bytes: bytes)]
    }

    /// Whether a worker has said that it waits no longer.
    private func hasGone(_ attempt: Turn, from question: Directive.Question) throws -> Bool {
        do throws(SpoolError) {
            return try Directive.standing(to: question, of: attempt, in: directory) == .gone
        } catch {
            // The file is not an answer that a worker could obey.
            if case .malformed = error { return true }
            throw error
        }
    }

    /// How long an attempt took; `nil`: not known. The worker's clock counts if one letter has both the begin and the end;
    /// otherwise the controller's does.
    private func seconds(of message: Message, _ part: Part, _ pass: Pass) -> Double? {
        let began = part.placement.start(part.attempt.epoch)?.began
        return begun[part.attempt].map { message.time - $0 } ?? began.map { pass.now.wall - $0 }
    }
}

extension Turn {
    /// Whether both are turns of the same start of a task.
    fileprivate func isOfSameStart(as other: Turn) -> Bool {
        (token, index, epoch) == (other.token, other.index, other.epoch)
    }

    /// The turn of the same worker with another number; `nil` for this one.
    fileprivate func at(_ home: Int?) -> Turn {
        var turn = self
        if let home { turn.turn = home }
        return turn
    }
}
