import Testing
import Tuning

@testable import Store

/// What failed trials have in common, and when that is an alarm.
struct FailureSummaryTests {
    private func summary(
        sampled: Int, _ reasons: [String], promoted: Set<Int> = []
    ) -> FailureSummary {
        FailureSummary(
            sampled: sampled,
            trials: reasons.enumerated().map { index, reason in
                FailureSummary.Trial(
                    trial: TrialID(index), reason: reason, wasPromoted: promoted.contains(index))
            })
    }

    @Test func `the same end is one cause, whatever the command printed`() throws {
        let printed =
            "the command exited with code 3\(AttemptEnded.lastWords)Traceback:\n  line 7\nKeyError: 'a'\n"
        let summary = summary(
            sampled: 9,
            ["signal 9 killed the command", "the command exited with code 3", "\(printed) (after 2 tries)"])
        #expect(summary.causes.map(\.trials) == [[TrialID(1), TrialID(2)], [TrialID(0)]])
        #expect(summary.causes[0].reason == "the command exited with code 3")
        #expect(summary.causes[0].lastWords == "KeyError: 'a'")
    }

    @Test func `numbers of resources do not make two causes, exit codes and signals do`() {
        let reasons = [
            "the last report is at resource 1, and none is at the target 3",
            "the last report is at resource 3, and none is at the target 27",
            "the command exited with code 1",
            "the command exited with code 2", "signal 6 killed the command", "signal 11 killed the command",
        ]
        #expect(summary(sampled: 90, reasons).causes.map(\.trials.count) == [2, 1, 1, 1, 1])
    }

    @Test(arguments: [
        (sampled: 9, failed: 0, promoted: false, alarm: false),
        (sampled: 9, failed: 1, promoted: false, alarm: false),
        (sampled: 9, failed: 2, promoted: false, alarm: true),
        (sampled: 20, failed: 2, promoted: false, alarm: false),
        (sampled: 20, failed: 3, promoted: false, alarm: true),
        (sampled: 1000, failed: 1, promoted: true, alarm: true),
    ])
    func `an alarm is a promoted trial that failed, or more than a tenth alike`(
        sampled: Int, failed: Int, promoted: Bool, alarm: Bool
    ) {
        let reasons = [String](repeating: "the command exited with code 1", count: failed)
        #expect(summary(sampled: sampled, reasons, promoted: promoted ? [0] : []).isAlarming == alarm)
    }

    @Test func `failures of many kinds are bad luck, even if they are many`() {
        let reasons = (1...8).map { "the command exited with code \($0)" }
        #expect(!summary(sampled: 20, reasons).isAlarming)
    }
}
