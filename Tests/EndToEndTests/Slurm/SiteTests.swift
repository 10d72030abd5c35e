import Foundation
import Store
import Testing
import Tuning

/// Studies on a Slurm with additions of sites: slurmdbd, limits of QOS and accounts, preemption, a submit plugin.
@Suite(.serialized, .enabled(if: Tool.hasSites, "needs the Slurm that 'make test-sites' starts"))
struct SiteTests {
    /// A separate QOS for a test, for the user who runs it.
    private final class QOS {
        let name = "t\(UUID().uuidString.prefix(8).lowercased())"
        private let place: Workplace

        init(_ place: Workplace, _ limits: String...) async throws {
            self.place = place
            try await accounts(["add", "qos", name] + limits)
            try await accounts(["modify", "user", NSUserName(), "set", "qos+=\(name)"])
            // slurmdbd informs slurmctld by a message.
            let isKnown = try await Tool.wait(seconds: 60) {
                let shown = try await Tool.run(
                    ["scontrol", "-o", "show", "assoc_mgr", "flags=qos", "qos=\(name)"], in: place.path)
                return shown.output.contains("QOS=\(name)(")
            }
            #expect(isKnown)
        }

        func set(_ limit: String) async throws {
            try await accounts(["modify", "qos", name, "set", limit])
        }

        private func accounts(_ arguments: [String]) async throws {
            let outcome = try await Tool.run(["sacctmgr", "-i", "-Q"] + arguments, in: place.path)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        }
    }

    /// Runs a small study with these options, to its end.
    private func outcome(
        _ place: Workplace, _ slurm: String, trials: Int = 4, parallel: Int = 4, more: String = ""
    ) async throws -> Tool.Outcome {
        try place.writeStudy(
            trials: trials, parallel: parallel, maxResource: 3, more: "slurm: {\(slurm)}\n\(more)")
        try place.writeScript()
        return try await place.runStudy(cluster: "slurm")
    }

    /// The study has ended for this reason, and left nothing in the queue.
    private func expectRefusal(_ outcome: Tool.Outcome, _ words: String, _ place: Workplace) async throws {
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        guard case .refused(let reason) = try StudyLog(place).read({ try $0.outcome() }) else {
            Issue.record("no refusal")
            return
        }
        #expect(reason.contains(words))
        let isEmpty = try await Tool.wait(seconds: 60) {
            let queue = try await Tool.run(["squeue", "-h", "-o", "%k"], in: place.path)
            return !queue.output.contains(place.study)
        }
        #expect(isEmpty)
    }

    // MARK: Refusals

    @Test func `the submit plugin's own message ends the study`() async throws {
        let place = try Workplace()
        let outcome = try await outcome(place, "time: 5, partition: staff")
        try await expectRefusal(outcome, "ask the help desk for partition main", place)
    }

    @Test(arguments: [
        ("QOSMaxWallDurationPerJobLimit", ["MaxWall=2"]), ("QOSMaxCpuPerJobLimit", ["MaxTRESPerJob=cpu=1"]),
        ("QOSMaxNodePerJobLimit", ["MaxTRESPerJob=node=1"]),
    ])
    func `a limit that denies each job ends the study, by name`(limit: String, set: [String]) async throws {
        let place = try Workplace()
        let qos = try await QOS(place, set[0], "Flags=DenyOnLimit")
        let outcome = try await outcome(place, "time: 5, nodes: \"2\", ntasks: 2, qos: \(qos.name)")
        try await expectRefusal(outcome, limit, place)
    }

    @Test func `where no job may be submitted at all, the study ends with that limit`() async throws {
        let place = try Workplace()
        let qos = try await QOS(place, "MaxSubmitJobsPerUser=0")
        let outcome = try await outcome(place, "time: 5, qos: \(qos.name)")
        try await expectRefusal(outcome, "QOSMaxSubmitJobPerUserLimit", place)
        #expect(outcome.errors.contains("nothing of yours is in the queue"))
    }

    // MARK: Reasons of waiting tasks

    @Test func `tasks that wait for a limit that no time lifts end the study with it`() async throws {
        let place = try Workplace()
        let qos = try await QOS(place, "MaxWall=2")
        let outcome = try await outcome(place, "time: 5, qos: \(qos.name)")
        try await expectRefusal(outcome, "QOSMaxWallDurationPerJobLimit", place)
    }

    @Test func `a partition for shorter jobs ends the study in Slurm's words`() async throws {
        let place = try Workplace()
        let outcome = try await outcome(place, "time: 10, partition: brief")
        try await expectRefusal(outcome, "PartitionTimeLimit", place)
    }

    // MARK: Limits that pass

    @Test(arguments: ["auto", "rung"], [1, 3])
    func `a limit on submitted jobs is learned, and the study completes`(mode: String, most: Int)
        async throws
    {
        let place = try Workplace()
        let qos = try await QOS(place, "MaxSubmitJobsPerUser=\(most)")
        let outcome = try await outcome(
            place, "time: 5, mem: 50M, qos: \(qos.name)", trials: 12, parallel: 8,
            more: "execution: {mode: \(mode)}")
        #expect(outcome.code == 0, "\(outcome.errors)")
        try StudyLog(place).expectComplete(trials: 12)
        // The pauses start again after each success, so none of them comes near the longest.
        let waits = outcome.errors.matches(of: /trying again in (\d+) s/).compactMap { Int($0.1) }
        #expect(waits.allSatisfy { $0 <= 16 }, "\(waits)")
    }

