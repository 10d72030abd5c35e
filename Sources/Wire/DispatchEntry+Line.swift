package import Dispatching
import Tuning

/// An entry of the dispatcher as a line of words, separated by spaces: its kind, the number of the event before it, the
/// seconds since 1970, the steady clock's seconds and attoseconds, the check, then the values of its kind, then the
/// drawn tokens, each after a `+`. It has no free text.
extension DispatchEntry {
    /// The line.
    package var line: String {
        let (seconds, attoseconds) = at.steady.components
        var words = ["\(after)", "\(at.wall)", "\(seconds)", "\(attoseconds)", String(check, radix: 16)]
        words = [event.kind] + words + event.arguments + tokens.map { "+\($0)" }
        return words.joined(separator: " ")
    }

    /// The entry of a line; `nil` if the line is not one.
    package init?(line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count >= 6, let after = Int64(words[1]), let wall = Double(words[2]),
            let seconds = Int64(words[3]), let attoseconds = Int64(words[4]),
            let check = UInt64(words[5], radix: 16)
        else { return nil }
        let arguments = words[6...].prefix { !$0.hasPrefix("+") }
        let drawn = words[(6 + arguments.count)...]
        let tokens = drawn.compactMap { $0.hasPrefix("+") ? ArrayToken(String($0.dropFirst())) : nil }
        guard tokens.count == drawn.count,
            let event = DispatchEvent(kind: words[0], Array(arguments))
        else { return nil }
        let steady = Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)
        self.init(
            event, after: after, at: Moment(wall: wall, steady: steady), tokens: tokens, check: check)
    }
}

extension DispatchEvent {
    fileprivate var kind: String {
        switch self {
        case .opened: "opened"
        case .reloaded: "reloaded"
        case .decided: "decided"
        case .requested: "requested"
        case .settled: "settled"
        case .idle: "idle"
        case .looked: "looked"
        case .claimed: "claimed"
        case .gone: "gone"
        case .split: "split"
        case .gathered: "gathered"
        case .taken: "taken"
        case .begun: "begun"
        case .measured: "measured"
        case .narrowed: "narrowed"
        }
    }

    fileprivate var arguments: [String] {
        switch self {
        case .opened(let plan):
            [
                plan.use.rawValue, plan.reuses.word, "\(plan.parallel)", "\(plan.slotsPerTask)",
                plan.sendsManyOn.word, "\(plan.maxArraySize)",
                plan.levels.map(\.description).joined(separator: ","),
            ] + (plan.shortWork > 0 ? ["\(plan.shortWork)"] : [])
        case .reloaded, .settled, .decided: []
        case .requested(let assignment, let request): ["\(assignment)", "\(request)"]
        case .idle(let turn, let until): ["\(turn)", until.map { "\($0)" } ?? "-"]
        case .looked(let isHeldBack, let mayGetWork): [isHeldBack.word, mayGetWork.word]
        case .claimed(let assignment, let turn, let isFree): ["\(assignment)", "\(turn)", isFree.word]
        case .gone(let turn): ["\(turn)"]
        case .split(let token, let other, let kept): ["\(token)", "\(other)", "\(kept)"]
        case .gathered(let tokens, let other): ["\(other)"] + tokens.map(\.description)
        case .taken(let token, let sent): ["\(token)", "\(sent)"]
        case .begun(let token): ["\(token)"]
        case .measured(let units, let seconds): ["\(units)", "\(seconds)"]
        case .narrowed(let mostTasks): ["\(mostTasks)"]
        }
    }

    fileprivate init?(kind: String, _ words: [String]) {
        var words = Words(words)
        let event: DispatchEvent?
        switch kind {
        case "opened": event = words.plan().map { .opened($0) }
        case "reloaded": event = .reloaded
        case "requested":
            event = words.whole().flatMap { number in
                words.request().map { .requested(AssignmentID(number), $0) }
            }
        case "settled": event = .settled
        case "idle":
            event = words.turn().flatMap { turn in words.optionalReal().map { .idle(turn, until: $0) } }
        case "looked":
            event = words.flag().flatMap { isHeldBack in
                words.flag().map { .looked(isHeldBack: isHeldBack, mayGetWork: $0) }
            }
        case "claimed":
            event = words.whole().flatMap { number in
                words.turn().flatMap { turn in
                    words.flag().map { .claimed(AssignmentID(number), for: turn, isFree: $0) }
                }
            }
        case "gone": event = words.turn().map { .gone($0) }
        case "split":
            event = words.token().flatMap { token in
                words.token().flatMap { other in
                    words.whole().map { .split(token, into: other, keeping: $0) }
                }
            }
        case "gathered":
            event = words.token().flatMap { other in
                words.tokens().map { .gathered($0, into: other) }
            }
        case "taken":
            event = words.token().flatMap { token in words.real().map { .taken(token, sent: $0) } }
        case "begun": event = words.token().map { .begun($0) }
        case "measured":
            event = words.whole().flatMap { units in
                words.real().map { .measured(units: units, seconds: $0) }
            }
        case "narrowed": event = words.whole().map { .narrowed(mostTasks: $0) }
        default: event = nil
        }
        guard let event, words.isEmpty else { return nil }
        self = event
    }
}

/// The words of a line that are not read yet.
private struct Words {
    private var rest: ArraySlice<String>

    init(_ words: [String]) { rest = words[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func whole() -> Int? { rest.popFirst().flatMap { Int($0) } }
    mutating func real() -> Double? { rest.popFirst().flatMap { Double($0) } }
    mutating func token() -> ArrayToken? { rest.popFirst().flatMap { ArrayToken($0) } }
    mutating func request() -> TaskRequest? { rest.popFirst().flatMap { TaskRequest($0) } }
    mutating func turn() -> Turn? { rest.popFirst().flatMap { Turn($0) } }
    mutating func flag() -> Bool? { rest.popFirst().flatMap { ["0": false, "1": true][$0] } }

    /// All that are left; `nil`: one of them is no token.
    mutating func tokens() -> [ArrayToken]? {
        let tokens = rest.compactMap { ArrayToken($0) }
        defer { rest = [] }
        return tokens.count == rest.count ? tokens : nil
    }

    /// A number, or `-` for none; `nil` if it is neither.
    mutating func optionalReal() -> Double?? {
        guard let word = rest.popFirst() else { return nil }
        if word == "-" { return .some(nil) }
        return Double(word).map { .some($0) }
    }

    mutating func plan() -> DispatchPlan? {
        guard let use = rest.popFirst().flatMap(DispatchPlan.TaskUse.init(rawValue:)), let reuses = flag(),
            let parallel = whole(), let slots = whole(), let sendsManyOn = flag(), let size = whole(),
            let levels = rest.popFirst()
        else { return nil }
        let numbers = levels.split(separator: ",")
        let resources = numbers.compactMap { Int($0) }.map(Resource.init)
        // Studies of earlier versions end here.
        let short = rest.isEmpty ? 0 : real()
        guard resources.count == numbers.count, parallel > 0, slots > 0, size > 0, let short, short >= 0
        else { return nil }
        return DispatchPlan(
            study: "", use: use, reuses: reuses, parallel: parallel, slotsPerTask: slots, levels: resources,
            sendsManyOn: sendsManyOn, maxArraySize: size, shortWork: short)
    }
}

extension Bool {
    fileprivate var word: String { self ? "1" : "0" }
}
