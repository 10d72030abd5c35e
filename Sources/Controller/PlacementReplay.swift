import Dispatching
import Store
import Tuning

/// Derives every placement again from the log, and names the first that differs from the record.
struct PlacementReplay {
    private var entries: ArraySlice<DispatchEntry?>
    private var dispatcher: Dispatcher?
    private var sum = CommandSum()
    /// The event after which each assignment got its last place.
    private var placedAfter: [AssignmentID: Int64] = [:]
    private let study: String

    /// Replays the dispatcher's events.
    ///
    /// A study that an older version began without recording them cannot be replayed: `isRecorded` is then false.
    init(_ reader: StoreReader) throws {
        entries = try reader.dispatchEntries()[...]
        study = try reader.study()?.name ?? ""
        isRecorded = if let first = entries.first, let first, first.isFirst { true } else { false }
    }

    /// Whether everything was recorded since the study began.
    let isRecorded: Bool

    /// Applies the dispatcher's events between one event of the core and the next.
    ///
    /// - Returns: what differs, in words; `nil` if nothing does.
    mutating func goOn(after event: Int64) -> String? {
        guard isRecorded else { return nil }
        while let next = entries.first {
            guard let entry = next else { return "an entry of the dispatcher cannot be read" }
            guard entry.after <= event else { return nil }
            entries.removeFirst()
            if let difference = take(entry) { return difference }
        }
        return nil
    }

    private mutating func take(_ entry: DispatchEntry) -> String? {
        switch entry.event {
        case .opened(var plan):
            plan.study = study
            sum = CommandSum()
            if dispatcher == nil { dispatcher = Dispatcher(plan, memory: .max) }
        case .reloaded: sum = CommandSum()
        default: break
        }
        var tokens = entry.tokens[...]
        var isShort = false
        apply(entry.event, at: entry.at, after: entry.after) {
            isShort = isShort || tokens.isEmpty
            return tokens.popFirst() ?? ArrayToken(bits: 0)
        }
        guard !isShort, tokens.isEmpty else { return "it placed other arrays than were recorded" }
        guard sum.value == entry.check else {
            return "what was recorded of where work ran is not what is derived"
        }
        sum = CommandSum()
        return nil
    }

    /// The core has applied an event.
    mutating func take(
        _ event: Event, _ decisions: [Decision], landed: [AssignmentID], time: Double, id: Int64
    ) {
        guard isRecorded, dispatcher != nil else { return }
        let moment = Moment(wall: time, steady: .zero)
        apply(.decided(event, decisions, landed: landed), at: moment, after: id) { ArrayToken(bits: 0) }
    }

    private mutating func apply(
        _ event: DispatchEvent, at moment: Moment, after id: Int64, _ drawToken: () -> ArrayToken
    ) {
        guard let commands = dispatcher?.apply(event, at: moment, drawToken: drawToken) else { return }
        for command in commands {
            sum.add(command)
            for assignment in command.placed { placedAfter[assignment] = id }
        }
        for case .split(_, let other, _) in commands {
            for placement in dispatcher?.placements(in: other) ?? [] {
                placedAfter[placement.assignment] = id
            }
        }
    }

    /// Compares the placements in the tables with the derived ones.
    ///
    /// - Returns: the event after which the first differing assignment was placed, and what differs; `nil` if nothing
    ///   does.
    func compare(_ reader: StoreReader) throws -> (event: Int64, what: String)? {
        guard isRecorded, let dispatcher else { return nil }
        for row in try reader.places() {
            let event = placedAfter[row.assignment] ?? 0
            guard let derived = dispatcher.placement(of: row.assignment) else {
                return (event, "assignment \(row.assignment) has a place, and none is derived for it")
            }
            let isSame =
                derived.turn == row.turn && derived.task == row.task
                && derived.outOfMemory == row.outOfMemory && derived.request == row.request
            if !isSame {
                return (
                    event,
                    "assignment \(row.assignment) was recorded at \(row.turn) of task \(row.task), and is derived at "
                        + "\(derived.turn) of task \(derived.task)"
                )
            }
        }
        return nil
    }
}

extension DispatchEntry {
    /// Whether a record begins here.
    fileprivate var isFirst: Bool {
        if case .opened = event { after == 0 } else { false }
    }
}

extension DispatchCommand {
    /// The assignments that it places.
    fileprivate var placed: [AssignmentID] {
        switch self {
        case .submit(let array): array.lanes.map(\.assignment.id)
        case .give(let lanes, _): lanes.map(\.assignment.id)
        case .goOn(let lane, _): [lane.assignment.id]
        case .hand(let assignment, _, _), .resubmit(let assignment, _): [assignment]
        case .gather(let assignments, _, _): assignments
        case .release, .keep, .dismiss, .claim, .split, .cancel, .remove, .close: []
        }
    }
}
