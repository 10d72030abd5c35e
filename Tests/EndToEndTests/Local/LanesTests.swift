import Foundation
import Store
import Testing
import Tuning

/// Whole studies whose tasks run several trials side by side.
@Suite struct LanesTests {
    private static let clusters = Tool.hasSlurm ? ["local", "slurm"] : ["local"]

    /// A place whose commands note when they began and ended, their identity, and their processors. The first ends only
    /// after another has begun.
    private func place(slots: Int, mode: String, trials: Int, more: String = "") throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(
            trials: trials, parallel: slots, maxResource: 3,
            more: """
                execution: {mode: \(mode), slots_per_task: \(slots)}
                max_retries: 0
                settle_seconds: 5
                slurm: {time: 5, mem: 200M, cpus_per_task: \(slots), environment: {CUDA_VISIBLE_DEVICES: "4,5"}}
                """)
        try place.writeScript(
            before: """
                \(more)
                task="$SLURM_ARRAY_JOB_ID"_"$SLURM_ARRAY_TASK_ID"
                began=$(date +%s%N)
                : > "begun.$STUNE_TRIAL"
                while [ "$(ls begun.* | wc -l)" -lt 2 ]; do sleep 0.05; done
                sleep 0.7
                cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
                echo "$task $STUNE_SLOT $STUNE_SLOTS $began $(date +%s%N) $CUDA_VISIBLE_DEVICES $cpus" >> lanes
                """)
        return place
    }

    /// What one command has noted.
    private struct Lane {
        let task, gpu: String
        let slot, slots, began, ended: Int
        let processors: Set<Int>

        init(_ line: Substring) throws {
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 7, "\(line)")
            (task, gpu) = (words[0], words[5])
            (slot, slots) = (try #require(Int(words[1])), try #require(Int(words[2])))
            (began, ended) = (try #require(Int(words[3])), try #require(Int(words[4])))
            processors = Set(
                words[6].split(separator: ",").flatMap { range in
                    let ends = range.split(separator: "-").compactMap { Int($0) }
                    return ends.count == 2 ? Array(ends[0]...ends[1]) : ends
                })
        }

        func isBeside(_ other: Lane) -> Bool {
            task == other.task && slot != other.slot && began < other.ended && other.began < ended
        }
    }

    private func lanes(_ place: Workplace) throws -> [Lane] {
        try String(contentsOfFile: "\(place.path)/lanes", encoding: .utf8).split(separator: "\n")
            .map { try Lane($0) }
    }

    @Test(arguments: clusters)
    func `lanes run side by side in one task, and one that crashes harms no other`(
        _ cluster: String
    ) async throws {
        let place = try place(
            slots: 3, mode: "rung", trials: 3,
            more: "[ \"$STUNE_TRIAL\" = 1 ] && { echo oh >&2; kill -SEGV $$; }")
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let log = try StudyLog(place)
        let trials = try log.read { try $0.trials() }
        #expect(trials.map { $0.state == "failed" } == [false, true, false])
        #expect(trials[1].reason.contains("signal 11"), "\(trials[1].reason)")
        let first = try log.read { reader in
            try trials.compactMap { try reader.attempts(of: $0.trial).first }
        }
        #expect(Set(first.map(\.clusterTask)).count == 1, "\(first.map(\.clusterTask))")
        #expect(first.allSatisfy { $0.task.turn == 0 })
        let all = try lanes(place).filter { $0.slots == 3 }
        #expect(all.map(\.slot).sorted() == [0, 2])
        #expect(all.count == 2 && all[0].isBeside(all[1]))
        #expect(all.sorted { $0.slot < $1.slot }.map(\.gpu) == ["4", "4"])
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test(arguments: clusters)
    func `commands side by side have processors and GPUs of their own, turn after turn`(
        _ cluster: String
    ) async throws {
        let place = try place(slots: 2, mode: "reuse", trials: 6)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let attempts = try StudyLog(place).read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        #expect(Set(attempts.map(\.clusterTask)).count == 1)
        #expect(attempts.count { $0.task.turn == 0 } == 2)
        let all = try lanes(place)
        #expect(all.count == attempts.count)
        let processors = ProcessInfo.processInfo.activeProcessorCount
        for (one, other) in all.flatMap({ lane in all.map { (lane, $0) } }) where one.isBeside(other) {
            #expect(one.gpu != other.gpu)
            #expect(processors < 2 || one.processors.isDisjoint(with: other.processors))
        }
        #expect(all.contains { lane in all.contains { $0.isBeside(lane) } })
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test(.enabled(if: Tool.hasSlurm))
    func `a task that the user cancels ends the work of all its lanes, and shows each before`() async throws
    {
        let place = try place(slots: 3, mode: "rung", trials: 3, more: Workplace.gate())
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "slurm"], in: place.path)
        defer { run.process.terminate() }
        var task = ""
        #expect(
            try await Tool.wait(seconds: 300) {
                let rows = try await place.stune("status", place.study, "-h", "-o", "%i %T")
                    .output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
                task = rows.first?.first ?? ""
                return rows.count == 3 && rows.allSatisfy { $0[0] == task && $0[1] == "RUNNING" }
            })
        #expect(try await Tool.run(["scancel", task], in: place.path).code == 0)
        try await run.end()
        let counts = try StudyLog(place).read { try $0.trialCounts() }
        #expect(counts == ["cancelled": 3])
    }
}
