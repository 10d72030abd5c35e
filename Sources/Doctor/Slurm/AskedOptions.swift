package import StudyFile

extension BatchOptions {
    /// The sbatch options with the same meaning for a job of one task, by their long names.
    package var sbatchOptions: [String: String] {
        let texts: [(String, String?)] = [
            ("partition", partition), ("account", account), ("qos", qos), ("constraint", constraint),
            ("reservation", reservation), ("nodelist", nodelist), ("exclude", exclude),
            ("licenses", licenses), ("gres", gres), ("gpus", gpus), ("gpus-per-node", gpusPerNode),
            ("gpus-per-task", gpusPerTask), ("time", timeMinutes.map { "\($0)" }),
            ("cpus-per-task", cpusPerTask.map { "\($0)" }), ("cpus-per-gpu", cpusPerGPU.map { "\($0)" }),
            ("mem", memoryMiB.map { "\($0)M" }), ("mem-per-cpu", memoryPerCPUMiB.map { "\($0)M" }),
            ("mem-per-gpu", memoryPerGPUMiB.map { "\($0)M" }),
        ]
        return Dictionary(texts.compactMap { name, value in value.map { (name, $0) } }) { first, _ in first
        }
    }
}
