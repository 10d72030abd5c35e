import Foundation
import Store
import Testing
import Tuning

/// What users of sbatch expect of tasks and of the controller's job; and a slurmctld that closes its connections.
@Suite(.enabled(if: Tool.hasSlurm, "needs the Slurm that 'make test' starts"))
struct SbatchTests {
    @Test func `srun in a task of two nodes has the tasks and the processors that the study asks for`()
        async throws
    {
        let place = try Workplace()
        try place.writeStudy(
            trials: 1, parallel: 1, maxResource: 1,
            more: "slurm: {time: 5, nodes: \"2\", ntasks_per_node: 2, cpus_per_task: 2}")
        try place.writeScript(
            before: """
                srun sh -c 'echo "$SLURM_NTASKS $SLURM_NTASKS_PER_NODE $SLURM_CPUS_PER_TASK"' > seen
                echo "$SLURM_JOB_NAME" > name
                """)
        let outcome = try await place.runStudy(cluster: "slurm")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let seen = try String(contentsOfFile: "\(place.path)/seen", encoding: .utf8)
        #expect(seen == String(repeating: "4 2 2\n", count: 4))
        #expect(try String(contentsOfFile: "\(place.path)/name", encoding: .utf8).hasPrefix("e2e.rung0."))
    }

    @Test func `the user's SBATCH variables count below the study file, and validate shows them`()
        async throws
    {
        let place = try Workplace()
        try place.writeStudy(
            trials: 1, parallel: 1, maxResource: 1, more: "slurm: {mem: 50M, comment: ours}")
        try place.writeScript(before: "scontrol show job \"$SLURM_JOB_ID\" > job")
        let variables = [
            "SBATCH_TIMELIMIT": "7", "SBATCH_MEM_PER_CPU": "1G", "SBATCH_NO_REQUEUE": "1",
            "SBATCH_JOB_NAME": "mine", "SBATCH_CONSTRAINT": "",
        ]
        let valid = try await place.stune("validate", "study.yaml", environment: variables)
        #expect(valid.code == 0)
        for line in [
            "SBATCH_TIMELIMIT=7 sets 'time'", "SBATCH_MEM_PER_CPU=1G has no effect: the study file decides",
            "SBATCH_JOB_NAME=mine has no effect", "SBATCH_NO_REQUEUE=1 sets 'no_requeue'",
        ] { #expect(valid.output.contains(line), "\(valid.output)") }
        let outcome = try await place.stune(
            "run", "study.yaml", "--dir", place.study, environment: variables)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let job = try String(contentsOfFile: "\(place.path)/job", encoding: .utf8)
        for word in ["TimeLimit=00:07:00", "Requeue=0", "MinMemoryNode=50M", "JobName=e2e.rung0."] {
            #expect(job.contains(word), "\(job)")
        }
    }

    @Test func `a study goes on from a shell with other SBATCH variables`() async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 2, parallel: 1, maxResource: 1, more: "slurm: {mem: 50M}")
        try place.writeScript(before: Workplace.gate())
        let first = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path,
            environment: ["SBATCH_TIMELIMIT": "7"])
        #expect(try await Tool.wait(seconds: 120) { first.words.contains("submitted") })
        first.process.interrupt()
        #expect(try await first.end() == 3)
        try place.openGate()
        let second = try await place.stune(
            "run", "study.yaml", "--dir", place.study, environment: ["SBATCH_TIMELIMIT": "9"])
        #expect(second.code == 0, "\(second.errors)")
        try StudyLog(place).expectComplete(trials: 2)
    }

    @Test(arguments: ["--mem=600M", "--mem-per-cpu=600M"])
    func `memory for the controller's job may be asked for in either way, and its tasks have their own`(
        memory: String
    ) async throws {
        let place = try Workplace()
        try place.writeStudy(trials: 1, parallel: 1, maxResource: 1, more: "slurm: {mem_per_cpu: 50M}")
        try place.writeScript(before: "env | grep '^SLURM_MEM' > seen; srun true || exit 1")
        let submitted = try await Tool.run(
            [
                "sbatch", "--wait", memory, "\(Tool.repository)/sbatch/controller.sbatch", "study.yaml",
                "--dir", "study",
            ],
            in: place.path, environment: ["STUNE_BIN": Tool.products])
        #expect(submitted.code == 0, "\(submitted.output)\(submitted.errors)")
        #expect(try StudyLog(place).read { try $0.outcome() } == .completed)
        let seen = try String(contentsOfFile: "\(place.path)/seen", encoding: .utf8)
        #expect(seen == "SLURM_MEM_PER_CPU=50\n")
    }

    /// A stand-in for slurmctld on its own port: it passes connections on or, while a file `closed` exists, accepts and
    /// closes them.
    private static let gateway = """
        import os, socket, sys, threading
        target = int(sys.argv[1])
        server = socket.socket()
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        with open("port.tmp", "w") as file:
            file.write(str(server.getsockname()[1]))
        os.rename("port.tmp", "port")

        def pump(source, sink):
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        while True:
            client, _ = server.accept()
            if os.path.exists("closed"):
                client.close()
                with open("refusals", "a") as file:
                    file.write("x")
                continue
            slurmctld = socket.create_connection(("127.0.0.1", target))
            threading.Thread(target=pump, args=(client, slurmctld), daemon=True).start()
            threading.Thread(target=pump, args=(slurmctld, client), daemon=True).start()

        """

    @Test func `a slurmctld that closes connections is waited for, and nothing is refused or cancelled`()
        async throws
    {
        let place = try Workplace()
        let conf = try #require(ProcessInfo.processInfo.environment["SLURM_CONF"])
        let text = try String(contentsOfFile: conf, encoding: .utf8)
        let port = try #require(
            try text.firstMatch(of: Regex("SlurmctldPort=([0-9]+)", as: (Substring, Substring).self)))
        try place.write("gateway.py", SbatchTests.gateway)
        let gateway = try Tool.start(["python3", "gateway.py", String(port.1)], in: place.path)
        defer { gateway.process.terminate() }
        #expect(
            try await Tool.wait(seconds: 60) {
                FileManager.default.fileExists(atPath: "\(place.path)/port")
            })
        let own = try String(contentsOfFile: "\(place.path)/port", encoding: .utf8)
        try place.write(
            "slurm.conf", text.replacing("SlurmctldPort=\(port.1)", with: "SlurmctldPort=\(own)"))
        try place.writeStudy(
            trials: 6, parallel: 3, maxResource: 3,
            more: "execution: {mode: rung}\nslurm: {time: 5, mem: 50M}")
        try place.writeScript(before: Workplace.gate())
        let run = try Tool.start(
            [Tool.stune, "run", "study.yaml", "--dir", place.study], in: place.path,
            environment: ["SLURM_CONF": "\(place.path)/slurm.conf"])
        defer { run.process.terminate() }
        #expect(try await Tool.wait(seconds: 120) { run.words.contains("submitted") }, "\(run.words)")
        try place.write("closed", "")
        try place.openGate()
        // Running tasks end, and further submissions fail.
        let waits = try await Tool.wait(seconds: 120) {
            run.words.contains("trying again") || !run.process.isRunning
        }
        #expect(waits && run.process.isRunning, "\(run.words)")
        try FileManager.default.removeItem(atPath: "\(place.path)/closed")
        #expect(try await run.end(seconds: 300) == 0, "\(run.words)")
        try StudyLog(place).expectComplete(trials: 6)
        #expect(!run.words.contains("the cluster refused"))
    }
}
