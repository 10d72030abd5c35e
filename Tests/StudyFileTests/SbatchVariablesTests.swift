import Testing

@testable import StudyFile

/// The user's `SBATCH_*` variables, which the study file overrides.
@Suite struct SbatchVariablesTests {
    private func options(
        _ variables: [String: String], _ given: BatchOptions = BatchOptions()
    ) -> BatchOptions {
        SbatchVariables(variables).filling(given)
    }

    @Test func `each variable sets the option of its name`() {
        let filled = options([
            "SBATCH_ACCOUNT": "physics", "SBATCH_PARTITION": "gpu,long", "SBATCH_QOS": "normal",
            "SBATCH_CONSTRAINT": "avx512&ib", "SBATCH_RESERVATION": "course",
            "SBATCH_TIMELIMIT": "1-00:00:00",
            "SBATCH_GRES": "gpu:a100:2", "SBATCH_GPUS": "2", "SBATCH_GPUS_PER_NODE": "a100:1",
            "SBATCH_GPUS_PER_TASK": "1", "SBATCH_CPUS_PER_GPU": "8", "SBATCH_MEM_PER_CPU": "2G",
            "SBATCH_EXCLUSIVE": "1",
        ])
        var expected = BatchOptions()
        (expected.account, expected.partition, expected.qos) = ("physics", "gpu,long", "normal")
        (expected.constraint, expected.reservation) = ("avx512&ib", "course")
        expected.timeMinutes = 1_440
        (expected.gres, expected.gpus, expected.gpusPerNode) = ("gpu:a100:2", "2", "a100:1")
        (expected.gpusPerTask, expected.cpusPerGPU) = ("1", 8)
        expected.memoryPerCPUMiB = 2_048
        expected.exclusive = true
        #expect(filled == expected)
    }

    @Test func `what the study file says stands`() {
        var given = BatchOptions()
        (given.partition, given.timeMinutes, given.cpusPerTask) = ("debug", 10, 4)
        let variables = SbatchVariables([
            "SBATCH_PARTITION": "gpu", "SBATCH_TIMELIMIT": "60", "SBATCH_CPUS_PER_GPU": "8",
            "SBATCH_ACCOUNT": "physics",
        ])
        var expected = given
        expected.account = "physics"
        #expect(variables.filling(given) == expected)
        #expect(
            variables.effects(on: given).map(\.description) == [
                "SBATCH_ACCOUNT=physics sets 'account', which the study file leaves open",
                "SBATCH_CPUS_PER_GPU=8 has no effect: the study file decides 'cpus_per_gpu'",
                "SBATCH_PARTITION=gpu has no effect: the study file decides 'partition'",
                "SBATCH_TIMELIMIT=60 has no effect: the study file decides 'time'",
            ])
    }

    @Test func `the file's memory, in whatever way it is given, replaces that of all variables`() {
        for set in [\BatchOptions.memoryMiB, \.memoryPerCPUMiB, \.memoryPerGPUMiB] {
            var given = BatchOptions()
            given[keyPath: set] = 100
            for name in ["SBATCH_MEM_PER_NODE", "SBATCH_MEM_PER_CPU", "SBATCH_MEM_PER_GPU"] {
                #expect(options([name: "1G"], given) == given)
            }
        }
        #expect(options(["SBATCH_MEM_PER_NODE": "0"]).memoryMiB == 0)
        let two = ["SBATCH_MEM_PER_NODE": "1G", "SBATCH_MEM_PER_CPU": "1G"]
        #expect(options(two) == BatchOptions())
        #expect(
            SbatchVariables(two).effects(on: BatchOptions()).allSatisfy {
                $0.reason == "Slurm takes only one of SBATCH_MEM_PER_NODE and SBATCH_MEM_PER_CPU"
            })
    }

    @Test func `what cannot hold for tasks of a study is said to have no effect, and why`() throws {
        let variables = SbatchVariables([
            "SBATCH_JOB_NAME": "mine", "SBATCH_EXPORT": "NONE", "SBATCH_SIGNAL": "B:TERM@60",
            "SBATCH_HINT": "nomultithread", "SBATCH_TIMELIMIT": "soon", "SBATCH_EXCLUSIVE": "user",
            "SLURM_CLUSTERS": "other", "SBATCH_GRES": "", "SBATCH_CPU_BIND_TYPE": "mask_cpu:", "HOME": "/x",
        ])
        #expect(variables.filling(BatchOptions()) == BatchOptions())
        let effects = variables.effects(on: BatchOptions())
        #expect(
            effects.map(\.name) == [
                "SBATCH_EXCLUSIVE", "SBATCH_EXPORT", "SBATCH_HINT", "SBATCH_JOB_NAME", "SBATCH_SIGNAL",
                "SBATCH_TIMELIMIT", "SLURM_CLUSTERS",
            ])
        for effect in effects {
            let reason = try #require(effect.reason, "\(effect.name)")
            #expect(reason.count > 10 && effect.description.contains("has no effect"))
        }
    }

    @Test func `requeue and wckey are passed on`() {
        #expect(SbatchVariables([:]).requeue == nil)
        #expect(SbatchVariables(["SBATCH_NO_REQUEUE": "1"]).requeue == false)
        #expect(SbatchVariables(["SBATCH_REQUEUE": "1"]).requeue == true)
        let key = SbatchVariables(["SBATCH_WCKEY": "thesis"])
        #expect(key.wckey == "thesis")
        #expect(key.effects(on: BatchOptions()).map(\.reason) == [nil])
    }
}
