/// The options of `slurm` that files of defaults may set, by their names in the study file.
enum SiteOptions {
    /// sbatch accepts one option of each group, so setting one removes a default of another.
    static let groups: [[String]] = [
        ["mem", "mem_per_cpu", "mem_per_gpu"], ["cpus_per_task", "cpus_per_gpu"],
        ["gres", "gpus", "gpus_per_node", "gpus_per_task"], ["environment", "export"],
    ]

    /// All of them, in the order in which they are documented.
    static let names: [String] = Section.slurm.fields.map(\.name).filter { $0 != "export" }

    /// The options that exclude this one, including itself.
    static func group(of name: String) -> [String] {
        groups.first { $0.contains(name) } ?? [name]
    }

    /// Copies an option.
    static func copy(_ name: String, _ from: BatchOptions, _ to: inout BatchOptions) {
        for field in fields where field.name == name { field.copy(from, &to) }
        to.choices.values[name] = from.choices.values[name]
        to.defaults.names.remove(name)
        if from.defaults.names.contains(name) { to.defaults.names.insert(name) }
    }

    /// The value of an option, for people.
    static func words(_ name: String, _ batch: BatchOptions) -> String {
        fields.first { $0.name == name }?.words(batch) ?? ""
    }

    private struct Option: Sendable {
        let name: String
        let copy: @Sendable (BatchOptions, inout BatchOptions) -> Void
        let words: @Sendable (BatchOptions) -> String

        init<Value>(_ name: String, _ key: any WritableKeyPath<BatchOptions, Value> & Sendable) {
            self.name = name
            copy = { $1[keyPath: key] = $0[keyPath: key] }
            words = { Option.words($0[keyPath: key], name) }
        }

        private static func words<Value>(_ value: Value, _ name: String) -> String {
            let text =
                if let optional = value as? any ValueOrNone { optional.words ?? "none" } else { "\(value)" }
            return name == "time" && text != "none" ? "\(text) minutes" : text
        }
    }

    private static let fields: [Option] = [
        Option("partition", \.partition), Option("account", \.account), Option("qos", \.qos),
        Option("time", \.timeMinutes), Option("time", \.automatic.time),
        Option("leave_seconds", \.leaveSeconds),
        Option("nodes", \.minNodes), Option("nodes", \.maxNodes), Option("ntasks", \.ntasks),
        Option("ntasks_per_node", \.ntasksPerNode), Option("cpus_per_task", \.cpusPerTask),
        Option("mem", \.memoryMiB), Option("mem", \.automatic.memory),
        Option("mem_per_cpu", \.memoryPerCPUMiB),
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
    /// The same without values from files of defaults.
    var withoutDefaults: BatchOptions {
        var stated = self
        for name in defaults.names { SiteOptions.copy(name, BatchOptions(), &stated) }
        return stated
    }
}

/// Which options come from a site's or a user's file of defaults, by name; variables of sbatch override those. All
/// values compare equal, because the source of a value does not make another study.
package struct DefaultedOptions: Hashable, Codable, Sendable {
    /// The names, such as `partition`.
    package var names: Set<String> = []

    /// Always true: only the options' values count.
    package static func == (left: DefaultedOptions, right: DefaultedOptions) -> Bool { true }

    /// Hashes nothing: only the options' values count.
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
    /// Reads none from a study of a version without files of defaults.
    func decode(_ type: DefaultedOptions.Type, forKey key: Key) throws -> DefaultedOptions {
        try decodeIfPresent(type, forKey: key) ?? DefaultedOptions()
    }
}

extension KeyedEncodingContainer {
    /// Writes nothing if there are none.
    mutating func encode(_ value: DefaultedOptions, forKey key: Key) throws {
        if !value.names.isEmpty { try encodeIfPresent(value, forKey: key) }
    }
}
