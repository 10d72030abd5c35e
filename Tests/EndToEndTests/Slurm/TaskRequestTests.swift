import Foundation
import Store
import Testing
import Tuning

/// Tasks that do not all ask for the same, on a real Slurm.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct TaskRequestTests {
    @Test func `each command has the processors that its trial asks for, also in tasks that stay`()
        async throws
    {
        let place = try Workplace(name: "stune requests")
        try place.write(
            "study.yaml",
            """
            name: requests
            metric: {name: loss, goal: minimize}
            parameters:
              x: {type: int, min: 100, max: 999}
              cores: {type: int, min: 1, max: 2}
            searcher: {type: random, seed: 7}
            scheduler: {type: asha, min_resource: 1, max_resource: 9}
            trials: 12
            parallel: 4
            max_retries: 0
            command: [./train.sh, "{x}", "{cores}"]
            slurm: {time: {rung 0: 3, else: 5}, cpus_per_task: "{cores}", mem: 50M}

            """)
        try place.writeScript(
            before: "[ \"$SLURM_CPUS_PER_TASK\" = \"$2\" ] || exit 8; echo \"$2 $SLURM_JOB_ID\" >> asked")
        let outcome = try await place.runStudy(cluster: "slurm")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let status = try await place.stune("trials", place.study, "--csv").output
        #expect(!status.contains("failed"), "\(status)")
        let asked = try String(contentsOfFile: "\(place.path)/asked", encoding: .utf8)
            .split(separator: "\n").map(String.init)
        // A job has one request, however many commands it has run.
        let jobs = Dictionary(grouping: asked) { $0.split(separator: " ")[1] }
        #expect(jobs.values.allSatisfy { Set($0).count == 1 }, "\(asked)")
        #expect(Set(asked.map { $0.prefix(1) }) == ["1", "2"])
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a trial that needs more than its task's time gets it, although it saves nothing`()
        async throws
    {
        let place = try Workplace(name: "stune time auto")
        try place.write(
            "study.yaml",
            """
            name: timed
            metric: {name: loss, goal: minimize}
            parameters: {x: {type: int, min: 0, max: 9}}
            scheduler: {type: none, max_resource: 1}
            trials: 1
            parallel: 1
            max_retries: 0
            command: [./train.sh]
            slurm: {time: {auto: {first: 1, max: 8}}, mem: 50M}

            """)
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            sleep 65
            echo '{"resource": 1, "metrics": {"loss": 1}}' >> "$STUNE_REPORTS"

            """)
        let outcome = try await place.runStudy(cluster: "slurm")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let shown = try await place.stune("show", place.study, "0").output
        #expect(shown.contains("completed"), "\(shown)")
        let attempts = try StudyLog(place).read { try $0.attempts(of: TrialID(0)) }
        #expect(attempts.count == 2, "\(shown)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }
}
