import Foundation
import Store
import Testing
import Tuning

/// Tasks whose time limit is shorter than their work, on a real Slurm, whose shortest time limit is a minute.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct TaskTimeLimitTests {
    /// 12 epochs of 6 s. Trial 0 saves only when it is asked to leave; trial 1 saves every second epoch and ignores
    /// requests. Each writes to `trained` what it has trained, and to `saved` what it has saved.
    private func place() throws -> Workplace {
        let place = try Workplace(name: "stune time limit")
        try place.write(
            "study.yaml",
            """
            name: limit
            metric: {name: loss, goal: minimize}
            parameters: {x: {type: int, min: 0, max: 9}}
            scheduler: {type: none, max_resource: 12}
            trials: 2
            parallel: 2
            max_retries: 0
            command: [./train.sh]
            slurm: {time: 1, mem: 50M}

            """)
        try place.write(
            "train.sh",
            #"""
            #!/bin/sh
            i=$STUNE_FROM
            while [ "$i" -lt "$STUNE_TO" ]; do
              sleep 6
              i=$((i + 1))
              echo "$STUNE_TRIAL $i" >> trained
              isToSave=no
              if [ "$STUNE_TRIAL" = 0 ] && [ -e "$STUNE_LEAVE" ]; then isToSave=yes; fi
              if [ "$STUNE_TRIAL" = 1 ] && [ $((i % 2)) = 0 ]; then isToSave=yes; fi
              if [ "$isToSave" = yes ]; then
                echo "$i" > "$STUNE_CHECKPOINTS/tmp.c"
                mv "$STUNE_CHECKPOINTS/tmp.c" "$STUNE_CHECKPOINTS/$i"
                echo "{\"checkpoint\": $i}" >> "$STUNE_REPORTS"
                echo "$STUNE_TRIAL $i" >> saved
                if [ "$STUNE_TRIAL" = 0 ]; then exit 0; fi
              fi
            done
            echo "{\"resource\": $i, \"metrics\": {\"loss\": 0.5}}" >> "$STUNE_REPORTS"

            """#)
        return place
    }

    @Test func `work longer than its time limit is done by several tasks, and no epoch is trained in vain`()
        async throws
    {
        let place = try place()
        let outcome = try await place.runStudy(cluster: "slurm")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let log = try StudyLog(place)
        for trial in 0...1 {
            let attempts = try log.read { try $0.attempts(of: TrialID(trial)) }
            #expect(attempts.count >= 2, "\(attempts)")
            let states = attempts.map { "\($0.task.from) \($0.ending.map { "\($0)" } ?? "none")" }
            #expect(attempts.last?.ending == .finished, "\(states)")
            #expect(attempts.dropLast().allSatisfy { $0.ending == .left }, "\(states)")
            let begins = Set(attempts.map(\.task.from.units))
            let saved = Set(try lines("saved", in: place, of: trial))
            #expect(begins.subtracting([0]).isSubset(of: saved), "\(begins) \(saved)")
            #expect(begins.count == attempts.count, "each one began further than the last: \(states)")
            let trained = try lines("trained", in: place, of: trial)
            #expect(Set(trained) == Set(1...12))
            // What was trained twice came after the checkpoint that was resumed from, so it was not in it.
            for (before, epoch) in zip(trained, trained.dropFirst()) where epoch <= before {
                #expect(begins.contains(epoch - 1) && before - epoch < 2, "\(trained)")
            }
            if trial == 0 { #expect(trained == Array(1...12)) }
            let shown = try await place.stune("show", place.study, "\(trial)").output
            #expect(shown.contains("goes on from the checkpoint of attempt"), "\(shown)")
        }
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    private func lines(_ name: String, in place: Workplace, of trial: Int) throws -> [Int] {
        try String(contentsOfFile: "\(place.path)/\(name)", encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("\(trial) ") }.compactMap { Int($0.dropFirst(2)) }
    }
}
