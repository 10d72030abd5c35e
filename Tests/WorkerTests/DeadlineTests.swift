import Spool
import Testing
import Worker

/// When a task asks its command to save and leave.
struct DeadlineTests {
    private let now = ContinuousClock.now

    private func deadline(
        limit: Int?, asked: Int? = nil, end: String? = nil, age: Int = 0
    ) -> Deadline {
        let times = end.map { ["SLURM_JOB_START_TIME": "1000000", "SLURM_JOB_END_TIME": $0] }
        return Deadline(
            limit: limit, asked: asked, environment: times ?? [:], age: .seconds(age), now: now)
    }

    @Test(
        arguments: [
            (60, nil, 20), (90, nil, 30), (120, nil, 30), (600, nil, 60), (3_600, nil, 300),
            (86_400, nil, 300), (60, 5, 5), (60, 50, 20), (86_400, 3_600, 3_600), (nil, nil, 60),
            (nil, 90, 90), (1, nil, 1),
        ] as [(Int?, Int?, Int)])
    func `a tenth of the limit is for leaving, at least 30 s and at most 5 minutes, and never over a third`(
        limit: Int?, asked: Int?, seconds: Int
    ) {
        #expect(LeaveTime.seconds(asked: asked, limit: limit) == seconds)
        #expect(deadline(limit: limit, asked: asked).notice == .seconds(seconds))
    }

    @Test func `the end is what Slurm says, else the limit less the time that is gone`() {
        #expect(deadline(limit: 600, end: "1000100", age: 7).leave == now + .seconds(100 - 30 - 7))
        #expect(deadline(limit: 600, age: 7).leave == now + .seconds(600 - 60 - 7))
        #expect(deadline(limit: nil, end: "1000600", age: 10).leave == now + .seconds(600 - 60 - 10))
        #expect(deadline(limit: 600, end: "999999").leave == now + .seconds(540))
        #expect(deadline(limit: nil).leave == nil)
        #expect(deadline(limit: 600, end: "soon").leave == now + .seconds(540))
    }

    @Test func `a warning says something new only where the clock does not know the end to be near`() {
        #expect(deadline(limit: nil).isNews(at: now))
        #expect(!deadline(limit: 60).isNews(at: now))
        #expect(deadline(limit: 3_600).isNews(at: now))
        #expect(!deadline(limit: 3_600).isNews(at: now + .seconds(3_600 - 300 - 60)))
    }
}
