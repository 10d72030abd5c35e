import Testing
import Tuning

/// Which code a study's command is.
@Suite struct CommandCodeTests {
    private static func code(_ commit: String?, _ digest: String, isDirty: Bool? = nil) -> CommandCode {
        CommandCode(commit: commit, isDirty: isDirty, digest: digest, files: [:], count: 1)
    }

    @Test func `other files or another commit are other code`() {
        #expect(Self.code("a", "1").differs(from: Self.code("b", "1")))
        #expect(Self.code("a", "1").differs(from: Self.code("a", "2")))
        #expect(!Self.code("a", "1", isDirty: true).differs(from: Self.code("a", "1", isDirty: false)))
        // Where git did not answer, the files tell.
        #expect(!Self.code(nil, "1").differs(from: Self.code("a", "1")))
        #expect(Self.code(nil, "2").differs(from: Self.code("a", "1")))
    }

    @Test func `no decision depends on it`() {
        let plan = Plan.of(.halving, trials: 4, parallel: 2)
        let events: [Event] = [
            .saved(0, at: 1), .report(0, at: 1, 1), .ended(0), .report(1, at: 1, 2), .ended(1), .cancelled,
        ]
        var (plain, told) = (WishTests.study(plan), WishTests.study(plan))
        for event in events {
            #expect(told.apply(.code(Self.code("a", "1"))) == [])
            #expect(told.landed == [])
            #expect(told.apply(event) == plain.apply(event))
        }
        #expect(told.apply(.code(Self.code("b", "1"))) == [])
        #expect(told.phase == plain.phase && told.inFlight == plain.inFlight)
    }
}
