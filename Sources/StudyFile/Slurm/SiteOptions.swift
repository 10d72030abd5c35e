/// The options of `slurm` that files of defaults may give, by their names in the study file.
enum SiteOptions {
    /// Of the options of one group sbatch takes one: who names one sets aside a default of another.
    static let groups: [[String]] = [
        ["mem", "mem_per_cpu", "mem_per_gpu"], ["cpus_per_task", "cpus_per_gpu"],
        ["gres", "gpus", "gpus_per_node", "gpus_per_task"], ["environment", "export"],
    ]

    /// All of them, in the order in which they are documented.
    static let names: [String] = Section.slurm.fields.map(\.name).filter { $0 != "export" }

    /// The options that exclude this one, itself included.
    static func group(of name: String) -> [String] {
        groups.first { $0.contains(name) } ?? [name]
    }

    /// Copies an option.
    static func copy(_ name: String, _ from: BatchOptions, _ to: inout BatchOptions) {
        for field in fields where field.name == name { field.copy(from, &to) }
        to.defaults.names.remove(name)
        if from.defaults.names.contains(name) { to.defaults.names.insert(name) }
    }

    private struct Option: Sendable {
        let name: String
        let copy: @Sendable (BatchOptions, inout BatchOptions) -> Void

        init<Value>(_ name: String, _ key: any WritableKeyPath<BatchOptions, Value> & Sendable) {
            self.name = name
            copy = { $1[keyPath: key] = $0[keyPath: key] }
        }
    }

    private static let fields: [Option] = [
        Option("partition", \.partition), Option("account", \.account), Option("qos", \.qos),
        Option("time", \.timeMinutes), Option("leave_seconds", \.leaveSeconds),
        Option("nodes", \.minNodes), Option("nodes", \.maxNodes), Option("ntasks", \.ntasks),
        Option("ntasks_per_node", \.ntasksPerNode), Option("cpus_per_task", \.cpusPerTask),
        Option("mem", \.memoryMiB), Option("mem_per_cpu", \.memoryPerCPUMiB),
        Option("mem_per_gpu", \.memoryPerGPUMiB), Option("retry_mem_percent", \.retryMemoryPercent),
        Option("gres", \.gres), Option("gpus", \.gpus), Option("gpus_per_node", \.gpusPerNode),
        Option("gpus_per_task", \.gpusPerTask), Option("cpus_per_gpu", \.cpusPerGPU),
        Option("constraint", \.constraint), Option("reservation", \.reservation),
        Option("nodelist", \.nodelist), Option("exclude", \.exclude), Option("exclusive", \.exclusive),
        Option("nice", \.nice), Option("comment", \.comment), Option("licenses", \.licenses),
        Option("environment", \.environment), Option("setup", \.setup),
    ]
}

extension BatchOptions {
    /// The same without what files of defaults gave.
    var withoutDefaults: BatchOptions {
        var stated = self
        for name in defaults.names { SiteOptions.copy(name, BatchOptions(), &stated) }
        return stated
    }
}

/// Which options are defaults of a site's or a user's file, by name: variables of sbatch stand above those. Where a value
/// comes from does not make another study, so all are equal.
package struct DefaultedOptions: Hashable, Codable, Sendable {
    /// The names, as `partition`.
    package var names: Set<String> = []

    /// Always: only the values count.
    package static func == (left: DefaultedOptions, right: DefaultedOptions) -> Bool { true }

    /// Nothing: only the values count.
    package func hash(into hasher: inout Hasher) {}

    /// None of them.
    package init() {}

    /// Reads a list of names.
    package init(from decoder: any Decoder) throws {
        names = Set(try decoder.singleValueContainer().decode([String].self))
    }

    /// Writes a list of names, in order.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(names.sorted())
    }
}

extension KeyedDecodingContainer {
    /// None, in a study of the time before there were files of defaults.
    func decode(_ type: DefaultedOptions.Type, forKey key: Key) throws -> DefaultedOptions {
        try decodeIfPresent(type, forKey: key) ?? DefaultedOptions()
    }
}

extension KeyedEncodingContainer {
    /// Writes nothing where there are none.
    mutating func encode(_ value: DefaultedOptions, forKey key: Key) throws {
        if !value.names.isEmpty { try encodeIfPresent(value, forKey: key) }
    }
}
