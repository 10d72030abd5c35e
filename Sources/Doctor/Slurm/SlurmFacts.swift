/// What is known about Slurm.
package struct SlurmFacts: Sendable {
    /// The libslurm in use, with its file and its version, such as 2205; `nil` if none can be used.
    package var library: (path: String, version: Int)?
    /// Why no libslurm can be used, and what to do; `nil` if one can, or if this build has no Slurm.
    package var libraryTrouble: String?
    /// Whether this build supports Slurm.
    package var isBuiltIn = true
    /// The path of sbatch; `nil` if it is not on PATH.
    package var sbatch: String?
    /// The user who asks.
    package var user: SlurmUser
    /// `scontrol show config`.
    package var configuration: Answer<SlurmConfiguration> = .absent
    /// How many seconds that query took.
    package var seconds: Double?
    /// `scontrol show partition`.
    package var partitions: Answer<[PartitionRecord]> = .absent
    /// `sinfo`.
    package var shapes: Answer<[NodeShape]> = .absent
    /// `sacctmgr show assoc` of the user.
    package var associations: Answer<[Association]> = .absent
    /// The same for the user's account as a whole.
    package var accounts: [Association] = []
    /// The account that is charged by default; `nil` if not known.
    package var defaultAccount: String?
    /// `sacctmgr show qos`.
    package var qualities: Answer<[QualityOfService]> = .absent
    /// Slurm's answer to a job of one task with the current defaults: `sbatch --test-only`.
    package var trial: Answer<CommandOutput> = .absent
    /// The Slurm job that this process runs in; `nil` if none.
    package var job: String?
    /// This machine's name.
    package var host = ""
    /// The options set by the current defaults and variables, such as `partition`.
    package var asked: [String: String] = [:]

    /// No facts except the user.
    package init(user: SlurmUser) { self.user = user }

    // MARK: What follows from them

    /// The partition of a task: the requested one, otherwise the default; `nil` if there is none.
    var partition: PartitionRecord? {
        let all = partitions.value ?? []
        if let name = asked["partition"]?.split(separator: ",").first {
            return all.first { $0.name == name }
        }
        return all.first(where: \.isDefault)
    }

    /// The partition to recommend: open, up, and without preemption. Of those, the default; otherwise one with the
    /// longest time limit and the most nodes.
    var recommendedPartition: PartitionRecord? {
        let usable = (partitions.value ?? []).filter { $0.isUp && $0.isOpen(to: user) && $0.nodes > 0 }
        let calm = usable.filter { !isPreempted($0) }
        if let usual = calm.first(where: \.isDefault) { return usual }
        let pool = calm.isEmpty ? usable : calm
        return pool.enumerated().max { left, right in
            func rank(_ item: (offset: Int, element: PartitionRecord)) -> (Int, Int, Int) {
                (item.element.maxMinutes ?? .max, item.element.nodes, -item.offset)
            }
            return rank(left) < rank(right)
        }?.element
    }

    /// Whether jobs of another partition may preempt those of this one on the same nodes.
    func isPreempted(_ partition: PartitionRecord) -> Bool {
        guard configuration.value?["PreemptType"]?.contains("partition_prio") == true,
            partition.preemptMode != "OFF"
        else { return false }
        return (partitions.value ?? []).contains {
            $0.tier > partition.tier && $0.nodeList == partition.nodeList
        }
    }

    /// The account that is charged for a task; `nil` if there is none, or it is not known.
    var account: String? {
        asked["account"] ?? defaultAccount ?? associations.value?.first?.account
    }

    /// The association that applies to a task.
    var association: Association? {
        let own = (associations.value ?? []).filter { $0.account == account }
        return own.first { $0.partition == partition?.name } ?? own.first { $0.partition.isEmpty }
            ?? own.first
    }

    /// The name of a task's QOS.
    var qosName: String? {
        if let asked = asked["qos"] { return asked }
        guard let association else { return nil }
        if !association.defaultQOS.isEmpty { return association.defaultQOS }
        return association.qos.contains("normal") ? "normal" : association.qos.first
    }

    /// All owners of limits that apply to a task, each with its name for messages. In Slurm a QOS takes precedence over
    /// an association; here the lowest number of each kind counts.
    var limits: [(name: String, denies: Bool, limits: SlurmLimits)] {
        var all: [(name: String, denies: Bool, limits: SlurmLimits)] = []
        for name in [partition?.qos, qosName].compactMap(\.self) {
            for quality in qualities.value ?? [] where quality.name == name {
                all.append(("QOS \(name)", quality.deniesOnLimit, quality.limits))
            }
        }
        if let association {
            all.append(("your association with account \(association.account)", false, association.limits))
        }
        for whole in accounts where whole.account == account {
            all.append(("account \(whole.account)", false, whole.limits))
        }
        return all
    }
}
