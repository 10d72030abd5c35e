import Clusters
import Dispatching
import Spool
import Store
import StudyFile
import Testing
import Tuning

@testable import Controller

/// Tasks that run several assignments side by side.
@Suite struct LaneTests: WorkerWords {
    // MARK: The controller

    @Test func `the cluster gets the tasks, and their workers find all lanes`() async throws {
        let scene = try await Scene(trials: 5, mode: .rung, parallel: 5, slotsPerTask: 2)
        let array = try #require(scene.cluster.arrays.first)
        #expect(array.indices == [0, 2, 4])
        #expect(array.lanes == [0: [0, 1], 2: [2, 3], 4: [4]])
        let manifest = try Manifest.read(array.token, in: scene.fixture.directory)
        #expect(manifest.lanes(of: 2).map(\.trial) == [TrialID(2), TrialID(3)])
        #expect(try scene.read { try $0.openTasks() }.map(\.task) == [0, 0, 2, 2, 4])
    }

    @Test func `places are filled when as many are free as share a task`() async throws {
        var scene = try await Scene(trials: 20, mode: .rung, eta: 9, parallel: 4, slotsPerTask: 2)
        try await scene.say(scene.attempt(0), started, report(0.5), finished)
        #expect(scene.cluster.arrays.count == 1)
        try await scene.say(scene.attempt(3), started, report(0.5), finished)
        #expect(scene.cluster.arrays.map(\.indices) == [[0, 2], [4]])
        #expect(scene.cluster.arrays[1].lanes == [4: [4, 5]])
    }

    @Test func `a lane that waits gets other work at once, while its task's others are at work`()
        async throws
    {
        var scene = try await Scene(trials: 20, mode: .reuse, eta: 9, parallel: 4, slotsPerTask: 2)
        try await scene.say(scene.attempt(3), started, report(0.5), finished, .idle(secondsLeft: nil))
        guard case .next(let work) = try scene.answer(.work, scene.attempt(3)) else {
            Issue.record("it was told \(String(describing: try scene.answer(.work, scene.attempt(3))))")
            return
        }
        #expect(work.map(\.trial) == [TrialID(4)])
        let given = try #require(try scene.read { try $0.openTasks() }.last)
        #expect([given.index, given.task, given.turn] == [3, 2, 1])
        #expect(scene.cluster.arrays.count == 1)
        #expect(try scene.read { try Replay($0) }.difference == nil)
    }

    @Test func `a task is cancelled when the work of all its lanes was taken, not before`() async throws {
        var scene = try await Scene(trials: 4, mode: .reuse, eta: 4, parallel: 4, slotsPerTask: 2)
        try await scene.say(scene.attempt(0), started, report(0.5), finished, .idle(secondsLeft: nil))
        #expect(
            try scene.read { try $0.openTasks() }.map { [$0.index, $0.turn] } == [
                [1, 0], [2, 0], [0, 1],
            ])
        #expect(scene.cluster.cancelled == [])
        try await scene.say(scene.attempt(1), started, report(0.5), finished, .idle(secondsLeft: nil))
        #expect(try scene.read { try $0.openTasks() }.map { [$0.index, $0.turn] } == [[1, 1], [0, 1]])
        #expect(scene.cluster.cancelled == [TaskID(array: ArrayID(1), index: 2)])
    }

    @Test func `a requeue of work that is done goes on while another lane of the task has work`()
        async throws
    {
        var scene = try await Scene(trials: 2, mode: .rung, eta: 4, parallel: 2, slotsPerTask: 2)
        try await scene.say(scene.attempt(0), started, report(0.5), finished)
        try await scene.say(scene.attempt(0, epoch: 1), started)
        #expect(scene.cluster.cancelled == [])
        try await scene.say(scene.attempt(1), started)
        #expect(try scene.read { try $0.openTasks() }.map(\.index) == [1])
    }

    @Test func `a requeue of work that is done is cancelled where the task has nothing else to do`()
        async throws
    {
        var scene = try await Scene(trials: 4, mode: .rung, eta: 4, parallel: 4, slotsPerTask: 2)
        for index in 0..<2 { try await scene.say(scene.attempt(index), started, report(0.5), finished) }
        try await scene.say(scene.attempt(1, epoch: 1), started)
        #expect(scene.cluster.cancelled == [TaskID(array: ArrayID(1), index: 0)])
    }

    @Test func `at the study's end each task is cancelled once`() async throws {
        var scene = try await Scene(trials: 5, mode: .rung, parallel: 5, slotsPerTask: 2)
        try Inbox(scene.fixture.directory).putCancel()
        for _ in 0..<3 { _ = try await scene.controller.pass() }
        #expect(scene.cluster.cancelled == [0, 2, 4].map { TaskID(array: ArrayID(1), index: $0) })
    }

    @Test func `an array over a limit is split between tasks, never within one`() async throws {
        let fixture = try StudyFixture(
            trials: 6, parallel: 6, scheduler: .none(maxResource: Resource(1)))
        fixture.spec.execution.slotsPerTask = 2
        let cluster = InstantCluster(fixture.directory)
        cluster.fail(.overLimit(reason: "MaxSubmitJobs"))
        #expect(try await fixture.run(cluster) == .completed)
        #expect(Set(cluster.arrays.map(\.lanes)) == [[0: [0, 1]], [2: [2, 3], 4: [4, 5]]])
    }

    @Test func `lanes of a task that is over are lost each by its own last word`() {
        var watch = TaskWatch(settle: .seconds(10))
        let task = TaskID(array: ArrayID(5), index: 3)
        let open = [
            TaskWatch.Open(assignment: AssignmentID(1), task: task, lastWord: 0),
            TaskWatch.Open(assignment: AssignmentID(2), task: task),
        ]
        let sightings = [TaskSighting(task: task, state: .outOfMemory, stateName: "OUT_OF_MEMORY")]
        let soon = watch.see(sightings, open: open, now: .zero)
        #expect(soon.map(\.assignment) == [AssignmentID(1)])
        let late = watch.see(sightings, open: [open[1]], now: .seconds(10))
        #expect(late.map(\.assignment) == [AssignmentID(2)] && late.map(\.fate) == [.outOfMemory])
    }

    @Test func `of lanes that crash or are lost each trial is accounted for by itself`() async throws {
        let fixture = try StudyFixture(
            trials: 12, parallel: 6, scheduler: .none(maxResource: Resource(1)))
        fixture.spec.execution.slotsPerTask = 3
        fixture.spec.plan.together = 3
        let cluster = InstantCluster(fixture.directory) { lane in
            switch lane.trial.number {
            case 1: .ends(.exited(code: 3))
            case 4: .vanishes(.outOfMemory)
            default: .finishes
            }
        }
        #expect(try await fixture.run(cluster) == .completed)
        #expect(try fixture.read { try $0.trialCounts() } == ["completed": 10, "failed": 2])
        #expect(try fixture.read { try Replay($0) }.difference == nil)
    }
}
