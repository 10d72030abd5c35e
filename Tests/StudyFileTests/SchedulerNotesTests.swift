import StudyFile
import Testing

/// How far trials get, given their number.
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

    @Test(arguments: [("26", true), ("27", false)])
    func `a bound on all resource that one trial cannot keep is noted`(resource: String, isNoted: Bool)
        throws
    {
        let notes = try notes(["stop": "stop: {resource: \(resource)}"])
        #expect(
            notes.map { $0.drop { $0 != "n" } }
                == (isNoted
                    ? [
                        "note: stop: the study stops when its trials have used 26 units of resource, so that no trial can reach 27"
                    ] : []))
    }
}
