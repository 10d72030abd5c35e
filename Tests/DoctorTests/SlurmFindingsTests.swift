import Testing

@testable import Doctor

/// The meaning of recorded answers of Slurm.
@Suite struct SlurmFindingsTests {
    // MARK: 22.05

    @Test func `a plain Slurm with accounts has few notes`() throws {
        let findings = SlurmFindings.all(try facts("22.05"))
        #expect(
            findings.concerns == [
                "slurm.time note", "slurm.here note", "accounts.account note", "accounts.running note",
            ])
        #expect(
            findings["slurm.controller"]?.what == "slurmctld is Slurm 22.05.8 and answers in 12 ms")
        #expect(
            findings["slurm.arrays"]?.what == "a job array has at most 1001 tasks, with indices below 1001")
        #expect(
            findings["slurm.partitions"]?.details == [
                "brief: 3 nodes, 24 CPUs, 6 GPUs, time 00:05:00",
                "scavenge: 3 nodes, 24 CPUs, 6 GPUs, time unlimited",
                "main*: 3 nodes, 24 CPUs, 6 GPUs, time unlimited",
            ])
        #expect(findings["slurm.gpus"]?.advice == [.study("slurm: {gpus_per_node: 1}")])
        #expect(
            findings["accounts.running"]?.what
                == "8 of your jobs may run at once (your association with account lab)")
        #expect(findings.settings.map(\.field) == ["slurm.account"])
        #expect(!findings.hasProblem)
    }

    @Test func `the limits of the QOS that is asked for hold`() throws {
        let findings = SlurmFindings.all(try facts("22.05", asking: ["qos": "short"]))
        #expect(
            findings["accounts.queued"]?.what
                == "you may have 5 jobs in the queue, waiting or running, and each task counts (QOS short)")
        #expect(findings["accounts.time"]?.meaning == "Slurm refuses tasks that ask for more")
        #expect(
            findings.settings.map { "\($0.field)=\($0.value)" } == [
                "slurm.account=lab", "limits.queued_tasks=4", "parallel=1",
            ])
    }

    @Test func `a time of the defaults that no job may have is a problem`() throws {
        let findings = SlurmFindings.all(try facts("22.05", asking: ["qos": "short", "time": "60"]))
        #expect(
            findings["accounts.time"]?.what
                == "a job has at most 00:10:00 (QOS short), and the defaults ask for 01:00:00")
        #expect(findings["accounts.time"]?.level == .problem)
        #expect(findings["accounts.time"]?.advice == [.setting("slurm.time", "\"00:10:00\"")])
    }

    // MARK: 23.02

    @Test func `without arrays there is a problem, and another way`() throws {
        let findings = SlurmFindings.all(try facts("23.02"))
        #expect(findings["slurm.arrays"]?.level == .problem)
        #expect(findings["slurm.arrays"]?.advice.first?.line.contains("--cluster local") == true)
        #expect(findings["accounts.database"]?.level == .ok)
        #expect(findings["slurm.nodes"]?.advice == [.study("execution: {mode: reuse, slots_per_task: 8}")])
        #expect(findings["slurm.time"]?.advice == [.study("checkpoints: {every: 1}")])
        #expect(findings["slurm.memory"]?.advice == [.setting("slurm.mem_per_cpu", "4000M")])
    }

    // MARK: 24.05

    @Test func `a user without an account is told to ask for one`() throws {
        let findings = SlurmFindings.all(try facts("24.05"))
        #expect(findings["accounts.association"]?.level == .problem)
        #expect(findings["accounts.association"]?.what == "ada has no account on this cluster")
        #expect(
            findings["slurm.rates"]?.what
                == "Slurm lets a user make 30 requests at once, and then 120 a minute")
        #expect(findings["slurm.rates"]?.level == .ok)
    }

    // MARK: 25.05

    @Test func `where there is no default partition one is recommended`() throws {
        let findings = SlurmFindings.all(try facts("25.05", groups: ["students"]))
        #expect(findings["slurm.partition"]?.level == .problem)
        #expect(findings["slurm.partition"]?.advice == [.setting("slurm.partition", "cpu")])
        #expect(
            findings["slurm.partitions"]?.what == "2 of 4 partitions are open to you, as far as Slurm shows"
        )
        #expect(
            findings["slurm.partitions"]?.details.last
                == "big memory: 2 nodes, 256 CPUs, time 7-00:00:00, at most 1 nodes a job, default memory 12000 MB a CPU, state DRAIN"
        )
        #expect(findings["slurm.rates"]?.advice == [.setting("limits.requests_per_minute", "2")])
        #expect(
            findings["slurm.arrays"]?.what == "a job array has at most 500 tasks, with indices below 1001")
        #expect(findings["slurm.jobs"]?.level == .warning)
        #expect(
            findings["slurm.plugins"]?.what.hasSuffix("job_submit/lua, cli_filter/lua") == true)
        #expect(findings["slurm.scheduler"]?.what.contains("20 waiting jobs of a user") == true)
        #expect(findings["slurm.memory"]?.level == .warning)
    }

    @Test func `associations of a partition hold for tasks that go there`() throws {
        let given = try facts("25.05", asking: ["partition": "gpu"], groups: ["gpuusers"])
        let findings = SlurmFindings.all(given)
        #expect(given.qosName == "normal")
        #expect(findings["slurm.partition"] == nil)
        #expect(findings["slurm.preemption"]?.advice == [.study("checkpoints: {every: 1}")])
        #expect(findings["slurm.gpus"]?.advice == [.study("slurm: {gpus_per_node: a100:1}")])
        #expect(
            findings["accounts.resources"]?.what
                == "your jobs together have at most gres/gpu=8 (QOS normal); a job has at most gres/gpu=8 "
                + "(your association with account lab)")
        #expect(findings["accounts.queued"]?.advice == [.setting("limits.queued_tasks", "99")])
        #expect(
            findings["accounts.shared"]?.what
                == "you share with others: 500 jobs in the queue (account lab); cpu=2000,gres/gpu=16 (account lab)"
        )
    }

    @Test func `another account has limits of its own`() throws {
        let findings = SlurmFindings.all(
            try facts("25.05", asking: ["partition": "cpu", "account": "course"], groups: ["students"]))
        #expect(findings["accounts.account"]?.level == .ok)
        #expect(
            findings.settings.map { "\($0.field)=\($0.value)" }.filter { !$0.hasPrefix("slurm.mem") } == [
                "limits.requests_per_minute=2", "limits.queued_tasks=9", "parallel=3",
            ])
        // The partition's default is shorter than the limit.
        #expect(findings["accounts.time"]?.what.hasPrefix("a job has at most 02:00:00") == true)
        #expect(findings["accounts.time"]?.advice == [])
    }

    @Test func `the default partition is recommended where it can be used`() throws {
        let findings = SlurmFindings.all(try facts("22.05", asking: ["partition": "gone"]))
        #expect(findings["slurm.partition"]?.advice == [.setting("slurm.partition", "main")])
    }

    @Test func `what the defaults ask for and is not there is a problem`() throws {
        let findings = SlurmFindings.all(
            try facts("25.05", asking: ["partition": "gone", "account": "stranger"]))
        #expect(
            findings["slurm.partition"]?.what == "there is no partition 'gone', which the defaults set")
        #expect(
            findings["accounts.account"]?.what
                == "account 'stranger', which the defaults set, is not one of yours")
        #expect(findings["accounts.account"]?.advice == [.setting("slurm.account", "lab")])
    }

    // MARK: Answers that are none

    @Test func `a slurmctld that does not answer is one finding`() throws {
        for (answer, level, words): (Answer<SlurmConfiguration>, Finding.Level, String) in [
            (.late(10), .problem, "slurmctld did not answer within 10 s"),
            (.failed("Unable to contact slurm controller"), .problem, "Unable to contact"),
            (.absent, .warning, "scontrol is not on PATH"),
        ] {
            var given = try facts("22.05")
            given.configuration = answer
            let findings = SlurmFindings.all(given)
            #expect(findings.count == 2)
            #expect(findings["slurm.controller"]?.level == level)
            #expect(findings["slurm.controller"]?.what.contains(words) == true)
        }
    }

    @Test func `accounts that cannot be seen are a warning`() throws {
        for (answer, words): (Answer<[Association]>, String) in [
            (.late(3), "slurmdbd did not answer within 3 s"), (.failed("refused"), "refused"),
            (.absent, "sacctmgr is not on PATH"),
        ] {
            var given = try facts("22.05")
            given.associations = answer
            #expect(SlurmFindings.all(given)["accounts.database"]?.what.contains(words) == true)
        }
    }

    @Test func `without Slurm there is one note`() {
        let findings = SlurmFindings.all(SlurmFacts(user: SlurmUser(name: "ada")))
        #expect(findings.concerns == ["slurm.reach note"])
    }

    @Test(arguments: [(2205, "ok"), (2302, "problem"), (2108, "warning")])
    func `a libslurm of another version is told`(version: Int, level: String) throws {
        var given = try facts("22.05")
        given.library?.version = version
        #expect(SlurmFindings.all(given)["slurm.controller"]?.level.rawValue == level)
    }

    @Test func `where no library can be used the commands are written down`() throws {
        var given = try facts("22.05")
        (given.library, given.libraryTrouble) = (nil, "found no libslurm")
        let finding = SlurmFindings.all(given)["slurm.reach"]
        #expect(finding?.advice == [.setting("cluster", "slurm-commands")])
        given.isBuiltIn = false
        #expect(SlurmFindings.all(given)["slurm.reach"]?.level == .warning)
    }

    @Test func `a job that Slurm would refuse is a problem in its words`() throws {
        var given = try facts("22.05")
        given.trial = .found(
            CommandOutput(code: 1, output: "", errors: "sbatch: error: no\nallocation failure: no"))
        #expect(
            SlurmFindings.all(given)["slurm.test"]?.what
                == "Slurm would refuse a job of one task with the current defaults: sbatch: error: no: allocation failure: no"
        )
        given.trial = .found(CommandOutput(code: 0, output: "", errors: "Job 1 to start"))
        #expect(SlurmFindings.all(given)["slurm.test"]?.level == .ok)
    }

    @Test(arguments: [(0, "problem"), (1, "warning"), (2, "note")])
    func `few places in the queue matter more`(most: Int, level: String) throws {
        var given = try facts("22.05", asking: ["qos": "short"])
        var quality = try #require(given.qualities.value?.first { $0.name == "short" })
        quality.limits.queued = most
        given.qualities = .found([quality])
        #expect(SlurmFindings.all(given)["accounts.queued"]?.level.rawValue == level)
    }

    // MARK: Forms

    @Test(
        arguments: [
            ("UNLIMITED", nil), ("", nil), ("NONE", nil), ("60", 60), ("00:05:00", 5),
            ("7-00:00:00", 10_080),
            ("1-12", 2_160), ("90:00", 90), ("00:00:30", 1), ("soon", nil), ("1:2:3:4", nil),
        ] as [(String, Int?)])
    func `times are minutes`(text: String, minutes: Int?) { #expect(SlurmText.minutes(text) == minutes) }

    @Test(arguments: [(5, "00:05:00"), (1_500, "1-01:00:00")])
    func `minutes are written as sbatch takes them`(minutes: Int, text: String) {
        #expect(SlurmText.clock(minutes) == text)
    }

    @Test(
        arguments: [("24000M", 24_000), ("1.5G", 1_536), ("4T", 4 << 20), ("x", nil)] as [(String, Int?)])
    func `memory is mebibytes`(text: String, value: Int?) { #expect(SlurmText.mebibytes(text) == value) }

    @Test func `texts that are none give nothing`() {
        #expect(PartitionRecord.all("No partitions in the system\n\u{1B}[31m") == [])
        #expect(NodeShape.all("|||\na|b|c|d|e\n") == [])
        #expect(Association.all("") == [])
        #expect(Association.all("Account|User\nlab").map(\.account) == ["lab"])
        #expect(SlurmConfiguration("no equal sign\n=\n").version == nil)
    }
}
