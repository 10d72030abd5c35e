import StudyFile
import Testing

struct SlurmOptionsTests {
    private func batch(_ options: String) throws -> BatchOptions {
        try spec(["slurm": "slurm: {\(options)}"]).batch
    }

    @Test(
        arguments: [
            ("10", 10), ("1", 1), ("10:30", 11), ("0:01", 1), ("90:00", 90), ("00:10:00", 10),
            ("01:30:01", 91),
            ("2-00", 2_880), ("0-01", 60), ("1-12:30", 2_190), ("1-00:00:01", 1_441),
            ("7-00:00:00", 10_080),
            ("0:90:00", 90),
        ] as [(String, UInt32)])
    func `a time limit may have every form of sbatch's`(text: String, minutes: UInt32) throws {
        #expect(try batch("time: \"\(text)\"").timeMinutes == minutes)
        #expect(try batch("time: \(text)").timeMinutes == minutes)
    }

    @Test(
        arguments: [
            ("0", 0), ("500", 500), ("500M", 500), ("2G", 2_048), ("1T", 1_048_576), ("1K", 1),
            ("2048k", 2),
            ("2049K", 3), ("4g", 4_096),
        ] as [(String, UInt64)])
    func `memory may have every unit of sbatch's`(text: String, mebibytes: UInt64) throws {
        #expect(try batch("mem: \(text)").memoryMiB == mebibytes)
        if mebibytes > 0 {
            #expect(try batch("mem_per_cpu: \(text)").memoryPerCPUMiB == mebibytes)
            #expect(try batch("mem_per_gpu: \(text)").memoryPerGPUMiB == mebibytes)
        }
    }

    @Test func `nodes may be a number or a range`() throws {
        let number = try batch("nodes: 2")
        #expect(number.minNodes == 2)
        #expect(number.maxNodes == 2)
        let range = try batch("nodes: 2-4")
        #expect(range.minNodes == 2)
        #expect(range.maxNodes == 4)
    }

    @Test(arguments: ["_", "-"])
    func `every option is read, with underscores or dashes`(separator: String) throws {
        let text = """
            partition: gpu,long, account: physics, qos: normal, time: 30, leave_seconds: 600, retry_mem_percent: 150, nodes: 1-2, ntasks: 4,
              ntasks_per_node: 2, cpus_per_task: 8, gres: "gpu:a100:2,shard:1", gpus: "a100:2,v100:1",
              gpus_per_node: 1, gpus_per_task: a100:1, mem: 0, constraint: "avx512&ib", reservation: r,
              nodelist: "n[1-4]", exclude: n3, exclusive: yes, nice: -5, comment: "a b", licenses: matlab:1,
              environment: {A: 1, B: "x=y $(z)"}, export: "ALL,C=3,D=", setup: [module load python, "set -u"]
            """
        let names = text.replacing("_", with: separator)
        var expected = BatchOptions()
        expected.partition = "gpu,long"
        expected.account = "physics"
        expected.qos = "normal"
        expected.timeMinutes = 30
        expected.leaveSeconds = 600
        expected.retryMemoryPercent = 150
        expected.minNodes = 1
        expected.maxNodes = 2
        expected.ntasks = 4
        expected.ntasksPerNode = 2
        expected.cpusPerTask = 8
        expected.gres = "gpu:a100:2,shard:1"
        expected.gpus = "a100:2,v100:1"
        expected.gpusPerNode = "1"
        expected.gpusPerTask = "a100:1"
        expected.memoryMiB = 0
        expected.constraint = "avx512&ib"
        expected.reservation = "r"
        expected.nodelist = "n[1-4]"
        expected.exclude = "n3"
        expected.exclusive = true
        expected.nice = -5
        expected.comment = "a b"
        expected.licenses = "matlab:1"
        expected.environment = ["A": "1", "B": "x=y $(z)", "C": "3", "D": ""]
        expected.setup = ["module load python", "set -u"]
        // `partition: gpu,long` needs quotes where commas separate.
        let options = try batch(names.replacing("gpu,long", with: "\"gpu,long\""))
        #expect(options == expected)
    }

    @Test func `options for GPUs that exclude others are read`() throws {
        let options = try batch("gpus: 2, cpus_per_gpu: 4, mem_per_gpu: 16G")
        #expect(options.gpus == "2")
        #expect(options.cpusPerGPU == 4)
        #expect(options.memoryPerGPUMiB == 16_384)
    }
}
