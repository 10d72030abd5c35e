import Clusters
import Dispatching
import Spool
import Store
import Testing
import Tuning

@testable import Controller

/// The output of a task whose worker never sent a message.
struct TaskOutputTests {
    @Test(arguments: [
        (
            "loading modules\nstune: there is no stune-worker at /opt/x on n1; compute nodes must see it\n",
            "there is no stune-worker at /opt/x on n1; compute nodes must see it"
        ),
        (
            "/opt/x/stune-worker: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by it)\n",
            "/opt/x/stune-worker: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by it)"
        ),
        (
            "stune: first\nslurm_script: 4: exec: /opt/x/stune-worker: Permission denied\nslurmstepd: done\n",
            "slurm_script: 4: exec: /opt/x/stune-worker: Permission denied"
        ),
        ("stune: with \u{1B}[31mcolour\u{7}\n", "with [31mcolour"),
    ])
    func `the last sentence about the worker is taken`(output: String, sentence: String) {
        #expect(TaskOutput.sentence(in: output) == sentence)
    }

    @Test(arguments: [
        "", "\n", "module: command not found\nepoch 3 loss 0.2\n", "we use stune: it works\n",
        "stune: setup, line 1: module load cuda\n",
    ])
    func `what a setup or a training prints is no such sentence`(output: String) {
        #expect(TaskOutput.sentence(in: output) == nil)
    }

    @Test func `a long sentence is cut`() {
        #expect(TaskOutput.sentence(in: "stune: " + String(repeating: "x", count: 5000))?.count == 300)
    }

    @Test func `the reason of a task that ended without a word has what its output says`() async throws {
        let fixture = try StudyFixture(trials: 1, scheduler: .none(maxResource: Resource(1)))
        let output = "\(fixture.directory.logs)/\(TaskID(array: ArrayID(1), index: 0)).out"
        try Files.system.createDirectory(fixture.directory.logs)
        try Files.system.publish(Array("stune: there is no stune-worker at /x on n1\n".utf8), at: output)
        let cluster = InstantCluster(fixture.directory) { _ in .vanishes(.failed) }
        _ = try await fixture.run(cluster)
        var states: [String] = []
        try fixture.read { reader in
            try reader.forEachFact { if case .lost(let item) = $0 { states.append(item.state) } }
        }
        #expect(states.first == "FAILED: there is no stune-worker at /x on n1", "\(states)")
    }
}
