import Foundation
import Testing

/// How many files a study leaves when it is over.
@Suite struct FileCountTests {
    /// The files and the empty spool directories of any study.
    private static let ownEntries = 80

    private func count(_ path: String) throws -> Int {
        let all = try #require(FileManager.default.enumerator(atPath: path))
        return all.reduce(0) { count, _ in count + 1 }
    }

    private func run(
        _ place: Workplace, trials: Int, saves: Bool, mode: String, more: String = ""
    ) async throws {
        try place.write(
            "study.yaml",
            """
            name: files
            metric: {name: loss, goal: minimize}
            parameters: {x: {type: float, min: 0, max: 1}}
            searcher: {type: random, seed: 1}
            scheduler: {type: none, max_resource: 3}
            trials: \(trials)
            parallel: 8
            execution: {mode: \(mode)}
            command: [sh, train.sh]
            \(more)
            """)
        let save =
            "mkdir \"$STUNE_CHECKPOINTS/$n\"; echo \"{\\\"checkpoint\\\": $n}\" >> \"$STUNE_REPORTS\""
        try place.write(
            "train.sh",
            #"""
            echo "trial $STUNE_TRIAL"
            echo "a warning of $STUNE_TRIAL" >&2
            for n in 1 2 3; do
                \#(saves ? save : ":")
                echo "{\"resource\": $n, \"metrics\": {\"loss\": $n}}" >> "$STUNE_REPORTS"
            done
            """#)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    @Test(arguments: ["rung", "reuse"])
    func `trials without checkpoints leave no files, and what they printed can be read`(
        mode: String
    ) async throws {
        let place = try Workplace()
        try await run(place, trials: 100, saves: false, mode: mode)
        let entries = try count(place.study)
        #expect(entries < FileCountTests.ownEntries, "\(entries) entries")
        for trial in [0, 57, 99] {
            let text = try await place.stune("logs", place.study, "\(trial)").output
            #expect(text.contains("trial \(trial)\n"), "\(text)")
            let errors = try await place.stune("logs", place.study, "\(trial)", "--stderr").output
            #expect(errors.contains("a warning of \(trial)\n"), "\(errors)")
        }
        // A study that is over can be run again.
        let again = try await place.runStudy(cluster: "local")
        #expect(again.code == 0, "\(again.errors)")
        #expect(try count(place.study) < FileCountTests.ownEntries)
    }

    @Test func `a trial leaves its checkpoint and the directory of that, and no more`() async throws {
        let place = try Workplace()
        try await run(place, trials: 40, saves: true, mode: "rung")
        let entries = try count(place.study)
        // Of the three checkpoints of each trial, the newest is kept.
        #expect(entries < FileCountTests.ownEntries + 2 * 40, "\(entries) entries")
        #expect(try count("\(place.study)/trials") == 1 + 2 * 40)
    }

    @Test func `outputs that are to stay files stay`() async throws {
        let place = try Workplace()
        try await run(place, trials: 2, saves: false, mode: "rung", more: "outputs: files")
        let live = try FileManager.default.contentsOfDirectory(atPath: "\(place.study)/live")
        #expect(live.count == 2, "\(live)")
        let text = try await place.stune("logs", place.study, "1").output
        #expect(text == "trial 1\n")
    }
}