    @Test func `two jobs at most take no more than twice as long as a study that asks for two`()
        async throws
    {
        let free = try Workplace()
        let limited = try Workplace()
        let qos = try await QOS(limited, "MaxSubmitJobsPerUser=2")
        var seconds: [Double] = []
        for (place, parallel, more) in [(free, 2, ""), (limited, 8, ", qos: \(qos.name)")] {
            try place.writeStudy(
                trials: 18, parallel: parallel, maxResource: 3, more: "slurm: {time: 5, mem: 50M\(more)}")
            try place.writeScript(before: "sleep 1")
            let start = ContinuousClock.now
            let outcome = try await place.runStudy(cluster: "slurm")
            seconds.append((ContinuousClock.now - start) / .seconds(1))
            #expect(outcome.code == 0, "\(outcome.errors)")
            try StudyLog(place).expectComplete(trials: 18)
        }
        print("parallel 2: \(seconds[0]) s; MaxSubmitJobsPerUser=2: \(seconds[1]) s")
        #expect(seconds[1] <= 2 * seconds[0], "\(seconds)")
    }

    @Test func `a limit on jobs that run leaves the others in the queue, and nothing ends`() async throws {
        let place = try Workplace()
        let qos = try await QOS(place, "MaxJobsPerUser=1")
        let outcome = try await outcome(place, "time: 5, mem: 50M, qos: \(qos.name)")
        #expect(outcome.code == 0, "\(outcome.errors)")
        try StudyLog(place).expectComplete(trials: 4)
    }

    @Test func `a refusal while a task runs ends nothing, and when it is mended the study goes on`()
        async throws
    {
        let place = try Workplace()
        let qos = try await QOS(place, "Flags=DenyOnLimit")
        try place.writeStudy(
            trials: 4, parallel: 4, maxResource: 3,
            more: "execution: {mode: rung}\nslurm: {time: 5, mem: 50M, qos: \(qos.name)}")
        let first =
            "while [ \"$STUNE_TRIAL\" -lt 3 ] && [ ! -e first ] && [ -e train.sh ]; do sleep 0.05; done"
        try place.writeScript(before: "\(first)\n\(Workplace.gate(fromTrial: 3))")
        let run = try Tool.start([Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
        defer { run.process.terminate() }
        let areRunning = try await Tool.wait(seconds: 120) {
            let queue = try await Tool.run(["squeue", "-h", "-t", "R", "-o", "%k"], in: place.path)
            return queue.output.split(separator: "\n").count { $0.contains(place.study) } == 4
        }
        #expect(areRunning)
        // One of the first three is promoted while the fourth is at its gate, and its array is refused.
        try await qos.set("MaxWall=2")
        try place.write("first", "")
        let isRefused = try await Tool.wait(seconds: 120) {
            run.words.contains("QOSMaxWallDurationPerJobLimit")
        }
        #expect(isRefused, "\(run.words)")
        try await qos.set("MaxWall=-1")
        let isSubmitted = try await Tool.wait(seconds: 120) { run.words.contains("tasks to rung 1") }
        #expect(isSubmitted && run.process.isRunning, "\(run.words)")
        try place.openGate()
        #expect(try await run.end() == 0, "\(run.words)")
        try StudyLog(place).expectComplete(trials: 4)
    }

    // MARK: Preemption

    @Test func `a task that is preempted and requeued completes its trial`() async throws {
        let place = try Workplace()
        try place.writeStudy(
            trials: 2, parallel: 2, maxResource: 3,
            more: "execution: {mode: rung}\nslurm: {time: 5, partition: scavenge, exclusive: true}")
        try place.writeScript(before: Workplace.gate())
        let run = try Tool.start([Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path)
        defer { run.process.terminate() }
        let isRunning = try await Tool.wait(seconds: 120) {
            let queue = try await Tool.run(["squeue", "-h", "-t", "R", "-p", "scavenge"], in: place.path)
            return queue.output.split(separator: "\n").count == 2
        }
        #expect(isRunning)
        let urgent = try await Tool.run(
            [
                "sbatch", "--wait", "--partition=urgent", "--nodes=3", "--exclusive", "--output=/dev/null",
                "--wrap=true",
            ], in: place.path)
        #expect(urgent.code == 0, "\(urgent.errors)")
        // A requeued job starts again two minutes later, unless someone asks for it.
        let jobs = try await Tool.run(
            ["squeue", "-h", "-r", "-t", "PD", "-p", "scavenge", "-o", "%i"], in: place.path)
        for job in jobs.output.split(separator: "\n") {
            _ = try await Tool.run(
                ["scontrol", "update", "job=\(job)", "starttime=now"], in: place.path)
        }
        try place.openGate()
        #expect(try await run.end(seconds: 300) == 0, "\(run.words)")
        try StudyLog(place).expectComplete(trials: 2)
    }
}
