import Testing

@testable import Dispatching

@Suite struct BackOffTests {
    @Test func `waits double up to a minute`() {
        var backOff = BackOff(at: .zero)
        var waits = [backOff.wait]
        for _ in 0..<8 {
            backOff.fail(at: backOff.at)
            waits.append(backOff.wait)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
    }

    @Test func `a success starts the waits again`() {
        var backOff = BackOff(at: .zero)
        for _ in 0..<5 { backOff.fail(at: backOff.at) }
        backOff.succeed(at: .seconds(100))
        #expect(backOff.wait == .seconds(1) && backOff.at == .seconds(101))
        backOff.fail(at: .seconds(101))
        #expect(backOff.wait == .seconds(2))
    }

    @Test func `while the cluster is away nothing is tried before it is time`() {
        let backOff = BackOff(at: .zero)
        #expect(!backOff.allowsSubmission(at: .milliseconds(900), own: 0))
        #expect(!backOff.allowsOther(at: .milliseconds(900)))
        #expect(backOff.allowsSubmission(at: .seconds(1), own: 7))
        #expect(backOff.allowsOther(at: .seconds(1)))
    }

    @Test func `where a limit is in the way, a task that ends makes room, and nothing else waits`() {
        var backOff = BackOff(at: .zero, tasks: 4)
        for _ in 0..<5 { backOff.fail(at: backOff.at, tasks: 4) }
        #expect(backOff.wait == .seconds(32))
        let now = backOff.at - .seconds(20)
        #expect(!backOff.allowsSubmission(at: now, own: 4))
        #expect(backOff.allowsSubmission(at: now, own: 3))
        #expect(backOff.allowsOther(at: now))
        // Slurm has not noticed yet that the task is over: that takes seconds, not a minute.
        backOff.fail(at: now, tasks: 3)
        #expect(backOff.wait == .seconds(1))
        #expect(!backOff.allowsSubmission(at: now, own: 3))
    }

    @Test
    func `the limit is what the cluster had when it refused one more, and is forgotten when it takes more`()
    {
        var limit = TaskLimit()
        #expect(limit.room(own: 3) == nil)
        limit.refused(one: 8)
        #expect(limit.most == 8)
        #expect(limit.room(own: 5) == 3 && limit.room(own: 8) == 1 && limit.room(own: 9) == 1)
        limit.refused(one: 6)
        limit.refused(one: 7)
        #expect(limit.most == 6)
        limit.took(total: 6)
        #expect(limit.most == 6)
        limit.took(total: 7)
        #expect(limit.most == nil)
        limit.refused(one: 0)
        #expect(limit.most == 1)
    }
}
