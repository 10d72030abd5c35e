import Foundation
import Spool
import Testing
import Tuning

@testable import Worker

/// What a worker measures of its commands' use.
@Suite struct UsageTests {
    @Test func `the times of a process and of its ended children count in its group, and no others`() {
        let stat = "4711 (a (b) c) S 1 4700 4700 0 -1 4194304 1 2 3 4 150 50 30 20 20 0 1 0 99 1 2"
        #expect(ProcessGroup.seconds(inStat: stat, of: 4_700, 100) == 2.5)
        #expect(ProcessGroup.seconds(inStat: stat, of: 4_711, 100) == nil)
        #expect(ProcessGroup.seconds(inStat: "nonsense", of: 1, 100) == nil)
    }

    @Test func `memory that processes share counts once`() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        let proc = url.path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: proc) }
        for (process, pages) in [(10, "900 300 100 1 0 1 0"), (11, "900 200 100 1 0 1 0")] {
            try Files.system.createDirectory("\(proc)/\(process)")
            let stat = "\(process) (x) S 1 10 10 0 -1 0 0 0 0 0 100 0 0 0 20 0 1 0 99 1 2\n"
            try Files.system.publish(Array(stat.utf8), at: "\(proc)/\(process)/stat")
            try Files.system.publish(Array(pages.utf8), at: "\(proc)/\(process)/statm")
        }
        try Files.system.createDirectory("\(proc)/self")
        let group = ProcessGroup(10, in: proc)
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        #expect(group.memoryBytes == 400 * page)
        #expect(group.cpuSeconds == 200 / Double(sysconf(Int32(_SC_CLK_TCK))))
        #expect(ProcessGroup(12, in: proc).memoryBytes == 0)
    }

    @Test(arguments: [
        (
            "0::/system.slice/slurmstepd.scope/job_7/step_batch/user/task_0\n",
            "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_batch/user/task_0/memory.stat"
        ),
        (
            "9:cpu:/\n8:memory:/slurm/uid_1/job_7/step_batch\n",
            "/sys/fs/cgroup/memory/slurm/uid_1/job_7/step_batch/memory.stat"
        ),
        ("0::/user.slice/session-2.scope\n", nil), ("", nil),
    ])
    func `only the control group of a job is asked`(text: String, path: String?) {
        #expect(TaskControlGroup.statistics(inCgroup: text, "/sys/fs/cgroup") == path)
    }

    @Test func `a control group's cache of files is no memory of the command`() {
        let second = "anon 1000\nfile 999999\nshmem 24\n"
        #expect(TaskControlGroup.memory(inStatistics: second) == 1_024)
        #expect(TaskControlGroup.memory(inStatistics: "cache 99\nrss 5\ntotal_rss 7\n") == 7)
        #expect(TaskControlGroup.memory(inStatistics: "") == nil)
    }

    @Test func `GPUs are busy on average, and their memory is taken together`() throws {
        let reading = try #require(GPUQuery.reading("80, 1024\n20, 512\n"))
        #expect(reading.percent == 50)
        #expect(reading.bytes == 1_536 * 1_048_576)
        #expect(GPUQuery.reading("[N/A], 1\n") == nil)
        #expect(GPUQuery.reading("No devices were found\n") == nil)
        #expect(GPUQuery.reading("") == nil)
    }

    @Test func `the tool is asked about the command's own GPUs, and one that hangs is left alone`()
        async throws
    {
        let url = FileManager.default.temporaryDirectory.appending(path: "stune-\(UUID().uuidString)")
        let directory = url.path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try Files.system.createDirectory(directory)
        let tool = "\(directory)/nvidia-smi"
        let path = "\(directory):/usr/bin:/bin"
        func write(_ text: String) throws {
            try Files.system.publish(Array(text.utf8), at: tool, mode: 0o700)
        }
        try write(
            "#!/bin/sh\ncase \"$*\" in *'-i 2,3'*) echo '90, 10'; echo '70, 20';; *) echo '1, 1';; esac\n")
        let own = ["PATH": path, "CUDA_VISIBLE_DEVICES": "2,3"]
        #expect(await GPUQuery(environment: own, limit: .seconds(300))?.ask()?.percent == 80)
        try write("#!/bin/sh\nexec sleep 86400\n")
        let query = try #require(GPUQuery(environment: own, limit: .milliseconds(100)))
        #expect(await query.ask() == nil)
        for environment in [
            ["PATH": path, "CUDA_VISIBLE_DEVICES": ""], ["PATH": path, "SLURM_JOB_ID": "7"],
            ["PATH": "/nowhere"],
        ] {
            #expect(GPUQuery(environment: environment) == nil, "\(environment)")
        }
    }

    @Test func `an attempt is told what was used since the one before it`() {
        let meter = UsageMeter(environment: [:], isAlone: false)
        #expect(meter.take(isOver: false) == nil)
        meter.look(at: ProcessGroup(cpuSeconds: 2, memoryBytes: 100))
        meter.look(at: ProcessGroup(cpuSeconds: 5, memoryBytes: 50))
        #expect(meter.take(isOver: false) == Usage(cpuSeconds: 5, memoryBytes: 100))
        meter.look(at: ProcessGroup(cpuSeconds: 6.5, memoryBytes: 70))
        #expect(meter.take(isOver: true) == Usage(cpuSeconds: 1.5, memoryBytes: 70))
    }

    @Test func `numbers that a later version knows are passed over, and what is none too`() throws {
        let usage = Usage(["cpuSeconds": 1.5, "watts": 3, "memoryBytes": -1])
        #expect(usage == Usage(cpuSeconds: 1.5))
        let text = SpoolJSON.encode(usage)
        #expect(String(decoding: text, as: UTF8.self) == #"{"cpuSeconds":1.5}"#)
        #expect(try SpoolJSON.decode(Usage.self, from: text) == usage)
    }
}
