import Chance
import Tuning

/// A cluster, its workers and its training code, all driven by dice.
///
/// What happens to an attempt depends on the seed, the trial, the rung and the number of tries, not on the order in
/// which news arrives, which has its own dice.
struct FakeWorld {
    /// The news of one assignment that has not arrived yet, in order.
    private var pending: [(assignment: AssignmentID, events: [Event])] = []
    /// How often each rung of a trial was tried.
    private var tries: [Work: Int] = [:]
    /// The resource that each assignment leads to.
    private var targets: [AssignmentID: Int] = [:]
    private var order: Dice
    private let seed: UInt64
    private var eventsUntilTheEnd: Int
    /// Whether workers ask for work beyond `parallel`.
    private let asksAhead: Bool
    private let end: Event

    private struct Work: Hashable {
        var trial: TrialID
        var rung: Int
    }

    init(seed: UInt64, order: UInt64, isLeftAlone: Bool) {
        self.seed = seed
        self.order = Dice(seed: order)
        var dice = Dice(seed: seed ^ 0x5A5A)
        eventsUntilTheEnd = !isLeftAlone && dice.oneIn(8) ? dice.roll(0...200) : .max
        end = dice.oneIn(2) ? .cancelled : .refused(reason: "the account expired")
        asksAhead = dice.oneIn(3)
    }

    /// Starts the decided assignments.
    mutating func carryOut(_ decisions: [Decision]) {
        for case .release(let attempt, let save) in decisions {
            var dice = Dice(seed: seed &+ UInt64(attempt.assignment.number))
            pending.append((attempt.assignment, AttemptFate.leaving(attempt, targets, save, &dice)))
        }
        for case .evaluate(let assignment) in decisions {
            targets[assignment.id] = assignment.to.units
            if let waiting = assignment.inPlace {
                var dice = Dice(seed: seed &+ UInt64(waiting.assignment.number))
                let isGone = dice.oneIn(4)
                let id = waiting.assignment.number
                let word = Event.ended(
                    id, epoch: waiting.epoch,
                    isGone ? dice.pick([.left, .finished, .exited(code: 1)]) : .wentOn)
                pending.append((waiting.assignment, [word]))
                if isGone { continue }
            }
            let work = Work(trial: assignment.trial, rung: assignment.rung)
            tries[work, default: 0] += 1
            let key = [assignment.trial.number, assignment.rung, tries[work, default: 0]]
            let mixed = key.reduce(seed) { ($0 &+ UInt64($1)) &* 0xBF58_476D_1CE4_E5B9 }
            var fate = AttemptFate(assignment, Dice(seed: mixed))
            pending.append((assignment.id, fate.events()))
        }
    }

    /// The next event of any assignment; `nil` if there are no more.
    mutating func nextEvent() -> Event? {
        if eventsUntilTheEnd == 0 {
            eventsUntilTheEnd = .max
            return end
        }
        guard !pending.isEmpty else { return nil }
        eventsUntilTheEnd -= 1
        if asksAhead, order.oneIn(12) { return .askedAhead(room: order.roll(0...6)) }
        let chosen = order.roll(0...pending.count - 1)
        let event = pending[chosen].events.removeFirst()
        if pending[chosen].events.isEmpty { pending.remove(at: chosen) }
        return event
    }
}

extension Event {
    /// A checkpoint of 0 to 9 bytes, the same in each report.
    fileprivate static func sized(_ assignment: Int, _ epoch: Int, _ resource: Int) -> Event {
        saved(assignment, epoch: epoch, at: resource, bytes: (assignment * 7 + epoch * 3 + resource) % 10)
    }
}

/// The fate of one assignment: the messages of its attempts in order, and its end.
private struct AttemptFate {
    private let work: Assignment
    private var dice: Dice
    private var epoch = 0
    private var news: [Event] = []

    init(_ work: Assignment, _ dice: Dice) {
        self.work = work
        self.dice = dice
    }

    mutating func events() -> [Event] {
        while dice.oneIn(8) {
            // The cluster starts the task again while the old attempt still reports.
            train(until: dice.roll(work.from.units...work.to.units))
            let old = epoch
            epoch += 1
            start()
            news.append(.report(work.id.number, epoch: old, at: work.to.units, -1))
            if dice.oneIn(2) { news.append(.ended(work.id.number, epoch: old, .signalled(number: 15))) }
        }
        end()
        return repeated()
    }

