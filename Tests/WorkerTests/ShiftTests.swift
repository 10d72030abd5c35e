import Spool
import Synchronization
import Testing
import Tuning

@testable import Worker

@Suite struct TurnsTests {
    private let first = Turn(token: ArrayToken(bits: 1), index: 5, epoch: 2)

    @Test func `work ahead has a turn each, in its order`() {
        var turns = Turns(first)
        #expect(!turns.hasMore)
        #expect(turns.next() == nil)
        turns.take([.of(7), .of(8)])
        #expect((turns.current.turn, turns.last.turn, turns.hasMore) == (0, 2, true))
        #expect(turns.next() == .of(7))
        #expect((turns.current.turn, turns.last.turn, turns.hasMore) == (1, 2, true))
        #expect(turns.next() == .of(8))
        #expect((turns.current.turn, turns.last.turn, turns.hasMore) == (2, 2, false))
        turns.goOn()
        #expect((turns.current.turn, turns.last.turn) == (3, 3))
    }

    @Test func `what is given back keeps its turns, and the next work has those after them`() {
        var turns = Turns(first)
        turns.take([.of(7), .of(8), .of(9)])
        _ = turns.next()
        #expect(turns.giveBack().map(\.turn) == [2, 3])
        #expect(turns.giveBack() == [])
        #expect((turns.current.turn, turns.last.turn, turns.hasMore) == (1, 3, false))
        turns.take([.of(4)])
        #expect(turns.next() == .of(4))
        #expect(turns.current == Turn(token: first.token, index: 5, epoch: 2, turn: 4))
    }
}

@Suite struct ShiftTests {
    private let first = Turn(token: ArrayToken(bits: 1), index: 5, epoch: 0)
    private let place = Message.Started(array: 9, host: "h", process: 1)
    private let finished = Message.Body.ended(.finished, stderrTail: "")

    /// An inbox, and a clock that does not advance.
    private final class Scene: TimeSource {
        let letters = Mutex<[[Message]]>([])
        let now = Duration.seconds(1)
        let wallTime = 5.0
        func sleep(for duration: Duration) async {}

        func shift(_ first: Turn) -> Shift {
            Shift(first, courier: Courier(time: self) { self.put($0) })
        }

        private func put(_ messages: [Message]) { letters.withLock { $0.append(messages) } }

        /// Each message of each letter, as turn, number and content.
        var told: [[String]] {
            letters.withLock { letters in
                letters.map { letter in
                    letter.map { "\($0.attempt.turn).\($0.sequence) \($0.body.word)" }
                }
            }
        }
    }

    @Test func `what a shift does ahead fills one letter, and ends with a question for more`() async throws
    {
        let scene = Scene()
        var shift = scene.shift(first)
        shift.begin(place)
        try await shift.send { _ in }
        shift.add(finished)
        let next = try await shift.next(secondsLeft: 60) { _ in
        } ask: { attempt in
            #expect(attempt == first)
            return .next([.of(7), .of(8)])
        }
        #expect(next == .of(7))
        #expect(!shift.isLast)
        shift.begin(place)
        shift.add(finished)
        let more = try await shift.next(secondsLeft: 60) { _ in
        } ask: { _ in
            Issue.record("there is work ahead")
            return .leave
        }
        #expect(more == .of(8))
        #expect(shift.isLast)
        shift.begin(place)
        shift.add(finished)
        let last = try await shift.next(secondsLeft: 60) { _ in
        } ask: { attempt in
            #expect(attempt.turn == 2)
            return .leave
        }
        #expect(last == nil)
        #expect(
            scene.told == [
                ["0.0 started"], ["0.1 finished", "0.2 idle"],
                ["1.0 started", "1.1 finished", "2.0 started", "2.1 finished", "2.2 idle"],
            ])
    }

    @Test func `what is given back is told, and the question for more comes after it`() async throws {
        let scene = Scene()
        var shift = scene.shift(first)
        shift.begin(place)
        shift.add(finished)
        _ = try await shift.next(secondsLeft: nil) { _ in
        } ask: { _ in
            .next([.of(7), .of(8), .of(9)])
        }
        shift.begin(place)
        shift.giveBack()
        #expect(!shift.isLast)
        shift.add(finished)
        let next = try await shift.next(secondsLeft: nil) { _ in
        } ask: { attempt in
            #expect(attempt.turn == 3)
            return .next([.of(4)])
        }
        #expect(next == .of(4))
        #expect(shift.attempt.turn == 4)
        shift.begin(place)
        shift.add(.ended(.exited(code: 1), stderrTail: ""))
        try await shift.end { _ in }
        #expect(
            scene.told == [
                ["0.0 started", "0.1 finished", "0.2 idle"],
                ["1.0 started", "2.0 givenBack", "3.0 givenBack", "1.1 finished", "3.1 idle"],
                ["4.0 started", "4.1 ended"],
            ])
    }

    @Test func `a trial that goes on in place is the next turn in the same letter`() async throws {
        let scene = Scene()
        var shift = scene.shift(first)
        shift.begin(place)
        shift.goOn(Message.Started(array: 9, host: "h", process: 1, home: 0))
        try await shift.send { _ in }
        #expect(shift.attempt.turn == 1)
        #expect(scene.told == [["0.0 started", "0.1 wentOn", "1.0 started"]])
    }
}

extension Manifest.Entry {
    /// Work on a trial, distinguished by its number.
    fileprivate static func of(_ trial: Int) -> Manifest.Entry {
        Manifest.Entry(
            index: 5, trial: TrialID(trial), rung: 0, configuration: Configuration(), from: Resource(0),
            to: Resource(1), resume: nil)
    }
}

extension Message.Body {
    fileprivate var word: String {
        switch self {
        case .started: "started"
        case .report: "report"
        case .checkpoint: "checkpoint"
        case .waiting: "waiting"
        case .idle: "idle"
        case .ended(.finished, _, _): "finished"
        case .ended(.wentOn, _, _): "wentOn"
        case .ended(.givenBack, _, _): "givenBack"
        case .ended: "ended"
        }
    }
}
