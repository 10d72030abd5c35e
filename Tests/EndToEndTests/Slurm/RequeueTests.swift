import Foundation
import Store
import Testing
import Tuning

/// Tasks that Slurm starts again.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct RequeueTests {
    /// Trains to 6 in steps, saves at each, and prints where it began. `before`: lines before each step.
    private func write(_ place: Workplace, before: String) throws {
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            echo "$STUNE_FROM $(cat "$STUNE_RESUME" 2> /dev/null)" >> "begun.$STUNE_TRIAL"
            i=$STUNE_FROM
            while [ "$i" -lt "$STUNE_TO" ]; do
              i=$((i + 1))
              \(before)
              echo "{\\"resource\\": $i, \\"metrics\\": {\\"loss\\": 0.$i}}" >> "$STUNE_REPORTS"
              echo "weights of $i" > "$STUNE_CHECKPOINTS/tmp.c"
              mv "$STUNE_CHECKPOINTS/tmp.c" "$STUNE_CHECKPOINTS/$i"
              echo "{\\"checkpoint\\": $i}" >> "$STUNE_REPORTS"
            done

            """)
    }

    private func start(_ place: Workplace) throws -> Tool.Run {
        try Tool.start([Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
    }

    /// The tasks of the study in the queue, with their states.
    private func queue(_ place: Workplace) async throws -> [(task: String, state: String)] {
        try await Tool.run(["squeue", "-r", "-h", "-o", "%i %t %k"], in: place.path).output
            .split(separator: "\n").filter { $0.hasSuffix(place.study) }
            .map { $0.split(separator: " ") }.map { (String($0[0]), String($0[1])) }
    }

    /// Makes Slurm requeue a task without waiting its two minutes.
    private func requeue(_ task: String, in place: Workplace, atOnce: Bool) async throws {
        let outcome = try await Tool.run(["scontrol", "requeue", task], in: place.path)
        try #require(outcome.code == 0, "\(outcome.errors)")
        guard atOnce else { return }
        let isQueued = try await Tool.wait(seconds: 60) {
            // Its first start may still be ending, and then the time of the next one is set later.
            guard try await queue(place).contains(where: { $0 == (task, "PD") }) else { return false }
            return try await Tool.run(
                ["scontrol", "update", "JobId=\(task)", "StartTime=now"], in: place.path
            ).code == 0
        }
        #expect(isQueued)
    }

    @Test func `a task that is queued again goes on from what it has saved`() async throws {
        let place = try Workplace(name: "stune requeue")
        try place.writeStudy(
            trials: 1, parallel: 1,
            more: """
                max_retries: 0
                slurm: {time: 5, mem: 50M}
                """)
        let text = try String(contentsOfFile: "\(place.path)/study.yaml", encoding: .utf8)
        try place.write(
            "study.yaml",
            text.replacing(
                "{type: asha, min_resource: 1, max_resource: 9, reduction_factor: 3}",
                with: "{type: none, max_resource: 6}"))
        // The first start reaches 4, and waits there. The shell is replaced by the `sleep`: if it waited for one, Slurm
        // might end that first, and the shell would continue to 5.
        try write(place, before: "[ \"$i\" = 5 ] && [ \"$STUNE_FROM\" = 0 ] && exec sleep 300")
        let run = try start(place)
        defer { run.process.terminate() }
        let hasSaved = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            return try log?.read { try $0.reports().count } == 4
        }
        #expect(hasSaved, "\(run.words)")
        let task = try #require(try await queue(place).first?.task)
        try await requeue(task, in: place, atOnce: true)
        #expect(try await run.end() == 0, "\(run.words)")
        let begun = try String(contentsOfFile: "\(place.path)/begun.0", encoding: .utf8)
        #expect(begun == "0 \n4 weights of 4\n")
        let log = try StudyLog(place)
        let attempts = try log.read { try $0.attempts(of: TrialID(0)) }
        #expect(attempts.map(\.attempt.epoch) == [0, 1])
        #expect(attempts.last?.ending == .finished)
        #expect(attempts.last?.start?.hasSuffix(".0.0/4") == true, "\(attempts)")
        let shown = try await place.stune("show", place.study, "0").output
        #expect(shown.contains(".0.0/4"), "\(shown)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `when a study is over, no task of it waits that was queued again`() async throws {
        let place = try Workplace(name: "stune requeue")
        try place.writeStudy(
            trials: 2, parallel: 2, maxResource: 1,
            more: "execution: {mode: rung}\nslurm: {time: 5, mem: 50M}")
        try place.writeScript(before: Workplace.gate(fromTrial: 1))
        let run = try start(place)
        defer { run.process.terminate() }
        var first = ""
        let isHalfDone = try await Tool.wait(seconds: 120) {
            let log = try? StudyLog(place)
            let attempts = try log?.read { try $0.attempts(of: TrialID(0)) }
            first = attempts?.first?.clusterTask ?? ""
            return attempts?.first?.ending == .finished
        }
        #expect(isHalfDone, "\(run.words)")
        let isGone = try await Tool.wait(seconds: 60) { try await queue(place).count == 1 }
        #expect(isGone)
        try await requeue(first, in: place, atOnce: false)
        #expect(try await queue(place).contains { $0 == (first, "PD") })
        try place.openGate()
        #expect(try await run.end() == 0, "\(run.words)")
        #expect(try await queue(place).allSatisfy { $0.state != "PD" })
    }
}