    /// How a command leaves after it was asked to.
    static func leaving(
        _ attempt: AttemptID, _ targets: [AssignmentID: Int], _ save: Bool, _ dice: inout Dice
    ) -> [Event] {
        let id = attempt.assignment.number
        let target = targets[attempt.assignment] ?? 0
        let saved = save && !dice.oneIn(4) ? [Event.sized(id, attempt.epoch, target)] : []
        let end = dice.oneIn(4) ? Event.lost(id, .displaced) : .ended(id, epoch: attempt.epoch)
        return saved + [end]
    }

    private mutating func start() { news.append(.started(work.id.number, epoch: epoch)) }

    /// Trains up to a resource, with some reports and checkpoints on the way.
    private mutating func train(until last: Int) {
        start()
        guard last > work.from.units else { return }
        for resource in work.from.units + 1...last {
            if dice.oneIn(3) { save(resource) }
            if dice.oneIn(2), resource < work.to.units { report(resource) }
        }
    }

    private mutating func end() {
        let id = work.id.number
        // A command that does not wait, or does not continue.
        if work.inPlace != nil, dice.oneIn(6) { return fall(.ended(id, epoch: epoch, .paused)) }
        switch dice.roll(1...20) {
        case 1: fall(.ended(id, epoch: epoch, .exited(code: 1), saying: "Killed"))
        case 2: fall(.ended(id, epoch: epoch, .signalled(number: 9)))
        case 3: fall(.lost(id, dice.pick([.outOfMemory, .timedOut, .silent, .vanished])))
        case 15: news.append(.ended(id, epoch: epoch, .givenBack))
        case 4, 5: fall(.lost(id, .displaced, "NODE_FAIL"))
        case 6: fall(.lost(id, .cancelled, "CANCELLED"))
        case 7:
            // Asked to leave; the cluster says why.
            fall(.ended(id, epoch: epoch, dice.pick([.left, .crashedLeaving(reason: "code 1")])))
            news.append(.lost(id, dice.pick([.cancelled, .displaced, .timedOut, .silent, .vanished])))
        case 8:
            fall(.ended(id, epoch: epoch, dice.pick([.noReport, .badReport(reason: "late"), .finished])))
        case 9:
            // A result, and a crash after it.
            succeed(loss())
            news.append(
                dice.pick([
                    .lost(id, .displaced), .lost(id, .cancelled),
                    .ended(id, epoch: epoch, .exited(code: 1)),
                ]))
        case 10:
            succeed(.nan)
            news.append(.ended(id, epoch: epoch))
        case 11, 12, 13, 14:
            // It waits for a decision; its end is decided later.
            succeed(dice.oneIn(6) ? .nan : loss())
            news.append(.waited(.of(id, epoch)))
        default:
            succeed(loss())
            news.append(.ended(id, epoch: epoch))
        }
        // A message that comes too late.
        if dice.oneIn(4) { news.append(.report(id, epoch: epoch, at: work.to.units, -2)) }
    }

    private mutating func fall(_ event: Event) {
        train(until: dice.roll(work.from.units...work.to.units))
        news.append(event)
    }

    private mutating func succeed(_ loss: Double) {
        train(until: work.to.units)
        if dice.oneIn(2) { save(work.to.units) }
        news.append(.report(work.id.number, epoch: epoch, at: work.to.units, loss))
        if dice.oneIn(4) { news.append(.report(work.id.number, epoch: epoch, at: work.to.units, -3)) }
    }

    private mutating func save(_ resource: Int) {
        news.append(.sized(work.id.number, epoch, resource))
    }

    private mutating func report(_ resource: Int) {
        news.append(.report(work.id.number, epoch: epoch, at: resource, loss()))
    }

    /// Few values, so that some tie.
    private mutating func loss() -> Double { Double(dice.roll(1...12)) / 4 }

    /// The news, with some repetitions.
    private mutating func repeated() -> [Event] {
        news.flatMap { event in dice.oneIn(10) ? [event, event] : [event] }
    }
}
