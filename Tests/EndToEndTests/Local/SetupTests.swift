import Foundation
import Store
import Testing
import Tuning

/// What `slurm.setup` does before the command, and what is reported if it fails.
@Suite struct SetupTests {
    static let clusters = Tool.hasSlurm ? ["local", "slurm"] : ["local"]

    private func place(setup: [String], trials: Int = 4, more: String = "") throws -> Workplace {
        let place = try Workplace(name: "stune setup")
        let lines = setup.map { "\n    - '\($0.replacing("'", with: "''"))'" }.joined()
        try place.writeStudy(
            trials: trials, parallel: 1, maxResource: 1, command: "[./train.sh, \"{x}\"]",
            more: """
                settle_seconds: 5
                \(more)
                slurm:
                  time: 5
                  mem: 100M
                  setup:\(lines)
                """)
        try place.writeScript(before: "echo \"$LOADED|$PREFIX|${PATH%%:*}|$PWD\" > seen")
        return place
    }

    @Test(arguments: clusters)
    func `functions and activations work as in a script of one's own`(cluster: String) async throws {
        let place = try place(
            setup: ["source enter.sh", "tools load solver/3", "cd /", "echo ready"], trials: 1)
        // Similar to those of Python distributions: it uses unset variables, and commands in its middle return codes
        // other than 0.
        try place.write(
            "enter.sh",
            """
            if [ "$NO_SUCH_LEVEL" = 2 ]; then :; fi
            export PREFIX=$PWD/env
            false
            grep -q nothing /dev/null
            export PATH=$PWD/env/bin:$PATH

            """)
        let outcome = try await place.stune(
            "run", "study.yaml", "--dir", place.study, "--cluster", cluster,
            environment: ["BASH_FUNC_tools%%": "() { export LOADED=\"$2\"; }"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let home = URL(filePath: place.path).resolvingSymlinksInPath().path
        #expect(
            try String(contentsOfFile: "\(place.path)/seen", encoding: .utf8)
                == "solver/3|\(home)/env|\(home)/env/bin|\(home)\n")
    }

    @Test(arguments: clusters)
    func `the line that fails is named by run, show, logs and status, and the study stops soon`(
        cluster: String
    ) async throws {
        let place = try place(setup: ["echo first", "echo looking; load solver/3"], trials: 9)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 1)
        let says = "line 2 failed with exit code 127: echo looking; load solver/3"
        #expect(outcome.errors.contains(says), "\(outcome.errors)")
        #expect(outcome.errors.contains("load: command not found"), "\(outcome.errors)")
        for arguments in [
            ["show", place.study, "0"], ["logs", place.study, "0"], ["status", place.study],
            ["logs", place.study, "0", "--attempt", "1", "--task"],
        ] {
            let told = try await Tool.run([Tool.stune] + arguments, in: place.path)
            #expect(told.code == 0 && told.output.contains(says), "\(arguments): \(told)")
        }
        let show = try await place.stune("show", place.study, "0")
        #expect(
            show.output.contains("task log: stune logs '\(place.study)' 0 --attempt 1 --task\n"),
            "\(show.output)")
        let log = try StudyLog(place)
        let attempts = try log.read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        #expect(attempts.count <= TuningLimits.setupFailures + 1)
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/seen"))
    }

    @Test(
        arguments: [
            ("exit 0", "line 1 ended the shell with exit code 0"),
            ("head -c 3000000 /dev/zero | tr \"\\\\0\" y; echo; echo the end; false", "the end"),
        ])
    func `a setup that leaves, or prints megabytes, is a setup that failed`(
        line: String, says: String
    ) async throws {
        let place = try place(setup: [line], trials: 3, more: "execution: {mode: rung, slots_per_task: 1}")
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains(says), "\(outcome.errors.suffix(3_000))")
        #expect(outcome.errors.utf8.count < 20_000)
    }
}

/// Commands with helpers, on a Slurm whose shortest time limit is a minute.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct LoaderProcessTests {
    @Test func `near the time limit the helpers live on, and the epoch that is under way is saved`()
        async throws
    {
        let place = try Workplace(name: "stune helpers")
        try place.write(
            "study.yaml",
            """
            name: helpers
            metric: {name: loss, goal: minimize}
            parameters: {x: {type: int, min: 0, max: 9}}
            scheduler: {type: none, max_resource: 3}
            trials: 1
            max_retries: 0
            settle_seconds: 5
            command: [./train.sh]
            slurm: {time: 1, mem: 100M}

            """)
        // An epoch of 26 s needs its helper to the end. The second epoch ends after the warning and after SIGTERM.
        try place.write(
            "train.sh",
            #"""
            #!/bin/bash
            trap 'echo told >> told' TERM
            bash -c 'while sleep 0.1; do :; done' &
            helper=$!
            for ((epoch = STUNE_FROM + 1; epoch <= STUNE_TO; epoch++)); do
              end=$((SECONDS + 26))
              while [ "$SECONDS" -lt "$end" ]; do
                sleep 0.2
                kill -0 "$helper" || { echo "the helper is gone" >&2; exit 1; }
              done
              echo "$epoch" > "$STUNE_CHECKPOINTS/tmp.c"
              mv "$STUNE_CHECKPOINTS/tmp.c" "$STUNE_CHECKPOINTS/$epoch"
              echo "{\"checkpoint\": $epoch}" >> "$STUNE_REPORTS"
              echo "{\"resource\": $epoch, \"metrics\": {\"loss\": 0.5}}" >> "$STUNE_REPORTS"
              if [ -e "$STUNE_LEAVE" ]; then break; fi
            done
            kill "$helper"
            exit 0

            """#)
        let outcome = try await place.runStudy(cluster: "slurm")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let attempts = try StudyLog(place).read { try $0.attempts(of: TrialID(0)) }
        #expect(attempts.map(\.ending) == [.left, .finished])
        #expect(attempts.last?.task.from == Resource(2))
    }
}
