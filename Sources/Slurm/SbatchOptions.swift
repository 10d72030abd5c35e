#if Slurm
    extension SlurmSubmission {
        /// The equivalent options of sbatch; the script comes by standard input.
        var sbatchOptions: [String] {
            var options = [
                "--array=\(TaskIndices.text(indices))", "--job-name=\(name)", "--chdir=\(workingDirectory)",
                "--output=\(output)", "--open-mode=append", "--input=/dev/null", "--export=ALL",
                "--comment=\(comment)",
            ]
            let texts: [(String, String?)] = [
                ("partition", partition), ("account", account), ("qos", qos), ("constraint", constraint),
                ("reservation", reservation), ("nodelist", nodelist), ("exclude", exclude),
                ("licenses", licenses), ("wckey", wckey), ("gres", gres), ("gpus", gpus),
                ("gpus-per-node", gpusPerNode), ("gpus-per-task", gpusPerTask), ("nodes", nodes),
                ("time", timeLimitMinutes.map { "\($0)" }), ("ntasks", ntasks.map { "\($0)" }),
                ("ntasks-per-node", ntasksPerNode.map { "\($0)" }),
                ("cpus-per-task", cpusPerTask.map { "\($0)" }),
                ("cpus-per-gpu", cpusPerGPU.map { "\($0)" }), ("mem", memoryPerNodeMiB.map { "\($0)M" }),
                ("mem-per-cpu", memoryPerCPUMiB.map { "\($0)M" }),
                ("mem-per-gpu", memoryPerGPUMiB.map { "\($0)M" }),
                ("signal", warningSeconds.map { "B:USR1@\($0)" }), ("nice", nice == 0 ? nil : "\(nice)"),
            ]
            options += texts.compactMap { name, value in value.map { "--\(name)=\($0)" } }
            if exclusive { options.append("--exclusive") }
            if let requeue { options.append(requeue ? "--requeue" : "--no-requeue") }
            return options
        }

        private var nodes: String? {
            switch (minNodes, maxNodes) {
            case (let least?, let most?): least == most ? "\(least)" : "\(least)-\(most)"
            case (let least?, nil): "\(least)"
            case (nil, let most?): "1-\(most)"
            case (nil, nil): nil
            }
        }
    }

    /// A job as `scontrol show job` prints it.
    struct JobRecord {
        /// Fields whose value extends to the end of the line: it may contain spaces and signs.
        private static let long = ["Command", "WorkDir", "Comment", "StdOut", "StdErr", "StdIn"]

        private var fields: [String: String] = [:]

        /// The first record of a printed text.
        init(_ printed: String) {
            for line in printed.split(separator: "\n") {
                let text = line.trimmed
                let isLong = JobRecord.long.contains { text.hasPrefix("\($0)=") }
                for part in isLong ? [text] : text.split(separator: " ").map(String.init) {
                    guard let sign = part.firstIndex(of: "=") else { continue }
                    let (name, value) = (String(part[..<sign]), String(part[part.index(after: sign)...]))
                    if fields[name] == nil { fields[name] = value }
                }
            }
        }

        private subscript(name: String) -> String? {
            guard let value = fields[name], !["", "(null)", "N/A"].contains(value) else { return nil }
            return value
        }

        /// The sbatch options that request the same as this job, to run when it is over. What the record does not keep
        /// is taken from controller.sbatch.
        func successorOptions(of job: UInt32) -> [String] {
            let names = [
                ("job-name", "JobName"), ("account", "Account"), ("qos", "QOS"), ("partition", "Partition"),
                ("time", "TimeLimit"), ("ntasks", "NumTasks"), ("cpus-per-task", "CPUs/Task"),
                ("constraint", "Features"), ("nodelist", "ReqNodeList"), ("exclude", "ExcNodeList"),
                ("licenses", "Licenses"), ("comment", "Comment"), ("chdir", "WorkDir"), ("nice", "Nice"),
                ("reservation", "Reservation"), ("mem-per-cpu", "MinMemoryCPU"), ("mem", "MinMemoryNode"),
            ]
            var options = [
                "--dependency=afterany:\(job)", "--open-mode=append", "--signal=B:USR1@60", "--export=ALL",
            ]
            // A memory of 0 means not requested, but sbatch would read it as all memory of a node.
            options += names.compactMap { option, field in
                self[field].flatMap { option.hasPrefix("mem") && $0 == "0" ? nil : "--\(option)=\($0)" }
            }
            // "1" or "1-1": request the least number.
            if let nodes = self["NumNodes"]?.split(separator: "-").first {
                options.append("--nodes=\(nodes)")
            }
            // The record has the job's number in place of the pattern's %j.
            if let output = self["StdOut"] {
                var parts = SlurmSubmission.literal(output).split(
                    separator: "/", omittingEmptySubsequences: false
                ).map(String.init)
                parts.append(parts.removeLast().replacing("\(job)", with: "%j"))
                options.append("--output=\(parts.joined(separator: "/"))")
            }
            if let resources = self["TresPerNode"] {
                let plain = resources.replacing("gres:", with: "").replacing("gres/", with: "")
                options.append("--gres=\(plain)")
            }
            if let requeue = self["Requeue"] {
                options.append(requeue == "1" ? "--requeue" : "--no-requeue")
            }
            return options
        }
    }
#endif
