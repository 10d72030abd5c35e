/// A partition, from `scontrol --oneliner show partition`.
package struct PartitionRecord: Hashable, Sendable {
    /// Its name.
    package let name: String
    private var values: [String: String] = [:]

    /// The partitions of a printed text.
    package static func all(_ printed: String) -> [PartitionRecord] {
        printed.split(whereSeparator: \.isNewline).compactMap { PartitionRecord(String($0)) }
    }

    /// The partition of a line; `nil` if the line is not one.
    init?(_ line: String) {
        let key = "PartitionName="
        guard line.hasPrefix(key) else { return nil }
        let rest = line.dropFirst(key.count)
        // A name may contain spaces.
        let end =
            rest.firstRange(of: " AllowGroups=")?.lowerBound ?? rest.firstIndex(of: " ") ?? rest.endIndex
        name = String(rest[..<end])
        for word in rest[end...].split(separator: " ") {
            guard let sign = word.firstIndex(of: "=") else { continue }
            values[String(word[..<sign])] = String(word[word.index(after: sign)...])
        }
    }

    private subscript(name: String) -> String? { SlurmText.value(values[name]) }

    /// Whether jobs without a partition go there.
    var isDefault: Bool { values["Default"] == "YES" }
    /// Its state, such as `UP`.
    var state: String { values["State"] ?? "UP" }
    /// The greatest time limit of a job in minutes; `nil` for no limit.
    var maxMinutes: Int? { SlurmText.minutes(values["MaxTime"]) }
    /// The minutes of a job without a time limit; `nil` for the greatest that the partition allows.
    var defaultMinutes: Int? { SlurmText.minutes(values["DefaultTime"]) }
    /// The most nodes of a job; `nil` for no limit.
    var maxNodes: Int? { SlurmText.number(values["MaxNodes"]) }
    /// How many nodes it has.
    var nodes: Int { SlurmText.number(values["TotalNodes"]) ?? 0 }
    /// How many processors it has.
    var processors: Int { SlurmText.number(values["TotalCPUs"]) ?? 0 }
    /// Its resources, such as `mem` and `gres/gpu`.
    var resources: [String: String] { SlurmText.resources(values["TRES"]) }
    /// How many GPUs it has.
    var gpus: Int { SlurmText.number(resources["gres/gpu"]) ?? 0 }
    /// The memory of a task that requests none, as printed; `nil` for all of a node's.
    var defaultMemory: String? {
        if let each = self["DefMemPerCPU"] { return "\(each) MB a CPU" }
        return self["DefMemPerNode"].map { "\($0) MB" }
    }
    /// Whether its jobs get whole nodes.
    var isExclusive: Bool { (values["OverSubscribe"] ?? "").hasPrefix("EXCLUSIVE") }
    /// The QOS whose limits apply to all its jobs.
    var qos: String? { self["QoS"] }
    /// What happens to preempted jobs, such as `REQUEUE`.
    var preemptMode: String { values["PreemptMode"] ?? "OFF" }
    /// Jobs of partitions with a higher tier may preempt those of this one.
    var tier: Int { SlurmText.number(values["PriorityTier"]) ?? 1 }
    /// Its nodes, as printed.
    var nodeList: String { values["Nodes"] ?? "" }
    /// Seconds that a preempted job has before it is ended.
    var graceSeconds: Int { SlurmText.number(values["GraceTime"]) ?? 0 }

    /// Whether jobs start there, if their users may use it.
    var isUp: Bool { state == "UP" }

    /// Whether a user with these accounts and groups may use it, as far as the record shows.
    func isOpen(to user: SlurmUser) -> Bool {
        func allows(_ allow: String, _ deny: String, _ own: [String]) -> Bool {
            let denied = SlurmText.list(values[deny])
            if !own.isEmpty, own.allSatisfy(denied.contains) { return false }
            guard let list = self[allow], list != "ALL" else { return true }
            let allowed = list.split(separator: ",").map(String.init)
            return own.isEmpty || own.contains(where: allowed.contains)
        }
        if values["RootOnly"] == "YES", !user.isRoot { return false }
        return allows("AllowGroups", "DenyGroups", user.groups)
            && allows("AllowAccounts", "DenyAccounts", user.accounts)
    }
}

/// The user on whose behalf Slurm is asked.
package struct SlurmUser: Hashable, Sendable {
    /// The login name.
    package var name: String
    /// The groups by name; empty if not known.
    package var groups: [String]
    /// The accounts; empty if not known.
    package var accounts: [String]
    /// Whether this is root.
    package var isRoot: Bool

    /// A user from the parts.
    package init(name: String, groups: [String] = [], accounts: [String] = [], isRoot: Bool = false) {
        (self.name, self.groups, self.accounts, self.isRoot) = (name, groups, accounts, isRoot)
    }
}
