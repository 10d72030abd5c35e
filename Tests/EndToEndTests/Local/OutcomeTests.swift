import Foundation
import Store
import Testing
import Tuning

/// What a study's end tells people and scripts.
@Suite struct OutcomeTests {
    private func place(_ script: String, trials: Int = 9) async throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(
            trials: trials, more: "max_failures: 500\nmax_retries: 0\nexecution: {mode: rung}")
        try place.write("train.sh", script)
        return place
    }

    private static let report =
        "echo \"{\\\"resource\\\": $STUNE_TO, \\\"metrics\\\": {\\\"loss\\\": 0.$1}}\" >> \"$STUNE_REPORTS\""

    @Test func `promoted trials that fail are told loudly, with an exit code of their own`() async throws {
        let place = try await place(
            "#!/bin/sh\n[ \"$STUNE_TO\" = 1 ] || { echo 'no such layer: head' >&2; exit 7; }\n\(Self.report)\n"
        )
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 6)
        #expect(outcome.errors.contains("all of which had been promoted; most often"), "\(outcome.errors)")
        #expect(outcome.output.contains("WARNING: "), "\(outcome.output)")
        #expect(outcome.output.contains("the command exited with code 7"))
        let status = try await place.stune("status", place.study)
        #expect(status.output.contains("no such layer: head"), "\(status.output)")
        let json = try await place.stune("status", place.study, "--json").output
        #expect(try JSONField(json)["failures"]?["alarming"]?.flag == true)
        #expect(try JSONField(json)["failures"]?["promoted"]?.number ?? 0 > 0)
        let again = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", "local", "--json")
        #expect(again.code == 6)
        #expect(try JSONField(again.output)["wasOver"]?.flag == true)
        #expect(try JSONField(again.output)["failures"]?["alarming"]?.flag == true)
    }

    @Test func `a few failed trials are named with their reason, and are no alarm`() async throws {
        let place = try await place(
            "#!/bin/sh\n[ \"$STUNE_TRIAL\" = 4 ] && { printf 'one\\ntwo\\n' >&2; exit 7; }\n\(Self.report)\n",
            trials: 12)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(
            outcome.output.contains("1 of 12 trials failed\n  trial 4: the command exited with code 7"),
            "\(outcome.output)")
        #expect(outcome.output.contains("    | two"), "\(outcome.output)")
        #expect(!outcome.output.contains("\\u{a}"))
    }

    @Test func `a study that is over says so when it is run again`() async throws {
        let place = try await place("#!/bin/sh\n\(Self.report)\n")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        let again = try await place.runStudy(cluster: "local")
        #expect(again.code == 0)
        #expect(
            again.output.contains("there was nothing left to run\nthe study is complete\n9 trials: "),
            "\(again.output)")
        #expect(again.output.contains("best trial: "))
    }

    @Test func `a study is not taken for one of another cluster`() async throws {
        let place = try await place("#!/bin/sh\n\(Self.report)\n")
        #expect(try await place.runStudy(cluster: "local").code == 0)
        let help = try await place.stune("run", "--help").output
        guard help.contains("slurm or local") else { return }
        // Also if no Slurm answers.
        let other = try await place.stune(
            "run", "study.yaml", "--dir", place.study, environment: ["SLURM_CONF": "/nowhere/slurm.conf"])
        #expect(other.code == 2)
        #expect(
            other.errors.contains(
                "was begun on cluster local, and this command would run it on slurm; pass --cluster local"),
            "\(other.errors)")
        #expect(try await place.runStudy(cluster: "local").code == 0)
    }
}
