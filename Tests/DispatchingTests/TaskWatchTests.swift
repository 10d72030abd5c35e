import Testing
import Tuning

@testable import Dispatching

@Suite struct TaskWatchTests {
    private let task = TaskID(array: ArrayID(5), index: 3)
    private let start = Duration.seconds(1_000)

    @Test func `a last word of an earlier start does not end the wait for that of a later one`() {
        var watch = TaskWatch(settle: .seconds(60))
        let again = [TaskSighting(task: task, state: .completed, stateName: "COMPLETED", restarts: 1)]
        #expect(watch.see(again, open: open(lastWord: 0), now: start).isEmpty)
        #expect(watch.see(again, open: open(lastWord: 1), now: start).count == 1)
    }

    private func open(lastWord: Int? = nil) -> [TaskWatch.Open] {
        [TaskWatch.Open(assignment: AssignmentID(9), task: task, lastWord: lastWord)]
    }

    private func sighting(_ state: TaskState) -> [TaskSighting] {
        [TaskSighting(task: task, state: state, stateName: "WORD")]
    }

    static let fates: [(TaskState, TaskFate)] = [
        (.completed, .silent), (.failed, .silent), (.cancelled, .cancelled), (.displaced, .displaced),
        (.outOfMemory, .outOfMemory), (.timedOut, .timedOut),
    ]

    @Test(arguments: fates)
    func `a task that is over is lost once the settle window has passed`(
        _ state: TaskState, _ fate: TaskFate
    ) {
        var watch = TaskWatch(settle: .seconds(10))
        #expect(watch.see(sighting(state), open: open(), now: start).isEmpty)
        #expect(watch.see(sighting(state), open: open(), now: start + .seconds(9)).isEmpty)
        #expect(
            watch.see(sighting(state), open: open(), now: start + .seconds(10))
                == [AssignmentLost(assignment: AssignmentID(9), fate: fate, state: "WORD")])
    }

    @Test(arguments: [TaskState.pending, .running])
    func `a task that may still run is never lost`(_ state: TaskState) {
        var watch = TaskWatch(settle: .zero)
        #expect(watch.see(sighting(state), open: open(), now: start).isEmpty)
    }

    @Test func `a task that runs again in the meantime begins a new window`() {
        var watch = TaskWatch(settle: .seconds(10))
        _ = watch.see(sighting(.displaced), open: open(), now: start)
        _ = watch.see(sighting(.pending), open: open(), now: start + .seconds(5))
        #expect(watch.see(sighting(.displaced), open: open(), now: start + .seconds(11)).isEmpty)
    }

    @Test func `an assignment that was given to another task begins a new window`() {
        var watch = TaskWatch(settle: .seconds(10))
        let other = TaskID(array: ArrayID(6), index: 0)
        let given = TaskWatch.Open(assignment: AssignmentID(9), task: other, givenTo: 0)
        let ended = [TaskSighting(task: other, state: .completed, stateName: "COMPLETED")]
        _ = watch.see(sighting(.timedOut), open: open(), now: start)
        #expect(watch.see(ended, open: [given], now: start + .seconds(10)).isEmpty)
        #expect(watch.see(ended, open: [given], now: start + .seconds(20)).count == 1)
    }

    @Test func `work that was given to a start of a task is displaced when a later start has spoken`() {
        var watch = TaskWatch(settle: .zero)
        let given = TaskWatch.Open(assignment: AssignmentID(9), task: task, givenTo: 0, newestStart: 1)
        #expect(watch.see(sighting(.running), open: [given], now: start).map(\.fate) == [.displaced])
        #expect(watch.see([], open: [given], now: start).map(\.fate) == [.displaced])
    }

    @Test func `a task that the cluster no longer knows has vanished`() {
        var watch = TaskWatch(settle: .seconds(10))
        _ = watch.see([], open: open(), now: start)
        #expect(watch.see([], open: open(), now: start + .seconds(10)).map(\.fate) == [.vanished])
    }

    @Test func `after the worker's last word there is nothing to wait for`() {
        var watch = TaskWatch(settle: .seconds(10))
        #expect(
            watch.see(sighting(.cancelled), open: open(lastWord: 0), now: start).map(\.fate)
                == [.cancelled])
    }

    static let names: [(String, Int, Int, String)] = [
        ("digits", 1, 0, "digits.rung1.0123456789abcdef"),
        ("digits", 0, 2_000, "digits.rung0+2000.0123456789abcdef"),
        ("a b\n$(x)/é", 0, 0, "a_b___x___.rung0.0123456789abcdef"),
    ]

    @Test(arguments: names)
    func `a job's name tells study, rung and token in plain characters`(
        _ study: String, _ rung: Int, _ offset: Int, _ name: String
    ) throws {
        let token = try #require(ArrayToken("0123456789abcdef"))
        #expect(JobName(study: study, rung: rung, offset: offset, token: token).description == name)
    }
}
