#if Slurm
    import Foundation
    import Spool
    import StudyFile
    import Testing
    import Tuning

    @testable import Clusters

    /// The environment of a task, as a function.
    @Suite struct TaskEnvironmentTests {
        private func variables(
            _ options: BatchOptions = BatchOptions(), from environment: [String: String] = [:],
            version: UInt32 = 2205
        ) -> [String: String] {
            let submitter = TaskEnvironment.Submitter(
                environment: environment, host: "login1", priority: 5, mask: 0o027, version: version)
            let lines = TaskEnvironment(submitter).variables(options, name: "e.rung0", directory: "/work")
            let pairs = lines.map { line in
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), String(parts[1]))
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        }

        private let always = [
            "SLURM_JOB_NAME": "e.rung0", "SLURM_PRIO_PROCESS": "5", "SLURM_SUBMIT_DIR": "/work",
            "SLURM_SUBMIT_HOST": "login1", "SLURM_UMASK": "0027",
        ]

        @Test func `what asks for nothing has what every job has`() { #expect(variables() == always) }

        @Test func `options become variables`() {
            var options = BatchOptions()
            (options.ntasksPerNode, options.cpusPerTask) = (2, 4)
            (options.minNodes, options.maxNodes) = (3, 3)
            (options.gpusPerNode, options.gpusPerTask, options.gpus) = ("a100:2", "1", "6")
            (options.cpusPerGPU, options.memoryPerGPUMiB) = (8, 2_000)
            let expected = always.merging([
                "SLURM_CPUS_PER_TASK": "4", "SLURM_NTASKS_PER_NODE": "2", "SLURM_NTASKS": "6",
                "SLURM_NPROCS": "6", "SLURM_GPUS": "6", "SLURM_GPUS_PER_NODE": "a100:2",
                "SLURM_GPUS_PER_TASK": "1", "SLURM_CPUS_PER_GPU": "8", "SLURM_MEM_PER_GPU": "2000",
            ]) { $1 }
            #expect(variables(options) == expected)
        }

        @Test func `later versions have one variable for what each task has, and tell launchers of srun`() {
            var options = BatchOptions()
            (options.cpusPerTask, options.gpusPerTask) = (2, "a100:1")
            let new = variables(options, version: 2511)
            #expect(new["SLURM_TRES_PER_TASK"] == "cpu=2,gres/gpu:a100=1")
            #expect(new["SLURM_GPUS_PER_TASK"] == nil && new["SLURM_NTASKS"] == nil)
            #expect(new["OMPI_MCA_plm_slurm_args"] == "--external-launcher")
            #expect(new["HYDRA_BOOTSTRAP"] == "slurm")
            #expect(variables(options, version: 2311)["SLURM_TRES_PER_TASK"] == "cpu:2,gres/gpu:a100:1")
            let own = variables(options, from: ["HYDRA_BOOTSTRAP": "ssh"], version: 2511)
            #expect(own["HYDRA_BOOTSTRAP"] == "ssh" && own["HYDRA_LAUNCHER_EXTRA_ARGS"] == nil)
        }

        @Test func `nothing of the job that the controller runs in reaches a task`() {
            let outer = [
                "SLURM_JOB_ID": "7", "SLURM_MEM_PER_NODE": "512", "SLURM_NTASKS": "1",
                "SLURM_CONF": "/etc/s",
                "SLURM_CPUS_PER_TASK": "1", "SLURMD_NODENAME": "n1", "PMI_RANK": "0", "SBATCH_ACCOUNT": "a",
                "CUDA_VISIBLE_DEVICES": "3", "PATH": "/bin", "SBATCH_CPU_BIND": "quiet",
            ]
            let expected = always.merging([
                "SLURM_CONF": "/etc/s", "SBATCH_ACCOUNT": "a", "PATH": "/bin",
            ]) { $1 }
            #expect(variables(from: outer) == expected)
        }

        @Test func `outside a job all of the user's variables pass, as with sbatch`() {
            let own = ["SLURM_TIME_FORMAT": "relative", "SLURM_CPU_BIND": "none", "SLURM_UMASK": "0007"]
            #expect(variables(from: own) == always.merging(own) { $1 })
            // Variables that the controller sets for itself are left out.
            #expect(variables(from: ["SLURM_BITSTR_LEN": "0"]) == always)
        }

        @Test func `the study's own variables come before what the user's shell has`() {
            var options = BatchOptions()
            options.environment = ["OMP_NUM_THREADS": "4"]
            #expect(variables(options, from: ["OMP_NUM_THREADS": "64"])["OMP_NUM_THREADS"] == "4")
        }
    }

    /// The same options, given to sbatch and to stune.
    extension ClusterConformance {
        @Suite(.enabled(if: ClusterKind.hasSlurm, "needs STUNE_TEST_SLURM=1 and a Slurm in SLURM_CONF"))
        struct SbatchAgreement {
            /// Options for sbatch, and the same for a study.
            struct Case: Sendable, CustomTestStringConvertible {
                let sbatch: [String]
                let set: @Sendable (inout BatchOptions) -> Void
                var testDescription: String { sbatch.joined(separator: " ") }

                init(_ sbatch: String..., set: @escaping @Sendable (inout BatchOptions) -> Void) {
                    (self.sbatch, self.set) = (sbatch, set)
                }
            }

            static let cases: [Case] = [
                Case { _ in },
                Case("--time=7") { $0.timeMinutes = 7 },
                Case("--partition=main") { $0.partition = "main" },
                Case("--nodes=2") { ($0.minNodes, $0.maxNodes) = (2, 2) },
                Case("--nodes=1-2") { ($0.minNodes, $0.maxNodes) = (1, 2) },
                Case("--ntasks=3") { $0.ntasks = 3 },
                Case("--ntasks=2", "--nodes=3") {
                    ($0.ntasks, $0.minNodes, $0.maxNodes) = (2, 3, 3)
                },
                Case("--ntasks-per-node=2") { $0.ntasksPerNode = 2 },
                Case("--nodes=2", "--ntasks-per-node=2", "--cpus-per-task=2") {
                    ($0.minNodes, $0.maxNodes, $0.ntasksPerNode, $0.cpusPerTask) = (2, 2, 2, 2)
                },
                Case("--nodes=1-2", "--ntasks-per-node=2") {
                    ($0.minNodes, $0.maxNodes, $0.ntasksPerNode) = (1, 2, 2)
                },
                Case("--ntasks=4", "--ntasks-per-node=2") { ($0.ntasks, $0.ntasksPerNode) = (4, 2) },
                Case("--cpus-per-task=3") { $0.cpusPerTask = 3 },
                Case("--ntasks=2", "--cpus-per-task=3") { ($0.ntasks, $0.cpusPerTask) = (2, 3) },
                Case("--mem=100") { $0.memoryMiB = 100 },
                Case("--mem=0") { $0.memoryMiB = 0 },
                Case("--mem-per-cpu=50") { $0.memoryPerCPUMiB = 50 },
                Case("--mem-per-cpu=50", "--cpus-per-task=2") {
                    ($0.memoryPerCPUMiB, $0.cpusPerTask) = (50, 2)
                },
                Case("--exclusive") { $0.exclusive = true },
                Case("--nodelist=n[1-2]") { $0.nodelist = "n[1-2]" },
                Case("--exclude=n1") { $0.exclude = "n1" },
                Case("--nice=5") { $0.nice = 5 },
                Case("--comment=words") { $0.comment = "words" },
            ]

            static let ofGPUs: [Case] = [
                Case("--gres=gpu:1") { $0.gres = "gpu:1" },
                Case("--gpus=2") { $0.gpus = "2" },
                Case("--gpus-per-node=1") { $0.gpusPerNode = "1" },
                Case("--gpus-per-node=1", "--nodes=2") {
                    ($0.gpusPerNode, $0.minNodes, $0.maxNodes) = ("1", 2, 2)
                },
                Case("--gpus-per-task=1", "--ntasks=2") { ($0.gpusPerTask, $0.ntasks) = ("1", 2) },
                Case("--gpus-per-task=1", "--gpus=2") { ($0.gpusPerTask, $0.gpus) = ("1", "2") },
                Case("--gpus=1", "--cpus-per-gpu=2") { ($0.gpus, $0.cpusPerGPU) = ("1", 2) },
                Case("--gpus=1", "--mem-per-gpu=100") { ($0.gpus, $0.memoryPerGPUMiB) = ("1", 100) },
            ]

            @Test(arguments: cases)
            func `a task has the environment that sbatch gives for the same options`(
                item: Case
            ) async throws {
                try await expectAgreement(item)
            }

            @Test(
                .enabled(if: ClusterKind.hasGPUs, "needs a Slurm with GPUs: 'make test-sites' has one"),
                arguments: ofGPUs)
            func `so it has where it asks for GPUs`(item: Case) async throws {
                try await expectAgreement(item)
            }

            private func expectAgreement(_ item: Case) async throws {
                let place = try ClusterPlace()
                let write = "env -0 | sort -z >\"$0.env\"; umask >\"$0.mask\""
                var array = place.array(write)
                item.set(&array.options)
                _ = try await SlurmCluster().complete(array)
                let script = "\(place.work)/job.sh"
                try "#!/bin/sh\nset -- sbatch\nexec /bin/sh -c '\(write)' sbatch\n".write(
                    toFile: script, atomically: true, encoding: .utf8)
                _ = try place.run(
                    [
                        "sbatch", "--wait", "--quiet", "--output=/dev/null", "--array=0",
                        "--job-name=\(array.name)",
                    ] + item.sbatch + [script])
                let (own, sbatch) = (environment(place, array.token.digits), environment(place, "sbatch"))
                #expect(sbatch.count > 20)
                for name in Set(own.keys).union(sbatch.keys).subtracting(SbatchAgreement.differs).sorted() {
                    #expect(own[name] == sbatch[name], "\(name)")
                }
                #expect(own["SLURM_SUBMIT_HOST"] != nil)
                #expect(place.text("\(array.token.digits).mask") == place.text("sbatch.mask"))
            }

            /// Variables that differ: two jobs have different numbers, and libslurm's user, here the test, sets the
            /// last for itself.
            private static let differs: Set<String> = [
                "SLURM_JOB_ID", "SLURM_JOBID", "SLURM_ARRAY_JOB_ID", "SLURM_TASK_PID", "_",
                "SLURM_BITSTR_LEN",
            ]

            private func environment(_ place: ClusterPlace, _ name: String) -> [String: String] {
                let entries = place.text("\(name).env").split(separator: "\0")
                return Dictionary(
                    entries.map { entry in
                        let parts = entry.split(
                            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
                    }
                ) { first, _ in first }
            }
        }
    }
#endif
