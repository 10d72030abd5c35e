import Foundation
import StudyFile
import Testing
import Tuning

/// Options of `slurm` that depend on parameters and rungs.
struct OptionChoiceTests {
    /// The options of a trial with this optimizer and hidden size, on its way to a rung.
    private func options(
        _ slurm: String, optimizer: String = "sgd", hidden: Int = 64, rung: Int = 0
    ) throws -> BatchOptions {
        let configuration = Configuration([
            "optimizer": .string(optimizer), "hidden": .int(hidden), "lr": .float(0.01),
        ])
        return try spec(["slurm": "slurm: {\(slurm)}"]).batch.resolved(for: configuration, rung: rung)
    }

    @Test func `a placeholder becomes the parameter's value`() throws {
        #expect(try options("cpus_per_task: \"{hidden}\"", hidden: 32).cpusPerTask == 32)
        #expect(try options("mem: \"{hidden}M\"", hidden: 128).memoryMiB == 128)
        #expect(try options("constraint: \"fast&{optimizer}\"").constraint == "fast&sgd")
    }

    @Test func `an option may depend on a parameter's value, on the rung, and on both`() throws {
        let memory =
            "mem: {when: {optimizer: adam, hidden: [64, 128]}, then: 8G, else: {rung 0: 1G, else: 2G}}"
        #expect(try options(memory, optimizer: "adam").memoryMiB == 8_192)
        #expect(try options(memory, optimizer: "adam", hidden: 65).memoryMiB == 1_024)
        #expect(try options(memory, rung: 1).memoryMiB == 2_048)
        let partition = "partition: {rung 0: preempt, rung 1-2: short, else: main}"
        let rungs = try (0..<4).map { try options(partition, rung: $0).partition }
        #expect(rungs == ["preempt", "short", "short", "main"])
    }

    @Test func `where no case fits, the site's default holds, and so it does where null is chosen`() throws
    {
        #expect(try options("gpus: {when: {optimizer: adam}, then: 2}").gpus == nil)
        #expect(try options("qos: {rung 0: null, else: long}").qos == nil)
        #expect(try options("qos: {rung 0: null, else: long}", rung: 1).qos == "long")
    }

    @Test func `the other options stay as they are`() throws {
        let options = try options("time: 30, mem: {rung 0: 1G, else: 2G}, environment: {A: b}")
        #expect(options.timeMinutes == 30 && options.environment == ["A": "b"] && options.choices.isEmpty)
    }

    @Test func `the number of nodes may be a range, and an option that is a switch may depend`() throws {
        let nodes = try options("nodes: {rung 0: 1, else: 2-4}", rung: 1)
        #expect(nodes.minNodes == 2 && nodes.maxNodes == 4)
        #expect(try options("exclusive: {rung 0: false, else: true}", rung: 1).exclusive)
    }

    @Test func `choices are kept in the record of a study, and one without any is recorded as before`()
        throws
    {
        let choice = try spec([
            "slurm": "slurm: {mem: {when: {hidden: 64}, then: \"{hidden}M\", else: null}}"
        ])
        let text = try JSONEncoder().encode(choice)
        #expect(try JSONDecoder().decode(StudySpec.self, from: text) == choice)
        let plain = try JSONEncoder().encode(try spec(["slurm": "slurm: {mem: 1G}"]))
        #expect(!String(decoding: plain, as: UTF8.self).contains("choices"))
    }

    @Test func `a variable of sbatch does not set an option that the study file lets depend`() throws {
        let batch = try spec(["slurm": "slurm: {mem: {rung 0: 1G, else: 2G}}"]).batch
        let variables = SbatchVariables(["SBATCH_MEM_PER_CPU": "5G", "SBATCH_QOS": "long"])
        let effects = variables.effects(on: batch).map(\.description)
        #expect(effects.first?.hasSuffix("has no effect: the study file decides 'mem_per_cpu'") == true)
        #expect(variables.filling(batch).qos == "long" && variables.filling(batch).memoryPerCPUMiB == nil)
    }

    @Test func `a value that Slurm cannot take is refused when a task is asked for`() throws {
        var batch = BatchOptions()
        batch.choices.values["nodes"] = .text("{n}")
        let configuration = Configuration(["n": .float(1.5)])
        #expect(throws: InvalidOptions.self) { try batch.resolved(for: configuration, rung: 0) }
    }

    @Test func `a file of defaults has one value for all tasks`() {
        let text = "slurm: {partition: {rung 0: a, else: b}}\n"
        let file = SiteFile(path: "site.yaml", bytes: Array(text.utf8))
        #expect(
            file.mistakes.map(\.problem) == ["a file of defaults knows no parameters and no rungs"])
    }

    @Test func `slots of a task need one node in every choice`() throws {
        let lines = mistakes(
            try example([
                "slurm": "slurm: {nodes: {rung 0: 1, else: 2}}",
                "execution": "execution: {slots_per_task: 2}",
            ]))
        #expect(lines.count == 1 && lines[0].contains("'slurm.nodes' asks for 2"), "\(lines)")
    }

    @Test func `hours of processors add up over tasks that hold different numbers of them`() throws {
        let read = try spec([
            "slurm": "slurm: {cpus_per_task: {rung 0: 1, else: 4}}", "stop": "stop: {cpu_hours: 5}",
        ])
        let limits = try #require(read.stop)
        func reached(_ hours: [Double]) throws -> StopReason? {
            try limits.reached(wallSeconds: 0) {
                try hours.enumerated().map { rung, hours in
                    (try read.batch.resolved(for: Configuration(), rung: rung), hours * 3_600)
                }
            }
        }
        #expect(try reached([1, 0.9]) == nil)
        #expect(try reached([1, 1]) == .hours(.cpu, spent: 5))
    }
}
