import Dispatching
import Testing
import Tuning
import Wire

/// The lines of the dispatcher's entries.
@Suite struct DispatchEntryTests {
    static let events: [DispatchEvent] = {
        let token = ArrayToken(bits: 0x0123_4567_89ab_cdef)
        let turn = Turn(token: token, index: 17, epoch: 2, turn: 3)
        let plan = DispatchPlan(
            study: "", use: .measured, reuses: true, parallel: 32, slotsPerTask: 2,
            levels: [Resource(1), Resource(3)], sendsManyOn: true, maxArraySize: 1_001)
        var polite = plan
        polite.shortWork = 1_800
        return [
            .opened(plan), .reloaded, .settled, .idle(turn, until: nil), .idle(turn, until: 1_764.25),
            .looked(isHeldBack: true, mayGetWork: false),
            .claimed(AssignmentID(5), for: turn, isFree: true),
            .gathered([token, ArrayToken(bits: 5)], into: ArrayToken(bits: 6)), .opened(polite),
            .gone(turn), .split(token, into: ArrayToken(bits: 7), keeping: 3), .taken(token, sent: 0.1),
            .begun(token), .measured(units: 4, seconds: 1e-9), .narrowed(mostTasks: 12),
            .requested(AssignmentID(6), TaskRequest(options: .max, minutes: 90, mebibytes: 4_096)),
        ]
    }()

    @Test(arguments: events) func `an entry is read as it was written`(_ event: DispatchEvent) throws {
        let moment = Moment(wall: 1_764_435_600.125, steady: .nanoseconds(1_234_567_890_123))
        for tokens in [[], [ArrayToken(bits: 1), ArrayToken(bits: .max)]] {
            let entry = DispatchEntry(event, after: 42, at: moment, tokens: tokens, check: .max)
            #expect(DispatchEntry(line: entry.line[...]) == entry, "\(entry.line)")
        }
    }

    @Test(arguments: [
        "", "settled", "settled 1 2 3 4", "settled x 2 3 4 5", "settled 1 2 3 4 5 more",
        "gone 1 2 3 4 5", "gone 1 2 3 4 5 0123456789abcdef.1", "settled 1 2 3 4 5 +1",
        "settled 1 2 3 4 5 +0123456789abcdef more", "decided 1 2 3 4 5",
        "opened 1 2 3 4 5 single 1 0 1 0 9 1",
        "opened 1 2 3 4 5 single 1 1 1 0 9 1 x", "opened 1 2 3 4 5 single 1 1 1 0 9 1 -1",
        "gathered 1 2 3 4 5", "gathered 1 2 3 4 5 0123456789abcdef x",
        "measured 1 2 3 4 5 1", "requested 1 2 3 4 5 6 1.2", "claimed 1 2 3 4 5 1 0123456789abcdef.1.0 2",
    ])
    func `what is no entry is not read`(_ line: String) {
        #expect(DispatchEntry(line: line[...]) == nil)
    }

    @Test func `commands that differ have other sums`() {
        let turn = Turn(token: ArrayToken(bits: 9), index: 1, epoch: 0, turn: 2)
        let assignment = AssignmentID(3)
        let commands: [DispatchCommand] = [
            .release(turn, save: true), .release(turn, save: false), .dismiss(turn), .dismiss(turn.next),
            .claim(assignment, for: turn), .hand(assignment, after: turn, task: 1),
            .hand(assignment, after: turn, task: 2), .close(assignment),
            .cancel([PlannedTask(token: turn.token, index: 1)]),
            .gather([assignment], into: turn.token, name: "a"),
            .gather([assignment, AssignmentID(4)], into: turn.token, name: "a"),
        ]
        let sums = commands.map { command in
            var sum = CommandSum()
            sum.add(command)
            return sum.value
        }
        #expect(Set(sums).count == commands.count)
        #expect(!sums.contains(CommandSum().value))
    }
}
