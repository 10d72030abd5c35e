import Testing
import Tuning

@testable import Dispatching

/// Events in, commands out.
@Suite struct DispatcherTests {
    @Test func `what is decided together goes out as an array for each rung`() {
        var story = DispatchStory(.single)
        let works = [
            story.work(of: 4),
            story.work(of: 1, rung: 1, from: 1, to: 3, reason: .promoted(results: 3, kept: 1)),
            story.work(of: 3),
        ]
        #expect(story.decide(works).map(\.words) == ["submit 2@3 0@4", "submit 1@1"])
        #expect(story.dispatcher.openCount == 3)
        #expect(story.dispatcher.placement(of: AssignmentID(0))?.stage == .queued)
        // Nothing was decided since, so nothing follows.
        #expect(story.apply(.settled) == [])
    }

    @Test func `a worker that waits gets what is decided, and only the rest goes into an array`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        story.end(0)
        #expect(story.idle(story.turn(0)).map(\.words) == ["keep 0.0.0"])
        let works = [story.work(of: 2), story.work(of: 3)]
        #expect(story.decide(works).map(\.words) == ["give 2 after 0.0.0", "submit 3@3"])
        let given = story.dispatcher.placement(of: AssignmentID(2))
        #expect(given?.stage == .given && given?.turn == story.turn(0, 1) && given?.task == 0)
        #expect(!story.dispatcher.hasIdleWorkers)
    }

    @Test func `a worker whose task has no time for the work is passed over`() {
        var story = DispatchStory()
        story.begin(0, 1)
        _ = story.apply(.measured(units: 1, seconds: 100))
        story.start(0)
        story.end(0)
        // 100 s of work, half as much again, and one more minute.
        story.idle(story.turn(0), until: 209)
        #expect(story.decide([story.work(of: 2)]).map(\.words) == ["submit 2@2"])
        #expect(story.dispatcher.hasIdleWorkers)
    }

    @Test func `the worker with the most time left is given work first`() {
        var story = DispatchStory(parallel: 3)
        story.begin(0, 1, 2)
        for index in 0..<3 {
            story.start(index)
            story.end(index)
        }
        story.idle(story.turn(0), until: 5_000)
        story.idle(story.turn(1))
        story.idle(story.turn(2), until: 9_000)
        let works = (3..<6).map { story.work(of: $0) }
        #expect(
            story.decide(works).map(\.words)
                == ["give 3 after 1.0.0", "give 4 after 2.0.0", "give 5 after 0.0.0"].sorted {
                    order($0) < order($1)
                })
        func order(_ words: String) -> Int {
            ["1.0.0", "2.0.0", "0.0.0"].firstIndex { words.hasSuffix($0) } ?? 9
        }
    }

    @Test func `a worker of a start that a later one has superseded does not wait`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        story.start(0, epoch: 1)
        story.end(0, epoch: 1)
        #expect(story.idle(story.turn(0)) == [])
        #expect(story.idle(story.turn(0, epoch: 1)).map(\.words) == ["keep 0.1.0"])
    }

    @Test func `a worker that has work does not wait, whatever it says`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        _ = story.decide([story.work(of: 2)])
        #expect(story.idle(story.turn(0)) == [])
        #expect(!story.dispatcher.hasIdleWorkers)
    }

    // MARK: Work of the queue

    @Test func `an idle worker takes the highest rung from the queue, and of equals what was decided last`()
    {
        var story = DispatchStory(parallel: 5)
        story.begin(0, 1, 2)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        #expect(story.look().map(\.words) == ["claim 2 for 0.0.0"])
        // The claim is on its way, so neither gets more.
        #expect(story.look() == [])
        let claimed = story.apply(.claimed(AssignmentID(2), for: story.turn(0), isFree: true))
        // Its task has nothing left to do.
        #expect(claimed.map(\.words) == ["hand 2 after 0.0.0 of task 0", "cancel [2]"])
        #expect(story.dispatcher.placement(of: AssignmentID(2))?.turn == story.turn(0, 1))
    }

    @Test func `work that its task has begun first stays there, and the worker rests again`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        _ = story.look()
        #expect(story.apply(.claimed(AssignmentID(1), for: story.turn(0), isFree: false)) == [])
        #expect(story.dispatcher.placement(of: AssignmentID(1))?.stage == .queued)
        #expect(story.look().map(\.words) == ["claim 1 for 0.0.0"])
    }

    @Test func `an array without a number is taken from only where the cluster takes no more`() {
        var story = DispatchStory()
        story.begin(0)
        story.start(0)
        _ = story.decide([story.work(of: 1)])
        story.end(0)
        story.idle(story.turn(0))
        #expect(story.look() == [])
        #expect(story.look(isHeldBack: true).map(\.words) == ["claim 1 for 0.0.0"])
    }

    @Test func `arrays that nobody has sent become one, named after the lowest rung`() {
        var story = DispatchStory(.single, parallel: 9)
        _ = story.decide([story.work(of: 0, rung: 1), story.work(of: 3)])
        _ = story.decide([story.work(of: 1, rung: 2)])
        let tokens = (1...3).map { story.token($0) }
        #expect(story.dispatcher.gatherable(tokens) == [[story.token(2), story.token(1), story.token(3)]])
        #expect(story.dispatcher.gatherable([tokens[0]]) == [])
        let commands = story.apply(.gathered(tokens, into: story.token(9)))
        #expect(commands.map(\.words) == ["gather 0 1 2 as rung0"])
        #expect(story.dispatcher.placement(of: AssignmentID(2))?.turn == story.turn(1, of: 9))
        #expect(!story.dispatcher.isWanted(tokens[0]) && story.dispatcher.isWanted(story.token(9)))
        #expect(story.dispatcher.faults == [])
    }

    @Test func `arrays of other memory, of the same index, or over the known size stay apart`() {
        var story = DispatchStory(.single, parallel: 9)
        let works = [0, 1, 2, 3].map { story.work(of: $0) }
        for work in works.prefix(2) { _ = story.decide([work]) }
        // A thousand trials later the indices begin again.
        _ = story.decide([story.work(of: 1_001)])
        let lost = AssignmentLost(assignment: AssignmentID(0), fate: .outOfMemory, state: "OOM")
        let again = story.work(of: 0, reason: .retry(of: AssignmentID(0), why: "OOM"))
        _ = story.decide([again], because: .lost(lost), landed: [0])
        #expect(story.dispatcher.gatherable((1...4).map { story.token($0) }) == [])
        for work in works.dropFirst(2) { _ = story.decide([work]) }
        _ = story.apply(.narrowed(mostTasks: 2))
        #expect(
            story.dispatcher.gatherable((1...6).map { story.token($0) }) == [
                [story.token(2), story.token(5)]
            ])
    }

    @Test func `work whose worker had left is planned into an array of its own`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        _ = story.decide([story.work(of: 2)])
        #expect(story.apply(.gone(story.turn(0))).map(\.words) == ["resubmit 2@2"])
        let placement = story.dispatcher.placement(of: AssignmentID(2))
        #expect(placement?.stage == .queued && placement?.turn == story.turn(2, of: 2))
    }

    // MARK: Leaving

    @Test func `a worker leaves when nothing has come for as long as another would wait to start`() {
        var story = DispatchStory(.measured)
        _ = story.apply(.measured(units: 1, seconds: 100))
        _ = story.apply(.taken(story.token(9), sent: 0))
        story.now = 10
        _ = story.apply(.begun(story.token(9)))
        story.begin(0)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        story.now = 19
        #expect(story.look() == [])
        story.now = 20
        #expect(story.look().map(\.words) == ["dismiss 0.0.0"])
        #expect(!story.dispatcher.hasIdleWorkers)
    }

    @Test func `a worker for which nothing can come leaves at once`() {
        var story = DispatchStory(.measured)
        story.begin(0)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        #expect(story.look(mayGetWork: false).map(\.words) == ["dismiss 0.0.0"])
    }

    @Test func `a lane stays as long as another one of its task works`() {
        var story = DispatchStory(.measured, slotsPerTask: 2)
        story.begin(0, 1)
        story.start(0)
        story.start(1)
        story.end(0)
        story.idle(story.turn(0))
        #expect(story.look(mayGetWork: false) == [])
        story.end(1)
        #expect(story.look(mayGetWork: false).map(\.words) == ["dismiss 0.0.0"])
    }

    @Test func `at the end of a study its tasks are cancelled, and workers that wait leave`() {
        var story = DispatchStory(parallel: 3)
        story.begin(0, 1, 2)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        let end = story.apply(.decided(.cancelled, [.finish(.cancelled)], landed: []))
        #expect(end.map(\.words) == ["cancel [1, 2]"])
        #expect(story.apply(.settled).map(\.words) == ["dismiss 0.0.0"])
        #expect(story.dispatcher.openCount == 0)
    }

    // MARK: In place

    @Test func `a promotion in place follows the turn that waits`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        let waiting = AttemptID(assignment: AssignmentID(0), epoch: 0)
        let next = story.work(
            of: 0, rung: 1, from: 1, to: 3, inPlace: waiting, reason: .promoted(results: 3, kept: 1))
        #expect(
            story.decide([next], because: .waited(waiting), landed: [0]).map(\.words)
                == ["go on with 2 after 0.0.0"])
        #expect(story.dispatcher.placement(at: story.turn(0, 1))?.assignment == AssignmentID(2))
    }

    @Test func `one that ended in the transaction that decided it is closed with it`() {
        var story = DispatchStory()
        story.begin(0, 1)
        story.start(0)
        let waiting = AttemptID(assignment: AssignmentID(0), epoch: 0)
        let next = story.work(
            of: 0, rung: 1, from: 1, to: 3, inPlace: waiting, reason: .promoted(results: 3, kept: 1))
        _ = story.apply(.decided(.waited(waiting), [.evaluate(next)], landed: [AssignmentID(0)]))
        _ = story.apply(.decided(.cancelled, [], landed: [next.id]))
        #expect(story.apply(.settled).map(\.words) == ["go on with 2 after 0.0.0", "close 2"])
        #expect(story.dispatcher.placement(of: next.id)?.isOpen == false)
    }

    // MARK: Tasks

    @Test func `a start of a task whose work is done is cancelled, unless another lane has work`() {
        var story = DispatchStory(slotsPerTask: 2)
        story.begin(0, 1)
        story.start(0)
        story.end(0)
        #expect(story.start(0, epoch: 1) == [])
        story.start(1, epoch: 1)
        story.end(1, epoch: 1)
        #expect(story.start(0, epoch: 2).map(\.words) == ["cancel [0]"])
    }

    @Test func `work that ran out of memory asks for more, and no worker with less is given it`() {
        var story = DispatchStory(parallel: 3)
        story.begin(0, 1)
        story.start(0)
        story.end(0)
        story.idle(story.turn(0))
        let lost = Event.lost(
            AssignmentLost(assignment: AssignmentID(1), fate: .outOfMemory, state: "OUT_OF_MEMORY"))
        let again = story.work(of: 1, reason: .retry(of: AssignmentID(1), why: "memory"))
        let commands = story.decide([again], because: lost, landed: [1])
        guard case .submit(let array) = commands.first else {
            Issue.record("it commanded \(commands.map(\.words))")
            return
        }
        #expect(array.lanes.map(\.outOfMemory) == [1])
        #expect(story.dispatcher.outOfMemory == [TrialID(1): 1])
    }

    @Test func `an array that is over a limit is split by tasks`() {
        var story = DispatchStory(.single, parallel: 4)
        _ = story.decide((0..<4).map { story.work(of: $0) })
        let commands = story.apply(.split(story.token(1), into: story.token(8), keeping: 1))
        #expect(commands.map(\.words) == ["split off [1, 2, 3]"])
        #expect(story.dispatcher.placements(in: story.token(1)).map(\.task) == [0])
        #expect(story.dispatcher.placements(in: story.token(8)).map(\.task) == [1, 2, 3])
    }

    @Test func `a number that the cluster gives again is of the later array`() {
        var story = DispatchStory(.single)
        story.begin(0)
        let token = ArrayToken(bits: 99).digits
        _ = story.decide([story.work(of: 1)])
        _ = story.apply(
            .decided(.submitted(ArraySubmitted(token: story.token(2).digits, job: 7)), [], landed: []))
        #expect(story.dispatcher.job(of: story.token(1)) == nil)
        #expect(story.dispatcher.job(of: story.token(2)) == 7)
        // The first is looked up under a number that no array has, and so is found to be lost.
        #expect(story.dispatcher.watched().map(\.task.array.number) == [0, 7])
        #expect(story.dispatcher.ownTasks(with: []) == 1)
        #expect(token.count == 16)
    }

    @Test func `what is over is remembered for a while only, and can be recalled`() throws {
        var story = DispatchStory(memory: 2)
        for trial in 0..<4 {
            story.begin(trial)
            story.start(trial)
            story.end(trial)
        }
        #expect(story.dispatcher.placement(at: story.turn(0)) == nil)
        #expect(story.dispatcher.placement(at: story.turn(3, of: 4))?.isOpen == false)
        let old = Placement(
            assignment: AssignmentID(0), trial: TrialID(0), rung: 0, from: .none, to: Resource(1),
            isRepeat: false, turn: story.turn(0), task: 0, outOfMemory: 0, stage: .over)
        story.dispatcher.recall(old, TaskRecord(newestStart: 0, lastWord: 0), job: 7)
        #expect(story.idle(story.turn(0)).map(\.words) == ["keep 0.0.0"])
    }
}
