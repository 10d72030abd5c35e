import StudyFile
import Testing

/// How far trials get with the trials that there are.
struct SchedulerNotesTests {
    @Test(
        arguments: [
            ("2", "with fewer trials than the reduction factor, 3, none is ever promoted"),
            (
                "26",
                "with 26 trials hardly any gets beyond resource 9: one in 3 is promoted from each rung, so that resource 27 "
                    + "takes about 27 trials"
            ),
            (
                "8",
                "with 8 trials hardly any gets beyond resource 3: one in 3 is promoted from each rung, so that resource 27 "
                    + "takes about 27 trials"
            ), ("27", nil),
        ] as [(String, String?)])
    func `a resource that so few trials hardly reach is noted`(trials: String, note: String?) throws {
        #expect(
            try notes(["trials": "trials: \(trials)", "parallel": "parallel: 2"])
                == note.map { ["11:9: note: trials: \($0)"] } ?? [])
    }
}
