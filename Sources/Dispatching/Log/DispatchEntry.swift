package import Tuning

/// An event of the dispatcher in the log, with everything that its decisions depend on and a check of its commands.
///
/// The core's decisions are in the log already, and are not written again.
package struct DispatchEntry: Hashable, Sendable {
    /// The event; never `decided`.
    package var event: DispatchEvent
    /// The number of the core's last event before it; 0 if there was none.
    package var after: Int64
    /// When it happened.
    package var at: Moment
    /// The tokens that were drawn for it, in order.
    package var tokens: [ArrayToken]
    /// A sum over all commands since the previous entry, including those of this one.
    package var check: UInt64

    /// An entry from its parts.
    package init(
        _ event: DispatchEvent, after: Int64, at: Moment, tokens: [ArrayToken], check: UInt64
    ) {
        self.event = event
        self.after = after
        self.at = at
        self.tokens = tokens
        self.check = check
    }
}

/// A sum over commands (FNV-1a over their numbers), compared when they are derived again.
package struct CommandSum: Hashable, Sendable {
    /// The sum so far.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// No command yet.
    package init() {}

    /// Adds a command.
    package mutating func add(_ command: DispatchCommand) {
        switch command {
        case .submit(let array):
            add(1)
            add(array.token)
            for lane in array.lanes { add(lane) }
        case .give(let lanes, let turn):
            add(2)
            add(turn)
            for lane in lanes { add(lane) }
        case .goOn(let lane, let turn):
            add(3)
            add(turn)
            add(lane)
        case .release(let turn, let save):
            add(save ? 5 : 4)
            add(turn)
        case .keep(let worker):
            add(6)
            add(worker.turn)
            add(worker.outOfMemory)
            add(worker.request)
        case .dismiss(let turn):
            add(7)
            add(turn)
        case .claim(let assignment, let turn):
            add(8, assignment)
            add(turn)
        case .hand(let assignment, let turn, let task):
            add(9, assignment)
            add(turn)
            add(task)
        case .resubmit(let assignment, let place):
            add(10, assignment)
            add(place.token)
            add(place.index)
        case .split(let token, let other, let tasks):
            add(11)
            add(token)
            add(other)
            for task in tasks { add(task) }
        case .cancel(let tasks):
            add(12)
            for task in tasks {
                add(task.token)
                add(task.index)
            }
        case .remove(let checkpoint):
            add(13)
            add(checkpoint.attempt.assignment.number)
            add(checkpoint.attempt.epoch)
            add(checkpoint.resource.units)
        case .close(let assignment):
            add(14, assignment)
        case .gather(let assignments, let token, _):
            add(15)
            add(token)
            for assignment in assignments { add(assignment.number) }
        }
    }

    private mutating func add(_ kind: Int, _ assignment: AssignmentID) {
        add(kind)
        add(assignment.number)
    }

    private mutating func add(_ lane: PlannedArray.Lane) {
        for number in [lane.index, lane.task, lane.assignment.id.number, lane.outOfMemory] { add(number) }
        add(lane.request)
    }

    /// One that is plain adds nothing: there was a time when all were.
    private mutating func add(_ request: TaskRequest) {
        guard !request.isPlain else { return }
        let options = Int(truncatingIfNeeded: request.options)
        for number in [options, request.minutes, request.mebibytes] { add(number) }
    }

    private mutating func add(_ turn: Turn) {
        add(turn.token)
        for number in [turn.index, turn.epoch, turn.turn] { add(number) }
    }

    private mutating func add(_ token: ArrayToken) { add(Int(truncatingIfNeeded: token.bits)) }

    private mutating func add(_ number: Int) {
        value = (value ^ UInt64(bitPattern: Int64(number))) &* 0x0000_0100_0000_01B3
        value ^= value >> 29
    }
}
