/// Environment variables with a user's defaults for sbatch, such as `SBATCH_ACCOUNT`.
///
/// stune applies them to its tasks as sbatch does: the study file overrides them, and they override files of defaults.
/// They are read when an array is submitted and are not part of the study, so a study may be resumed from a shell with
/// other values.
package struct SbatchVariables: Hashable, Sendable {
    /// The variables with a value, by name.
    private let values: [String: String]

    /// The variables in an environment.
    package init(_ environment: [String: String]) {
        values = environment.filter { name, value in
            !value.isEmpty && (name.hasPrefix("SBATCH_") || name == "SLURM_CLUSTERS")
                && !SbatchVariables.setBySlurm.contains { name.hasPrefix($0) }
        }
    }

    /// Slurm sets these itself, for srun.
    private static let setBySlurm = ["SBATCH_CPU_BIND", "SBATCH_MEM_BIND"]

    /// The effect of one variable.
    package struct Effect: Hashable, Sendable, CustomStringConvertible {
        /// The variable.
        package let name: String
        /// Its value.
        package let value: String
        /// The option that it sets; `nil` for none.
        package let option: String?
        /// Why it has no effect; `nil` if it has one.
        package let reason: String?

        /// A sentence to show to people.
        package var description: String {
            let what = "\(name)=\(shown(value))"
            if let reason { return "\(what) has no effect: \(reason)" }
            return "\(what) sets '\(option ?? "")', which the study file leaves open"
        }
    }

    /// Whether a job may be requeued; `nil` for the site's default.
    package var requeue: Bool? {
        if values["SBATCH_REQUEUE"] != nil { return true }
        return values["SBATCH_NO_REQUEUE"] != nil ? false : nil
    }

    /// The workload characterisation key.
    package var wckey: String? { values["SBATCH_WCKEY"] }

    /// The options, with the variables' values added.
    package func filling(_ options: BatchOptions) -> BatchOptions { outcome(for: options).options }

    /// The effect of each variable on these options, by name.
    package func effects(on options: BatchOptions) -> [Effect] { outcome(for: options).effects }

    // MARK: The rules

    private func outcome(for given: BatchOptions) -> (options: BatchOptions, effects: [Effect]) {
        var options = given
        var effects: [Effect] = []
        let stated = given.withoutDefaults
        let memory = SbatchVariables.rules.filter { $0.group == .memory && values[$0.name] != nil }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            var option: String?
            var reason: String?
            if let rule = SbatchVariables.rules.first(where: { $0.name == name }) {
                option = rule.option
                if rule.isStated(stated) || isChosen(rule, stated) {
                    reason = "the study file decides '\(rule.option)'"
                } else if rule.group == .memory, memory.count > 1 {
                    reason = "Slurm takes only one of \(listed(memory.map(\.name), "and"))"
                } else {
                    do throws(SlurmForms.Refusal) {
                        options = try SbatchVariables.applied(rule, value, to: options)
                    } catch {
                        reason = error.problem
                    }
                }
            } else if let passed = SbatchVariables.passedOn[name] {
                option = passed
            } else {
                reason = SbatchVariables.decided[name] ?? "'slurm' has no such option"
            }
            effects.append(Effect(name: name, value: value, option: option, reason: reason))
        }
        return (options, effects)
    }

    /// Whether the study file lets the option, or one that excludes it, depend on parameters or rungs, or leaves it to
    /// stune.
    private func isChosen(_ rule: Rule, _ options: BatchOptions) -> Bool {
        let automatic = options.automatic
        return SiteOptions.group(of: rule.option).contains {
            options.choices.values[$0] != nil || $0 == "time" && automatic.time != nil
                || $0 == "mem" && automatic.memory != nil
        }
    }

    /// The options with a variable's value set, which replaces defaults that it excludes.
    private static func applied(
        _ rule: Rule, _ value: String, to given: BatchOptions
    ) throws(SlurmForms.Refusal) -> BatchOptions {
        var options = given
        for name in SiteOptions.group(of: rule.option) where given.defaults.names.contains(name) {
            SiteOptions.copy(name, BatchOptions(), &options)
        }
        try rule.apply(value, &options)
        return options
    }

    /// How one variable sets an option.
    private struct Rule: Sendable {
        /// Slurm accepts only one option of a group.
        enum Group { case none, memory }

        let name: String
        let option: String
        var group = Group.none
        /// Whether the study file sets this, or something that excludes it.
        let isStated: @Sendable (BatchOptions) -> Bool
        let apply: @Sendable (String, inout BatchOptions) throws(SlurmForms.Refusal) -> Void
    }

    private static func word(
        _ name: String, _ option: String, _ path: any WritableKeyPath<BatchOptions, String?> & Sendable,
        _ read: @escaping @Sendable (String) throws(SlurmForms.Refusal) -> String = SlurmForms.word
    ) -> Rule {
        Rule(name: name, option: option, isStated: { $0[keyPath: path] != nil }) {
            (value, options) throws(SlurmForms.Refusal) in
            options[keyPath: path] = try read(value)
        }
    }

    private static func memory(
        _ name: String, _ option: String, _ path: any WritableKeyPath<BatchOptions, UInt64?> & Sendable
    ) -> Rule {
        let isStated: @Sendable (BatchOptions) -> Bool = {
            $0.memoryMiB != nil || $0.memoryPerCPUMiB != nil || $0.memoryPerGPUMiB != nil
        }
        return Rule(name: name, option: option, group: .memory, isStated: isStated) {
            (value, options) throws(SlurmForms.Refusal) in
            options[keyPath: path] = try SlurmForms.mebibytes(value, zeroIsAll: option == "mem")
        }
    }

    private static let rules: [Rule] = [
        word("SBATCH_ACCOUNT", "account", \.account),
        word("SBATCH_PARTITION", "partition", \.partition),
        word("SBATCH_QOS", "qos", \.qos),
        word("SBATCH_CONSTRAINT", "constraint", \.constraint),
        word("SBATCH_RESERVATION", "reservation", \.reservation),
        word("SBATCH_GRES", "gres", \.gres, SlurmForms.gres),
        word("SBATCH_GPUS", "gpus", \.gpus, SlurmForms.gpus),
        word("SBATCH_GPUS_PER_NODE", "gpus_per_node", \.gpusPerNode, SlurmForms.gpus),
        word("SBATCH_GPUS_PER_TASK", "gpus_per_task", \.gpusPerTask, SlurmForms.gpus),
        memory("SBATCH_MEM_PER_NODE", "mem", \.memoryMiB),
        memory("SBATCH_MEM_PER_CPU", "mem_per_cpu", \.memoryPerCPUMiB),
        memory("SBATCH_MEM_PER_GPU", "mem_per_gpu", \.memoryPerGPUMiB),
        Rule(name: "SBATCH_TIMELIMIT", option: "time", isStated: { $0.timeMinutes != nil }) {
            (value, options) throws(SlurmForms.Refusal) in
            options.timeMinutes = try SlurmForms.minutes(value)
        },
        Rule(
            name: "SBATCH_CPUS_PER_GPU", option: "cpus_per_gpu",
            isStated: { $0.cpusPerGPU != nil || $0.cpusPerTask != nil }
        ) { (value, options) throws(SlurmForms.Refusal) in
            guard let count = UInt16(value), count > 0 else {
                throw SlurmForms.Refusal(
                    problem: "'\(shown(value))' is not a number of processors", fix: "")
            }
            options.cpusPerGPU = count
        },
        Rule(name: "SBATCH_EXCLUSIVE", option: "exclusive", isStated: { $0.exclusive }) {
            (value, options) throws(SlurmForms.Refusal) in
            guard !["user", "mcs", "topo"].contains(value.lowercased()) else {
                throw SlurmForms.Refusal(
                    problem: "'exclusive' of a study is for whole nodes, and '\(shown(value))' is not",
                    fix: "")
            }
            options.exclusive = true
        },
    ]

    /// Variables that are passed on although 'slurm' has no such field.
    private static let passedOn = [
        "SBATCH_NO_REQUEUE": "no_requeue", "SBATCH_REQUEUE": "requeue", "SBATCH_WCKEY": "wckey",
    ]

    /// Variables for options that stune decides itself.
    private static let decided: [String: String] = {
        var reasons: [String: String] = [:]
        for name in [
            "ARRAY_INX", "ERROR", "INPUT", "JOB_NAME", "OPEN_MODE", "OUTPUT", "SIGNAL", "WAIT", "EXPORT",
            "CLUSTERS",
        ] {
            let option = name == "ARRAY_INX" ? "array" : name.lowercased()
            reasons["SBATCH_\(name)"] = RefusedOptions.reason(option)?.problem
        }
        reasons["SBATCH_EXPORT"] = "the worker needs the controller's environment"
        reasons["SLURM_CLUSTERS"] = reasons["SBATCH_CLUSTERS"]
        return reasons
    }()
}
