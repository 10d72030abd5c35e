import Curves
import Foundation
import Simulated
import Spool
import StudyFile
import Testing
import Tuning

/// Studies in a site with limits, in virtual time.
@Suite(.serialized) struct LimitsTests {
    /// A study of short trials on 16 slots.
    private func run(
        _ mode: Execution.Mode, trials: Int, limits: RequestLimits?, parallel: Int = 16,
        wait: QueueWait = .constant(20)
    ) throws -> StudyRun.Record {
        let plan = StudyRunTests.plan(StudyRunTests.asha, trials: trials, parallel: parallel)
        let table = try StudyRunTests.table(trials, plan: plan)
        let draw = table.drawn(seed: 1)
        var drawn = plan
        drawn.searcher = draw.searcher
        let spec = StudySpec(
            name: "t", plan: drawn, command: try CommandTemplate(["true"]), execution: Execution(mode: mode)
        )
        let place = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        var run = StudyRun(
            spec: spec, landscape: draw, slots: parallel, wait: wait, startupSeconds: 1, seed: 1)
        run.limits = limits
        return try run.run(in: place.path(percentEncoded: false))
    }

    @Test(arguments: [Execution.Mode.rung, .auto])
    func `five hundred short trials make at most twenty submissions in any hour`(mode: Execution.Mode)
        throws
    {
        let record = try run(mode, trials: 500, limits: RequestLimits(submissionsPerHour: 20))
        #expect(record.outcome == .completed && record.trials == 500)
        #expect(record.usage.busiestHour <= 20, "\(record.usage)")
        // It is worth something: without the limit there would be more.
        if mode == .rung {
            let free = try run(mode, trials: 500, limits: nil)
            #expect(free.usage.busiestHour > 20, "\(free.usage)")
        }
    }

    @Test func `an everyday study is as fast with the default limits as without`() throws {
        let (free, polite) = (
            try run(.auto, trials: 100, limits: nil), try run(.auto, trials: 100, limits: RequestLimits())
        )
        #expect(polite.seconds <= free.seconds * 1.02, "\(polite.seconds) s, not \(free.seconds) s")
        #expect(polite.usage.busiestHour <= Defaults.submissionsPerHour)
    }

    @Test func `two tasks at once take at most twice as long as a study that has two`() throws {
        let limited = try run(.auto, trials: 40, limits: RequestLimits(queuedTasks: 2))
        let two = try run(.auto, trials: 40, limits: nil, parallel: 2)
        #expect(limited.seconds <= 2 * two.seconds, "\(limited.seconds) s, and \(two.seconds) s")
    }
}
