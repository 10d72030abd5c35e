import Foundation
import Store
import Testing
import Tuning

/// Trials that are trained several times, through the built executables.
@Suite struct ReplicateStudyTests {
    @Test func `replicates have seeds, directories and checkpoints of their own, and count together`()
        async throws
    {
        let place = try Workplace()
        // The loss of replicate r is 0.1 more than that of the one before.
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            echo "replicate=$STUNE_REPLICATE seed=$2 here=$(cat seen 2>/dev/null)"
            echo "$STUNE_REPLICATE" > seen
            i=$STUNE_FROM
            while [ "$i" -lt "$STUNE_TO" ]; do
              i=$((i + 1))
              if [ "$i" = "$STUNE_TO" ]; then
                echo "$STUNE_REPLICATE" > "$STUNE_CHECKPOINTS/tmp.c"
                mv "$STUNE_CHECKPOINTS/tmp.c" "$STUNE_CHECKPOINTS/$i"
                echo "{\\"checkpoint\\": $i}" >> "$STUNE_REPORTS"
                [ -z "$STUNE_RESUME" ] || [ "$(cat "$STUNE_RESUME")" = "$STUNE_REPLICATE" ] || exit 9
              fi
              echo "{\\"resource\\": $i, \\"metrics\\": {\\"loss\\": $1.$STUNE_REPLICATE}}" >> "$STUNE_REPORTS"
            done

            """)
        try place.writeStudy(
            trials: 9, command: "[\"{stune.home}/train.sh\", \"{x}\", \"{stune.replicate}\"]",
            more: """
                directory: trial
                replicates: {count: 3, from_rung: 1, aggregate: median}
                """)
        let run = try await place.runStudy(cluster: "local")
        #expect(run.code == 0, "\(run.errors)")
        let best = try JSONField(await place.stune("best", place.study, "--json").output)
        let trial = try #require(best["trial"]?.number.map { Int($0) })
        let value = try #require(best["value"]?.number)
        let base = value.rounded(.down)
        #expect(abs(value - base - 0.1) < 1e-9, "the median of \(base), \(base + 0.1) and \(base + 0.2)")
        #expect(best["replicates"]?.elements.compactMap(\.number).count == 3)
        let words = try await place.stune("best", place.study).output
        #expect(words.contains("replicates") && words.contains("their median counts"), "\(words)")
        let shown = try await place.stune("show", place.study, "\(trial)").output
        #expect(shown.contains("rung 2, replicate 2, resource 3 to 9"), "\(shown)")
        #expect(shown.contains("rung 1, replicate 1, resource 0 to 3: the next replicate"), "\(shown)")
        // Each finds what it has left in its own directory, and nothing of another's.
        for attempt in 4...7 {
            let logs = try await place.stune("logs", place.study, "\(trial)", "--attempt", "\(attempt)")
            if attempt == 5 { #expect(logs.output.contains("replicate=0 seed=0 here=0"), "\(logs.output)") }
            if attempt == 6 { #expect(logs.output.contains("replicate=1 seed=1 here=1"), "\(logs.output)") }
        }
        for command in ["replay", "rebuild", "replay"] {
            let outcome = try await place.stune(command, place.study)
            #expect(outcome.code == 0, "\(command): \(outcome.output)\(outcome.errors)")
        }
        #expect(
            try JSONField(await place.stune("best", place.study, "--json").output)["value"]?.number == value
        )
    }
}
