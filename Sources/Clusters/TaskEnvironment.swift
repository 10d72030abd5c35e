#if Slurm
    import Slurm
    import Spool
    import StudyFile

    #if canImport(Glibc)
        import Glibc
    #endif

    /// The environment of a task, as sbatch sets it for the same options.
    ///
    /// sbatch writes its options into the job's environment, and slurmd adds the facts of the allocation. A direct
    /// submission through libslurm gets only the latter. Names and rules follow sbatch's source, by version.
    struct TaskEnvironment {
        /// The facts about this process.
        struct Submitter {
            /// Its environment.
            var environment = Host.environment
            /// The host's name.
            var host = Host.name
            /// Its nice value.
            var priority = getpriority(__priority_which_t(0), 0)
            /// Its file mode creation mask.
            var mask = Submitter.currentMask
            /// The version of the libslurm in use, such as 2205 for 22.05; 0 if there is none.
            var version = SlurmConnection.version

            /// The mask can only be read by setting it. umask(2) affects the whole process; this is its only caller.
            private static let currentMask: mode_t = {
                let mask = umask(0o077)
                umask(mask)
                return mask
            }()
        }

        let submitter: Submitter

        init(_ submitter: Submitter = Submitter()) { self.submitter = submitter }

        /// The environment that the submitter passes on, without variables that Slurm set for a job that the submitter
        /// runs in. They do not apply to the task: SLURM_MEM_PER_NODE beside a task's own SLURM_MEM_PER_CPU makes srun
        /// fail.
        var inherited: [String: String] {
            // This process sets it for itself: see `stune_slurm_start`.
            let all = submitter.environment.filter { $0.key != "SLURM_BITSTR_LEN" }
            guard all["SLURM_JOB_ID"] != nil || all["SLURM_JOBID"] != nil else { return all }
            return all.filter { name, _ in
                name == "SLURM_CONF" || !TaskEnvironment.ofOuterJob.contains { name.hasPrefix($0) }
            }
        }

        private static let ofOuterJob = [
            "SLURM_", "SLURMD_", "SRUN_", "PMI_", "PMIX_", "SBATCH_CPU_BIND", "SBATCH_MEM_BIND",
            "CUDA_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", "ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK",
        ]

        /// All variables, each as `NAME=VALUE`, sorted.
        ///
        /// - Parameters:
        ///   - options: the requested resources; `nil` for only the variables that do not depend on them.
        ///   - name: the job's name.
        ///   - directory: where the job starts.
        func variables(_ options: BatchOptions?, name: String?, directory: String) -> [String] {
            var all = inherited
            if let options { all.merge(options.environment) { _, new in new } }
            all["SLURM_SUBMIT_DIR"] = directory
            all["SLURM_SUBMIT_HOST"] = submitter.host
            all["SLURM_PRIO_PROCESS"] = String(submitter.priority)
            all["SLURM_UMASK"] = all["SLURM_UMASK"] ?? TaskEnvironment.octal(submitter.mask)
            if let name { all["SLURM_JOB_NAME"] = name }
            // Without a library, sbatch is called and adds these itself.
            if let options, submitter.version > 0 {
                all.merge(TaskEnvironment.said(by: options, submitter.version)) { $1 }
            }
            if submitter.version >= 2311 { addLaunchers(&all) }
            return all.map { "\($0.key)=\($0.value)" }.sorted()
        }

        /// The variables that follow from the options.
        private static func said(by options: BatchOptions, _ version: UInt32) -> [String: String] {
            var said: [String: String] = [:]
            said["SLURM_CPUS_PER_TASK"] = options.cpusPerTask.map { "\($0)" }
            said["SLURM_NTASKS_PER_NODE"] = options.ntasksPerNode.map { "\($0)" }
            let tasks = options.ntasks ?? (version < 2302 ? implicitTasks(options) : nil)
            said["SLURM_NTASKS"] = tasks.map { "\($0)" }
            said["SLURM_NPROCS"] = said["SLURM_NTASKS"]
            said["SLURM_CPUS_PER_GPU"] = options.cpusPerGPU.map { "\($0)" }
            said["SLURM_MEM_PER_GPU"] = options.memoryPerGPUMiB.map { "\($0)" }
            said["SLURM_GPUS"] = options.gpus
            said["SLURM_GPUS_PER_NODE"] = options.gpusPerNode
            if version < 2311 {
                said["SLURM_GPUS_PER_TASK"] = options.gpusPerTask
            } else {
                said["SLURM_TRES_PER_TASK"] = resources(options, version)
            }
            return said
        }

        /// The tasks that 22.05 computes from the tasks of a node, if the number of nodes is known.
        private static func implicitTasks(_ options: BatchOptions) -> UInt32? {
            guard let each = options.ntasksPerNode, options.minNodes == options.maxNodes else { return nil }
            guard let nodes = options.minNodes else {
                return options.nodelist == nil ? UInt32(each) : nil
            }
            return nodes * UInt32(each)
        }

        /// What each srun task has, such as `cpu=2,gres/gpu:a100=1`; with colons before 24.05.
        private static func resources(_ options: BatchOptions, _ version: UInt32) -> String? {
            let separator = version < 2405 ? ":" : "="
            let processors = options.cpusPerTask.map { "cpu\(separator)\($0)" }
            let devices = (options.gpusPerTask ?? "").split(separator: ",").map { item in
                let parts = item.split(separator: ":")
                let type = parts.dropLast().map { ":\($0)" }.joined()
                return "gres/gpu\(type)\(separator)\(parts.last ?? "")"
            }
            let all = [processors].compactMap { $0 } + devices
            return all.isEmpty ? nil : all.joined(separator: ",")
        }

        /// Makes MPI launchers start their daemons by srun.
        private func addLaunchers(_ all: inout [String: String]) {
            let external = "--external-launcher"
            for name in ["OMPI_MCA_plm_slurm_args", "PRTE_MCA_plm_slurm_args"] {
                all[name] = all[name] ?? external
            }
            let others = [
                ("HYDRA_BOOTSTRAP", "HYDRA_LAUNCHER_EXTRA_ARGS"),
                ("I_MPI_HYDRA_BOOTSTRAP", "I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS"),
            ]
            for (bootstrap, extra) in others where (all[bootstrap] ?? "slurm") == "slurm" {
                all[bootstrap] = "slurm"
                all[extra] = all[extra] ?? external
            }
        }

        private static func octal(_ mask: mode_t) -> String {
            let digits = String(mask & 0o777, radix: 8)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
#endif
