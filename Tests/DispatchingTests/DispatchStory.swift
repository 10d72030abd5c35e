import Tuning

@testable import Dispatching

/// A dispatcher and its events, in a short form.
struct DispatchStory {
    var dispatcher: Dispatcher
    /// Seconds since the story began, by both clocks.
    var now = 0.0
    private var tokens: UInt64 = 0
    private var assignments = 0

    init(
        _ use: DispatchPlan.TaskUse = .staying, parallel: Int = 2, slotsPerTask: Int = 1,
        sendsManyOn: Bool = false, memory: Int = 100
    ) {
        let plan = DispatchPlan(
            study: "s", use: use, reuses: use != .single, parallel: parallel, slotsPerTask: slotsPerTask,
            levels: [Resource(1), Resource(3), Resource(9)], sendsManyOn: sendsManyOn, maxArraySize: 1_001)
        dispatcher = Dispatcher(plan, memory: memory)
    }

    /// The token that was drawn with this number, counted from 1.
    func token(_ number: UInt64) -> ArrayToken { ArrayToken(bits: number) }

    /// A turn of the first array.
    func turn(_ index: Int, _ turn: Int = 0, epoch: Int = 0, of array: UInt64 = 1) -> Turn {
        Turn(token: token(array), index: index, epoch: epoch, turn: turn)
    }

    mutating func apply(_ event: DispatchEvent) -> [DispatchCommand] {
        let moment = Moment(wall: now, steady: .seconds(now))
        var drawn = tokens
        defer { tokens = drawn }
        return dispatcher.apply(event, at: moment) {
            drawn += 1
            return ArrayToken(bits: drawn)
        }
    }

    /// The next assignment, for a trial.
    mutating func work(
        of trial: Int, rung: Int = 0, from: Int = 0, to: Int = 1, inPlace: AttemptID? = nil,
        reason: Assignment.Reason = .new
    ) -> Assignment {
        defer { assignments += 1 }
        return Assignment(
            id: AssignmentID(assignments), trial: TrialID(trial), rung: rung, from: Resource(from),
            to: Resource(to), start: nil, inPlace: inPlace, reason: reason)
    }

    /// The core decides this because of an event, and nothing else in the same transaction.
    mutating func decide(
        _ works: [Assignment], because event: Event = .cancelled, landed: [Int] = []
    ) -> [DispatchCommand] {
        let decisions = works.map(Decision.evaluate)
        return apply(.decided(event, decisions, landed: landed.map { AssignmentID($0) }))
            + apply(.settled)
    }

    /// Plans trials in one array, which the cluster accepts as its job 7.
    mutating func begin(_ trials: Int...) {
        let works = trials.map { work(of: $0) }
        _ = decide(works)
        _ = apply(
            .decided(
                .submitted(ArraySubmitted(token: token(tokens).digits, job: 6 + UInt32(tokens))), [],
                landed: []))
    }

    /// An assignment of a task begins.
    @discardableResult
    mutating func start(_ assignment: Int, epoch: Int = 0) -> [DispatchCommand] {
        let attempt = AttemptID(assignment: AssignmentID(assignment), epoch: epoch)
        return apply(
            .decided(
                .started(AttemptStarted(attempt: attempt, task: "7_0", host: "h", directory: "d")), [],
                landed: []))
    }

    /// An assignment ends with a result.
    @discardableResult
    mutating func end(_ assignment: Int, epoch: Int = 0) -> [DispatchCommand] {
        let attempt = AttemptID(assignment: AssignmentID(assignment), epoch: epoch)
        return decide(
            [], because: .ended(AttemptEnded(attempt: attempt, ending: .finished)), landed: [assignment])
    }

    /// The worker of a turn waits for work.
    @discardableResult
    mutating func idle(_ turn: Turn, until: Double? = nil) -> [DispatchCommand] {
        apply(.idle(turn, until: until)) + apply(.settled)
    }

    /// The look between two transactions.
    mutating func look(isHeldBack: Bool = false, mayGetWork: Bool = true) -> [DispatchCommand] {
        apply(.looked(isHeldBack: isHeldBack, mayGetWork: mayGetWork))
    }
}

extension DispatchCommand {
    /// The command in short form, for tables of tests.
    var words: String {
        switch self {
        case .submit(let array):
            "submit "
                + array.lanes.map { "\($0.assignment.id)@\($0.index)" }.joined(separator: " ")
        case .give(let lanes, let turn):
            "give \(lanes.map { "\($0.assignment.id)" }.joined(separator: " ")) after \(turn.short)"
        case .goOn(let lane, let turn): "go on with \(lane.assignment.id) after \(turn.short)"
        case .release(let turn, let save): "release \(turn.short)\(save ? ", saving" : "")"
        case .keep(let worker): "keep \(worker.turn.short)"
        case .dismiss(let turn): "dismiss \(turn.short)"
        case .claim(let assignment, let turn): "claim \(assignment) for \(turn.short)"
        case .hand(let assignment, let turn, let task):
            "hand \(assignment) after \(turn.short) of task \(task)"
        case .resubmit(let assignment, let place): "resubmit \(assignment)@\(place.index)"
        case .split(_, _, let tasks): "split off \(tasks)"
        case .gather(let assignments, _, let name):
            "gather \(assignments.map(\.description).joined(separator: " ")) as \(name.split(separator: ".")[1])"
        case .cancel(let tasks): "cancel \(tasks.map(\.index))"
        case .remove: "remove"
        case .close(let assignment): "close \(assignment)"
        }
    }
}

extension Turn {
    /// `index.epoch.turn`.
    fileprivate var short: String { "\(index).\(epoch).\(turn)" }
}
