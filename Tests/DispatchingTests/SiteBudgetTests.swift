import Chance
import Dispatching
import Testing
import Tuning

/// What may be asked of a site, whatever is to be asked, and by whichever controller.
@Suite struct SiteBudgetTests {
    /// The most of some moments within a stretch that ends at one of them, both ends included.
    private func busiest(_ moments: [Duration], _ span: Duration) -> Int {
        var (first, most) = (0, 0)
        for (index, moment) in moments.enumerated() {
            while moment - moments[first] > span { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    private func limits(_ perHour: Int, _ perMinute: Int = 30, tasks: Int? = nil) -> SiteLimits {
        SiteLimits(submissionsPerHour: perHour, queuedTasks: tasks, requestsPerMinute: perMinute)
    }

    @Test(arguments: [1, 2, 3, 7, 20, 100])
    func `no hour has more submissions than allowed, however many controllers take turns`(most: Int) {
        let seed = UInt64.random(in: 0...999_999)
        var dice = Dice(seed: seed)
        var (now, submitted) = (Duration.zero, [Duration]())
        var budget = SiteBudget(limits(most), at: now)
        while now < .seconds(8 * 3_600) {
            // Arrays come one by one, in bursts, and after long pauses.
            now += dice.oneIn(20) ? .seconds(dice.roll(60...4_000)) : .milliseconds(dice.roll(0...30_000))
            if dice.oneIn(50) {
                // Another controller, whose clock began at another moment, knows what the log says.
                budget = SiteBudget(limits(most), submitted: submitted, at: now)
            }
            while budget.submissionsLeft(at: now) > 0, dice.roll(1...4) > 1 {
                budget.submitted(at: now)
                submitted.append(now)
            }
        }
        #expect(busiest(submitted, SiteBudget.hour) <= most, "seed \(seed)")
        #expect(submitted.count >= most, "seed \(seed)")
    }

    @Test(arguments: [1, 2, 30, 600])
    func `no minute has more requests than allowed`(most: Int) {
        let seed = UInt64.random(in: 0...999_999)
        var dice = Dice(seed: seed)
        var budget = SiteBudget(limits(100, most), at: .zero)
        var (now, asked) = (Duration.zero, [Duration]())
        while now < .seconds(900) {
            now += .milliseconds(dice.roll(0...400))
            guard budget.requestsLeft(at: now) > 0 else { continue }
            budget.asks(at: now)
            asked.append(now)
        }
        #expect(busiest(asked, .seconds(60)) <= most, "seed \(seed)")
        #expect(asked.count >= most * 7, "seed \(seed)")
    }

    @Test func `people are told of the last hour, and of when the next one may go out`() {
        var budget = SiteBudget(limits(4), submitted: [.seconds(-4_000), .seconds(-60)], at: .zero)
        #expect(budget.lastHour(at: .zero) == 1)
        #expect(budget.submissionsLeft(at: .zero) == 0)
        #expect(budget.submissionWait(at: .zero) == .seconds(900 - 60) + .milliseconds(1))
        let next = Duration.seconds(900)
        #expect(budget.submissionsLeft(at: next) == 1)
        budget.submitted(at: next)
        #expect(budget.lastHour(at: next) == 2 && budget.submissionsLeft(at: next) == 0)
        #expect(budget.lastHour(at: .seconds(3_600)) == 1)
    }

    @Test func `what is said to have been submitted later than now counts as of now`() {
        let budget = SiteBudget(limits(4), submitted: [.seconds(10_000)], at: .zero)
        #expect(budget.lastHour(at: .zero) == 1 && budget.submissionsLeft(at: .zero) == 0)
    }

    // MARK: The window

    private func window(_ limits: SiteLimits) -> SubmissionWindow {
        var window = SubmissionWindow()
        window.obey(SiteBudget(limits, at: .zero))
        return window
    }

    @Test func `a window without limits lets all out`() {
        let window = SubmissionWindow()
        #expect(window.submissionsLeft(at: .zero) == nil && window.requestsLeft(at: .zero) == .max)
        #expect(window.allowsSubmission(at: .zero) { 1_000 } && !window.isHeldBack(at: .zero))
    }

    @Test func `an array that the cluster took is counted once, found or sent, answered or not`() {
        let tokens = (1...5).map { ArrayToken(bits: $0) }
        var window = window(limits(40, 600))
        #expect(window.submissionsLeft(at: .zero) == 10)
        _ = window.took(tokens[0], total: 1, at: .zero, wall: 0)
        window.hearsNothing(of: tokens[1], at: .zero)
        _ = window.took(tokens[1], total: 2, isFound: true, at: .zero, wall: 0)
        window.hearsNothing(of: tokens[2], at: .zero)
        window.hears(of: tokens[2], at: .zero)
        // Of an earlier controller, which has died before it wrote that down.
        _ = window.took(tokens[3], total: 4, isFound: true, at: .zero, wall: 0)
        window.hears(of: tokens[4], at: .zero)
        #expect(window.submissionsLeft(at: .zero) == 5)
        // Sent without an answer, not found, and sent again: these may be two.
        window.hearsNothing(of: tokens[0], at: .zero)
        _ = window.took(tokens[0], total: 5, at: .zero, wall: 0)
        #expect(window.submissionsLeft(at: .zero) == 3)
    }

    @Test func `tasks beyond those allowed wait, and an array is cut to the room`() {
        let window = window(limits(100, tasks: 5))
        #expect(window.isHeldBack(at: .zero))
        #expect(window.room(for: 8, own: 0) == 5)
        #expect(window.room(for: 3, own: 2) == nil)
        #expect(window.allowsSubmission(at: .zero) { 4 })
        #expect(!window.allowsSubmission(at: .zero) { 5 })
    }

    @Test func `arrays that were made into one have waited as long as the first`() {
        let tokens = (1...3).map { ArrayToken(bits: $0) }
        var window = window(limits(100))
        window.sends(tokens[0], at: 20)
        window.sends(tokens[1], at: 10)
        window.gathered([tokens[0], tokens[1]], into: tokens[2])
        #expect(window.took(tokens[2], total: 1, at: .seconds(30), wall: 30) == 10)
    }
}
