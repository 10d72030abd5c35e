import Foundation
import Store
import Testing
import Tuning

/// Whole studies whose workers wait for further work.
@Suite struct WorkersThatStayTests {
    private static let clusters = Tool.hasSlurm ? ["local", "slurm"] : ["local"]

    /// A place whose command asks the worker after each report whether to continue, and counts its own starts.
    private func place(mode: String, trials: Int, parallel: Int, linger: Int = 60) throws -> Workplace {
        let place = try Workplace()
        try place.writeStudy(
            trials: trials, parallel: parallel,
            more: """
                execution: {mode: \(mode), linger_seconds: \(linger)}
                slurm: {time: 5, mem: 50M}
                """)
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            echo "$STUNE_TRIAL from $STUNE_FROM" >> starts
            i=$STUNE_FROM answer=continue
            while [ "$answer" = continue ]; do
              i=$((i + 1))
              answer=$(stune-worker report "loss=0.$(( ($1 * 7919) % 1000 + 1000 / i ))" --resource "$i")
            done
            echo "$i" > state
            stune-worker checkpoint state --resource "$i" >/dev/null
            """)
        return place
    }

    private func lines(_ name: String, _ place: Workplace) throws -> [String] {
        try String(contentsOfFile: "\(place.path)/\(name)", encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    @Test(arguments: clusters)
    func `a promotable trial goes on in the same command, without a start of its own`(
        _ cluster: String
    ) async throws {
        let place = try place(mode: "continue", trials: 9, parallel: 2)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let (best, all) = try StudyLog(place).read { (try $0.best(.minimize), try $0.trialCounts()) }
        #expect(best?.resource == Resource(9))
        #expect(all.values.reduce(0, +) == 9)
        // Thirteen assignments: nine, three promotions to the second rung, one to the third.
        let starts = try lines("starts", place).count
        #expect(starts >= 9 && starts < 13, "\(starts) starts")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test(arguments: clusters)
    func `two tasks carry a whole study where workers take other work`(_ cluster: String) async throws {
        let place = try place(mode: "reuse", trials: 12, parallel: 2)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let attempts = try StudyLog(place).read { reader in
            try reader.trials().flatMap { try reader.attempts(of: $0.trial) }
        }
        #expect(attempts.count { $0.task.turn == 0 } == 2)
        #expect(attempts.count { $0.task.turn > 0 } > 10)
        #expect(try lines("starts", place).count >= 12)
        #expect(try StudyLog(place).read { try $0.best(.minimize)?.resource } == Resource(9))
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test(arguments: clusters)
    func `one process of a task trains all that the task is given, if it asks for more`(
        _ cluster: String
    ) async throws {
        let place = try place(mode: "reuse", trials: 12, parallel: 2)
        try place.write(
            "train.sh",
            """
            #!/usr/bin/env python3
            import os, sys
            sys.path.insert(0, "\(Tool.repository)/python")
            import stune
            print("process", os.getpid(), file=open("starts", "a"))
            trial = stune.trial()
            while trial is not None:
                print("trial", trial.number, flush=True)
                for n in trial.resources():
                    trial.report(n, loss=(trial["x"] * 7919 % 1000 + 1000 // n) / 1000)
                    if trial.should_save(n):
                        with trial.checkpoint(n) as directory:
                            (directory / "from").write_text(str(trial.start))
                trial = trial.next()
            """)
        let outcome = try await place.runStudy(cluster: cluster)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try lines("starts", place).count == 2)
        let log = try await place.stune("logs", place.study, "11")
        #expect(log.output.split(separator: "\n").contains("trial 11"), "\(log)")
        #expect(try StudyLog(place).read { try $0.trialCounts().values.reduce(0, +) } == 12)
        #expect(try StudyLog(place).read { try $0.best(.minimize)?.resource } == Resource(9))
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a process that dies while it waits for more costs no trial`() async throws {
        let place = try place(mode: "reuse", trials: 6, parallel: 1)
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            echo "$STUNE_TRIAL" >> starts
            answer=$(stune-worker report loss=0.5 --resource "$STUNE_TO")
            if [ "$answer" != continue ]; then
              echo '{"next":true}' >> "$STUNE_REPORTS"
              sleep 0.05
              exit 1
            fi
            stune-worker report loss=0.4 --resource 3
            """)
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let counts = try StudyLog(place).read { try $0.trialCounts() }
        #expect(counts["failed"] == nil && counts.values.reduce(0, +) == 6, "\(counts)")
        #expect(try await place.stune("replay", place.study).code == 0)
    }

    @Test func `a worker that waits in vain leaves, and its trial is promoted from its checkpoint`()
        async throws
    {
        let place = try place(mode: "reuse", trials: 9, parallel: 2, linger: 1)
        // No controller answers: it is killed after the first reports, and returns when all workers have left.
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study, "--cluster", "local"], in: place.path)
        defer { run.process.terminate() }
        #expect(try await Tool.wait(seconds: 60) { (try? lines("starts", place)) != nil })
        kill(run.process.processIdentifier, SIGKILL)
        try await run.end()
        try await Task.sleep(for: .seconds(3))
        let outcome = try await place.runStudy(cluster: "local")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try StudyLog(place).read { try $0.best(.minimize)?.resource } == Resource(9))
        #expect(try await place.stune("replay", place.study).code == 0)
    }
}
