import Testing
import Tuning

@testable import Dispatching

/// Tasks that ask for different things: which share an array, and which worker gets whose work.
@Suite struct TaskRequestTests {
    private static let small = TaskRequest(options: 1)
    private static let large = TaskRequest(options: 2)

    /// A task that asks for small things has run trial 0, and its worker waits; then these requests are decided.
    private func commands(after request: TaskRequest, _ next: [TaskRequest]) -> [String] {
        var story = DispatchStory(parallel: 4)
        let first = story.work(of: 0)
        _ = story.apply(.decided(.cancelled, [.evaluate(first)], landed: []))
        _ = story.apply(.requested(first.id, request))
        _ = story.apply(.settled)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        let works = next.indices.map { story.work(of: $0 + 1) }
        _ = story.apply(.decided(.cancelled, works.map(Decision.evaluate), landed: []))
        for (work, request) in zip(works, next) where !request.isPlain {
            _ = story.apply(.requested(work.id, request))
        }
        return story.apply(.settled).map(\.words)
    }

    @Test func `a worker gets only work that its task's request serves`() {
        #expect(commands(after: Self.small, [Self.large]) == ["submit 1@1"])
        #expect(commands(after: Self.small, [.plain]) == ["submit 1@1"])
        #expect(
            commands(after: Self.small, [Self.large, Self.small]) == ["give 2 after 0.0.0", "submit 1@1"])
        #expect(commands(after: .plain, [Self.small, .plain]) == ["give 2 after 0.0.0", "submit 1@1"])
    }

    @Test func `a worker with more memory serves work that needs less, whatever time was asked for`() {
        let worker = TaskRequest(options: 1, minutes: 10, mebibytes: 2_000)
        let table: [(TaskRequest, Bool)] = [
            (TaskRequest(options: 1, minutes: 60, mebibytes: 1_000), true),
            (TaskRequest(options: 1, minutes: 5, mebibytes: 2_000), true),
            (TaskRequest(options: 1, minutes: 5, mebibytes: 2_001), false),
            (TaskRequest(options: 2, minutes: 5, mebibytes: 1_000), false), (.plain, false),
        ]
        for (work, isServed) in table { #expect(worker.serves(work) == isServed, "\(work)") }
    }

    @Test func `an idle worker takes no work from the queue that asks for other things`() {
        var story = DispatchStory(parallel: 4)
        story.begin(0)
        story.start(0)
        story.end(0)
        let work = story.work(of: 1)
        _ = story.apply(.decided(.cancelled, [.evaluate(work)], landed: []))
        _ = story.apply(.requested(work.id, Self.large))
        _ = story.apply(.settled)
        let token = story.token(2).digits
        _ = story.apply(
            .decided(.submitted(ArraySubmitted(token: token, job: 8)), [], landed: []))
        story.idle(story.turn(0))
        #expect(story.look().isEmpty)
        #expect(story.dispatcher.placement(of: work.id)?.request == Self.large)
    }

    @Test func `tasks of different requests are of different arrays, in a fixed order`() {
        let planner = ArrayPlanner(study: "s", maxArraySize: 1_001, slotsPerTask: 2)
        let requests = [Self.large, Self.small, Self.large, .plain, Self.small, Self.large]
        let work = requests.enumerated().map { trial, request in
            ArrayPlanner.Work(
                assignment: Assignment(
                    id: AssignmentID(trial), trial: TrialID(trial), rung: 0, from: .none, to: Resource(1),
                    start: nil, reason: .new), outOfMemory: 0, request: request)
        }
        var bits: UInt64 = 0
        let arrays = planner.arrays(of: work) {
            bits += 1
            return ArrayToken(bits: bits)
        }
        #expect(arrays.map { $0.lanes.map(\.index) } == [[3], [1, 4], [0, 2, 5]])
        #expect(arrays.map { Set($0.lanes.map(\.request)) } == [[.plain], [Self.small], [Self.large]])
        // The lanes of a task ask for the same.
        #expect(arrays.map { $0.lanes.map(\.task) } == [[3], [1, 1], [0, 0, 5]])
    }

    @Test func `a trial that goes on in place has the request of its task`() {
        var story = DispatchStory(parallel: 4)
        let first = story.work(of: 0)
        _ = story.apply(.decided(.cancelled, [.evaluate(first)], landed: []))
        _ = story.apply(.requested(first.id, Self.small))
        _ = story.apply(.settled)
        story.start(0)
        let attempt = AttemptID(assignment: AssignmentID(0), epoch: 0)
        let next = story.work(of: 0, rung: 1, from: 1, to: 3, inPlace: attempt)
        _ = story.apply(.decided(.waited(attempt), [.evaluate(next)], landed: [AssignmentID(0)]))
        _ = story.apply(.requested(next.id, Self.large))
        #expect(story.apply(.settled).map(\.words) == ["go on with 1 after 0.0.0"])
        #expect(story.dispatcher.placement(of: next.id)?.request == Self.small)
    }

    @Test(arguments: [
        TaskRequest.plain, TaskRequest(options: .max, minutes: 5, mebibytes: 12),
        TaskRequest(options: 0, minutes: 90),
    ])
    func `a request is read as it is written`(request: TaskRequest) {
        #expect(TaskRequest(request.description) == request)
    }

    @Test(arguments: ["", "1.2", "1.2.3.4", "x.1.1", "1.-1.0", "1.1.-1", "1..1"])
    func `other texts are no request`(text: String) { #expect(TaskRequest(text) == nil) }

    @Test func `a sum over texts tells them and their ends apart, and is never 0`() {
        func sum(_ texts: String...) -> UInt64 {
            var sum = TextSum()
            for text in texts { sum.add(text) }
            return sum.value
        }
        #expect(Set([sum(), sum("a"), sum("a", ""), sum("ab"), sum("a", "b"), sum("b", "a")]).count == 6)
    }
}
