import Foundation
import Store
import Testing
import Tuning

/// A study on a real Slurm that goes through all that befalls studies: each is mended, or extended, by one command.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct ChangeOnSlurmTests {
    private func write(_ place: Workplace, partition: String = "main", maxResource: Int = 27) throws {
        try place.writeStudy(
            trials: 16, parallel: 4, maxResource: maxResource,
            more: "max_failures: 8\nmax_retries: 0\nslurm: {time: 5, mem: 50M, partition: \(partition)}")
    }

    @Test func `a study is corrected, mended, extended while it runs, and its ladder grows after its end`()
        async throws
    {
        let place = try Workplace()
        try write(place, partition: "nowhere")
        try place.write("train.sh", "#!/bin/sh\nexit 3\n")
        let refused = try await place.runStudy(cluster: "slurm")
        #expect(refused.code == 1 && refused.errors.contains("mend the cause"), "\(refused.errors)")

        // The partition is corrected, and the script is broken.
        try write(place)
        let broken = try await place.runStudy(cluster: "slurm")
        #expect(broken.code == 1 && broken.errors.contains("stune retry"), "\(broken.errors)")
        let failed = try StudyLog(place).read { try $0.trials().count { $0.state == "failed" } }
        #expect(failed == 8)

        // The script is mended, and the study extended while it runs.
        try place.writeScript(before: Workplace.gate(fromTrial: 10))
        let retry = try await place.stune("retry", place.study, "--failed")
        #expect(retry.code == 0 && retry.output.contains("7"), "\(retry.output)\(retry.errors)")
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "slurm"], in: place.path)
        let waits = try await Tool.wait(seconds: 120) {
            try StudyLog(place).read { reader in
                try reader.trials().count > 13 && reader.openTasks().count == 4
            }
        }
        #expect(waits, "\(run.words)")
        let set = try await place.stune("set", place.study, "trials=81", "parallel=8")
        #expect(set.code == 0 && set.output.contains("trials: 16 → 81"), "\(set.output)\(set.errors)")
        let hasMore = try await Tool.wait(seconds: 20) {
            try StudyLog(place).read { try $0.openTasks().count } == 8
        }
        #expect(hasMore)
        try place.openGate()
        #expect(try await run.end(seconds: 400) == 0, "\(run.words)")
        let states = try StudyLog(place).read { try $0.trials().map(\.state) }
        #expect(states.count == 81 && !states.contains("failed"), "\(states)")

        // The best are trained further after the end. What was set stays, whatever the file says.
        try write(place, maxResource: 81)
        let grown = try await place.runStudy(cluster: "slurm")
        #expect(grown.code == 0, "\(grown.errors)")
        let most = try StudyLog(place).read { try $0.trials().compactMap { $0.resource?.units }.max() }
        #expect(most == 81)
        #expect(try StudyLog(place).read { try $0.trials().count } == 81)
        #expect(try await place.stune("replay", place.study).code == 0)
        #expect(try await place.stune("rebuild", place.study).code == 0)
    }
}
